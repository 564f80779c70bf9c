"""How an interaction is acknowledged and answered. Every handler begins with one of the first two.

Discord gives us 3 seconds for the acknowledgement and 15 minutes for the answer. An answer that is there soon is the
acknowledgement as well (`acknowledgements`).
"""

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import discord

from novacore.bot import acknowledgements
from novacore.discord_facts.error_codes import UNKNOWN_MESSAGE
from novacore.errors import Busy, Unavailable
from novacore.messages.kit import face
from novacore.messages.kit.layout import Form, Message

Interaction = discord.Interaction[Any]

T = TypeVar("T")

log = logging.getLogger(__name__)


async def turn_page(interaction: Interaction) -> None:
    """Acknowledge: the answer takes the place of the ephemeral page that was pressed; elsewhere it is a new page.

    What everybody sees, and a receipt in a DM, is never replaced by one person's press.
    """
    await acknowledgements.begin(interaction, in_place=is_page(interaction))


def is_page(interaction: Interaction) -> bool:
    """Tell whether what was pressed is an ephemeral page, which only this person sees."""
    return interaction.message is not None and interaction.message.flags.ephemeral


async def open_page(interaction: Interaction) -> None:
    """Acknowledge: the answer is an ephemeral page of its own."""
    await acknowledgements.begin(interaction, in_place=False)


async def acknowledge(interaction: Interaction) -> None:
    """Acknowledge right away, after one of the two above: before what must not happen if Discord takes no answer."""
    await acknowledgements.send_now(interaction)


BEFORE_A_FORM: Final = 2.0
"""Seconds for which something may be looked up before a form opens: Discord waits three."""


async def before_a_form(looked_up: Awaitable[T]) -> T | None:
    """Return what was looked up, or raise what speaks against the form. None if that can't be known in time.

    A form can't wait for the database. What it is about is looked at again when it comes back.
    """
    try:
        async with asyncio.timeout(BEFORE_A_FORM):
            return await looked_up
    except (TimeoutError, Busy, Unavailable):
        log.warning("A form opens before what it is about could be read.")
        return None


async def open_form(interaction: Interaction, form: Form) -> None:
    """Acknowledge with a form. It opens at once, so what it is about is checked when it comes back."""
    await interaction.response.send_modal(form)


SMALL: Final = 256 * 1024
"""Bytes of files that an answer may bring along when it is the acknowledgement: more may take longer than 3 seconds."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Where an answer stands."""

    message_id: int
    is_answer: bool = True
    """Whether it is the interaction's own answer, and not a message that followed it."""


async def show(interaction: Interaction, message: Message) -> Shown:
    """Answer with a page, after one of the acknowledgements."""
    in_own_colour(interaction, message)
    if sum(len(part.content) for part in message.files) > SMALL:
        await acknowledgements.send_now(interaction)
    pending = await acknowledgements.take_back(interaction)
    if pending is not None:
        return await (_put_in_place if pending.in_place else _open)(interaction, message)
    try:
        answer = await interaction.edit_original_response(view=message.view, attachments=message.discord_files())
    except discord.NotFound as gone:
        if gone.code != UNKNOWN_MESSAGE:
            raise
        # Dismissed while we were at work: what came of it must still be told.
        return await _follow_up(interaction, message)
    return Shown(answer.id)


async def add(interaction: Interaction, message: Message) -> None:
    """Answer with an ephemeral note, acknowledged or not. The page that was pressed stays as it is."""
    in_own_colour(interaction, message)
    await acknowledgements.take_back(interaction)
    if interaction.response.is_done():
        await _follow_up(interaction, message)
    else:
        await _open(interaction, message)


def in_own_colour(interaction: Interaction, message: Message) -> Message:
    """Return the message with the shop's colour on it."""
    face.put_on(message.view, interaction.client.desk.shop.face)  # the desk itself stands on this file
    return message


async def _put_in_place(interaction: Interaction, message: Message) -> Shown:
    page = interaction.message
    try:
        await interaction.response.edit_message(view=message.view, attachments=message.discord_files())
    except discord.NotFound as gone:
        if gone.code != UNKNOWN_MESSAGE or page is None:
            raise
        return await _open(interaction, message)  # the page was dismissed
    return Shown(page.id if page else 0)


async def _open(interaction: Interaction, message: Message) -> Shown:
    files = message.discord_files()
    sent = await interaction.response.send_message(view=message.view, files=files, ephemeral=True)
    return Shown(sent.message_id or 0)


async def _follow_up(interaction: Interaction, message: Message) -> Shown:
    files = message.discord_files()
    sent = await interaction.followup.send(view=message.view, files=files, ephemeral=True, wait=True)
    return Shown(sent.id, is_answer=False)
