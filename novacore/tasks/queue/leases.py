"""Who works on a job row: claim, hold, finish, put back, bury. Statements only; the caller brings the transaction.

Due times are compared with the shop's clock, and what is due at once with none. Leases run by PostgreSQL's own clock,
which all machines share, and on SQLite by this machine's: the shop's clock may be moved (rehearsal), and a lease must
not lapse by that.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import (
    ColumnElement,
    Interval,
    String,
    Table,
    Update,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy import cast as sql_cast

from novacore import clock
from novacore.db.base import UtcDateTime
from novacore.db.models import Job, JobAttempt
from novacore.db.unit_of_work import Transaction, Wake
from novacore.errors import NovaCoreError
from novacore.states import AttemptOutcome, JobState
from novacore.workflows.machine.job_kinds import KINDS
from novacore.workflows.machine.jobs import JobKind, JobName

_J = cast(Table, Job.__table__).c
_A = cast(Table, JobAttempt.__table__).c
_COALESCING = [name for name, kind in KINDS.items() if kind.coalesce]
_ERROR_CHARS = 2000


@dataclass(slots=True)
class Lease:
    """Until when a claim holds, on this machine's monotonic clock. Reaches further each time it is renewed.

    `held_by`: the sign of life under which it was taken or renewed, if there was one.
    """

    ends: float
    held_by: str | None = None


P_co = TypeVar("P_co", covariant=True)
"""What a job carries; see `job_kinds`."""


@dataclass(frozen=True)  # no slots: with them, an alias like `ClaimedJob` could not be called
class JobWith(Generic[P_co]):
    """A job row as it was claimed. `attempt` counts from 1; only the claim with the highest `fence` may finish it."""

    id: int
    name: JobName
    subject_kind: str
    subject_id: str
    payload: P_co
    event_id: int | None
    due_at: datetime
    attempt: int
    fence: int
    lease: Lease
    killed: int = 0
    """How many earlier attempts were cut off in the middle, perhaps by the job itself (all memory eaten)."""
    stopped: int = 0
    """How many were cut off by a stop of the shop."""
    forgiven: int = 0
    """Attempts up to this number count no more: staff had the dead job tried again."""

    @property
    def kind(self) -> JobKind[Any]:
        """What is fixed for jobs of this name."""
        return KINDS[self.name]

    @property
    def earlier_attempt_unknown(self) -> bool:
        """Whether an earlier attempt may have done its outward act without recording it."""
        return self.killed + self.stopped > 0


ClaimedJob = JobWith[object]
"""A claimed job of any kind: what it carries is the handler's to read."""


class LeaseLost(NovaCoreError):
    """Someone else has the job by now. This attempt stops, and what it would have recorded is dropped."""


@dataclass(frozen=True, slots=True)
class Past:
    """How the attempts of a job so far have ended, the present one left out.

    `laters` and `first_later` tell only of the unbroken run of them just before: an outage of last week is over.
    """

    bugs: int = 0
    laters: int = 0
    first_later: datetime | None = None


def machine_time(tx: Transaction, seconds: float = 0.0) -> ColumnElement[Any]:
    """Return the time that leases and wake-ups go by, so many seconds from now, as an expression."""
    if tx.is_sqlite:
        return bindparam(None, _from_now(seconds), type_=UtcDateTime())
    return func.now() + timedelta(seconds=seconds)


def claim(
    tx: Transaction, job_id: int, worker: str, lease_seconds: float, held_by: str | None = None
) -> ClaimedJob | None:
    """Take the job and book the attempt; None if it is not due, finished, or in someone else's hands.

    `held_by`: the sign of life of this process. Without one the lease has to run out, should the process die.
    """
    lease = Lease(time.monotonic() + lease_seconds, held_by)
    params = {"job": job_id, "shop_now": tx.now, "held_by": held_by, **_lease_params(tx, lease_seconds)}
    row = tx.connection.execute(_CLAIM[tx.is_sqlite], params).one_or_none()
    if row is None:
        return None
    cut_off = _close_killed(tx, job_id, row.forgiven) if row.attempts > 1 else {}
    _begin_attempt(tx, job_id, row.attempts, worker)
    return ClaimedJob(
        id=job_id,
        name=JobName(row.name),
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        payload=row.payload,
        event_id=row.event_id,
        due_at=row.due_at,
        attempt=row.attempts,
        fence=row.fence,
        lease=lease,
        killed=cut_off.get(AttemptOutcome.killed, 0),
        stopped=cut_off.get(AttemptOutcome.stopped, 0),
        forgiven=row.forgiven,
    )


