"""Questions about vouches."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore.db.models import Order, Vouch


@dataclass(frozen=True, slots=True)
class PublicVouch:
    """What everybody reads of a vouch. Two that are equal look the same in the channel."""

    customer_id: int
    product_name: str
    rating: int
    comment: str
    is_hidden: bool


def public(session: Session, order_id: str) -> PublicVouch | None:
    """Return the vouch of an order, or None where nobody has written one."""
    columns = (Vouch.customer_id, Order.product_name, Vouch.rating, Vouch.comment, Vouch.hidden_at.is_not(None))
    rows = select(*columns).join(Order, Order.id == Vouch.order_id).where(Vouch.order_id == order_id)
    row = session.execute(rows).one_or_none()
    return PublicVouch(*row) if row else None
