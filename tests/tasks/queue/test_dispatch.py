"""Waking a worker costs the committing thread nothing and can never fail it, whatever the broker does."""

import base64
import json
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
import redis

from novacore.db.unit_of_work import Wake, writing
from novacore.tasks.queue.celery_app import MEMORY, make_app
from novacore.tasks.queue.dispatch import LATER, Dispatcher, start_waking
from novacore.tasks.queue.names import SWEEP
from novacore.workflows.machine.jobs import enqueue
from novacore.workflows.machine.shop import Shop
from tests.fixtures.servers.processes import free_port
from tests.fixtures.servers.redis_server import RedisServer, backlog, refusing
from tests.tasks.jobs import ANY, asked, queue_job

WAKE = Wake(7, ANY, "discord")


def arrived(url: str, queue: str = "discord", seconds: float = 20) -> list[tuple[str, list[int]]]:
    """Return the messages in a queue, as soon as there is one: the task's name and its arguments."""
    deadline = time.monotonic() + seconds
    parts = queue, f"{queue}\x06\x16{LATER}"  # what has a priority of its own lies in a list of its own
    with redis.Redis.from_url(url) as client:
        while not backlog(client, queue) and time.monotonic() < deadline:
            time.sleep(0.01)
        raw = [message for part in parts for message in client.lrange(part, 0, -1)]
    messages = [json.loads(message) for message in raw]
    return [(each["headers"]["task"], json.loads(base64.b64decode(each["body"]))[0]) for each in messages]


@pytest.fixture
def dead_broker() -> str:
    """Give the address of a Redis that is not there."""
    return f"redis://127.0.0.1:{free_port()}/0"


@pytest.fixture
def mute_broker() -> Iterator[str]:
    """Give the address of something that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_a_wake_up_is_a_task_by_the_jobs_name_with_its_id(redis_url: str) -> None:
    dispatcher = Dispatcher(make_app(redis_url))
    dispatcher.wake([WAKE, Wake(8, "process_proof", "media")])
    assert arrived(redis_url, "media") == [("novacore.process_proof", [8])]
    assert arrived(redis_url) == [("novacore.tell_customer", [7])]
    dispatcher.stop()
    assert dispatcher.dropped == 0


def test_deliveries_and_sweeps_are_taken_before_what_was_sent_earlier(redis_url: str) -> None:
    app = make_app(redis_url)
    dispatcher = Dispatcher(app)
    dispatcher.wake([Wake(number, "refresh_cards", "discord") for number in range(50)])
    while len(arrived(redis_url)) < 50:
        time.sleep(0.01)
    dispatcher.sweep_now()
    dispatcher.wake([Wake(50, "refresh_cards", "discord"), Wake(51, "deliver_order", "discord")])
    while len(arrived(redis_url)) < 53:
        time.sleep(0.01)
    dispatcher.stop()
    with app.connection_for_read() as connection, closing(connection.SimpleQueue("discord")) as messages:
        taken = [messages.get(timeout=10).headers["task"] for _ in range(3)]
    assert taken == [SWEEP, "novacore.deliver_order", "novacore.refresh_cards"]


def test_a_delivery_is_sent_before_what_waits_to_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    dispatcher = Dispatcher(make_app(MEMORY))
    monkeypatch.setattr(dispatcher, "_start", lambda: None)
    dispatcher.wake([WAKE, Wake(8, "deliver_order", "discord"), Wake(9, "resend_goods", "discord")])
    assert [dispatcher._waiting.get_nowait().job_id for _ in range(3)] == [8, 9, 7]


def test_a_broker_that_refuses_writes_costs_a_line_and_no_traceback(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    dispatcher = Dispatcher(make_app(redis_url))
    with refusing(redis_url, "OOM"):
        for count in (1, 2):
            dispatcher.wake([WAKE])
            while dispatcher.dropped < count:
                time.sleep(0.01)
    dispatcher.wake([WAKE])
    assert arrived(redis_url) == [("novacore.tell_customer", [7])]
    dispatcher.stop()
    (line,) = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert "the broker accepts no writes: its memory is full (OOM)" in line.getMessage()
    assert line.exc_info is None


def test_a_commit_wakes_and_a_rollback_does_not(shop: Shop, redis_url: str) -> None:
    stop = start_waking(make_app(redis_url))
    with suppress(ZeroDivisionError), writing(shop.database) as tx:
        enqueue(tx, [asked(ANY, "order", "NC-1")], key="rolled back")
        raise ZeroDivisionError
    queue_job(shop.database)
    assert len(arrived(redis_url)) == 1
    stop()
    queue_job(shop.database)
    assert len(arrived(redis_url)) == 1


@pytest.mark.parametrize("broker", ["dead_broker", "mute_broker"])
def test_a_broker_that_is_away_holds_up_nobody(
    broker: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    dispatcher = Dispatcher(make_app(request.getfixturevalue(broker)))
    for _ in range(200):  # if one of them waited for the broker, all of them would take longer than a test may
        dispatcher.wake([WAKE])
    deadline = time.monotonic() + 60
    while "The sweep makes up for them." not in caplog.text and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "The sweep makes up for them." in caplog.text
    assert dispatcher.dropped >= 1
    dispatcher.stop(1.0)


def test_too_many_in_waiting_are_dropped_and_told_once(mute_broker: str, caplog: pytest.LogCaptureFixture) -> None:
    dispatcher = Dispatcher(make_app(mute_broker), capacity=5)
    dispatcher.wake([WAKE] * 50)
    assert dispatcher.dropped >= 44
    assert len([record for record in caplog.records if "dropped" in record.message]) == 1
    dispatcher.stop(0.1)


@pytest.mark.faults
def test_wake_ups_go_out_again_when_the_broker_is_back(own_redis: RedisServer) -> None:
    dispatcher = Dispatcher(make_app(own_redis.url))
    dispatcher.wake([WAKE])
    assert len(arrived(own_redis.url)) == 1
    own_redis.kill()
    dispatcher.wake([WAKE])
    deadline = time.monotonic() + 10
    while not dispatcher.dropped and time.monotonic() < deadline:
        time.sleep(0.02)
    own_redis.start()
    deadline = time.monotonic() + 10
    while not arrived(own_redis.url, seconds=0.3) and time.monotonic() < deadline:
        dispatcher.wake([WAKE])
    assert arrived(own_redis.url, seconds=0)
    dispatcher.stop()


def test_a_dispatcher_that_nobody_used_started_nothing(dead_broker: str) -> None:
    dispatcher = Dispatcher(make_app(dead_broker))
    dispatcher.stop()
    assert dispatcher._thread is None