def hold(tx: Transaction, job: ClaimedJob, lease_seconds: float, held_by: str | None = None) -> None:
    """Restart the lease, under the sign of life that this process has by now. Raises LeaseLost."""
    ends = time.monotonic() + lease_seconds
    _update(tx, job, _MINE.values(lease_until=machine_time(tx, lease_seconds)), {"held_by": held_by})
    job.lease.ends, job.lease.held_by = ends, held_by


def finish(tx: Transaction, job: ClaimedJob, outcome: str) -> None:
    """Book the job as done. Raises LeaseLost."""
    _end(tx, job, AttemptOutcome.done, None, {"state": JobState.done, "outcome": outcome, "finished_at": tx.now})


def put_back(tx: Transaction, job: ClaimedJob, due_at: datetime, outcome: AttemptOutcome, why: str) -> None:
    """Queue the job again. Raises LeaseLost."""
    values = {"state": JobState.queued, "due_at": due_at, "woken_at": None, "last_error": why[:_ERROR_CHARS]}
    values["at_once"] = due_at <= tx.now
    if outcome is AttemptOutcome.postponed and _continues(tx, job, why):
        values["attempts"] = job.attempt - 1
    _end(tx, job, outcome, why, values)
    if values["at_once"]:
        tx.wakes.append(Wake(job.id, job.name, job.kind.queue))


def bury(tx: Transaction, job: ClaimedJob, outcome: AttemptOutcome, why: str) -> None:
    """Book the job as dead; what follows is the caller's, in the same transaction. Raises LeaseLost."""
    values = {"state": JobState.dead, "last_error": why[:_ERROR_CHARS], "finished_at": tx.now}
    _end(tx, job, outcome, why, values)


def past(tx: Transaction, job: ClaimedJob) -> Past:
    """Count how the earlier attempts have ended."""
    earlier = _A.job_id == job.id, _A.number < job.attempt, _A.number > job.forgiven
    other = select(func.coalesce(func.max(_A.number), 0)).where(*earlier, _A.outcome != AttemptOutcome.later)
    in_run = _A.number > other.correlate(None).scalar_subquery()
    statement = select(
        func.count().filter(_A.outcome == AttemptOutcome.bug),
        func.count().filter(in_run),
        func.min(_A.started_at).filter(in_run),
    ).where(*earlier)
    return Past(*tx.connection.execute(statement).one())


def _begin_attempt(tx: Transaction, job_id: int, number: int, worker: str) -> None:
    attempt = {
        "job_id": job_id,
        "number": number,
        "worker": worker[:100],
        "outcome": AttemptOutcome.running,
        "started_at": tx.now,
    }
    tx.connection.execute(_INSERT_ATTEMPT, attempt)


def _end(
    tx: Transaction, job: ClaimedJob, outcome: AttemptOutcome, error: str | None, values: Mapping[str, Any]
) -> None:
    _update(tx, job, _MINE, {"lease_until": None, "held_by": None, **values})
    ended = {"outcome": outcome, "error": error and error[:_ERROR_CHARS], "finished_at": tx.now}
    tx.connection.execute(_ATTEMPT, {"its_job": job.id, "its_number": job.attempt, **ended})


