"""The worker inside the bot's process: quick, bounded, and stopped in the middle of anything without losing it."""

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial

import discord
import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from novacore import clock
from novacore.db.engine import Database
from novacore.db.models import Job
from novacore.db.unit_of_work import writing
from novacore.states import JobState
from novacore.tasks.discord import clients
from novacore.tasks.discord.calls import Calls, CallsClosed
from novacore.tasks.queue import celeryconfig, embedded, leases
from novacore.tasks.queue.embedded import EmbeddedWorker, release_dead_claims, worker_name
from novacore.tasks.queue.handlers import HANDLERS, Handler, Runtime, Work
from novacore.tasks.queue.offload.offload import Child
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.shop import Shop
from tests.tasks.conftest import NOWHERE
from tests.tasks.jobs import ANY, asked, job_row, lapse, outcomes, queue_job, queue_jobs
from tests.wire.faults import Hold
from tests.wire.stand_in import Wire

Start = Callable[..., EmbeddedWorker]
Use = Callable[[Handler], None]


@pytest.fixture
def start(shop: Shop) -> Iterator[Start]:
    """Lend `start(calls)`, which starts a worker; what the test did not stop is stopped after it."""
    started: list[EmbeddedWorker] = []

    def begin(calls: Calls | None = None, threads: int = 4) -> EmbeddedWorker:
        calls = calls or Calls.rest("unused", NOWHERE)
        runtime = Runtime(shop, calls, Child(), worker_name(), sign=embedded.show(shop))
        worker = EmbeddedWorker(runtime, threads)
        started.append(worker)
        worker.start()
        return worker

    yield begin
    for worker in started:
        if not worker._runtime.in_flight.stopping:
            worker.stop(0)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Lend `use(handler)`, which lets the function do the jobs of these tests."""
    return lambda handler: monkeypatch.setitem(HANDLERS, ANY, handler)


def wait_for(holds: Callable[[], object], seconds: float = 10) -> float:
    """Wait until the condition holds; returns how long that took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, "waited for nothing"
        time.sleep(0.002)
    return time.monotonic() - began


def is_done(database: Database, job_id: int) -> bool:
    return job_row(database, job_id).state is JobState.done


@pytest.fixture
def no_later_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the next sweep of beat's off for an hour: what is done meanwhile did not have to wait for it."""
    monkeypatch.setitem(celeryconfig.beat_schedule["sweep"], "schedule", 3600.0)


