"""The threads in which commands run: nobody holds them all, and a database that is away is waited for.

The desk calls `run`. Everything here waits on the event loop; a thread is held only while a command is at work in it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar

from novacore.bot import asker
from novacore.db import unit_of_work
from novacore.errors import Busy, DatabaseAway, OutcomeUnknown

THREADS: Final = 16
"""Commands at one time. More would only stand in line for SQLite's one writer or for PostgreSQL's connections."""

EACH: Final = THREADS // 4
"""The most of them that one person has at work: whatever they press, others find free ones."""

AWAY_SECONDS: Final = 10.0
"""How long a command waits for a database that is coming back."""

_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 1.0
"""Seconds between tries: a server that has just come back is not met by everybody at once."""

_TOO_LATE: Final = "The shop has a lot to do right now, so this came too late. Please try again."

T = TypeVar("T")


@dataclass(slots=True)
class _Person:
    """How many of someone's commands are here, and whose turn it is."""

    here: int = 0
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(EACH))


class CommandThreads:
    """One for each bot."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="command")
        self._people: dict[int, _Person] = {}

    async def run(self, command: Callable[[], T]) -> T:
        """Return what the command returns. Raises what it raises.

        A database that is away is waited for. Before the acknowledgement there is no time: then Busy, once
        Discord would give up.
        """
        who = asker.current()
        left = who.seconds_left() if who else None
        limit = asyncio.timeout(left)
        try:
            async with limit, self._share_of(who):
                return await self._patiently(command, AWAY_SECONDS if left is None else left)
        except TimeoutError:
            if not limit.expired():
                raise
            raise Busy(_TOO_LATE) from None

    def close(self) -> None:
        """Wait for the commands that are at work, and take no more."""
        self._pool.shutdown()

    @asynccontextmanager
    async def _share_of(self, who: asker.Asker | None) -> AsyncIterator[None]:
        if who is None:
            yield
            return
        person = self._people.setdefault(who.id, _Person())
        person.here += 1
        try:
            async with person.turns:
                yield
        finally:
            person.here -= 1
            if not person.here:
                del self._people[who.id]

    async def _patiently(self, command: Callable[[], T], seconds: float) -> T:
        """Ask again while the database is away: nothing of the command was saved then."""
        loop = asyncio.get_running_loop()
        ends, pause = loop.time() + seconds, _FIRST_PAUSE
        while True:
            try:
                return await loop.run_in_executor(self._pool, _once, command)
            except DatabaseAway:
                if loop.time() + pause >= ends:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)


def _once(command: Callable[[], T]) -> T:
    """Run a command in a thread. Raises OutcomeUnknown where the database went away between two of its transactions."""
    before = unit_of_work.commits()
    try:
        return command()
    except DatabaseAway as away:
        if unit_of_work.commits() != before:
            raise OutcomeUnknown from away
        raise
