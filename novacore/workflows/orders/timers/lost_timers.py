"""Sees to it that no order waits for ever because its timer is gone. The sweep calls it."""

from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select

from novacore import clock
from novacore.db.models import Job, Order
from novacore.db.unit_of_work import reading, writing
from novacore.states import JobState, OrderStatus
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.shop import Shop

OVERDUE = timedelta(minutes=5)
"""A timer that is there comes within seconds."""

AGAIN = timedelta(hours=1)
"""How long a new timer is given before the next one: should each of them die, staff hear of it once in that time."""

MOST = 200
"""Orders a sweep; the next one goes on from there."""


def restore_expiries(shop: Shop) -> int:
    """Queue a new `expire_order` for every unpaid order that is overdue and has none; returns how many.

    Whatever became of the old one (dead after bugs, deleted by hand, ended too early): without it the order would keep
    its units for ever.
    """
    # Only a look as a rule, so that SQLite's one writer is not asked for every few seconds.
    lost = _lost(shop, clock.now())
    if lost:
        with writing(shop.database) as tx:
            for order_id in lost:
                # The hour is in the key: of two sweeps at once, one queues it.
                timer = job_kinds.EXPIRE_ORDER.about("order", order_id, {})
                jobs.enqueue(tx, [timer], key=f"lost:{order_id}:{tx.now:%Y%m%dT%H}")
    return len(lost)


def _lost(shop: Shop, now: datetime) -> list[str]:
    has_one = exists().where(
        Job.subject_kind == "order",
        Job.subject_id == Order.id,
        Job.name == JobName.expire_order,
        or_(Job.state.in_((JobState.queued, JobState.running)), Job.created_at > now - AGAIN),
    )
    overdue = Order.status.in_(OrderStatus.those(lambda row: row.awaits_customer)), Order.expires_at < now - OVERDUE
    with reading(shop.database) as session:
        # Sorted here: asked for in order, PostgreSQL may walk through all orders by their ids.
        return sorted(session.execute(select(Order.id).where(*overdue, ~has_one).limit(MOST)).scalars())
