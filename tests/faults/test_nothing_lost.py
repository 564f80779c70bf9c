"""Servers and workers are killed, paused and cut off while paid orders are on their way: each is delivered once.

`make test` runs the short form of each case, `make faults` the long one. Every case proves that it hit work in flight.
"""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
import redis

from novacore.errors import RowsHeld
from novacore.states import AttemptOutcome, OrderStatus
from novacore.workflows.machine.policy import Actor
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.timers import opening_hours
from tests.faults.storm import FORM, LONG, storm
from tests.faults.works import COMMANDS, SEND, Works
from tests.fixtures.servers.postgresql import new_server
from tests.fixtures.servers.redis_server import RedisServer, backlog
from tests.stories.live import stop
from tests.wire.faults import Drop, Hold, wait_until
from tests.wire.stand_in import Wire

PAUSES = FORM.strikes // 2
"""How often in a case that takes its time with each strike."""

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600 if LONG else 1800)]


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    """One set of servers and processes for all the cases here."""
    folder = tmp_path_factory.mktemp("works")
    server = RedisServer(folder)
    server.start()
    try:
        with new_server() as postgresql, Wire() as wire, Works(wire, folder, postgresql, server) as all_of_it:
            yield all_of_it
            assert (wire.unknown, wire.crashes) == ([], [])
    finally:
        server.stop()


@pytest.fixture
def broker(works: Works) -> "Iterator[redis.Redis]":
    """Look into the broker."""
    with closing(redis.Redis.from_url(works.redis.url, socket_timeout=FORM.patience)) as client:
        yield client


@pytest.mark.parametrize("taken", [False, True], ids=["before-the-send", "between-the-send-and-its-record"])
def test_workers_are_killed(works: Works, taken: bool) -> None:
    lost = 0
    with storm(works) as case:
        works.wire.world.nonce_window = 0.0  # Discord forgets: the history has to tell
        for _ in range(FORM.strikes):
            held = works.wire.fault(*SEND, Hold(taken=taken), times=None)
            case.pay()
            held.wait_reached(1, FORM.patience)
            case.await_work()
            victim = works.busiest()
            works.processes[victim].kill()
            held.release()
            works.replace(victim)
            lost += held.lost
    assert case.attempts(AttemptOutcome.killed) > 0
    assert lost > 0


def test_redis_is_flushed(works: Works, broker: "redis.Redis") -> None:
    with storm(works) as case, works.waking():
        for _ in range(FORM.strikes):
            with works.paused("discord-1", "discord-2"):
                case.pay()
                wait_until(
                    lambda: backlog(broker, "discord") >= FORM.orders // FORM.strikes, FORM.patience, "a backlog"
                )
                works.redis.flush()


def test_redis_is_away_and_comes_back_empty(works: Works) -> None:
    with storm(works) as case:
        case.pay(1)
        case.await_work()
        works.redis.kill()
        time.sleep(FORM.outage)
        works.redis.start()


def test_postgresql_is_killed_and_comes_back(works: Works) -> None:
    with storm(works) as case:
        for _ in range(FORM.strikes):
            held = works.wire.fault(*SEND, Hold(), times=None)
            case.pay()
            held.wait_reached(1, FORM.patience)
            case.await_work()
            works.postgresql.kill()
            held.release()  # its record finds no database
            works.postgresql.start()
    assert case.retried() > 0


def test_connections_are_cut_in_the_middle_of_transactions(works: Works) -> None:
    with storm(works) as case:
        for _ in range(FORM.strikes):
            held = works.wire.fault(*SEND, Hold(), times=None)
            case.pay()
            held.wait_reached(1, FORM.patience)
            case.await_work()
            assert works.cut_transactions(held, FORM.patience) > 0
    assert case.retried() > 0


def test_a_session_is_frozen_on_the_sweeps_own_row(works: Works) -> None:
    """Nobody wakes the workers here but the sweep, which skips what another one holds."""
    swept = opening_hours.LAST_SWEEP, opening_hours.OPEN_UNTIL
    with storm(works) as case, works.frozen(f"UPDATE shop_facts SET at = at WHERE name IN {swept}"):
        before = works.noted(opening_hours.LAST_SWEEP)
        case.pay(1)
        case.see_through()
        assert works.noted(opening_hours.LAST_SWEEP) == before
    wait_until(lambda: works.noted(opening_hours.LAST_SWEEP) > before, FORM.patience, "a sweep that is noted")


