"""Which orders ask for an amount of a coin: staff have seen a payment and look for its order."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from novacore.db.models import AmountClaim, Order
from novacore.states import OrderStatus


def asking(session: Session, method: str, units: int, *, limit: int = 5) -> Sequence[Order]:
    """Return the orders that ask, or asked, for exactly this amount, the newest first."""
    rows = select(Order).where(Order.method == method, Order.coin_amount == units)
    return session.execute(rows.order_by(Order.placed_at.desc(), Order.id).limit(limit)).scalars().all()


def nearest(session: Session, method: str, low: int, high: int, now: datetime, *, limit: int = 5) -> Sequence[Order]:
    """Return orders that may still be paid and ask for an amount from `low` to `high`, nearest to the middle first.

    So do those that asked for one before they got a new amount.
    """
    counts = or_(AmountClaim.ends_at.is_(None), AmountClaim.ends_at >= now)
    within = AmountClaim.method == method, AmountClaim.amount.between(low, high)
    claimed = select(AmountClaim.order_id).where(*within, counts)
    is_open = Order.status.in_(OrderStatus.those(lambda row: row.is_open)), Order.method == method
    alike = and_(Order.coin_is_unique.is_(False), Order.coin_amount.between(low, high))
    earlier = Order.coin_amount_before.between(low, high)
    others = select(Order.id).where(*is_open, or_(alike, earlier))
    distance = func.abs(2 * Order.coin_amount - (low + high))
    rows = select(Order).where(Order.id.in_(claimed.union(others)))
    return session.execute(rows.order_by(distance, Order.placed_at, Order.id).limit(limit)).scalars().all()
