"""The sweep finds every job that is owed, and wakes each once in a while."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from novacore.db.models import Job
from novacore.db.unit_of_work import Transaction, Wake, reading, writing
from novacore.states import JobState, OrderStatus
from novacore.tasks.queue import leases
from novacore.tasks.queue import sweep as housekeeping
from novacore.tasks.queue.handlers import HANDLERS, Runtime
from novacore.tasks.queue.runner import run
from novacore.tasks.queue.sweep import BATCH, BATCHES, forget_wake_ups, sweep
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.orders.timers.opening_hours import LAST_SWEEP
from tests.fixtures.shops import MovableClock
from tests.tasks.jobs import ANY, asked, job_row, lapse, queue_job, queue_jobs
from tests.tasks.town import Town
from tests.workflows.machine import lives


def swept(runtime: Runtime, woken: list[Wake]) -> list[int]:
    """Sweep, and return the jobs that were woken by it."""
    woken.clear()
    count = sweep(runtime)
    assert count == len(woken)
    return [wake.job_id for wake in woken]


def test_it_wakes_what_is_due_oldest_first(runtime: Runtime, woken: list[Wake], time: MovableClock) -> None:
    database = runtime.shop.database
    now = queue_job(database)
    queue_job(database, due_at=time.at + timedelta(minutes=1))
    earlier = queue_job(database, due_at=time.at - timedelta(minutes=1))
    assert swept(runtime, woken) == [earlier, now]
    assert woken[0] == Wake(earlier, ANY, "discord")
    assert lives.noted(runtime.shop, LAST_SWEEP) == time.at


def test_deliveries_go_before_other_work_that_is_due(runtime: Runtime, woken: list[Wake], time: MovableClock) -> None:
    database, earlier, later = runtime.shop.database, time.at - timedelta(hours=1), time.at + timedelta(seconds=1)
    refreshes = [queue_job(database, JobName.refresh_cards, f"NC-{n}", earlier) for n in range(3)]
    timer = queue_job(database, due_at=later)
    again = queue_job(database, JobName.deliver_order, due_at=later)
    delivery = queue_job(database, JobName.deliver_order)
    time.move(minutes=1)
    assert swept(runtime, woken) == [delivery, again, *refreshes, timer]


def test_what_is_due_at_once_is_due_by_no_clock(
    runtime: Runtime, woken: list[Wake], time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(HANDLERS, ANY, lambda _: "Done.")
    job_id = queue_job(runtime.shop.database)
    time.move(hours=-1)
    assert swept(runtime, woken) == [job_id]
    run(runtime, job_id)
    assert job_row(runtime.shop.database, job_id).state is JobState.done


def test_what_was_taken_up_once_stays_due_when_the_clock_is_set_back(
    runtime: Runtime, woken: list[Wake], time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its worker was killed."""
    monkeypatch.setitem(HANDLERS, ANY, lambda _: "Done.")
    database = runtime.shop.database
    timer = queue_job(database, due_at=time.at + timedelta(hours=1))
    time.move(hours=1)
    with writing(database) as tx:
        assert leases.claim(tx, timer, "killed", 0.0)
    time.move(hours=-1)
    assert swept(runtime, woken) == [timer]
    run(runtime, timer)
    assert job_row(database, timer).state is JobState.done


def test_a_timer_is_woken_when_the_shops_clock_gets_there(
    runtime: Runtime, woken: list[Wake], time: MovableClock
) -> None:
    timer = queue_job(runtime.shop.database, due_at=time.at + timedelta(hours=1))
    assert swept(runtime, woken) == []
    time.move(hours=1)
    assert swept(runtime, woken) == [timer]


def test_a_wake_up_is_believed_in_for_half_a_minute(runtime: Runtime, woken: list[Wake]) -> None:
    job_id = queue_job(runtime.shop.database)
    assert swept(runtime, woken) == [job_id]
    assert swept(runtime, woken) == []
    with writing(runtime.shop.database) as tx:
        tx.session.execute(update(Job).values(woken_at=datetime.now(UTC) - timedelta(seconds=31)))
    assert swept(runtime, woken) == [job_id]


def test_wake_ups_that_were_lost_with_their_broker_are_forgotten(runtime: Runtime, woken: list[Wake]) -> None:
    job_id = queue_job(runtime.shop.database)
    assert swept(runtime, woken) == [job_id]
    forget_wake_ups(runtime)
    assert swept(runtime, woken) == [job_id]


