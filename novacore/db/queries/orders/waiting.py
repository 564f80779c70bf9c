"""How long a proof waits for staff: how many orders are ahead of one, and how long a decision usually takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final, cast

from sqlalchemy import String, Table, bindparam, func, or_, select
from sqlalchemy.orm import Session

from novacore.db.base import UtcDateTime
from novacore.db.models import Event, Order
from novacore.db.models.events import REPORTED
from novacore.states import OrderStatus

MOST_AHEAD: Final = 100
"""Orders ahead are counted no further than to one more than this."""

ENOUGH: Final = 10
"""Decisions within `WINDOW` from which on the shop's own figures say how long one usually takes."""

WINDOW: Final = timedelta(days=30)

LAST: Final = 50
"""Decisions whose median that is, the newest ones: how busy staff are now counts, not how busy they were."""

_LOOKED_AT: Final = 1_000
"""Of the newest events that reports count: a shop may have thousands of deliveries and replies for each decision."""

_TO_CHECK: Final = OrderStatus.those(lambda row: row.is_to_check)
_DECISIONS: Final = ("approve", "reject", "ask_again")
_BEGINNINGS: Final = ("submit_proof", "reinstate")


@dataclass(frozen=True, slots=True)
class Queue:
    """What the customers of waiting orders are told."""

    ahead: Mapping[str, int] = field(default_factory=dict)
    """By order id, of those that wait for staff: how many others came before it. More than `MOST_AHEAD` count as one
    more than that."""
    usual: timedelta | None = None
    """How long a decision usually takes; None if there were too few lately."""


def ahead_of(session: Session, order: Order) -> int:
    """Return how many orders with a proof to check came before this one; at most one more than `MOST_AHEAD`."""
    return session.execute(_AHEAD, {"since": order.submitted_at, "mine": order.id}).scalar_one()


def usual_wait(session: Session, now: datetime) -> timedelta | None:
    """Return the median of the time from a proof to the decision on it, lately; None after too few decisions."""
    rows = session.execute(_WAITS, {"from": now - WINDOW}).all()
    waits = [max(0.0, (decided - begun).total_seconds()) for decided, begun in rows if begun is not None]
    return timedelta(seconds=median(waits)) if len(waits) >= ENOUGH else None


# Built once, as building takes longer than running.

_SINCE, _MINE = bindparam("since", type_=UtcDateTime()), bindparam("mine", type_=String())
_AHEAD: Final = select(func.count()).select_from(
    select(Order.id)
    .where(
        Order.status.in_(_TO_CHECK),
        Order.submitted_at <= _SINCE,
        or_(Order.submitted_at < _SINCE, Order.id < _MINE),
    )
    .limit(MOST_AHEAD + 1)
    .subquery()
)

_E: Final = cast(Table, Event.__table__).c
_BEFORE: Final = cast(Table, Event.__table__).alias("before").c


def _waits() -> Any:
    """Ask when staff decided on a proof, and since when it had waited.

    What they decided while they waited for another proof is left out: the customer kept them waiting. Each question is
    bounded before the next one begins, whatever else happens in the shop.
    """
    columns = (_E.id, _E.at, _E.subject_kind, _E.subject_id, _E.trigger, _E.source)
    lately = select(*columns).where(REPORTED, _E.at >= bindparam("from", type_=UtcDateTime()))
    newest = lately.order_by(_E.at.desc()).limit(_LOOKED_AT).subquery().c
    decided = newest.subject_kind == "order", newest.trigger.in_(_DECISIONS)
    waited = newest.source.in_([one.value for one in _TO_CHECK])
    some = select(newest.id, newest.at, newest.subject_id).where(*decided, waited)
    last = some.order_by(newest.at.desc()).limit(LAST).subquery().c
    same = (_BEFORE.subject_kind == "order", _BEFORE.subject_id == last.subject_id, _BEFORE.id < last.id)
    return select(
        last.at, select(func.max(_BEFORE.at)).where(*same, _BEFORE.trigger.in_(_BEGINNINGS)).scalar_subquery()
    )


_WAITS: Final = _waits()
