"""How many orders a person may have open, and place within an hour. The arrow asks it, and the bot before a form."""

import math
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from novacore import clock
from novacore.db.models import Order
from novacore.db.unit_of_work import reading
from novacore.errors import LimitReached
from novacore.plurals import counted
from novacore.states import OrderStatus
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop, Terms

HOUR: Final = timedelta(hours=1)

# Built once: building a statement costs two to four times as much as sending it.
_MINE = Order.customer_id == bindparam("customer")
_OPEN = select(func.count()).where(_MINE, Order.status.in_(OrderStatus.those(lambda row: row.is_open)))
_SINCE = select(Order.placed_at).where(_MINE, Order.placed_at > bindparam("since"))
_LATELY = _SINCE.order_by(Order.placed_at.desc()).limit(bindparam("most"))


def refuse_early(shop: Shop, actor: Actor) -> None:
    """Raise LimitReached for whoever could not order now. A look: `place` has the last word."""
    with reading(shop.database) as session:
        refuse_too_many(session.connection(), shop.terms, actor.id or 0)
        refuse_too_quick(session.connection(), shop.terms, actor.id or 0, clock.now())


def refuse_too_many(connection: Connection, terms: Terms, customer_id: int) -> None:
    """Raise LimitReached for someone with as many open orders as one may have."""
    limit = terms.max_open_orders
    if connection.execute(_OPEN, {"customer": customer_id}).scalar_one() >= limit:
        several = "Pay or cancel one of them first; `/orders` shows them."
        first = "Pay or cancel it first; `/orders` shows it." if limit == 1 else several
        raise LimitReached(
            f"You already have {counted(limit, 'open order', 'open orders')}, which is the most at one time. {first}"
        )


def refuse_too_quick(connection: Connection, terms: Terms, customer_id: int, now: datetime) -> None:
    """Raise LimitReached for someone who has placed as many orders within an hour as one may."""
    limit = terms.max_orders_per_hour
    lately = {"customer": customer_id, "since": now - HOUR, "most": limit}
    placed = connection.execute(_LATELY, lately).scalars().all()
    if len(placed) >= limit:
        minutes = max(1, math.ceil((placed[-1] + HOUR - now) / timedelta(minutes=1)))
        raise LimitReached(
            f"You have placed {counted(limit, 'order', 'orders')} within an hour, which is the most. "
            f"Please try again in {counted(minutes, 'minute', 'minutes')}."
        )