def test_a_lapsed_lease_is_woken_and_a_running_one_is_not(
    runtime: Runtime, woken: list[Wake], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = runtime.shop.database
    alive, killed = queue_job(database), queue_job(database)
    with writing(database) as tx:
        lease_until = datetime.now(UTC) + timedelta(minutes=1)
        tx.session.execute(update(Job).values(state=JobState.running, lease_until=lease_until))
    lapse(database, killed)
    assert swept(runtime, woken) == [killed]
    monkeypatch.setitem(HANDLERS, ANY, lambda _: "Done.")
    run(runtime, killed)
    assert job_row(database, killed).state is JobState.done
    assert job_row(database, alive).attempts == 0


@pytest.mark.parametrize("state", [JobState.done, JobState.dead, JobState.withdrawn])
def test_what_is_over_is_left_alone(runtime: Runtime, woken: list[Wake], state: JobState) -> None:
    queue_job(runtime.shop.database)
    with writing(runtime.shop.database) as tx:
        tx.session.execute(update(Job).values(state=state))
    assert swept(runtime, woken) == []


def test_a_backlog_is_woken_in_bounded_batches(
    runtime: Runtime, woken: list[Wake], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "BATCH", 3)
    monkeypatch.setattr(housekeeping, "BATCHES", 2)
    ids = queue_jobs(runtime.shop.database, [asked(ANY, "order", f"NC-{n}") for n in range(8)])
    assert sorted(swept(runtime, woken)) == ids[:6]
    assert sorted(swept(runtime, woken)) == ids[6:]
    assert BATCH * BATCHES >= 1000


def test_a_shop_that_is_stopping_is_not_swept(runtime: Runtime, woken: list[Wake]) -> None:
    queue_job(runtime.shop.database)
    runtime.in_flight.stopping = True
    assert swept(runtime, woken) == []
    assert lives.noted(runtime.shop, LAST_SWEEP) is None


@pytest.mark.parametrize(
    "error",
    [OperationalError("", {}, Exception("gone")), InterfaceError("", {}, Exception("gone")), PoolTimeout("all busy")],
    ids=lambda error: type(error).__name__,
)
def test_a_database_that_is_away_is_left_to_the_next_sweep(
    runtime: Runtime, woken: list[Wake], caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    job_id = queue_job(runtime.shop.database)
    event.listen(runtime.shop.database.engine, "before_cursor_execute", fail)
    assert swept(runtime, woken) == []
    assert "the next sweep" in caplog.text
    event.remove(runtime.shop.database.engine, "before_cursor_execute", fail)
    assert swept(runtime, woken) == [job_id]


def test_a_step_that_fails_holds_up_no_other_and_is_reported_once(
    runtime: Runtime, woken: list[Wake], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise IntegrityError("", {}, Exception("a row still refers to it"))

    job_id = queue_job(runtime.shop.database)
    monkeypatch.setattr("novacore.workflows.goods.files.tidy", fail)
    monkeypatch.setattr("novacore.workflows.reports.reports.queue_due", fail)
    assert swept(runtime, woken) == [job_id]
    later = queue_job(runtime.shop.database, subject="NC-2")
    assert swept(runtime, woken) == [later]
    failures = [line for line in caplog.records if line.levelname == "ERROR"]
    assert [line.getMessage() for line in failures] == [
        "A step of the sweep failed (_tidy_files).",
        "A step of the sweep failed (_queue_report).",
    ]
    assert all(line.exc_info and isinstance(line.exc_info[1], IntegrityError) for line in failures)


def test_the_search_uses_the_index_of_unfinished_jobs(runtime: Runtime, time: MovableClock) -> None:
    database = runtime.shop.database
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _u: object, statement: str, parameters: Any, *_: object) -> None:
        seen.append((statement, parameters))

    queue_jobs(database, [asked(ANY, "order", f"NC-{n}", time.at + timedelta(days=1)) for n in range(500)])
    with writing(database) as tx:
        tx.session.execute(update(Job).where(Job.id > 10).values(state=JobState.done))
    event.listen(database.engine, "before_cursor_execute", note)
    sweep(runtime)
    event.remove(database.engine, "before_cursor_execute", note)
    looked = [pair for pair in seen if "woken_at" in pair[0]]
    assert len(looked) == 4
    prefix = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql("ANALYZE jobs")
        for statement, parameters in looked:
            plan = connection.exec_driver_sql(prefix + statement, parameters).all()
            assert "ix_jobs_unfinished" in "\n".join(str(row) for row in plan)


Loss = Callable[[Transaction, Job], None]


def deleted(tx: Transaction, timer: Job) -> None:
    """Someone tidied up in the database."""
    tx.session.delete(timer)


def dead(_: Transaction, timer: Job) -> None:
    """It died of bugs, and staff were told."""
    timer.state = JobState.dead


def ended(_: Transaction, timer: Job) -> None:
    """It ended too early, by whatever bug."""
    timer.state = JobState.done


@pytest.mark.parametrize("lose", [deleted, dead, ended])
def test_an_overdue_order_that_lost_its_timer_gets_a_new_one_and_expires(
    town: Town, time: MovableClock, lose: Loss, caplog: pytest.LogCaptureFixture
) -> None:
    order = town.place()
    town.work()
    with writing(town.shop.database) as tx:
        lose(tx, tx.session.execute(select(Job).where(Job.name == JobName.expire_order)).scalar_one())
        tx.session.flush()
    for minutes in (24 * 60 + 4, 2):
        assert town.due("expire_order") == [], "nobody is late yet"
        time.move(minutes=minutes)
        lives.note_open(town.shop)
        sweep(town.runtime)
        sweep(town.runtime)
    assert len(town.due("expire_order")) == 1
    assert "had lost their timer" in caplog.text
    town.work()
    assert town.order(order.id).status is OrderStatus.expired


def test_a_timer_that_dies_again_and_again_is_replaced_once_an_hour(town: Town, time: MovableClock) -> None:
    def bury() -> None:
        with writing(town.shop.database) as tx:
            tx.session.execute(update(Job).where(Job.name == JobName.expire_order).values(state=JobState.dead))

    town.place()
    time.move(hours=25)
    lives.note_open(town.shop)
    for minutes, timers in ((0, 2), (30, 2), (31, 3), (30, 3)):
        bury()
        time.move(minutes=minutes)
        lives.note_open(town.shop)
        sweep(town.runtime)
        assert count_timers(town) == timers


def count_timers(town: Town) -> int:
    """All timers that there ever were."""
    with reading(town.shop.database) as session:
        timers = select(func.count()).where(Job.name == JobName.expire_order)
        return session.execute(timers).scalar_one()


def test_an_order_whose_timer_is_late_but_there_keeps_it(town: Town, time: MovableClock) -> None:
    town.place()
    time.move(days=3)
    lives.note_open(town.shop)
    sweep(town.runtime)
    assert count_timers(town) == 1
