"""Nobody holds all the threads, and a database that is away is waited for: for as long as the person can be."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import insert

from novacore.bot import asker, command_threads
from novacore.bot.asker import asking
from novacore.bot.command_threads import EACH, THREADS, CommandThreads
from novacore.db.models import Category
from novacore.db.unit_of_work import writing
from novacore.errors import Busy, DatabaseAway, OutcomeUnknown, RowsHeld
from novacore.workflows.machine.shop import Shop
from tests.wire.faults import wait_until

PATIENCE = 60.0


def press(person: int, *, is_done: bool = True) -> Any:
    """Return what the desk sees of an interaction: whose it is, and whether it was acknowledged."""
    response = SimpleNamespace(is_done=lambda: is_done)
    return SimpleNamespace(user=SimpleNamespace(id=person), response=response, extras={})


@pytest.fixture
def threads() -> Iterator[CommandThreads]:
    threads = CommandThreads()
    yield threads
    threads.close()


class Stuck:
    """A command that stays in its thread until it is let go."""

    def __init__(self) -> None:
        self.at_work = 0
        self.let_go = threading.Event()
        self._lock = threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            self.at_work += 1
        assert self.let_go.wait(PATIENCE)

    async def reached(self, count: int) -> None:
        await asyncio.to_thread(wait_until, lambda: self.at_work >= count, PATIENCE, f"{count} commands at work")


@contextmanager
def stuck() -> Iterator[Stuck]:
    command = Stuck()
    try:
        yield command
    finally:
        command.let_go.set()


async def ask(threads: CommandThreads, person: int, command: Any, *, is_done: bool = True) -> Any:
    with asking(press(person, is_done=is_done)):
        return await threads.run(command)


async def test_one_person_holds_a_quarter_however_much_they_press(threads: CommandThreads) -> None:
    with stuck() as command:
        pressed = [asyncio.create_task(ask(threads, 1, command)) for _ in range(5 * THREADS)]
        await command.reached(EACH)
        assert await ask(threads, 2, lambda: "served") == "served"
        assert command.at_work == EACH == THREADS / 4
        command.let_go.set()
        await asyncio.gather(*pressed)
        assert command.at_work == len(pressed), "each of them is done in the end"
    assert not threads._people, "nobody is remembered once they are served"


async def test_four_people_who_are_stuck_leave_none_to_spare_but_three_do(threads: CommandThreads) -> None:
    with stuck() as command:
        pressed = [asyncio.create_task(ask(threads, 1 + n % 3, command)) for n in range(60)]
        await command.reached(3 * EACH)
        assert await ask(threads, 4, lambda: "served") == "served"
        command.let_go.set()
        await asyncio.gather(*pressed)


async def test_whoever_gives_up_waiting_for_their_turn_leaves_nothing_behind(threads: CommandThreads) -> None:
    with stuck() as command:
        pressed = [asyncio.create_task(ask(threads, 1, command)) for _ in range(EACH)]
        await command.reached(EACH)
        waiting = asyncio.create_task(ask(threads, 1, lambda: "served"))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        command.let_go.set()
        await asyncio.gather(*pressed)
        assert await ask(threads, 1, lambda: "served") == "served"
    assert not threads._people


# ---- a database that is away


class Away:
    """A command that finds the database away so many times."""

    def __init__(self, times: int, error: Exception | None = None) -> None:
        self.times, self.error, self.calls = times, error or DatabaseAway(), 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.times:
            raise self.error
        return "served"


@pytest.mark.parametrize("person", [1, None])
async def test_a_database_that_comes_back_is_waited_for(threads: CommandThreads, person: int | None) -> None:
    command = Away(3)
    assert await (ask(threads, person, command) if person else threads.run(command)) == "served"
    assert command.calls == 4


async def test_while_one_waits_for_the_database_their_thread_serves_others(
    threads: CommandThreads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_threads, "_FIRST_PAUSE", PATIENCE)
    monkeypatch.setattr(command_threads, "AWAY_SECONDS", 3 * PATIENCE)
    waiting = [asyncio.create_task(ask(threads, person, Away(1))) for person in range(10) for _ in range(EACH)]
    await asyncio.sleep(0.5)
    assert await ask(threads, 99, lambda: "served") == "served"
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_after_ten_seconds_it_is_a_sentence(threads: CommandThreads, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command_threads.AWAY_SECONDS == 10.0
    monkeypatch.setattr(command_threads, "AWAY_SECONDS", 0.7)
    command = Away(1000)
    with pytest.raises(DatabaseAway, match="nothing was changed"):
        await ask(threads, 1, command)
    assert 1 < command.calls < 10


async def test_before_the_acknowledgement_it_is_two_seconds(
    threads: CommandThreads, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asker.FORM_SECONDS == 2.0
    monkeypatch.setattr(asker, "FORM_SECONDS", 0.7)
    monkeypatch.setattr(command_threads, "AWAY_SECONDS", PATIENCE)
    with pytest.raises(DatabaseAway):
        await ask(threads, 1, Away(1000), is_done=False)


async def test_a_form_does_not_wait_for_a_database_that_hangs(
    threads: CommandThreads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asker, "FORM_SECONDS", 0.3)
    with stuck() as command:
        with pytest.raises(Busy, match="too late"):
            await ask(threads, 1, command, is_done=False)
        assert command.at_work == 1


async def test_an_end_of_time_inside_of_a_command_is_not_ours(threads: CommandThreads) -> None:
    with pytest.raises(TimeoutError):
        await ask(threads, 1, Away(1, TimeoutError("of its own")), is_done=False)


@pytest.mark.parametrize("error", [RowsHeld(), OutcomeUnknown(), ValueError("a bug")])
async def test_nothing_else_is_tried_again(threads: CommandThreads, error: Exception) -> None:
    command = Away(1, error)
    with pytest.raises(type(error)):
        await ask(threads, 1, command)
    assert command.calls == 1


async def test_a_command_that_has_saved_something_is_not_run_again(threads: CommandThreads, shop: Shop) -> None:
    calls = []

    def command() -> None:
        calls.append(1)
        with writing(shop.database) as tx:
            tx.session.execute(insert(Category).values(name=f"Games {len(calls)}", position=0))
        raise DatabaseAway

    with pytest.raises(OutcomeUnknown):
        await ask(threads, 1, command)
    assert len(calls) == 1
