"""Runs one job: claim it, call its handler, record what came of it. Called by the Celery tasks with a job id."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress

from novacore import full_disk, ids, telemetry
from novacore.db.models import Job
from novacore.db.queries import subjects
from novacore.db.trouble import reason_of
from novacore.db.unit_of_work import Transaction, writing
from novacore.states import AttemptOutcome
from novacore.tasks.queue import leases, retry
from novacore.tasks.queue.handlers import HANDLERS, Postpone, Runtime, Work
from novacore.tasks.queue.leases import ClaimedJob, LeaseLost
from novacore.tasks.queue.retry import DATABASE_AWAY

MAX_KILLED = 8
"""A job whose attempts are cut off this often most likely does the killing (a picture that eats all memory)."""

_RECORD_WAITS = (0.2, 1.0, 3.0)
"""Seconds between tries to record what came of an attempt; after that the lease runs out and the job is run again."""

log = logging.getLogger(__name__)


def run_in_turn(runtime: Runtime, job_id: int) -> None:
    """Do the deliveries that wait for a thread, and then this job. Of two threads at one delivery the first has it."""
    waiting = runtime.in_flight.deliveries
    while waiting:
        with suppress(IndexError):  # another thread was quicker
            run(runtime, waiting.popleft())
    run(runtime, job_id)


def run(runtime: Runtime, job_id: int) -> None:
    """Do the job if it is due and nobody else has it; a wake-up too many does nothing. Never raises for the job."""
    job = _claim(runtime, job_id)
    if job is None:
        return
    runtime.in_flight.jobs[job.id] = job
    try:
        with telemetry.subject(_mark_of(job), job=job.name, job_id=str(job.id)):
            _work(runtime, job)
    except LeaseLost as lost:
        log.warning("%s Its result is dropped.", lost)
    finally:
        runtime.in_flight.jobs.pop(job.id, None)


def finish_or_hand_back(runtime: Runtime, seconds: float) -> None:
    """Take no new job, give those in flight so many seconds, and queue again what is left: the process will end."""
    flight = runtime.in_flight
    flight.stopping = True
    deadline = time.monotonic() + seconds
    while flight.jobs and time.monotonic() < deadline:
        time.sleep(0.02)
    for job in tuple(flight.jobs.values()):
        try:
            _hand_back(runtime, job)
        except DATABASE_AWAY:
            log.warning("The database is away: what is in flight cannot be handed back, and waits for its lease.")
            return
        except Exception:
            # The caller has to end its threads and its line to Discord, whatever this was.
            log.exception("Job %s (%s) could not be handed back, and waits for its lease.", job.id, job.name)


def _hand_back(runtime: Runtime, job: ClaimedJob) -> None:
    """Queue it again, as cut off. The attempt loses its lease."""
    try:
        with writing(runtime.shop.database) as tx:
            leases.put_back(tx, job, tx.now, AttemptOutcome.stopped, "The shop was stopped in the middle of it.")
    except LeaseLost:
        return


def _claim(runtime: Runtime, job_id: int) -> ClaimedJob | None:
    if runtime.in_flight.stopping:
        return None
    try:
        with writing(runtime.shop.database) as tx:
            return leases.claim(tx, job_id, runtime.worker, runtime.lease_seconds, runtime.sign.name)
    except DATABASE_AWAY as error:
        why = reason_of(error)
        runtime.quiet.warning(
            "claim",
            "Job %s could not be claimed (%s). The sweep will bring it back: the database is away.",
            job_id,
            why,
        )
        return None


def _work(runtime: Runtime, job: ClaimedJob) -> None:
    if job.killed >= MAX_KILLED:
        return _bury(runtime, job, AttemptOutcome.killed, f"It was cut off {job.killed} times.")
    try:
        outcome = HANDLERS[job.name](Work(runtime, job))
    except Postpone as wish:
        return _put_back(runtime, job, wish)
    except LeaseLost:
        raise
    except Exception as error:  # noqa: BLE001  whatever a handler raises is judged by `retry`
        return _failed(runtime, job, error)
    return _record(runtime, lambda tx: leases.finish(tx, job, outcome))


def _mark_of(job: ClaimedJob) -> str:
    return telemetry.mark_of(job.subject_kind, job.subject_id)


def _put_back(runtime: Runtime, job: ClaimedJob, wish: Postpone) -> None:
    _record(
        runtime,
        lambda tx: leases.put_back(tx, job, wish.until or tx.now + wish.delay, AttemptOutcome.postponed, wish.why),
    )


def _failed(runtime: Runtime, job: ClaimedJob, error: Exception) -> None:
    if full_disk.is_full(error):
        full_disk.noticed()
    verdict = retry.classify(error)
    sentence = verdict.sentence
    if verdict.kind is retry.Kind.bug:
        sentence = f"{sentence} Reference {_report(job, error, sentence)}."
    else:
        log.warning("Job %s (%s), attempt %s: %s", job.id, job.name, job.attempt, sentence)
    _record(runtime, lambda tx: _settle(tx, runtime, job, verdict, sentence))


def _report(job: ClaimedJob, error: Exception, what: str) -> str:
    """Log the error, which sends it to Sentry as well; return the reference under which staff find it in both."""
    reference = ids.new_token(6)
    with telemetry.subject(_mark_of(job), reference=reference):
        log.error(
            "Error %s in job %s (%s), attempt %s: %s", reference, job.id, job.name, job.attempt, what, exc_info=error
        )
    return reference


def _settle(tx: Transaction, runtime: Runtime, job: ClaimedJob, verdict: retry.Verdict, sentence: str) -> None:
    decision = retry.decide(verdict, leases.past(tx, job), tx.now, job.kind.max_bugs)
    outcome = AttemptOutcome(verdict.kind)
    if decision.wait is not None:
        leases.put_back(tx, job, tx.now + decision.wait, outcome, sentence)
    else:
        _bury_in(tx, runtime, job, outcome, sentence)


def _bury(runtime: Runtime, job: ClaimedJob, outcome: AttemptOutcome, why: str) -> None:
    _record(runtime, lambda tx: _bury_in(tx, runtime, job, outcome, why))


def _bury_in(tx: Transaction, runtime: Runtime, job: ClaimedJob, outcome: AttemptOutcome, why: str) -> None:
    """Mark it dead and fire its fallback. A fallback that fails must not keep the job alive: it is reported instead."""
    leases.bury(tx, job, outcome, why)
    # What Discord refuses for good (closed DMs) is daily life; any other death wants someone's eyes.
    level = logging.WARNING if outcome is AttemptOutcome.never else logging.ERROR
    about = subjects.called(tx.connection, job.subject_kind, job.subject_id)
    log.log(level, "Job %s (%s, %s) is dead after %s attempts: %s", job.id, job.name, about, job.attempt, why)
    try:
        with tx.savepoint():
            runtime.fallback(runtime.shop, tx, tx.session.get_one(Job, job.id), why)
    except DATABASE_AWAY:
        raise
    except Exception:
        log.exception("The fallback of job %s (%s) failed.", job.id, job.name)


def _record(runtime: Runtime, write: Callable[[Transaction], None]) -> None:
    """Write what came of the attempt. A database that is away for a moment must not cost a second attempt."""
    for wait in (*_RECORD_WAITS, None):
        try:
            with writing(runtime.shop.database) as tx:
                return write(tx)
        except DATABASE_AWAY as error:
            if wait is None:
                said = "The database is away (%s): what came of a job is lost, and it will be run again."
                runtime.quiet.warning("record", said, reason_of(error))
                return None
            time.sleep(wait)
    return None
