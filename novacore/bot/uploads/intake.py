"""How much of what people send is in this process's memory at one time: bounded for each person, and for all together.

A file is here from its first byte until it is stored or refused, and for moments two or three times: as it comes, on
its way to the process that opens pictures, on its way to the database. One that waits for room is not fetched yet.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from novacore.errors import Busy, LimitReached
from novacore.media.proofs import ProcessedProof, process
from novacore.workflows.payments.statements.read import read
from novacore.workflows.payments.statements.statement import Statement

SHARE: Final = 3
"""Files of one person: the one that is here, and those that wait for it."""

LARGE_BYTES: Final = 1024 * 1024
"""Screenshots are smaller. They have room of their own, so that they never wait for the large ones."""

LARGE_AT_ONCE: Final = 2
SMALL_AT_ONCE: Final = 8

SHOWN_AT_ONCE: Final = 1
"""Orders whose files are on their way to a private page: each may have 20 MiB."""

WAIT_SECONDS: Final = 120.0
"""How long a file waits for room."""

_TOO_MANY = (
    "You're sending several files at once, and I can only take them one after the other. Nothing has changed for this "
    "one: please wait for the answers to the others, then send it again."
)
_FULL = "A lot of files are coming in right now. Nothing has changed: please send yours again in a few minutes."
_SHOWN = "Your files are on their way already. Please wait for them; this press changes nothing."
_FULL_OUT = "A lot of files are going out right now. Nothing has changed: please press again in a few minutes."

PictureProcessor = Callable[[bytes], ProcessedProof]
"""Makes the picture that staff will see. Raises a refusal where that can't be done."""

StatementReader = Callable[[bytes, frozenset[str]], Statement]
"""Reads a list of payments, given the addresses to which the shop is paid. Raises a refusal."""


@dataclass(slots=True)
class _Person:
    """Someone's files: how many there are, and whose turn it is."""

    count: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Intake:
    """One for each desk, to be used on its event loop alone."""

    def __init__(self, process_picture: PictureProcessor = process, read_statement: StatementReader = read) -> None:
        self._process, self._read_statement = process_picture, read_statement
        # One thread: the process behind it looks at one file at a time, and commands need their own.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._people: dict[int, _Person] = {}
        self._lookers: dict[int, _Person] = {}
        """Who is shown files: that is nothing they send, so neither waits for the other."""
        self._large, self._small = asyncio.Semaphore(LARGE_AT_ONCE), asyncio.Semaphore(SMALL_AT_ONCE)
        self._out = asyncio.Semaphore(SHOWN_AT_ONCE)

    async def process(self, content: bytes) -> ProcessedProof:
        """Make the picture of a proof. Raises a refusal."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._process, content)

    async def read_statement(self, content: bytes, addresses: frozenset[str]) -> Statement:
        """Read a list of payments; `addresses` are the shop's. Raises a refusal."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._read_statement, content, addresses)

    def close(self) -> None:
        """Take no more pictures; the one in hand is finished."""
        self._thread.shutdown(cancel_futures=True)

    @asynccontextmanager
    async def room(self, person_id: int, size: int) -> AsyncIterator[None]:
        """Hold room for a file of so many bytes, from before it is fetched until it is stored.

        Raises LimitReached for one file too many of this person, and Busy where there is no room for too long.
        """
        room = self._large if size > LARGE_BYTES else self._small
        async with _turn(self._people, person_id, room, _TOO_MANY, _FULL):
            yield

    @asynccontextmanager
    async def way_out(self, person_id: int, size: int) -> AsyncIterator[None]:
        """Hold room for files of so many bytes that this person is shown; for none at all nobody waits.

        Raises as `room` does.
        """
        async with AsyncExitStack() as held:
            if size:
                await held.enter_async_context(_turn(self._lookers, person_id, self._out, _SHOWN, _FULL_OUT))
            yield


@asynccontextmanager
async def _turn(
    people: dict[int, _Person], person_id: int, room: asyncio.Semaphore, too_many: str, full: str
) -> AsyncIterator[None]:
    person = people.setdefault(person_id, _Person())
    if person.count >= SHARE:
        raise LimitReached(too_many)
    person.count += 1
    try:
        async with AsyncExitStack() as held:
            await _within_time(held, person.turn, room, full)
            yield
    finally:
        person.count -= 1
        if not person.count:
            del people[person_id]


async def _within_time(held: AsyncExitStack, turn: asyncio.Lock, room: asyncio.Semaphore, full: str) -> None:
    """Wait for the person's turn first: who waits for themselves takes no room from others."""
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            await held.enter_async_context(turn)
            await held.enter_async_context(room)
    except TimeoutError:
        raise Busy(full) from None
