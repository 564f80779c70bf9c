"""Work that is owed. The job row is the truth and the Celery message only a wake-up."""

from datetime import datetime
from typing import Annotated

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import DOCUMENT, Base, BigId, Moment, UtcDateTime, Word
from novacore.states import AttemptOutcome, JobState, SendState

UNFINISHED = text("state IN ('queued', 'running')")
DEAD = text("state = 'dead'")
HELD = text("held_by IS NOT NULL")
"""What the partial indexes hold. Asked in these very words: with bound values SQLite would read every job there was."""


class Job(Base):
    """One thing to do. `payload` holds ids only. `fence` grows with every claim: an older claim may not finish it."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index(
            "ix_jobs_unfinished",
            "at_once",
            "due_at",
            "id",
            postgresql_where=UNFINISHED,
            sqlite_where=UNFINISHED,
        ),
        Index("ix_jobs_dead", "finished_at", postgresql_where=DEAD, sqlite_where=DEAD),
        Index("ix_jobs_held", "held_by", postgresql_where=HELD, sqlite_where=HELD),
        Index(None, "subject_kind", "subject_id", "id"),
    )

    id: Mapped[BigId]
    name: Mapped[Word]
    queue: Mapped[Word]
    subject_kind: Mapped[Word]
    subject_id: Mapped[str] = mapped_column(String(40))
    payload: Mapped[Annotated[object, DOCUMENT]]
    """Whoever reads it asks the job's row: `JobKind.payload_of`."""
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    """The event that asked for it; none for work that the clock asks for."""
    due_at: Mapped[Moment]
    """When it is due by the shop's clock; when it was asked for, where it is due at once."""
    at_once: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Due whatever a clock says: one that is set back holds nothing up. So is a job that was claimed, until it is put
    off."""
    state: Mapped[JobState]
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    forgiven: Mapped[int] = mapped_column(default=0, server_default="0")
    """Attempts up to this number count no more: staff had the dead job tried again."""
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_by: Mapped[str | None] = mapped_column(String(60))
    """The sign of life of the worker that has the lease; none if its death wouldn't show."""
    woken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the sweep last sent a wake-up, so that a backlog does not flood the broker."""
    last_error: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    """What the handler said when it finished; one sentence."""
    created_at: Mapped[Moment]
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UsedKey(Base):
    """The key of a job that was cleared away when it was old: what was asked for once is never queued again."""

    __tablename__ = "used_keys"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)


class JobAttempt(Base):
    """One try of a job, which staff can read."""

    __tablename__ = "job_attempts"
    __table_args__ = (UniqueConstraint("job_id", "number"),)

    id: Mapped[BigId]
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    number: Mapped[int]
    worker: Mapped[str] = mapped_column(String(100))
    outcome: Mapped[AttemptOutcome]
    error: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[Moment]
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Send(Base):
    """One message that must go out once. Written before the send, so that a killed attempt is known to be unknown."""

    __tablename__ = "sends"
    __table_args__ = (Index(None, "subject_kind", "subject_id"),)

    id: Mapped[BigId]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """What makes it the same message: the job's id, or the delivery it stands for."""
    token: Mapped[str] = mapped_column(String(25), unique=True)
    """Printed in the message and sent as its nonce: how a later attempt finds it in the channel's history."""
    purpose: Mapped[Word]
    subject_kind: Mapped[Word]
    subject_id: Mapped[str] = mapped_column(String(40))
    state: Mapped[SendState]
    channel_id: Mapped[int | None] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    begun_at: Mapped[Moment]
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
