"""What becomes of an error: a refusal is shown, everything else is logged under a reference that a person can quote.

The router and every slash command work inside `explaining`.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import discord

from novacore import full_disk
from novacore.bot.answers import Interaction, add
from novacore.bot.asker import asking
from novacore.bot.desk import Desk, desk_of
from novacore.db.trouble import reason_of
from novacore.discord_facts.error_codes import (
    ALREADY_ACKNOWLEDGED,
    INVALID_WEBHOOK_TOKEN,
    UNKNOWN_INTERACTION,
    UNKNOWN_WEBHOOK,
)
from novacore.errors import DatabaseFull, EvidenceUsed, ProofKept, Refusal, Unavailable
from novacore.ids import new_token
from novacore.messages.kit import notices
from novacore.messages.kit.layout import Message
from novacore.messages.orders.customer import retry
from novacore.telemetry import NO_SUBJECT, tags
from novacore.telemetry import subject as marked

log = logging.getLogger(__name__)

TOO_LATE = frozenset({UNKNOWN_INTERACTION, UNKNOWN_WEBHOOK, INVALID_WEBHOOK_TOKEN})
"""The 3 seconds for the first answer, or the 15 minutes for the others, are over."""

_UNREACHABLE = (discord.DiscordException, aiohttp.ClientError, OSError)


@asynccontextmanager
async def explaining(interaction: Interaction) -> AsyncIterator[None]:
    """Turn whatever is raised inside into an answer. Nothing but a cancellation leaves the block."""
    with desk_of(interaction).answering(), asking(interaction):
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the last door: whatever it was, it is logged and explained
            await explain(interaction, error)


async def explain(interaction: Interaction, error: Exception) -> None:
    """Tell the person who pressed what went wrong, in a sentence."""
    if isinstance(error, discord.HTTPException) and error.code in {*TOO_LATE, ALREADY_ACKNOWLEDGED}:
        log.warning("Discord did not take our answer to interaction %s: %s", interaction.id, error)
        return
    if full_disk.is_full(error):
        full_disk.noticed()
        error = DatabaseFull()
    note_trouble(desk_of(interaction), error)
    note = _refused(error) if isinstance(error, Refusal) else _report(error)
    try:
        await add(interaction, note)
    except _UNREACHABLE as unreachable:
        log.warning("Interaction %s stays without an answer: %s", interaction.id, unreachable)


def note_trouble(desk: Desk, error: Exception) -> None:
    """Log that the database could not do what a person asked: a line a minute, whoever asks."""
    if isinstance(error, Unavailable):
        kind = type(error).__name__
        desk.quiet.warning(kind, "The database could not do what people asked (%s): %s", kind, reason_of(error))


def _refused(refusal: Refusal) -> Message:
    if isinstance(refusal, ProofKept):
        return retry.try_again(refusal.sentence, refusal.kept_id)
    if isinstance(refusal, EvidenceUsed):
        return retry.send_another(refusal.sentence, refusal.order_id)
    return notices.refused(refusal.sentence)


def _report(error: Exception) -> Message:
    """Log it, which sends it to Sentry as well; return a note with the reference."""
    reference = new_token(6)
    with marked(tags().get("subject", NO_SUBJECT), reference=reference):
        log.error("Error %s while answering an interaction", reference, exc_info=error)
    return notices.went_wrong(reference)
