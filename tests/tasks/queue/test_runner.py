"""What came of a job stands in its row, whatever its handler did."""

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from novacore.db.engine import Database
from novacore.db.models import Event, Job
from novacore.db.unit_of_work import Transaction, writing
from novacore.errors import AlreadyDone, Busy, NotFound, Refusal
from novacore.states import JobState
from novacore.tasks.queue import runner
from novacore.tasks.queue.handlers import HANDLERS, Handler, Postpone, Runtime, Work
from novacore.tasks.queue.leases import LeaseLost
from novacore.tasks.queue.runner import MAX_KILLED, finish_or_hand_back, run
from novacore.workflows.machine.job_kinds import KINDS
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.upkeep.fallbacks import fire_fallback
from tests.fixtures.shops import MovableClock
from tests.tasks.jobs import ANY, Fallbacks, attempts, job_row, lapse, make_due, outcomes, queue_job

SECRET = "XXXX-THE-CODE-XXXX"
Use = Callable[[Handler], None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Lend `use(handler)`, which lets the function do the jobs of these tests."""
    return lambda handler: monkeypatch.setitem(HANDLERS, ANY, handler)


def raises(error: Exception) -> Handler:
    def handler(_: Work) -> str:
        raise error

    return handler


def test_a_job_that_goes_well_says_what_it_did(runtime: Runtime, use: Use) -> None:
    seen: list[Work] = []

    def handler(work: Work) -> str:
        seen.append(work)
        return f"Told {work.job.subject_id}."

    use(handler)
    job_id = queue_job(runtime.shop.database, subject="NC-9")
    run(runtime, job_id)
    row = job_row(runtime.shop.database, job_id)
    assert (row.state, row.outcome) == (JobState.done, "Told NC-9.")
    assert outcomes(runtime.shop.database, job_id) == ["done"]
    (work,) = seen
    assert (work.shop, work.calls, work.offload) == (runtime.shop, runtime.calls, runtime.offload)
    assert 80 < work.lease_left() <= 90
    assert runtime.in_flight.jobs == {}


def test_a_wake_up_too_many_does_nothing(runtime: Runtime, use: Use) -> None:
    calls: list[int] = []

    def handler(work: Work) -> str:
        calls.append(work.job.id)
        return "Done."

    use(handler)
    job_id = queue_job(runtime.shop.database)
    for _ in range(3):
        run(runtime, job_id)
    run(runtime, 12345)
    assert calls == [job_id]


def test_a_handler_may_wait_without_that_counting_as_an_error(
    runtime: Runtime, use: Use, time: MovableClock, fallbacks: Fallbacks
) -> None:
    use(raises(Postpone("The customer has more time.", delay=timedelta(hours=1))))
    job_id = queue_job(runtime.shop.database)
    for _ in range(30):
        run(runtime, job_id)
        row = job_row(runtime.shop.database, job_id)
        assert (row.state, row.due_at) == (JobState.queued, time.at + timedelta(hours=1))
        time.move(hours=1)
    assert job_row(runtime.shop.database, job_id).last_error == "The customer has more time."
    assert set(outcomes(runtime.shop.database, job_id)) == {"postponed"}
    assert fallbacks.fired == []


def test_a_handler_may_wait_until_an_instant(runtime: Runtime, use: Use, time: MovableClock) -> None:
    until = time.at + timedelta(days=3)
    use(raises(Postpone("Too early.", until=until)))
    job_id = queue_job(runtime.shop.database)
    run(runtime, job_id)
    assert job_row(runtime.shop.database, job_id).due_at == until


@pytest.mark.parametrize("refusal", [AlreadyDone("Sam did this already."), NotFound("There is no such order.")])
def test_a_refusal_that_escapes_is_a_bug_and_no_quiet_end(runtime: Runtime, use: Use, refusal: Refusal) -> None:
    """A handler that finds its work done by someone else says so itself."""
    use(raises(refusal))
    job_id = queue_job(runtime.shop.database)
    run(runtime, job_id)
    assert job_row(runtime.shop.database, job_id).state is JobState.queued
    assert outcomes(runtime.shop.database, job_id) == ["bug"]


def test_someone_at_the_same_rows_is_waited_for(runtime: Runtime, use: Use) -> None:
    use(raises(Busy("Someone else is at it.")))
    job_id = queue_job(runtime.shop.database)
    run(runtime, job_id)
    assert job_row(runtime.shop.database, job_id).state is JobState.queued
    assert outcomes(runtime.shop.database, job_id) == ["later"]


def test_a_bug_is_tried_a_few_times_and_then_buried_with_its_fallback(
    runtime: Runtime, use: Use, fallbacks: Fallbacks, caplog: pytest.LogCaptureFixture
) -> None:
    use(raises(ValueError(f"no such code: {SECRET}")))
    job_id = queue_job(runtime.shop.database)
    for _ in range(5):
        make_due(runtime.shop.database, job_id)
        run(runtime, job_id)
    row = job_row(runtime.shop.database, job_id)
    assert row.state is JobState.dead
    assert outcomes(runtime.shop.database, job_id) == ["bug"] * KINDS[ANY].max_bugs
    ((buried, state, reason),) = fallbacks.fired
    assert (buried, state) == (job_id, "dead")
    assert reason.startswith("ValueError at test_runner.py:")
    assert reason[:-1].split()[-1] in caplog.text, "the reference leads from the row to the log"
    assert "is dead after 3 attempts" in caplog.text


def test_what_an_error_says_is_not_stored(runtime: Runtime, use: Use) -> None:
    use(raises(ValueError(f"no such code: {SECRET}")))
    job_id = queue_job(runtime.shop.database)
    run(runtime, job_id)
    stored = [job_row(runtime.shop.database, job_id).last_error, attempts(runtime.shop.database, job_id)[0].error]
    assert all(text and "ValueError" in text and SECRET not in text for text in stored)


def test_what_never_works_is_buried_at_once(online: Runtime, use: Use, fallbacks: Fallbacks) -> None:
    def handler(work: Work) -> str:
        return work.calls.fetch_user(1).name

    use(handler)
    job_id = queue_job(online.shop.database)
    run(online, job_id)
    assert outcomes(online.shop.database, job_id) == ["never"]
    assert fallbacks.fired == [(job_id, "dead", "Their Discord account is gone.")]


def test_discord_away_is_retried_for_a_day_and_then_given_up(
    runtime: Runtime, use: Use, time: MovableClock, fallbacks: Fallbacks
) -> None:
    use(raises(TimeoutError()))
    job_id = queue_job(runtime.shop.database)
    began = time.at
    while job_row(runtime.shop.database, job_id).state is JobState.queued:
        run(runtime, job_id)
        time.move(hours=1)
    assert time.at - began == timedelta(hours=25)
    assert outcomes(runtime.shop.database, job_id) == ["later"] * 25
    assert [fired[:2] for fired in fallbacks.fired] == [(job_id, "dead")]


def test_a_job_that_kills_its_workers_is_buried(runtime: Runtime, use: Use, fallbacks: Fallbacks) -> None:
    class Killed(BaseException):
        pass

    def handler(_: Work) -> str:
        raise Killed

    use(handler)
    job_id = queue_job(runtime.shop.database)
    for _ in range(MAX_KILLED):
        with pytest.raises(Killed):
            run(runtime, job_id)
        lapse(runtime.shop.database, job_id)
    run(runtime, job_id)
    assert job_row(runtime.shop.database, job_id).state is JobState.dead
    assert fallbacks.fired == [(job_id, "dead", f"It was cut off {MAX_KILLED} times.")]


def test_a_fallback_that_fails_does_not_keep_the_job_alive(
    runtime: Runtime, use: Use, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(_shop: object, tx: Transaction, *_: object) -> None:
        tx.session.add(Event())
        tx.session.flush()

    online = Runtime(runtime.shop, runtime.calls, runtime.offload, "w", failing)
    use(raises(TypeError()))
    job_id = queue_job(runtime.shop.database)
    for _ in range(3):
        make_due(runtime.shop.database, job_id)
        run(online, job_id)
    assert job_row(runtime.shop.database, job_id).state is JobState.dead
    assert "fallback of job" in caplog.text


def test_staff_are_told_of_a_dead_job_in_the_transaction_that_buries_it(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Runtime(runtime.shop, runtime.calls, runtime.offload, "w", fire_fallback)
    monkeypatch.setitem(HANDLERS, JobName.grant_customer_role, raises(TypeError()))
    job_id = queue_job(runtime.shop.database, JobName.grant_customer_role)
    for _ in range(3):
        make_due(runtime.shop.database, job_id)
        run(real, job_id)
    alert = job_row(runtime.shop.database, job_id + 1)
    assert (alert.name, alert.state) == ("alert_staff", JobState.queued)


def test_the_result_of_an_attempt_that_lost_its_lease_is_dropped(
    runtime: Runtime, use: Use, caplog: pytest.LogCaptureFixture
) -> None:
    other = Runtime(runtime.shop, runtime.calls, runtime.offload, "worker-2")

    def slow(work: Work) -> str:
        if work.runtime is other:
            return "Second."
        lapse(work.shop.database, work.job.id)
        run(other, work.job.id)
        return "First."

    use(slow)
    job_id = queue_job(runtime.shop.database)
    run(runtime, job_id)
    assert job_row(runtime.shop.database, job_id).outcome == "Second."
    assert outcomes(runtime.shop.database, job_id) == ["killed", "done"]
    assert "Its result is dropped" in caplog.text


def test_renewing_a_lost_lease_stops_the_handler(runtime: Runtime, use: Use) -> None:
    after: list[str] = []

    def handler(work: Work) -> str:
        with writing(work.shop.database) as tx:
            tx.session.get_one(Job, work.job.id).fence += 1
        work.renew()
        after.append("went on")
        return "Done."

    use(handler)
    job_id = queue_job(runtime.shop.database)
    run(runtime, job_id)
    assert after == []
    assert job_row(runtime.shop.database, job_id).state is JobState.running


def test_a_lease_can_be_renewed(runtime: Runtime, use: Use) -> None:
    def handler(work: Work) -> str:
        work.job.lease.ends -= 60
        left = work.lease_left()
        work.renew()
        return f"{work.lease_left() - left:.0f}"

    use(handler)
    job_id = queue_job(runtime.shop.database)
    run(runtime, job_id)
    assert job_row(runtime.shop.database, job_id).outcome == "60"


def test_a_process_that_is_stopping_takes_no_job(runtime: Runtime, use: Use) -> None:
    use(lambda _: "Done.")
    job_id = queue_job(runtime.shop.database)
    runtime.in_flight.stopping = True
    run(runtime, job_id)
    assert job_row(runtime.shop.database, job_id).attempts == 0


def test_what_is_handed_back_is_queued_again_as_of_unknown_outcome(runtime: Runtime, use: Use) -> None:
    def handler(work: Work) -> str:
        finish_or_hand_back(work.runtime, 0.1)
        return "Done."

    use(handler)
    job_id = queue_job(runtime.shop.database)
    run(runtime, job_id)
    row = job_row(runtime.shop.database, job_id)
    assert (row.state, row.outcome) == (JobState.queued, None)
    assert outcomes(runtime.shop.database, job_id) == ["stopped"]


def test_many_stops_in_the_middle_of_it_are_not_the_jobs_fault(
    runtime: Runtime, use: Use, fallbacks: Fallbacks
) -> None:
    """Discord is away for a day, and the shop is started again every hour."""

    def handler(work: Work) -> str:
        if work.job.attempt <= MAX_KILLED + 1:
            finish_or_hand_back(work.runtime, 0)
        return "Done."

    use(handler)
    job_id = queue_job(runtime.shop.database)
    for _ in range(MAX_KILLED + 2):
        runtime.in_flight.stopping = False
        run(runtime, job_id)
    assert job_row(runtime.shop.database, job_id).outcome == "Done."
    assert outcomes(runtime.shop.database, job_id) == ["stopped"] * (MAX_KILLED + 1) + ["done"]
    assert fallbacks.fired == []


def test_a_job_that_cannot_be_handed_back_does_not_hold_up_the_others_nor_the_stop(
    runtime: Runtime, use: Use, caplog: pytest.LogCaptureFixture
) -> None:
    database = runtime.shop.database
    first, second = queue_job(database), queue_job(database)

    def handler(work: Work) -> str:
        if work.job.id == first:
            run(runtime, second)
        else:
            take_away(database, 1, ValueError("disk"))
            finish_or_hand_back(runtime, 0)
        return "Done."

    use(handler)
    run(runtime, first)
    assert outcomes(database, first) == ["done"]
    assert outcomes(database, second) == ["stopped"]
    assert "could not be handed back" in caplog.text


AWAY = [OperationalError("", {}, Exception("gone")), InterfaceError("", {}, Exception("gone")), PoolTimeout("all busy")]


def take_away(database: Database, statements: int, error: Exception = AWAY[0]) -> None:
    """Let the database be away for so many statements."""
    left = iter(range(statements))

    def fail(*_: object) -> None:
        if next(left, None) is not None:
            raise error

    event.listen(database.engine, "before_cursor_execute", fail)


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(("statements", "state"), [(2, "done"), (3, "running")])
def test_a_database_that_is_away_for_a_moment_costs_no_second_attempt(
    runtime: Runtime, use: Use, monkeypatch: pytest.MonkeyPatch, statements: int, state: str, error: Exception
) -> None:
    monkeypatch.setattr(runner, "_RECORD_WAITS", (0.01, 0.02))

    def handler(work: Work) -> str:
        take_away(work.shop.database, statements, error)
        return "Done."

    use(handler)
    job_id = queue_job(runtime.shop.database)
    run(runtime, job_id)
    assert job_row(runtime.shop.database, job_id).state.value == state
    assert outcomes(runtime.shop.database, job_id) == [state]


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_a_database_that_is_away_at_the_claim_is_no_error(
    runtime: Runtime, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    job_id = queue_job(runtime.shop.database)
    take_away(runtime.shop.database, 1, error)
    run(runtime, job_id)
    assert job_row(runtime.shop.database, job_id).attempts == 0
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_losing_the_lease_is_not_judged_as_an_error(runtime: Runtime, use: Use) -> None:
    use(raises(LeaseLost("gone")))
    job_id = queue_job(runtime.shop.database)
    run(runtime, job_id)
    assert outcomes(runtime.shop.database, job_id) == ["running"]
