"""The names of the jobs, and how they are queued with the transaction that wants them. `job_kinds` has their rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Generic, TypedDict, TypeVar, cast, overload

from sqlalchemy import ColumnElement, Executable, Row, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from novacore.db.models import Job, UsedKey
from novacore.db.unit_of_work import Transaction, Wake
from novacore.states import JobState


class Queue(StrEnum):
    """Where a job runs: talking to Discord wants many threads, pictures and charts want a process."""

    discord = "discord"
    media = "media"


class JobName(StrEnum):
    """Every job there is. A Celery task, a handler and a row in the log bear the same name."""

    order_receipt = "order_receipt"
    expire_order = "expire_order"
    remind_unpaid = "remind_unpaid"
    remind_staff = "remind_staff"
    remind_owner = "remind_owner"
    process_proof = "process_proof"
    post_review_card = "post_review_card"
    refresh_cards = "refresh_cards"
    refresh_pages = "refresh_pages"
    tell_customer = "tell_customer"
    deliver_order = "deliver_order"
    alert_staff = "alert_staff"
    alert_contests = "alert_contests"
    announce_purchase = "announce_purchase"
    strike_announcement = "strike_announcement"
    grant_customer_role = "grant_customer_role"
    withdraw_customer_role = "withdraw_customer_role"
    settle_role = "settle_role"
    return_roles = "return_roles"
    check_roles = "check_roles"
    invite_vouch = "invite_vouch"
    post_vouch = "post_vouch"
    refresh_panel = "refresh_panel"
    change_shelf = "change_shelf"
    show_news = "show_news"
    watch_stock = "watch_stock"
    alert_low_stock = "alert_low_stock"
    fill_stock = "fill_stock"
    discard_stock = "discard_stock"
    call_waiting = "call_waiting"
    tell_waiting = "tell_waiting"
    take_picture = "take_picture"
    resend_goods = "resend_goods"
    send_replacement = "send_replacement"
    create_ticket_channel = "create_ticket_channel"
    post_ticket_card = "post_ticket_card"
    link_transcript = "link_transcript"
    refresh_ticket = "refresh_ticket"
    warn_idle = "warn_idle"
    idle_close = "idle_close"
    archive_ticket = "archive_ticket"
    send_transcript = "send_transcript"
    delete_ticket_channel = "delete_ticket_channel"
    rescue_transcript = "rescue_transcript"
    invite_rating = "invite_rating"
    tell_ticket_customer = "tell_ticket_customer"
    alert_ticket_staff = "alert_ticket_staff"
    check_ticket = "check_ticket"
    send_reply = "send_reply"
    restore_access = "restore_access"
    make_export = "make_export"
    roll_up = "roll_up"
    make_report = "make_report"
    send_report = "send_report"
    tell_owner = "tell_owner"
    clear_away = "clear_away"
    fetch_rates = "fetch_rates"
    check_books = "check_books"


P = TypeVar("P", bound=Mapping[str, object])
"""What a job carries: a TypedDict of ids, never a secret."""


class Nothing(TypedDict):
    """The payload of a job that needs none: it looks at its subject as it is by then."""


@dataclass(frozen=True, slots=True)
class JobKind(Generic[P]):
    """One row of `job_kinds`: a job's name, what it carries, and what is fixed for it."""

    name: JobName
    payload: type[P]
    queue: Queue = Queue.discord
    max_bugs: int = 3
    """Tries after errors nobody expected; Discord being away is retried for longer."""
    coalesce: bool = False
    """While one is queued for a subject, a second one adds nothing."""
    is_delivery: bool = False
    """It brings someone what they have paid for, and goes before all other work that is due."""
    speaks_in: tuple[str, ...] = ()
    """The settings of the channels without which it dies: with another channel there it is worth another try."""

    @overload
    def about(
        self: "JobKind[Nothing]", subject_kind: str, subject_id: str, *, due_at: datetime | None = None
    ) -> "JobRequest": ...

    @overload
    def about(
        self, subject_kind: str, subject_id: str, payload: P, *, due_at: datetime | None = None
    ) -> "JobRequest": ...

    def about(
        self,
        subject_kind: str,
        subject_id: str,
        payload: Mapping[str, object] = MappingProxyType({}),
        *,
        due_at: datetime | None = None,
    ) -> "JobRequest":
        """Ask for such a job about a subject. `due_at` None means at once."""
        return JobRequest(self, subject_kind, subject_id, due_at, payload)

    def payload_of(self, job: Job) -> P:
        """Return what a job of this kind carries. Raises ValueError for a job of another kind."""
        if job.name != self.name:
            raise ValueError(f"{job.name} is no {self.name}.")
        return cast(P, job.payload)


@dataclass(frozen=True, slots=True)
class JobRequest:
    """Work that a transaction wants done, made by `JobKind.about`, which knows what the payload has to hold."""

    kind: JobKind[Any]
    subject_kind: str
    subject_id: str
    due_at: datetime | None
    payload: Mapping[str, object]


