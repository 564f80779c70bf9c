"""Which orders ask for an amount of a coin: staff have seen a payment and look for its order, or two ask for the same.

What an order asks for stands in its row. What it asked for earlier stands there too, and in its claims: a payment of
that may be on its way.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select, union, union_all
from sqlalchemy.orm import Session, aliased

from novacore.db.base import UtcDateTime
from novacore.db.models import AmountClaim, Order
from novacore.states import OrderStatus


@dataclass(frozen=True, slots=True)
class Wanted:
    """An amount of a coin that came in, or may have, and when that is. `late`: for how long an expired order counts."""

    method: str
    units: int
    now: datetime
    late: timedelta


@dataclass(frozen=True, slots=True)
class Asking:
    """The first of some orders, and how many there are in all."""

    orders: Sequence[Order]
    total: int


def asking(session: Session, wanted: Wanted, *, limit: int = 5) -> Asking:
    """Return the orders that ask for exactly this amount, and those that asked for it earlier and may still be paid.

    Those that may still be paid come first, and of each kind the newest.
    """
    last = case((_may_be_paid(Order, wanted.now - wanted.late), 0), else_=1)
    rows = select(Order, func.count().over()).where(Order.id.in_(_exactly(wanted)))
    return _first(session, rows.order_by(last, Order.placed_at.desc(), Order.id).limit(limit))


def nearest(session: Session, wanted: Wanted, low: int, high: int, *, limit: int = 5) -> Asking:
    """Return others that may still be paid and ask, or asked, for an amount from `low` to `high`, the nearest first."""
    may_be_paid = _may_be_paid(Order, wanted.now - wanted.late)
    asked = union_all(*_asked(wanted, low, high, may_be_paid)).subquery()
    order_id, amount = asked.c
    distance = func.min(func.abs(amount - wanted.units)).label("distance")
    near = select(order_id.label("order_id"), distance).group_by(order_id).subquery()
    rows = select(Order, func.count().over()).join(near, near.c.order_id == Order.id)
    rows = rows.where(Order.id.not_in(_exactly(wanted)))
    return _first(session, rows.order_by(near.c.distance, Order.placed_at, Order.id).limit(limit))


def priced(session: Session, minor: int, currency: str, since: datetime, *, limit: int = 5) -> Asking:
    """Return the orders of this price that may still be paid, the oldest first; of the expired ones those `since`."""
    may_be_paid = _may_be_paid(Order, since)
    rows = select(Order, func.count().over()).where(Order.total_minor == minor, Order.currency == currency, may_be_paid)
    return _first(session, rows.order_by(Order.placed_at, Order.id).limit(limit))


def shared(session: Session, order_ids: Collection[str], now: datetime, late: timedelta) -> frozenset[str]:
    """Return which of these orders may still be paid, as may another one that asks, or asked, for that amount.

    `late`: for how long an expired order takes a proof.
    """
    given = {"ids": [*order_ids], "now": now, "since": now - late}
    return frozenset(session.execute(_SHARED, given).scalars())


def asked_by(session: Session, order_id: str) -> Collection[int]:
    """Return the amounts that this order asks for, or asked for earlier, as far as it still claims them."""
    return session.execute(select(AmountClaim.amount).where(AmountClaim.order_id == order_id)).scalars().all()


def _first(session: Session, rows: Select[Order, int]) -> Asking:
    found = session.execute(rows).all()
    return Asking([order for order, _ in found], found[0][1] if found else 0)


def _exactly(wanted: Wanted) -> Select[Any]:
    asked = union(*_asked(wanted, wanted.units, wanted.units)).subquery()
    return select(asked.c[0])


def _asked(wanted: Wanted, low: int, high: int, *among: ColumnElement[bool]) -> tuple[Select[*tuple[Any, ...]], ...]:
    """Return the orders with the amounts that they ask for, `among` some orders, and with those they asked for earlier.

    The earlier ones by index alone: the claims, and the orders that are open, which are never many.
    """
    by_it, earlier = Order.method == wanted.method, Order.coin_amount_before
    claimed = AmountClaim.method == wanted.method, AmountClaim.amount.between(low, high), _counts(wanted.now)
    return (
        select(Order.id, Order.coin_amount).where(by_it, Order.coin_amount.between(low, high), *among),
        select(Order.id, earlier).where(by_it, _is_open(Order), earlier.between(low, high)),
        select(AmountClaim.order_id, AmountClaim.amount).where(*claimed),
    )


def _may_be_paid(order: type[Order], since: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    return or_(_is_open(order), and_(order.status == OrderStatus.expired, order.expired_at >= since))


def _is_open(order: type[Order]) -> ColumnElement[bool]:
    return order.status.in_(OrderStatus.those(lambda row: row.is_open))


def _counts(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    return or_(AmountClaim.ends_at.is_(None), AmountClaim.ends_at >= now)


def _sharing() -> Select[str]:
    other, since, now = aliased(Order), bindparam("since", type_=UtcDateTime()), bindparam("now", type_=UtcDateTime())
    another = other.method == Order.method, other.id != Order.id
    alike = exists().where(*another, other.coin_amount == Order.coin_amount, _may_be_paid(other, since))
    earlier = exists().where(*another, other.coin_amount_before == Order.coin_amount, _is_open(other))
    theirs = AmountClaim.method == Order.method, AmountClaim.amount == Order.coin_amount
    claimed = exists().where(*theirs, AmountClaim.order_id != Order.id, _counts(now))
    among = Order.id.in_(bindparam("ids", expanding=True))
    return select(Order.id).where(among, _may_be_paid(Order, since), or_(alike, earlier, claimed))


_SHARED = _sharing()
"""Built once: a purchase asks it each time that a card is looked at."""
