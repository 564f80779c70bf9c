"""Heavy work happens in a child process, which may die or hang without taking anybody along."""

import os
import threading
import time
from collections.abc import Iterator

import pytest

from novacore.tasks.queue.offload import Child, HeavyFailed, HeavyStopped, Inline


@pytest.fixture
def child() -> Iterator[Child]:
    """Lend a place to compute whose patience is short."""
    child = Child(seconds=3)
    yield child
    child.close()


def double(number: int, *, plus: int = 0) -> int:
    return 2 * number + plus


def fail() -> None:
    raise LookupError("no such picture")


def die() -> None:
    os._exit(1)


def test_it_runs_in_another_process_that_gives_way(child: Child) -> None:
    assert child.run(double, 4, plus=1) == 9
    pid = child.run(os.getpid)
    assert pid != os.getpid()
    assert child.run(os.getpid) == pid
    assert child.run(os.getpriority, os.PRIO_PROCESS, 0) == os.getpriority(os.PRIO_PROCESS, 0) + 10


def test_an_error_comes_back_and_the_child_lives_on(child: Child) -> None:
    pid = child.run(os.getpid)
    with pytest.raises(LookupError, match="no such picture"):
        child.run(fail)
    assert child.run(os.getpid) == pid


def test_a_child_that_dies_is_told_and_replaced(child: Child) -> None:
    with pytest.raises(HeavyFailed, match="ran die died"):
        child.run(die)
    assert child.run(double, 1) == 2


def test_a_child_that_hangs_is_killed_and_replaced(child: Child) -> None:
    pid = child.run(os.getpid)
    with pytest.raises(HeavyFailed, match="sleep took longer than 3 seconds"):
        child.run(time.sleep, 60)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert child.run(double, 1) == 2


def test_threads_take_turns(child: Child) -> None:
    answers: list[int] = []
    threads = [threading.Thread(target=lambda n=n: answers.append(child.run(double, n))) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [0, 2, 4, 6, 8, 10]


def test_closing_does_not_wait_for_what_is_in_the_middle(child: Child) -> None:
    child.run(double, 1)
    threading.Timer(0.2, child.close).start()
    began = time.monotonic()
    with pytest.raises(HeavyStopped):
        child.run(time.sleep, 60)
    assert time.monotonic() - began < 2
    with pytest.raises(HeavyStopped):
        child.run(double, 1)


def test_a_child_that_was_never_needed_was_never_started() -> None:
    child = Child()
    child.close()
    assert child._pid is None


def test_inline_is_right_here() -> None:
    assert Inline().run(os.getpid) == os.getpid()