def enqueue(
    tx: Transaction, requests: Sequence[JobRequest], *, event_id: int | None = None, key: str | None = None
) -> None:
    """Insert job rows in the caller's transaction, in one statement: the only way to get work done.

    The dedupe key is event + name, `key` + name where one is given, or the subject where jobs coalesce.
    """
    # Sorted, so that two transactions touching the same coalesced rows take them in the same order.
    rows = sorted((_row(tx, one, event_id, key) for one in requests), key=lambda row: str(row["dedupe_key"]))
    if not rows:
        return
    statement = _UPSERTS["sqlite" if tx.is_sqlite else "postgresql"]
    queued = tx.connection.execute(statement, rows).all()
    # A key that bears an event of this very transaction can't have been used before.
    used = _drop_used(tx, queued) if event_id not in tx.events or key is not None else ()
    for job_id, name, queue, at_once, due_at in queued:
        if (at_once or due_at <= tx.now) and job_id not in used:
            tx.wakes.append(Wake(job_id, name, queue))


def _drop_used(tx: Transaction, queued: Sequence[Row[Any]]) -> Collection[int]:
    """Take back what was done before and cleared away since. Afterwards: whoever clears it away has ended by now."""
    return {*tx.connection.execute(_DROP_USED, {"ids": [row[0] for row in queued]}).scalars()}


def withdraw(tx: Transaction, names: Collection[JobName], subject_kind: str, subject_id: str) -> None:
    """Call off what is still queued under these names: timers that have lost their reason."""
    withdrawn = {"state": JobState.withdrawn, "finished_at": tx.now}
    tx.connection.execute(_QUEUED, _names(names, subject_kind, subject_id) | withdrawn)


def bring_forward(tx: Transaction, name: JobName, subject_kind: str, subject_id: str) -> None:
    """Make what is queued under this name due at once."""
    now = {"due_at": tx.now, "at_once": True}
    rows = tx.connection.execute(_PUT_OFF, _names([name], subject_kind, subject_id) | now)
    tx.wakes.extend(Wake(job_id, name, queue) for job_id, queue in rows)


def is_living(session: Session, name: JobName, subject_kind: str, subject_id: str) -> bool:
    """Tell whether a job of this name is queued or running."""
    return bool(session.execute(_IS_LIVING, _names([name], subject_kind, subject_id)).scalar_one())


def _names(names: Collection[JobName], subject_kind: str, subject_id: str) -> dict[str, Any]:
    # The kind as well, always: an order and a ticket may bear the same id, and the index begins with it.
    return {"of_kind": subject_kind, "of": subject_id, "named": [*names]}


_NAMED: tuple[ColumnElement[bool], ...] = (
    Job.subject_kind == bindparam("of_kind"),
    Job.subject_id == bindparam("of"),
    Job.name.in_(bindparam("named", expanding=True)),
)
_QUEUED = update(Job).where(*_NAMED, Job.state == JobState.queued)
_PUT_OFF = _QUEUED.where(~Job.at_once).returning(Job.id, Job.queue)
_IS_LIVING = select(exists().where(*_NAMED, Job.state.in_((JobState.queued, JobState.running))))
_DROP_USED = (
    delete(Job)
    .where(Job.id.in_(bindparam("ids", expanding=True)), Job.dedupe_key.in_(select(UsedKey.key)))
    .returning(Job.id)
)


def _row(tx: Transaction, request: JobRequest, event_id: int | None, key: str | None) -> dict[str, Any]:
    kind = request.kind
    unique = f"{key or event_id}:{kind.name}"
    if kind.coalesce:
        unique = f"{kind.name}:{request.subject_kind}:{request.subject_id}"
    return {
        "name": kind.name,
        "queue": kind.queue,
        "subject_kind": request.subject_kind,
        "subject_id": request.subject_id,
        "payload": dict(request.payload),
        "dedupe_key": unique,
        "event_id": event_id,
        "due_at": request.due_at or tx.now,
        "at_once": request.due_at is None or request.due_at <= tx.now,
        "state": JobState.queued,
        "attempts": 0,
        "fence": 0,
        "created_at": tx.now,
    }


def _upsert(dialect: Any, earlier: Any) -> Executable:
    # DO UPDATE, not DO NOTHING: touching the row makes a worker's claim of it wait for our commit, so that a
    # coalesced job can never have read the world as it was before us.
    statement = dialect.insert(Job.__table__)
    new = statement.excluded
    sooner = {"due_at": earlier(Job.due_at, new.due_at), "at_once": or_(Job.at_once, new.at_once)}
    upsert: Executable = statement.on_conflict_do_update(index_elements=["dedupe_key"], set_=sooner).returning(
        Job.id, Job.name, Job.queue, Job.at_once, Job.due_at
    )
    return upsert


_UPSERTS = {"sqlite": _upsert(sqlite, func.min), "postgresql": _upsert(postgresql, func.least)}
