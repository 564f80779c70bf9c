"""How an interaction is acknowledged and answered. Every handler begins with one of the first two.

Discord gives us 3 seconds for the acknowledgement and 15 minutes for the answer.
"""

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import discord

from novacore.discord_facts.error_codes import UNKNOWN_MESSAGE
from novacore.messages.kit.layout import Form, Message

Interaction = discord.Interaction[Any]

T = TypeVar("T")

log = logging.getLogger(__name__)


async def turn_page(interaction: Interaction) -> None:
    """Acknowledge: the answer takes the place of the ephemeral page that was pressed; elsewhere it is a new page.

    What everybody sees, and a receipt in a DM, is never replaced by one person's press.
    """
    if is_page(interaction):
        await interaction.response.defer()
    else:
        await open_page(interaction)


def is_page(interaction: Interaction) -> bool:
    """Tell whether what was pressed is an ephemeral page, which only this person sees."""
    return interaction.message is not None and interaction.message.flags.ephemeral


async def open_page(interaction: Interaction) -> None:
    """Acknowledge: the answer is an ephemeral page of its own."""
    await interaction.response.defer(ephemeral=True, thinking=True)


BEFORE_A_FORM: Final = 1.0
"""Seconds for which something may be looked up before a form opens: Discord waits three."""


async def before_a_form(looked_up: Awaitable[T]) -> T | None:
    """Return what was looked up, or raise what speaks against the form. None if that takes too long: a form can't wait.

    What the form is about is looked at again when it comes back.
    """
    try:
        async with asyncio.timeout(BEFORE_A_FORM):
            return await looked_up
    except TimeoutError:
        log.warning("A form opens before what it is about could be read.")
        return None


async def open_form(interaction: Interaction, form: Form) -> None:
    """Acknowledge with a form. It opens at once, so what it is about is checked when it comes back."""
    await interaction.response.send_modal(form)


@dataclass(frozen=True, slots=True)
class Shown:
    """Where an answer stands."""

    message_id: int
    is_answer: bool = True
    """Whether it is the interaction's own answer, and not a message that followed it."""


async def show(interaction: Interaction, message: Message) -> Shown:
    """Answer with a page, after one of the acknowledgements."""
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
    if interaction.response.is_done():
        await _follow_up(interaction, message)
    else:
        await interaction.response.send_message(view=message.view, files=message.discord_files(), ephemeral=True)


async def _follow_up(interaction: Interaction, message: Message) -> Shown:
    files = message.discord_files()
    sent = await interaction.followup.send(view=message.view, files=files, ephemeral=True, wait=True)
    return Shown(sent.id, is_answer=False)
