"""Units that no order accounts for, and orders whose units are missing."""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, literal, or_, select

from novacore.db.models import LegacyImport, Order, Unit
from novacore.states import OrderStatus, UnitStatus

Question = Select[Any, Any, Any]
"""Rows of (kind of subject, its id, what else is known of it)."""

_HAVE_GOODS = OrderStatus.those(lambda row: row.has_goods)
_OPEN = OrderStatus.those(lambda row: row.is_open)


def imported() -> Select[str]:
    """Orders of an older bot: what that one knew of units, events and proofs did not come with them."""
    return select(LegacyImport.new_id).where(LegacyImport.kind == "order")


def units_missing() -> Question:
    """Paid orders with fewer or more units than were ordered; also refunded ones, whose units are out of the books."""
    held = _count(UnitStatus.sold)
    taken_back = _count(UnitStatus.revoked)
    wrong = or_(
        and_(Order.status.in_(_HAVE_GOODS), held != Order.quantity),
        and_(Order.status == OrderStatus.refunded, taken_back != Order.quantity),
    )
    found = func.coalesce(held, 0) + func.coalesce(taken_back, 0)
    return select(literal("order"), Order.id, found).where(wrong, Order.id.not_in(imported())).order_by(Order.id)


def _count(status: UnitStatus) -> ColumnElement[int]:
    mine = select(func.count()).where(Unit.order_id == Order.id, Unit.status == status)
    return mine.correlate(Order).scalar_subquery()


def units_astray() -> Question:
    """Units whose order is not one that may have them: sold ones without an order, reserved ones of closed orders."""
    fits = or_(
        and_(Unit.status.in_((UnitStatus.available, UnitStatus.withdrawn)), Unit.order_id.is_(None)),
        and_(Unit.status == UnitStatus.sold, Order.status.in_(_HAVE_GOODS)),
        and_(Unit.status == UnitStatus.reserved, Order.status.in_(_OPEN)),
        and_(Unit.status == UnitStatus.revoked, Order.status == OrderStatus.refunded),
        and_(Unit.status == UnitStatus.replaced, Order.status.in_((*_HAVE_GOODS, OrderStatus.refunded))),
    )
    subject = func.coalesce(Order.id, cast(Unit.product_id, String))
    kind = case((Order.id.is_not(None), "order"), else_="product")
    rows = select(kind, subject, Unit.id).outerjoin_from(Unit, Order, Unit.order_id == Order.id)
    return rows.where(func.coalesce(fits, False).is_(False)).order_by(Unit.id)


def codes_twice() -> Question:
    """Codes that are in the books more than once and of which one was sold. A unique index should make it impossible.

    Replaced ones count: their customer has seen them.
    """
    seen = (UnitStatus.sold, UnitStatus.replaced, UnitStatus.revoked)
    twice = select(Unit.fingerprint).where(Unit.fingerprint.is_not(None)).group_by(Unit.fingerprint)
    twice = twice.having(func.count() > 1)
    rows = select(literal("order"), Unit.order_id, Unit.id).where(Unit.fingerprint.in_(twice), Unit.status.in_(seen))
    return rows.order_by(Unit.id)