def test_a_session_is_frozen_on_an_orders_row(works: Works) -> None:
    with storm(works) as case:
        customer, order_id = works.placed()
        with works.frozen(f"SELECT * FROM orders WHERE id = '{order_id}' FOR UPDATE"):
            refused = threading.Thread(target=_refuse_to_cancel, args=(works, customer, order_id))
            refused.start()
            case.pay(1)
            wait_until(lambda: not case.undelivered(), FORM.patience, "the goods of everybody else")
            refused.join(FORM.patience)
            assert not refused.is_alive()
            assert works.status(order_id) is OrderStatus.awaiting_payment
        assert orders.cancel(works.shop, customer, order_id).status is OrderStatus.cancelled


def _refuse_to_cancel(works: Works, customer: Actor, order_id: str) -> None:
    """An error in a thread fails the test."""
    with pytest.raises(RowsHeld, match="nothing was changed"):
        orders.cancel(works.shop, customer, order_id)


def test_wake_ups_are_lost_and_doubled(works: Works, broker: "redis.Redis") -> None:
    with storm(works) as case, _meddling(broker) as meddled:
        case.pay(1)
        case.see_through()
    assert meddled["lost"] > 0
    assert meddled["doubled"] > 0


@contextmanager
def _meddling(broker: "redis.Redis") -> "Iterator[Counter[str]]":
    """Take wake-ups out of the line like one worker more, and lose them, or put them back, once or three times."""
    done: Counter[str] = Counter()
    over, chance = threading.Event(), random.Random(1)

    def meddle() -> None:
        while not over.is_set():
            taken = broker.brpop(["discord"], timeout=0.2)
            if taken is None:
                continue
            deed = chance.choice(("lost", "doubled", "left"))
            copies = {"lost": 0, "doubled": 3, "left": 1}[deed]
            if copies:
                broker.lpush("discord", *[taken[1]] * copies)
            done[deed] += 1
            time.sleep(0.01)

    thread = threading.Thread(target=meddle, name="meddler")
    thread.start()
    try:
        yield done
    finally:
        over.set()
        thread.join(10)


def test_two_beats_sweep_at_once(works: Works, broker: "redis.Redis") -> None:
    works.fix()
    second = works.start(*COMMANDS["beat"])
    pids = [str(each.popen.pid) for each in (second, works.processes["beat"])]
    _await_sweeps_of(pids, broker)
    with storm(works) as case:
        for _ in range(FORM.strikes):
            held = works.wire.fault(*SEND, Hold(), times=None)
            case.pay()
            held.wait_reached(1, FORM.patience)
            case.await_work()
            _await_sweeps_of(pids, broker)
            held.release()
    stop([second])


def _await_sweeps_of(pids: list[str], broker: "redis.Redis") -> None:
    """Listen to the broker until each of these processes has asked for two sweeps."""
    seen: Counter[str] = Counter()
    deadline = time.monotonic() + FORM.patience
    with broker.monitor() as monitor:  # type: ignore[no-untyped-call]
        while not all(seen[pid] >= 2 for pid in pids):
            assert time.monotonic() < deadline, f"sweeps of {pids}: {seen}"
            told = str(monitor.next_command()["command"])
            if told.startswith("LPUSH") and "novacore.sweep" in told:
                seen.update(re.findall(r"gen(\d+)@", told))


def test_a_worker_is_paused_past_its_lease_and_resumed(works: Works) -> None:
    with storm(works) as case:
        ran_out = AttemptOutcome.killed, "Its lease ran out."
        for _ in range(PAUSES):
            held = works.wire.fault(*SEND, Hold(), times=None)
            before = case.attempts(*ran_out)
            case.pay(PAUSES)
            held.wait_reached(1, FORM.patience)
            case.await_work()
            with works.paused_at_work():
                held.release()
                case.await_attempts(before + 1, *ran_out)


def test_discord_takes_the_message_and_closes_the_line(works: Works) -> None:
    with storm(works) as case:
        works.wire.world.nonce_window = 0.0  # see above
        dropped = works.wire.fault(*SEND, Drop(taken=True), times=FORM.orders)
        case.pay(1)
        case.see_through()
    assert dropped.hits == FORM.orders
    assert case.attempts(AttemptOutcome.later) > 0


def test_workers_are_stopped_in_the_middle_and_lose_nothing(works: Works) -> None:
    with storm(works) as case:
        for number in range(PAUSES):
            works.wire.world.nonce_window = 0.0  # see above
            held = works.wire.fault(*SEND, Hold(taken=number % 2 == 0), times=None)
            case.pay(PAUSES)
            held.wait_reached(1, FORM.patience)
            case.await_work()
            stop([works.processes[name] for name in COMMANDS if name != "beat"])
            assert case.in_flight() == 0, "what was not finished was handed back"
            works.fix()
    assert case.attempts(AttemptOutcome.stopped) > 0
    assert case.attempts(AttemptOutcome.killed) == 0, "nobody had to wait for a lease"
