"""The rehearsal's time: SimCord's clock, kept going at the pace of the real one and moved on by the page's buttons.

SimCord stands still between tests' steps; a shop must not. There is one truth, `Env.now()`: the shop's clock reads it,
messages are dated by it, and Discord's relative times are shown against it.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from simcord import Env, SetupError

log = logging.getLogger(__name__)

LONGEST_JUMP = timedelta(days=366)


async def set_to_real_time(env: Env) -> None:
    """Bring a fresh environment from SimCord's own start of time to this moment; cheap as long as nothing runs in it.

    On a machine whose clock stands before that, SimCord's start of time is kept.
    """
    await env.advance_time(max(0.0, (datetime.now(UTC) - env.now()).total_seconds()))


class Clockwork:
    """Moves SimCord's clock. Every move is an operation of SimCord's, so it takes the rehearsal's lock."""

    def __init__(self, env: Env, lock: asyncio.Lock) -> None:
        self._env = env
        self._lock = lock
        self._due = env.now()
        self._at = time.monotonic()

    async def tick(self) -> None:
        """Let the time go by that has really gone by since the last move."""
        async with self._lock:
            await self._catch_up()

    async def jump(self, by: timedelta, then: Callable[[timedelta], Awaitable[None]]) -> None:
        """Move the clock on by `by` and call `then` before anything else may happen.

        Raises ValueError, with a sentence, for a jump backwards or one of more than a year.
        """
        if not timedelta(0) < by <= LONGEST_JUMP:
            raise ValueError("The clock can be moved forward by up to 366 days.")
        async with self._lock:
            self._due += by
            await self._catch_up()
            await then(by)

    async def _catch_up(self) -> None:
        at = time.monotonic()
        self._due += timedelta(seconds=at - self._at)
        self._at = at
        try:
            await self._env.advance_time(max(0.0, (self._due - self._env.now()).total_seconds()))
        except (SetupError, TimeoutError):
            # What was reached is kept, and the next tick goes the rest of the way.
            log.warning("the rehearsal's clock is behind: the bot is busy", exc_info=True)


async def every(seconds: float, act: Callable[[], Awaitable[None]]) -> None:
    """Call `act` again and again, `seconds` apart, until cancelled. A failure is logged and does not end it."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await act()
        except Exception:
            log.exception("the rehearsal could not %s", getattr(act, "__name__", act))
