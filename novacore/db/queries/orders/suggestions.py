"""Order ids to choose from while someone types one. Asked at every keystroke: one short walk along an index."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore.db.models import Order, Vouch
from novacore.states import OrderStatus

LOOKED_AT = 100
"""How many of the newest orders are looked at; older ones are found by how their id begins."""


def awaiting_proof(session: Session, customer_id: int) -> Sequence[Order]:
    """Return a customer's orders that may take a proof, the newest first; late ones among them."""
    waiting = (*OrderStatus.those(lambda row: row.awaits_customer), OrderStatus.expired)
    rows = select(Order).where(Order.customer_id == customer_id).order_by(Order.placed_at.desc()).limit(LOOKED_AT)
    return [order for order in session.execute(rows).scalars() if order.status in waiting]


def recent(session: Session) -> Sequence[Order]:
    """Return the newest orders of the shop, the newest first."""
    return session.execute(select(Order).order_by(Order.placed_at.desc()).limit(LOOKED_AT)).scalars().all()


def starting_with(session: Session, beginning: str, most: int) -> Sequence[Order]:
    """Return the orders whose id begins so, the newest day first; a walk along the key however old they are."""
    rows = select(Order).where(Order.id >= beginning, Order.id < f"{beginning}~")
    return session.execute(rows.order_by(Order.id.desc()).limit(most)).scalars().all()


def with_vouch(session: Session) -> Sequence[Order]:
    """Return the orders with a vouch that is not hidden, the newest vouch first."""
    rows = select(Order).join(Vouch, Vouch.order_id == Order.id).where(Vouch.hidden_at.is_(None))
    return session.execute(rows.order_by(Vouch.written_at.desc()).limit(LOOKED_AT)).scalars().all()
