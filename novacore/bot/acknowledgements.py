"""When a press is acknowledged: together with its answer where that comes soon, and else by itself, in good time.

An answer that is the acknowledgement saves a request to Discord. `answers` begins one for every press that is not
answered with a form, and takes it back when the answer is there. Where many press at once, or a press has been on its
way for long, Discord hears of us before anything is done: what it takes no answer to any more has then changed nothing.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import discord

from novacore import clock
from novacore.discord_facts import discord_time

SOON: Final = 0.3
"""Seconds after which a press is acknowledged without its answer: a tenth of what Discord waits."""

AT_ONCE: Final = 4
"""Presses that may wait for their answers. When more come in together, the others are acknowledged right away."""

FRESH: Final = 1.0
"""Seconds since the press, by Discord's clock, up to which the acknowledgement may wait for the answer."""

_KEY: Final = "acknowledgement"
_waiting: set["Pending"] = set()


@dataclass(eq=False, slots=True)
class Pending:
    """An acknowledgement that has not gone out. `in_place`: the answer takes the place of the page that was pressed."""

    in_place: bool
    timer: "asyncio.Task[None] | None" = None


async def begin(interaction: "discord.Interaction[Any]", *, in_place: bool) -> None:
    """Acknowledge soon, or right away when many wait or it has taken long to get here. The second time: nothing."""
    if interaction.response.is_done() or _KEY in interaction.extras:
        return
    pending = interaction.extras[_KEY] = Pending(in_place)
    if len(_waiting) >= AT_ONCE or _seconds_since(interaction) > FRESH:
        await _send(interaction, pending)
        return
    _waiting.add(pending)
    pending.timer = asyncio.create_task(_in_time(interaction, pending))
    pending.timer.add_done_callback(_heard)


def is_begun(interaction: "discord.Interaction[Any]") -> bool:
    """Tell whether an acknowledgement has gone out, or will by itself: then the answer may take its time."""
    return interaction.response.is_done() or _KEY in interaction.extras


async def take_back(interaction: "discord.Interaction[Any]") -> Pending | None:
    """Return the acknowledgement that the answer is to be; None if it went out, or none was begun.

    Raises what Discord said to one that went out.
    """
    # Forgotten first: who is told what Discord said to it answers again, and that answer must not be told as well.
    pending: Pending | None = interaction.extras.pop(_KEY, None)
    if pending is None:
        return None
    if pending in _waiting and pending.timer is not None:
        _waiting.discard(pending)
        pending.timer.cancel()
        return pending
    if pending.timer is not None:
        await asyncio.shield(pending.timer)
    return None


async def send_now(interaction: "discord.Interaction[Any]") -> None:
    """Acknowledge right away what was to wait for its answer."""
    pending = await take_back(interaction)
    if pending is not None:
        await _send(interaction, pending)


def _seconds_since(interaction: "discord.Interaction[Any]") -> float:
    heard = discord_time.last()
    now = clock.machine_now() - (heard.ahead if heard else timedelta(0))
    return (now - interaction.created_at).total_seconds()


async def _in_time(interaction: "discord.Interaction[Any]", pending: Pending) -> None:
    try:
        await asyncio.sleep(SOON)
    finally:  # from here on it is on its way, or was called off by whoever stops the bot
        _waiting.discard(pending)
    await _send(interaction, pending)


async def _send(interaction: "discord.Interaction[Any]", pending: Pending) -> None:
    if pending.in_place:
        await interaction.response.defer()
    else:
        await interaction.response.defer(ephemeral=True, thinking=True)


def _heard(timer: "asyncio.Task[None]") -> None:
    """Look at the error: whoever answers gets it raised, and if nobody does, asyncio must not log it as unseen."""
    if not timer.cancelled():
        timer.exception()
