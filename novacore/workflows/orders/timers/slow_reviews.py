"""Proofs that have waited long for staff: staff are told once, in one message, and later the owner. The sweep calls it.

Which orders were named is one fact of the shop, of those that still wait: a restart repeats nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore import clock
from novacore.db.models import Order
from novacore.db.unit_of_work import reading, writing
from novacore.states import OrderStatus
from novacore.workflows.machine import facts, job_kinds, jobs
from novacore.workflows.machine.job_kinds import RemindOfReviews
from novacore.workflows.machine.jobs import JobKind
from novacore.workflows.machine.shop import Shop

FACT: Final = "slow_reviews"

MOST: Final = 200
"""Orders that one message is about; those behind them follow in the next one."""

_TO_CHECK: Final = Order.status.in_(OrderStatus.those(lambda row: row.is_to_check))

LEVELS: Final[Sequence[tuple[JobKind[RemindOfReviews], int]]] = (
    (job_kinds.REMIND_STAFF, 1),
    (job_kinds.REMIND_OWNER, 2),
)
"""Who is told, and after how many times the shop's `review_remind`. So long it is also until the next message."""


def queue_reminders(shop: Shop) -> None:
    """Queue a message about the proofs that have waited too long and were not named in one, for each level."""
    with reading(shop.database) as session:  # only a look as a rule: SQLite's one writer is not asked for
        fact = facts.known(session, FACT)
        if not any(_due(session, shop, fact, clock.now(), level) for level in range(len(LEVELS))):
            return
    with writing(shop.database) as tx:
        row = facts.locked(tx, FACT)
        for level, (kind, _) in enumerate(LEVELS):
            due = _due(tx.session, shop, row.value, tx.now, level)
            if due:
                value = _noted(tx.session, row.value, level, due, tx.now)
                row.value, row.at = value, tx.now
                tx.session.flush()
                wanted = kind.about("shop", "reviews", {"orders": [order_id for order_id, _ in due]})
                jobs.enqueue(tx, [wanted], key=f"reviews:{level}:{tx.now:%Y%m%dT%H%M%S.%f}")


def _due(session: Session, shop: Shop, fact: Mapping[str, Any], now: datetime, level: int) -> Sequence[tuple[str, int]]:
    """Return the orders (with their round) that this level is told of now; nothing so soon after its last message."""
    pause = shop.terms.review_remind
    last = fact.get("last", {}).get(str(level))
    if last is not None and timedelta(0) <= now - datetime.fromisoformat(last) < pause:
        return ()
    named = fact.get("named", {}).get(str(level), {})
    since = now - pause * LEVELS[level][1]
    waiting = _TO_CHECK, Order.submitted_at <= since
    rows = select(Order.id, Order.review_round).where(*waiting).order_by(Order.submitted_at, Order.id)
    found = [(order_id, round_) for order_id, round_ in session.execute(rows) if named.get(order_id) != round_]
    return found[:MOST]


def _noted(
    session: Session, fact: Mapping[str, Any], level: int, due: Sequence[tuple[str, int]], now: datetime
) -> dict[str, Any]:
    """Return the fact with these orders named, and without those that wait no more."""
    waiting = {*session.execute(select(Order.id).where(_TO_CHECK)).scalars()}
    before = fact.get("named", {}).get(str(level), {})
    named = {order_id: round_ for order_id, round_ in before.items() if order_id in waiting} | dict(due)
    return {
        "named": {**fact.get("named", {}), str(level): named},
        "last": {**fact.get("last", {}), str(level): now.isoformat()},
    }


def still_waiting(shop: Shop, order_ids: Sequence[str]) -> Sequence[Order]:
    """Return those of these orders whose proof still waits for staff, the longest wait first."""
    waiting = Order.id.in_(order_ids), _TO_CHECK
    with reading(shop.database) as session:
        return session.execute(select(Order).where(*waiting).order_by(Order.submitted_at, Order.id)).scalars().all()
