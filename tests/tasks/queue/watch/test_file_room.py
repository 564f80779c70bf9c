"""Files that jobs send are in memory within a bound; who finds no room tries again later, and keeps no thread."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from novacore.states import JobState
from novacore.tasks.queue import runner
from novacore.tasks.queue.handlers import HANDLERS, NO_ROOM_DELAY, Runtime, Work, carries
from novacore.tasks.queue.watch.file_room import FileRoom, NoRoom
from tests.fixtures.shops import MovableClock
from tests.tasks.jobs import ANY, asked, job_row, queue_jobs
from tests.wire.faults import wait_until

PATIENT = 60.0


def test_room_is_given_until_there_is_none() -> None:
    room = FileRoom(10)
    with room.hold(6), room.hold(4):
        with pytest.raises(NoRoom), room.hold(1, 0.01):
            raise AssertionError("there was no room")
        with room.hold(0, 0.01):
            pass
    with room.hold(10):
        pass


def test_what_is_larger_than_all_of_it_comes_alone() -> None:
    room = FileRoom(10)
    with room.hold(1), pytest.raises(NoRoom), room.hold(99, 0.01):
        raise AssertionError("it was not alone")
    with room.hold(99), pytest.raises(NoRoom), room.hold(1, 0.01):
        raise AssertionError("it was not alone")
    with room.hold(10):
        pass


def test_room_is_given_back_after_an_error() -> None:
    room = FileRoom(10)
    for _ in range(3):
        with pytest.raises(LookupError), room.hold(10):
            raise LookupError
    with room.hold(10, 0.01):
        pass


def test_who_waits_comes_in_when_others_are_done() -> None:
    room, inside, go = FileRoom(10), threading.Semaphore(0), threading.Event()
    most, now, lock = 0, 0, threading.Lock()

    def carry() -> None:
        nonlocal most, now
        with room.hold(4, PATIENT):
            with lock:
                now += 1
                most = max(most, now)
            inside.release()
            go.wait(PATIENT)
            with lock:
                now -= 1

    with ThreadPoolExecutor(9) as pool:
        done = [pool.submit(carry) for _ in range(9)]
        assert inside.acquire(timeout=PATIENT)
        assert inside.acquire(timeout=PATIENT)
        assert not inside.acquire(timeout=0.05), "a third one has to wait"
        go.set()
        assert [each.result(PATIENT) for each in done] == [None] * 9
    assert most == 2


def test_first_come_first_served() -> None:
    """Else a large file would wait for ever next to small ones that keep coming."""
    room, came = FileRoom(10), list[str]()

    def carry(name: str, size: int) -> None:
        with room.hold(size, PATIENT):
            came.append(name)

    with ThreadPoolExecutor(2) as pool:
        with room.hold(5):
            large = pool.submit(carry, "large", 10)
            wait_until(lambda: len(room._line) == 1, PATIENT, "the large one to wait")
            small = pool.submit(carry, "small", 1)
            wait_until(lambda: len(room._line) == 2, PATIENT, "the small one to wait behind it")
            with pytest.raises(NoRoom), room.hold(1, 0.01):
                raise AssertionError("it came in before those that were there first")
        assert [each.result(PATIENT) for each in (large, small)] == [None, None]
    assert came == ["large", "small"]


def test_who_gives_up_lets_the_next_one_in() -> None:
    room = FileRoom(10)
    with ThreadPoolExecutor(2) as pool, room.hold(5):
        large = pool.submit(room.hold(10, 0.2).__enter__)
        wait_until(lambda: len(room._line) == 1 or large.done(), PATIENT, "the large one to wait")
        with room.hold(5, PATIENT):
            assert isinstance(large.exception(PATIENT), NoRoom)
            assert not room._line


def test_a_job_that_finds_no_room_is_tried_again_later(
    runtime: Runtime, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    @carries(5)
    def carry(work: Work) -> str:
        with pytest.raises(NoRoom), work.runtime.files.hold(10**9, 0.01):
            raise AssertionError("it holds no room itself")
        return "Sent."

    monkeypatch.setitem(HANDLERS, ANY, carry)
    (job_id,) = queue_jobs(runtime.shop.database, [asked(ANY, "order", "NC-1")])
    with runtime.files.hold(10**9):
        runner.run(runtime, job_id)
    row = job_row(runtime.shop.database, job_id)
    assert (row.state, row.due_at) == (JobState.queued, time() + NO_ROOM_DELAY)
    time.move(seconds=NO_ROOM_DELAY.total_seconds())
    runner.run(runtime, job_id)
    assert job_row(runtime.shop.database, job_id).state is JobState.done
    with runtime.files.hold(10**9, 0.01):
        pass
