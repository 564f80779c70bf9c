"""Roles that come with a product: who has earned which one, until when, and what stands in the way of giving it.

Nothing is kept of that but the orders: a role is someone's while one of their delivered orders gives it. Time of
several orders of the same role is added up. A job brings the server to what the orders say (`tasks.orders.roles`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from novacore import clock
from novacore.db.event_kinds.orders import ROLE_MOVED, ROLE_REFUSED
from novacore.db.models import Job, Order, Product
from novacore.db.unit_of_work import Transaction, Wake, reading, writing
from novacore.states import ActorKind, JobState, OrderStatus
from novacore.states.sold_roles import SoldRole
from novacore.workflows.machine import facts, job_kinds, jobs
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.table import ORDERS

REFUSED: Final = "refused_roles"
"""The fact that names the roles which could not be given or taken, by id, each with the reason that staff were told."""

CHECKED: Final = "roles_checked"
"""The fact that remembers the day of the last look at everybody, and how far it has come."""

SUBJECT: Final = "shop"

_CHECKED_AT_ONCE: Final = 20

_FOR_EVER: Final = timedelta(days=36_500)

_AT_ONCE: Final = 500
"""Jobs that are brought forward in one transaction."""

LONGEST_WAIT: Final = timedelta(days=1)
"""How long a job waits at most that could not give or take its role."""


@dataclass(frozen=True, slots=True)
class Earned:
    """A role that is someone's. `until` None is for ever; `order_id` is the last order that adds to its time."""

    role: SoldRole
    until: datetime | None
    order_id: str


# ---- who has earned what


def earned(shop: Shop, order: Order, now: datetime) -> Earned | None:
    """Return what the customer of an order has earned of its role, by all of their orders; None if nothing."""
    with reading(shop.database) as session:
        found = earned_by(session, order.customer_id, now, order.role_id)
    return found[0] if found else None


def earned_by(session: Session, customer_id: int, now: datetime, role_id: int | None = None) -> list[Earned]:
    """Return the roles that are someone's now, or of these the one with that id."""
    mine = select(Order).where(
        Order.customer_id == customer_id, Order.status == OrderStatus.delivered, Order.role_id.is_not(None)
    )
    if role_id is not None:
        mine = mine.where(Order.role_id == role_id)
    by_role: dict[int, list[Order]] = {}
    for order in session.execute(mine.order_by(Order.delivered_at, Order.id)).scalars():
        by_role.setdefault(order.role_id or 0, []).append(order)
    return [one for some in by_role.values() if (one := _sum(some)) and (one.until is None or one.until > now)]


def _sum(orders: Sequence[Order]) -> Earned | None:
    """Add up the time of orders of one role, the first delivered one first: what overlaps is added at the end."""
    role, until, last = orders[-1].role, None, orders[-1].id
    for order in orders:
        if role is None or order.delivered_at is None:
            return None
        time = timedelta(days=(order.role_days or 0) * order.quantity)
        if not time or time > _FOR_EVER:
            return Earned(role, None, last)
        until = max(until or order.delivered_at, order.delivered_at) + time
        if until - order.delivered_at > _FOR_EVER:
            return Earned(role, None, last)
    return Earned(role, until, last) if role else None


def keep_timer(shop: Shop, mine: Earned) -> bool:
    """Queue the job that ends a role's time where none waits for it: it died, or ended while the clock was ahead.

    Returns whether one was missing.
    """
    if mine.until is None:
        return False
    with reading(shop.database) as session:  # only a look as a rule
        if jobs.is_living(session, JobName.settle_role, ORDERS.name, mine.order_id):
            return False
    with writing(shop.database) as tx:
        timer = job_kinds.SETTLE_ROLE.about(ORDERS.name, mine.order_id, {}, due_at=mine.until)
        # The hour is in the key: of two looks at once, one queues it.
        jobs.enqueue(tx, [timer], key=f"role:{mine.order_id}:{tx.now:%Y%m%dT%H}")
    return True


# ---- what stands in the way


def note_refused(shop: Shop, order: Order, why: str) -> None:
    """Have staff told, once for each role until it can be given again. `why` is a sentence."""
    if str(order.role_id) in facts.recall(shop, REFUSED):
        return  # as a rule of every try after the first, and without a write
    with writing(shop.database) as tx:
        fact = facts.locked(tx, REFUSED)
        if str(order.role_id) in fact.value:
            return
        fact.value, fact.at = {**fact.value, str(order.role_id): why}, tx.now
        what = ROLE_REFUSED({"role_id": order.role_id or 0, "role": order.role_name or "", "reason": why})
        event_id = record(tx, NewEvent(ORDERS.name, order.id, what, SYSTEM, ActorKind.system))
        told = job_kinds.ALERT_STAFF.about(ORDERS.name, order.id, {"event_id": event_id})
        jobs.enqueue(tx, [told], event_id=event_id)


