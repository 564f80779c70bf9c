"""Shows how far something long has come, on the page that its owner is looking at. Called by handlers, after the ack.

The work itself is a job and goes on without anybody watching: this only looks.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import discord

from novacore.bot.answers import Interaction, in_own_colour, show
from novacore.discord_facts.error_codes import UNKNOWN_MESSAGE
from novacore.messages.kit.layout import Message

EVERY_SECONDS = 2.0
"""Edits of one message are limited to about five in five seconds."""

AT_MOST_SECONDS = 840.0
"""A little less than the 15 minutes for which Discord lets us edit the answer."""

CurrentPage = Callable[[], Awaitable[tuple[Message, bool]]]
"""Returns the page as it is now, and whether it is the last one."""


async def follow(
    interaction: Interaction, current_page: CurrentPage, every: float = EVERY_SECONDS, at_most: float = AT_MOST_SECONDS
) -> None:
    """Show what `current_page` returns until it says that this page was the last, or time is over.

    A page that looks like the one before is not sent again. Whoever dismisses the page has seen enough.
    """
    ends = time.monotonic() + at_most
    seen: object = None
    while True:
        page, is_last = await current_page()
        looks = in_own_colour(interaction, page).view.to_components()  # type: ignore[no-untyped-call]
        if looks != seen and not await _shown(interaction, page, is_first=seen is None):
            return
        seen = looks
        if is_last or time.monotonic() + every > ends:
            return
        await asyncio.sleep(every)


async def _shown(interaction: Interaction, page: Message, *, is_first: bool) -> bool:
    """Show the page; False when the one before it was dismissed."""
    if is_first:
        await show(interaction, page)
        return True
    try:
        await interaction.edit_original_response(view=page.view, attachments=page.discord_files())
    except discord.NotFound as gone:
        if gone.code != UNKNOWN_MESSAGE:
            raise
        return False
    return True
