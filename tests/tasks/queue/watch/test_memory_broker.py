"""The broker in memory: whoever waits for a message sleeps until there is one."""

import threading
from collections.abc import Iterator
from queue import Empty

import pytest
from kombu import Connection, Queue

from novacore.tasks.queue.celery_app import MEMORY
from novacore.tasks.queue.watch import memory_broker
from novacore.tasks.queue.watch.memory_broker import Channel

HOURS = 10_000.0


@pytest.fixture
def line() -> Iterator[Connection]:
    """A line to it, with a queue that is empty."""
    with Connection(MEMORY) as line:
        yield line
        line.SimpleQueue("wakeful").clear()


def put(line: Connection, text: str) -> None:
    """Send a message, over a line of its own as other threads do."""
    with Connection(MEMORY) as other, other.SimpleQueue("wakeful") as queue:
        queue.put(text)


def _put_once(asleep: threading.Event, line: Connection) -> None:
    assert asleep.wait(60)
    put(line, "hello")


def test_a_message_ends_the_sleep(line: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_broker, "_LONGEST_SLEEP", HOURS)
    asleep, heard = threading.Event(), []
    wait = memory_broker._arrivals.wait

    def noted(seen: int, seconds: float) -> None:
        asleep.set()
        wait(seen, seconds)

    monkeypatch.setattr(memory_broker._arrivals, "wait", noted)
    with line.Consumer([Queue("wakeful")], callbacks=[lambda body, _: heard.append(body)], no_ack=True):
        sender = threading.Thread(target=_put_once, args=(asleep, line))
        sender.start()
        line.drain_events(timeout=HOURS)
        sender.join()
    assert heard == ["hello"]


def test_a_message_that_comes_between_the_look_and_the_sleep_is_not_slept_over(
    line: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_broker, "_LONGEST_SLEEP", HOURS)
    get, heard, left = Channel._get, [], [True]

    def look(self: Channel, queue: str, timeout: float | None = None) -> object:
        if left:
            left.pop()
            put(line, "just now")
            raise Empty
        return get(self, queue, timeout)

    with line.Consumer([Queue("wakeful")], callbacks=[lambda body, _: heard.append(body)], no_ack=True):
        monkeypatch.setattr(Channel, "_get", look)
        line.drain_events(timeout=HOURS)
    assert heard == ["just now"]


def test_nothing_looks_while_nothing_comes(line: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    get, looks = Channel._get, []

    def look(self: Channel, queue: str, timeout: float | None = None) -> object:
        looks.append(queue)
        return get(self, queue, timeout)

    with line.Consumer([Queue("wakeful")], no_ack=True):
        monkeypatch.setattr(Channel, "_get", look)
        with pytest.raises(TimeoutError):
            line.drain_events(timeout=0.3)
    assert len(looks) <= 3, "before the sleep, and when its time is over"