def _continues(tx: Transaction, job: ClaimedJob, why: str) -> bool:
    """Let the row of the attempt before stand for this one, too, if that one was postponed as well.

    Else a job that is put off every few seconds for half a day would leave thousands of rows.
    """
    before = _A.job_id == job.id, _A.number == job.attempt - 1, _A.outcome == AttemptOutcome.postponed
    connection = tx.connection
    longer = update(JobAttempt.__table__).where(*before)  # type: ignore[arg-type]
    if connection.execute(longer.values(error=why[:_ERROR_CHARS], finished_at=tx.now)).rowcount != 1:
        return False
    connection.execute(delete(JobAttempt.__table__).where(_A.job_id == job.id, _A.number == job.attempt))  # type: ignore[arg-type]
    return True


def _update(tx: Transaction, job: ClaimedJob, statement: Update, values: Mapping[str, Any]) -> None:
    if tx.connection.execute(statement, {"its_id": job.id, "its_fence": job.fence, **values}).rowcount != 1:
        raise LeaseLost(f"Job {job.id} ({job.name}) has been taken over.")


def _close_killed(tx: Transaction, job_id: int, forgiven: int) -> dict[AttemptOutcome, int]:
    connection = tx.connection
    connection.execute(
        update(JobAttempt.__table__)  # type: ignore[arg-type]
        .where(_A.job_id == job_id, _A.outcome == AttemptOutcome.running)
        .values(outcome=AttemptOutcome.killed, error="Its lease ran out.", finished_at=tx.now)
    )
    mine = _A.job_id == job_id, _A.number > forgiven
    counted = select(_A.outcome, func.count()).where(*mine).group_by(_A.outcome)
    return {outcome: count for outcome, count in connection.execute(counted)}  # noqa: C416 - typed


def _from_now(seconds: float) -> datetime:
    return clock.machine_now() + timedelta(seconds=seconds)


def _lease_params(tx: Transaction, seconds: float) -> dict[str, Any]:
    if tx.is_sqlite:
        return {"machine_now": _from_now(0.0), "lease_end": _from_now(seconds)}
    return {"lease": timedelta(seconds=seconds)}


def _claim_statement(now: ColumnElement[Any], lease_until: ColumnElement[Any]) -> Any:
    # A coalesced job gives up its key with the first claim: what happens from now on is asked for in a new row.
    gives_up_key = _J.name.in_(_COALESCING) & (_J.attempts == 0)
    key = case((gives_up_key, _J.dedupe_key + "#" + sql_cast(_J.id, String)), else_=_J.dedupe_key)
    lapsed = (_J.state == JobState.running) & (_J.lease_until <= now)
    return (
        update(Job.__table__)  # type: ignore[arg-type]
        .where(_J.id == bindparam("job"), or_(_J.at_once, _J.due_at <= bindparam("shop_now")))
        .where(or_(_J.state == JobState.queued, lapsed))
        .values(
            state=JobState.running,
            at_once=True,  # whoever takes it up from a killed worker doesn't wait for its time a second time
            attempts=_J.attempts + 1,
            fence=_J.fence + 1,
            lease_until=lease_until,
            held_by=bindparam("held_by"),
            dedupe_key=key,
        )
        .returning(
            _J.name,
            _J.subject_kind,
            _J.subject_id,
            _J.payload,
            _J.event_id,
            _J.due_at,
            _J.attempts,
            _J.fence,
            _J.forgiven,
        )
    )


# Made once: building a statement costs as much as running it on SQLite.
_CLAIM = {
    True: _claim_statement(bindparam("machine_now", type_=UtcDateTime()), bindparam("lease_end", type_=UtcDateTime())),
    False: _claim_statement(func.now(), func.now() + bindparam("lease", type_=Interval())),
}
_MINE = update(Job.__table__).where(  # type: ignore[arg-type]
    _J.id == bindparam("its_id"), _J.fence == bindparam("its_fence"), _J.state == JobState.running
)
"""Writes whatever columns are given, as long as the claim is ours."""
_ATTEMPT = update(JobAttempt.__table__).where(  # type: ignore[arg-type]
    _A.job_id == bindparam("its_job"), _A.number == bindparam("its_number")
)
_INSERT_ATTEMPT = insert(JobAttempt.__table__)  # type: ignore[arg-type]
