"""Queues jobs and reads what became of them, for the tests of this room."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from sqlalchemy import select, update

from novacore.db.engine import Database
from novacore.db.models import Job, JobAttempt, Send
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.workflows.machine.job_kinds import KINDS
from novacore.workflows.machine.jobs import JobName, JobRequest, enqueue
from novacore.workflows.machine.shop import Shop

ANY = JobName.tell_customer
"""A job for which nothing is special."""


class Fallbacks:
    """Stands in for `fire_fallback`, and remembers."""

    def __init__(self) -> None:
        self.fired: list[tuple[int, str, str]] = []

    def __call__(self, _shop: Shop, tx: Transaction, job: Job, reason: str) -> None:
        """Note the job as it is in this very transaction."""
        self.fired.append((job.id, job.state.value, reason))


def queue_job(
    database: Database,
    name: JobName = ANY,
    subject: str = "NC-1",
    due_at: datetime | None = None,
    payload: Mapping[str, object] = MappingProxyType({}),
) -> int:
    """Queue a job about an order and return its id. What has no handler here may carry nothing."""
    return queue_jobs(database, [JobRequest(KINDS[name], "order", subject, due_at, payload)])[-1]


def asked(name: JobName, subject_kind: str, subject_id: str, due_at: datetime | None = None) -> JobRequest:
    """Ask for a job of any kind that carries nothing, for tests that never look into it."""
    return JobRequest(KINDS[name], subject_kind, subject_id, due_at, {})


def queue_jobs(database: Database, requests: Iterable[JobRequest]) -> list[int]:
    """Queue several in one transaction; returns the ids of all jobs there are."""
    with writing(database) as tx:
        for request in requests:
            enqueue(tx, [request], key=f"{request.subject_id}:{datetime.now(UTC)}")
        newest = tx.session.execute(select(Job.id).order_by(Job.id)).scalars().all()
    return list(newest)


def job_row(database: Database, job_id: int) -> Job:
    """Read a job."""
    with reading(database) as session:
        return session.get_one(Job, job_id)


def attempts(database: Database, job_id: int) -> list[JobAttempt]:
    """Read the attempts of a job, the first one first."""
    with reading(database) as session:
        rows = select(JobAttempt).where(JobAttempt.job_id == job_id).order_by(JobAttempt.number)
        return [*session.execute(rows).scalars()]


def outcomes(database: Database, job_id: int) -> list[str]:
    """Read how the attempts of a job ended."""
    return [attempt.outcome.value for attempt in attempts(database, job_id)]


def sends(database: Database) -> list[Send]:
    """Read every send."""
    with reading(database) as session:
        return [*session.execute(select(Send).order_by(Send.id)).scalars()]


def lapse(database: Database, job_id: int) -> None:
    """Let the lease of a job run out, as when its worker was killed a while ago."""
    with writing(database) as tx:
        past = datetime.now(UTC) - timedelta(seconds=1)
        tx.session.execute(update(Job).where(Job.id == job_id).values(lease_until=past, woken_at=None))


def make_due(database: Database, job_id: int) -> None:
    """Let the wait of a job be over."""
    with writing(database) as tx:
        tx.session.execute(update(Job).where(Job.id == job_id).values(due_at=tx.now))
