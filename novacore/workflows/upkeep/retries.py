"""A dead job tried again: at the wish of staff, from the alert that told of its death or from the order's details.

Or by itself, where it died for want of a channel and the shop has another one now.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import select, update

from novacore.db.event_kinds.jobs import JOB_DIED, RETRY_JOB
from novacore.db.models import Event, Job, Order
from novacore.db.models.jobs import DEAD
from novacore.db.queries.deaths import MOST, of_same_cause
from novacore.db.unit_of_work import Transaction, Wake, writing
from novacore.errors import AlreadyDone, NotFound, Refusal, WrongState
from novacore.states import ActorKind, JobState, OrderStatus
from novacore.workflows.machine import policy
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.policy import SYSTEM, Actor, Permission, Who
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.table import ORDERS

_RETRY = Permission(frozenset({Who.staff}), "try this again")
_MISSING = "I can't find that job any more."

_DEATHS = 200
"""Events of the subject that are looked through, the newest first."""

PATIENCE = timedelta(days=30)
"""After that a message would come out of nowhere."""

_ONLY_IN: Mapping[JobName, frozenset[OrderStatus]] = {
    JobName.post_review_card: frozenset(OrderStatus.those(lambda row: row.may_be_approved)),
    JobName.expire_order: frozenset(OrderStatus.those(lambda row: row.awaits_customer)),
    JobName.remind_unpaid: frozenset(OrderStatus.those(lambda row: row.awaits_customer)),
    JobName.announce_purchase: frozenset({OrderStatus.delivered}),
    JobName.grant_customer_role: frozenset({OrderStatus.delivered}),
    JobName.invite_vouch: frozenset({OrderStatus.delivered}),
    JobName.resend_goods: frozenset({OrderStatus.delivered}),
    JobName.send_replacement: frozenset({OrderStatus.delivered}),
    JobName.withdraw_customer_role: frozenset({OrderStatus.refunded}),
    JobName.strike_announcement: frozenset({OrderStatus.refunded}),
}
"""Jobs that mean something in certain states of their order only; once it has moved on, nobody waits for them."""


def retry(shop: Shop, actor: Actor, job_id: int) -> Job:
    """Queue a dead job again: its tries begin from nothing, and the old ones stay to be read.

    Raises NotAllowed for anybody but staff; NotFound; AlreadyDone where it is queued, or was done, already; WrongState
    where its death has a button of its own, its order has moved on, or it is too long ago.
    """
    policy.require_staff(actor, _RETRY.verb)
    with writing(shop.database) as tx:
        return _retry(tx, actor, job_id)


def retry_all(shop: Shop, actor: Actor, event_id: int) -> int:
    """Queue again every job that died of the same cause as the one in this event, and later; return how many.

    Raises NotAllowed, NotFound, and AlreadyDone where none of them is left.
    """
    policy.require_staff(actor, _RETRY.verb)
    with writing(shop.database) as tx:
        told = tx.session.get(Event, event_id)
        if told is None or told.trigger != JOB_DIED.trigger:
            raise NotFound(_MISSING)
        found = {JOB_DIED.read(event.detail)["job_id"] for event in of_same_cause(tx.session, told)}
        count = sum(_retried(tx, actor, job_id) for job_id in sorted(found))
    if not count:
        raise AlreadyDone("Already done: none of them is left to be tried again.")
    return count


def revive(tx: Transaction, names: Collection[JobName], reasons: Collection[str]) -> int:
    """Queue again the newest of these jobs that died for one of these reasons; return how many.

    Left alone is what died too long ago, or what nobody waits for any more.
    """
    dead = select(Job).where(DEAD, Job.name.in_(names), Job.last_error.in_(reasons))
    lately = dead.where(Job.finished_at >= tx.now - PATIENCE).order_by(Job.id.desc()).limit(MOST)
    found = tx.session.execute(lately.with_for_update(skip_locked=True)).scalars().all()
    return sum(_revived(tx, job) for job in reversed(found))


def _revived(tx: Transaction, job: Job) -> bool:
    try:
        _require_wanted(tx, job)
    except WrongState:
        return False
    _queue_again(tx, job, SYSTEM, ActorKind.system)
    return True


def _retried(tx: Transaction, actor: Actor, job_id: int) -> bool:
    try:
        _retry(tx, actor, job_id)
    except Refusal:  # before anything was written
        return False
    return True


def _retry(tx: Transaction, actor: Actor, job_id: int) -> Job:
    job = tx.session.execute(select(Job).where(Job.id == job_id).with_for_update()).scalar_one_or_none()
    if job is None:
        raise NotFound(_MISSING)
    _require_dead(job)
    _require_told(tx, job)
    _require_wanted(tx, job)
    _queue_again(tx, job, actor, policy.authorise(_RETRY, actor, 0))
    return job


def _queue_again(tx: Transaction, job: Job, actor: Actor, kind: ActorKind) -> None:
    _queue(tx, job)
    what = RETRY_JOB({"job_id": job.id, "job": job.name, "tries": job.attempts})
    record(tx, NewEvent(job.subject_kind, job.subject_id, what, actor, kind))


def _require_dead(job: Job) -> None:
    if job.state in (JobState.queued, JobState.running):
        raise AlreadyDone("Already done: it is being tried again right now.")
    if job.state is JobState.done:
        raise AlreadyDone("Already done: it has worked meanwhile.")
    if job.state is not JobState.dead:
        raise WrongState("Nobody waits for this any more, so there is nothing to try again.")


def _require_told(tx: Transaction, job: Job) -> None:
    """Jobs whose death moved their subject have another button there: for a delivery, to try the delivery again."""
    rows = select(Event.detail).where(
        Event.subject_kind == job.subject_kind, Event.subject_id == job.subject_id, Event.trigger == JOB_DIED.trigger
    )
    deaths = tx.session.execute(rows.order_by(Event.id.desc()).limit(_DEATHS)).scalars()
    if all(JOB_DIED.read(detail)["job_id"] != job.id for detail in deaths):
        raise WrongState("This one has a button of its own. Please look at the details of the order.")


def _require_wanted(tx: Transaction, job: Job) -> None:
    if job.finished_at and job.finished_at < tx.now - PATIENCE:
        raise WrongState(f"This failed more than {PATIENCE.days} days ago, so it is not tried again.")
    states = _ONLY_IN.get(JobName(job.name))
    if states is None or job.subject_kind != ORDERS.name:
        return
    order = tx.session.get(Order, job.subject_id)
    if order is None or order.status not in states:
        label = order.status.row.label if order else "gone"
        raise WrongState(f"The order has moved on: it is {label} now, so there is nothing to try again.")


def _queue(tx: Transaction, job: Job) -> None:
    values = {
        "state": JobState.queued,
        "due_at": tx.now,
        "at_once": True,
        "forgiven": job.attempts,
        "finished_at": None,
        "woken_at": None,
        "lease_until": None,
    }
    alive = Job.id == job.id, Job.state == JobState.dead
    tx.session.execute(update(Job).where(*alive).values(**values).execution_options(synchronize_session=False))
    tx.wakes.append(Wake(job.id, job.name, job.queue))
