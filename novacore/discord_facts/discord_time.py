"""What time it is by Discord's clock: every answer over HTTP says so in its header Date. For bot, workers and doctor.

It settles a jump of this machine's clock (`steady_clock`), and the doctor compares the two.
"""

from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import discord

from novacore import clock


@dataclass(frozen=True, slots=True)
class Heard:
    """What Discord's clock said in its last answer, and what this machine's clock said at that moment."""

    said: datetime
    here: datetime

    @property
    def ahead(self) -> timedelta:
        """By how much this machine's clock is ahead of Discord's: negative where it is behind."""
        return self.here - self.said


_newest: deque[Heard] = deque(maxlen=1)


def last() -> Heard | None:
    """Return what was heard last by this process; None before the first answer."""
    return _newest[0] if _newest else None


def listening() -> aiohttp.TraceConfig:
    """Return what lets a client of discord.py take in the time with each answer: its option `http_trace`."""
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_note)
    return trace


async def ask(client: discord.Client) -> None:
    """Let Discord tell the time, by a request that costs nothing. It may be away: then nothing is heard."""
    with suppress(discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError):
        await client.http.get_bot_gateway()


async def _note(_session: aiohttp.ClientSession, _context: Any, what: aiohttp.TraceRequestEndParams) -> None:
    said = _read(what.response.headers.get("Date", ""))
    if said is not None:
        _newest.append(Heard(said, datetime.now(UTC)))
        clock.heard(said)


def _read(date: str) -> datetime | None:
    """Read the header, which someone on the way may have spoiled."""
    try:
        return parsedate_to_datetime(date).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
