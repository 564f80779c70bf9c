"""Offload work happens in a child process, which may die or hang without taking anybody along."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import psutil
import pytest

from novacore import clock
from novacore.media import proofs
from novacore.media.artwork import sample_receipt
from novacore.tasks.queue.offload.offload import IDLE, Child, Inline, OffloadFailed, OffloadStopped, picture_child


@pytest.fixture
def child() -> Iterator[Child]:
    """Lend a place to compute."""
    child = Child()
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
    with pytest.raises(OffloadFailed, match="ran die died"):
        child.run(die)
    assert child.run(double, 1) == 2


def test_a_child_that_hangs_is_killed_and_replaced() -> None:
    child = Child(seconds=5)
    pid = child.run(os.getpid)
    with pytest.raises(OffloadFailed, match="sleep took longer than 5 seconds"):
        child.run(time.sleep, 600)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert child.run(os.getpid) != pid
    child.close()


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
    with pytest.raises(OffloadStopped):
        child.run(time.sleep, 3600)
    with pytest.raises(OffloadStopped):
        child.run(double, 1)


def test_nothing_of_a_closed_child_is_left(child: Child) -> None:
    child.run(os.getpid)
    running = child._running
    assert running
    child.close()
    assert running.popen.returncode is not None, "its end was waited for"
    assert running.calls.closed
    assert running.answers.closed


def test_a_child_that_was_never_needed_was_never_started() -> None:
    child = Child()
    child.close()
    assert child._pid is None


def test_inline_is_right_here() -> None:
    assert Inline().run(os.getpid) == os.getpid()


def gone(pid: int) -> bool:
    """Wait until that process is no more."""
    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(60)
    return True


def speak() -> str:
    print("not an answer")
    sys.stdout.flush()
    return "an answer"


def test_what_is_printed_is_no_answer(child: Child) -> None:
    assert child.run(speak) == "an answer"
    assert child.run(double, 2) == 4


def test_an_answer_that_cannot_be_sent_is_an_error(child: Child) -> None:
    with pytest.raises(TypeError, match="cannot be sent back"):
        child.run(threading.Lock)
    assert child.run(double, 2) == 4


def test_a_call_that_cannot_be_sent_is_an_error(child: Child) -> None:
    with pytest.raises(TypeError, match="pickle"):
        child.run(double, threading.Lock())  # type: ignore[arg-type]
    assert child.run(double, 2) == 4


def test_a_child_that_died_while_nobody_asked_is_replaced_unnoticed(child: Child) -> None:
    pid = child.run(os.getpid)
    os.kill(pid, signal.SIGKILL)
    assert gone(pid)
    assert child.run(os.getpid) != pid


def test_what_is_cut_off_by_a_signal_answers_no_other_call(child: Child) -> None:
    def stop(*_: object) -> None:
        raise OffloadStopped("now")

    child.run(double, 1)
    before = signal.signal(signal.SIGUSR1, stop)
    try:
        threading.Timer(0.3, signal.pthread_kill, (threading.main_thread().ident, signal.SIGUSR1)).start()
        with pytest.raises(OffloadStopped):
            child.run(time.sleep, 60)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert child.run(double, 7) == 14


# ---- how long it stays


@pytest.fixture
def later() -> Iterator[list[timedelta]]:
    """Append to it, and the shop's clock goes so much further."""
    steps: list[timedelta] = []
    began = clock.now()
    clock.set_source(lambda: began + sum(steps, timedelta()))
    yield steps
    clock.set_source(None)


def test_it_ends_after_five_idle_minutes_and_comes_back_at_need(child: Child, later: list[timedelta]) -> None:
    pid = child.run(os.getpid)
    later.append(IDLE - timedelta(seconds=1))
    child.end_if_idle()
    assert child.run(os.getpid) == pid, "it was not idle for long enough, and has been used now"
    later.append(IDLE - timedelta(seconds=1))
    child.end_if_idle()
    assert child._pid == pid
    later.append(timedelta(seconds=1))
    child.end_if_idle()
    assert gone(pid)
    assert child.run(os.getpid) != pid


def test_a_clock_that_is_put_back_keeps_it_no_longer(child: Child, later: list[timedelta]) -> None:
    pid = child.run(os.getpid)
    later.append(timedelta(hours=-1))
    child.end_if_idle()
    assert psutil.pid_exists(pid)
    later.append(IDLE)
    child.end_if_idle()
    assert gone(pid)


def test_it_does_not_end_in_the_middle(child: Child, later: list[timedelta]) -> None:
    child.run(double, 1)
    worker = threading.Thread(target=child.run, args=(time.sleep, 1))
    worker.start()
    while not child._turn.locked():
        time.sleep(0.01)
    later.append(IDLE)
    child.end_if_idle()
    worker.join()
    assert child._pid is not None


def test_it_is_looked_after_without_being_asked(later: list[timedelta]) -> None:
    child = Child(look_seconds=0.05)
    pid = child.run(os.getpid)
    later.append(IDLE)
    assert gone(pid)
    assert child.run(double, 1) == 2
    child.close()


def test_it_ends_with_the_process_that_started_it() -> None:
    program = (
        "import os, signal; from novacore.tasks.queue.offload.offload import Child; child = Child();"
        "print(child.run(os.getpid), flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert gone(int(ended.stdout))


# ---- how much it takes


def test_what_takes_more_than_it_may_fails_and_the_child_lives_on() -> None:
    child = Child(most_bytes=50_000_000)
    assert child.run(len, bytes(10_000_000)) == 10_000_000
    pid = child.run(os.getpid)
    with pytest.raises(MemoryError):
        child.run(bytes, 200_000_000)
    assert child.run(os.getpid) == pid
    child.close()


def test_a_child_for_pictures_makes_pictures() -> None:
    child = picture_child()
    receipt = sample_receipt("$1", "shop", "X")
    assert child.run(proofs.process, receipt) == proofs.process(receipt)
    child.close()