def test_a_delivery_goes_before_what_waits_for_a_thread(
    shop: Shop, start: Start, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five hundred refreshes are on their way when staff approve, and there is one thread."""
    begun, go_on, order = threading.Event(), threading.Event(), list[str]()

    def work(job: Work) -> str:
        order.append(job.job.subject_id)
        begun.set()
        go_on.wait(60)
        return "Done."

    use(work)
    monkeypatch.setitem(HANDLERS, JobName.deliver_order, work)
    worker = start(threads=1)
    queue_job(shop.database, subject="first")
    begun.wait(60)
    queue_jobs(shop.database, [asked(ANY, "order", f"NC-{n}") for n in range(500)])
    wait_for(worker._dispatcher._waiting.empty, 60)
    delivery = queue_job(shop.database, JobName.deliver_order, "delivery")
    wait_for(lambda: worker._runtime.in_flight.deliveries, 60)
    go_on.set()
    wait_for(lambda: is_done(shop.database, delivery), 60)
    assert order[:2] == ["first", "delivery"]


def test_a_committed_job_does_not_wait_for_the_sweep(shop: Shop, start: Start, use: Use, no_later_sweep: None) -> None:
    use(lambda _: "Done.")
    start()
    for _ in range(5):
        job_id = queue_job(shop.database)
        wait_for(partial(is_done, shop.database, job_id), 60)


def test_what_was_owed_before_the_start_is_taken_up_at_once(
    shop: Shop, start: Start, use: Use, no_later_sweep: None
) -> None:
    use(lambda _: "Done.")
    owed = queue_job(shop.database)
    start()
    wait_for(lambda: is_done(shop.database, owed), 60)


def test_pictures_do_not_take_the_threads_of_the_others(
    shop: Shop, start: Start, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(_: Work) -> str:
        go_on.wait(10)
        return "Done."

    monkeypatch.setitem(HANDLERS, JobName.process_proof, slow)
    use(lambda _: "Done.")
    start()
    queue_jobs(shop.database, [job_kinds.PROCESS_PROOF.about("order", f"NC-{n}", {"event_id": 1}) for n in range(10)])
    job_id = queue_job(shop.database)
    wait_for(lambda: is_done(shop.database, job_id))
    go_on.set()


def test_many_jobs_are_run_once_each(shop: Shop, start: Start, use: Use) -> None:
    ran: list[int] = []

    def handler(work: Work) -> str:
        ran.append(work.job.id)
        return "Done."

    use(handler)
    start()
    ids = queue_jobs(shop.database, [asked(ANY, "order", f"NC-{n}") for n in range(200)])
    wait_for(lambda: len(ran) >= 200, 30)
    time.sleep(0.2)
    assert sorted(ran) == ids


def test_a_stop_lets_what_is_in_flight_finish(shop: Shop, start: Start, use: Use) -> None:
    begun = threading.Event()

    def handler(_: Work) -> str:
        begun.set()
        time.sleep(0.5)
        return "Done."

    use(handler)
    worker = start()
    job_id = queue_job(shop.database)
    begun.wait(10)
    worker.stop()
    assert is_done(shop.database, job_id)


def test_a_stop_in_the_middle_loses_nothing(wire: Wire, shop: Shop, start: Start, use: Use) -> None:
    """A job that hangs is cut off and queued again, the ones behind it were never taken; a new start does them all."""
    user = wire.add_user()
    held = wire.fault("GET", f"/users/{user}", Hold())
    use(lambda work: f"It is {work.calls.fetch_user(user).name}.")

    first = start(Calls.rest(wire.token, wire.url), threads=1)
    ids = queue_jobs(shop.database, [asked(ANY, "order", f"NC-{n}") for n in range(20)])
    held.wait_reached()
    first.stop(0.5)  # nobody lets the request go: whoever waited for it would be here for ever
    assert {job_row(shop.database, job_id).state for job_id in ids} == {JobState.queued}
    second = start(Calls.rest(wire.token, wire.url))
    wait_for(lambda: all(is_done(shop.database, job_id) for job_id in ids), 30)
    second.stop()
    assert sorted(len(outcomes(shop.database, job_id)) for job_id in ids) == [1] * 19 + [2]


def test_a_start_releases_what_a_killed_embedded_process_had_and_nothing_else(
    shop: Shop, start: Start, use: Use
) -> None:
    use(lambda _: "Done.")
    dead, other = queue_job(shop.database), queue_job(shop.database)
    with closing(embedded.show(shop)) as sign, writing(shop.database) as tx:
        leases.claim(tx, dead, worker_name(), 3600, sign.name)
        leases.claim(tx, other, "elsewhere:4711", 3600)
    assert release_dead_claims(shop) == (1 if shop.database.is_sqlite else 0), "on PostgreSQL its sign of life tells"
    start()
    wait_for(partial(is_done, shop.database, dead), 60)
    assert outcomes(shop.database, dead) == ["killed", "done"]
    assert outcomes(shop.database, other) == ["running"]


def test_beats_sweep_rescues_what_nobody_was_woken_for(
    shop: Shop, start: Start, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(celeryconfig.beat_schedule["sweep"], "schedule", 0.5)
    use(lambda _: "Done.")
    start()
    killed = queue_job(shop.database, due_at=clock.now() + timedelta(seconds=0.3))
    with writing(shop.database) as tx:
        tx.session.get_one(Job, killed).state = JobState.running
    lapse(shop.database, killed)
    timer = queue_job(shop.database, due_at=clock.now() + timedelta(seconds=0.3))
    for job_id in (killed, timer):
        wait_for(partial(is_done, shop.database, job_id))


def test_it_starts_and_stops_again_and_again_and_leaves_no_thread(start: Start) -> None:
    before = threading.active_count()
    for _ in range(3):
        start().stop()
    assert threading.active_count() <= before


def test_it_takes_no_signals_and_prints_nothing(start: Start, capfd: pytest.CaptureFixture[str]) -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    handlers = logging.getLogger().handlers[:]
    start().stop()
    assert [signal.getsignal(number) for number in numbers] == before
    assert logging.getLogger().handlers == handlers
    assert capfd.readouterr() == ("", "")


def test_jobs_wait_for_the_bot_to_log_in(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "_START_SECONDS", 0.3)
    user = wire.add_user("someone")

    async def bot() -> str:
        async with discord.Client(intents=discord.Intents(guilds=True)) as client:
            calls = Calls.embedded(client, asyncio.get_running_loop())
            with pytest.raises(ConnectionError, match="not logged in"):
                await asyncio.to_thread(calls.fetch_user, user)
            asking = asyncio.create_task(asyncio.to_thread(calls.fetch_user, user))
            await asyncio.sleep(0.1)
            await client.login(wire.token)
            return (await asking).name

    assert asyncio.run(bot()) == "someone"


def test_a_stop_on_another_thread_serves_jobs_that_wait_for_the_bots_loop(wire: Wire, shop: Shop, use: Use) -> None:
    """The order of a shutdown: worker and beat from a thread, while the bot's loop goes on; then the client."""
    user = wire.add_user("someone")
    begun = threading.Event()

    def handler(work: Work) -> str:
        begun.set()
        time.sleep(0.2)
        return work.calls.fetch_user(user).name

    use(handler)

    async def bot() -> int:
        async with discord.Client(intents=discord.Intents(guilds=True)) as client:
            await client.login(wire.token)
            calls = Calls.embedded(client, asyncio.get_running_loop())
            worker = EmbeddedWorker(Runtime(shop, calls, Child(), "embedded"), threads=2)
            await asyncio.to_thread(worker.start)
            job_id = await asyncio.to_thread(queue_job, shop.database)
            await asyncio.to_thread(begun.wait, 10)
            await asyncio.to_thread(worker.stop)
            return job_id

    assert job_row(shop.database, asyncio.run(bot())).outcome == "someone"


@pytest.mark.parametrize("error", [OperationalError("", {}, Exception("gone")), ValueError("disk")])
def test_a_stop_while_nothing_can_be_handed_back_still_ends_everything(
    wire: Wire, shop: Shop, start: Start, use: Use, error: Exception
) -> None:
    """The database is away at the stop: the threads and the line to Discord go all the same."""
    user, before = wire.add_user(), threading.active_count()
    held = wire.fault("GET", f"/users/{user}", Hold())
    use(lambda work: work.calls.fetch_user(user).name)
    calls = Calls.rest(wire.token, wire.url)
    worker = start(calls, threads=1)
    job_id = queue_job(shop.database)
    held.wait_reached()

    def fail(*_: object) -> None:
        raise error

    event.listen(shop.database.engine, "before_cursor_execute", fail)
    worker.stop(0.1)
    event.remove(shop.database.engine, "before_cursor_execute", fail)
    assert threading.active_count() <= before
    with pytest.raises(CallsClosed):
        calls.fetch_user(user)
    assert job_row(shop.database, job_id).state is JobState.running, "its lease will run out"