def note_given(shop: Shop, role_id: int) -> None:
    """Forget that a role was refused: should it be refused again, staff hear of it again."""
    if str(role_id) not in facts.recall(shop, REFUSED):
        return  # as a rule, and without a write
    with writing(shop.database) as tx:
        fact = facts.locked(tx, REFUSED)
        fact.value = {key: why for key, why in fact.value.items() if key != str(role_id)}
        fact.at = tx.now


def refused(shop: Shop) -> dict[int, str]:
    """Return the roles that could not be given or taken, with what staff were told."""
    return {int(key): str(why) for key, why in facts.recall(shop, REFUSED).items()}


def try_again(shop: Shop) -> int:
    """Have refused roles tried again at once: something about the server's roles has changed. Returns how many jobs."""
    blocked = refused(shop)
    if not blocked:
        return 0
    with writing(shop.database) as tx:
        due = tx.connection.execute(_REFUSED_JOBS, {"roles": [*blocked], "soon": tx.now + LONGEST_WAIT}).scalars().all()
        forward = {"jobs": due, "due_at": tx.now, "at_once": True}
        rows = tx.connection.execute(_FORWARD, forward).all() if due else ()
        tx.wakes.extend(Wake(job_id, JobName.settle_role, queue) for job_id, queue in rows)
    return len(rows)


_REFUSED_JOBS = (
    select(Job.id)
    .where(
        Job.state == JobState.queued,
        Job.name == JobName.settle_role,
        ~Job.at_once,
        Job.due_at <= bindparam("soon"),  # what is due later waits for the end of its time, refused or not
        Job.subject_kind == ORDERS.name,
        Job.subject_id.in_(select(Order.id).where(Order.role_id.in_(bindparam("roles", expanding=True)))),
    )
    .order_by(Job.id)
    .limit(_AT_ONCE)
    .with_for_update(skip_locked=True)
)
_FORWARD = update(Job).where(Job.id.in_(bindparam("jobs", expanding=True))).returning(Job.id, Job.queue)


def move_on(shop: Shop, customer_id: int, role_id: int) -> int:
    """Give someone's orders, whose role is gone from the server, the one that their product has by now.

    Returns how many: none as long as the owner has chosen no other role. The days stay as they were bought.
    """
    mine = Order.customer_id == customer_id, Order.role_id == role_id, Order.status == OrderStatus.delivered
    with writing(shop.database) as tx:
        found = tx.session.execute(select(Order).where(*mine).order_by(Order.id).with_for_update(key_share=True))
        return sum(_moved(tx, order) for order in found.scalars().all())


def _moved(tx: Transaction, order: Order) -> bool:
    product = tx.session.get(Product, order.product_id)
    if product is None or product.role_id in (None, order.role_id):
        return False
    order.role_id, order.role_name, order.version = product.role_id, product.role_name, order.version + 1
    what = ROLE_MOVED({"role_id": product.role_id or 0, "role": product.role_name or ""})
    event_id = record(tx, NewEvent(ORDERS.name, order.id, what, SYSTEM, ActorKind.system))
    jobs.enqueue(tx, [job_kinds.REFRESH_CARDS.about(ORDERS.name, order.id)], event_id=event_id)
    return True


# ---- people who come back


def came_back(shop: Shop, user_id: int, now: datetime) -> int:
    """Have the roles given that someone has earned who is in the server again; returns how many there are."""
    with reading(shop.database) as session:
        mine = earned_by(session, user_id, now)
    if mine:
        with writing(shop.database) as tx:
            jobs.enqueue(tx, [job_kinds.RETURN_ROLES.about("person", str(user_id))])
    return len(mine)


# ---- the daily look


def queue_check(shop: Shop) -> bool:
    """Queue the day's look at everybody who has earned a role, where there is anybody. The sweep calls this."""
    today = str(clock.now().date())
    if facts.recall(shop, CHECKED).get("day") == today:
        return False
    with writing(shop.database) as tx:
        fact = facts.locked(tx, CHECKED)
        if fact.value.get("day") == today:
            return False
        fact.value, fact.at = {"day": today, "after": 0}, tx.now
        if not _owners_after(tx.session, 0, 1):
            return False
        jobs.enqueue(tx, [job_kinds.CHECK_ROLES.about(SUBJECT, "roles")])
    return True


def next_to_check(shop: Shop) -> Sequence[int]:
    """Return the next people that the day's look has to see; none at its end."""
    after = int(facts.recall(shop, CHECKED).get("after", 0))
    with reading(shop.database) as session:
        return _owners_after(session, after, _CHECKED_AT_ONCE)


def note_checked(shop: Shop, customer_id: int) -> None:
    """Note how far the day's look has come: killed, it goes on from there."""
    with writing(shop.database) as tx:
        fact = facts.locked(tx, CHECKED)
        fact.value = {**fact.value, "after": customer_id}


def _owners_after(session: Session, after: int, limit: int) -> Sequence[int]:
    some = select(Order.customer_id).where(Order.role_id.is_not(None), Order.customer_id > after)
    return session.execute(some.order_by(Order.customer_id).distinct().limit(limit)).scalars().all()
