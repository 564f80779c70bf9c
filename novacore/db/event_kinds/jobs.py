"""What events say about jobs that died, whatever they were about, and about exports."""

from typing import NotRequired, TypedDict

from novacore.db.event_kinds.kind import EventKind


class JobDied(TypedDict):
    """`job` is its name; `cause` is what deaths have in common that are told as one, since there are such alerts."""

    job_id: int
    job: str
    reason: str
    cause: NotRequired[str]


class RetryJob(TypedDict):
    """How often it was tried before."""

    job_id: int
    job: str
    tries: int


class JobGaveUp(TypedDict):
    """A job whose death is no alarm: what it was for says so itself."""

    job_id: int
    reason: str


JOB_DIED = EventKind("job_died", JobDied)
RETRY_JOB = EventKind("retry_job", RetryJob)
PROOF_UNREADABLE = EventKind("proof_unreadable", JobGaveUp)
RECEIPT_BLOCKED = EventKind("receipt_blocked", JobGaveUp)
NOTE_BLOCKED = EventKind("note_blocked", JobGaveUp)


class Export(TypedDict):
    """What was asked for, and how many rows that were."""

    what: str
    format: str
    rows: int


class ExportFailed(TypedDict):
    """`job` is the name of the one that died, since staff are told of it."""

    job: NotRequired[str]
    reason: str


EXPORT = EventKind("export", Export)
EXPORT_FAILED = EventKind("export_failed", ExportFailed)
