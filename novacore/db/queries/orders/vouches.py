"""Questions about vouches."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from novacore.db.models import Order, Rating, Vouch


@dataclass(frozen=True, slots=True)
class PublicVouch:
    """What everybody reads of a vouch. Two that are equal look the same in the channel."""

    customer_id: int
    product_name: str
    rating: int
    comment: str
    is_hidden: bool


def public(session: Session, order_id: str) -> PublicVouch | None:
    """Return the vouch of an order, or None if nobody has written one."""
    columns = (Vouch.customer_id, Order.product_name, Vouch.rating, Vouch.comment, Vouch.hidden_at.is_not(None))
    rows = select(*columns).join(Order, Order.id == Vouch.order_id).where(Vouch.order_id == order_id)
    row = session.execute(rows).one_or_none()
    return PublicVouch(*row) if row else None


@dataclass(frozen=True, slots=True)
class Voice:
    """What a buyer wrote about a product, without their name."""

    rating: int
    comment: str


MOST_VOICES = 3
"""Of the newest vouches with words, as a product's page shows them."""


def voices(session: Session, product_id: int, most: int = MOST_VOICES) -> tuple[Voice, ...]:
    """Return the newest vouches of a product that say something. Never one that staff have hidden."""
    told = Vouch.product_id == product_id, Vouch.hidden_at.is_(None), Vouch.comment != ""
    rows = select(Vouch.rating, Vouch.comment).where(*told).order_by(Vouch.written_at.desc(), Vouch.order_id.desc())
    return tuple(Voice(*row) for row in session.execute(rows.limit(most)))


@dataclass(frozen=True, slots=True)
class Stars:
    """What buyers think of a product, or of the shop: `stars` is the sum of `vouches` ratings from 1 to 5."""

    vouches: int = 0
    stars: int = 0

    @property
    def average(self) -> float:
        """Stars of a vouch, on average; 0 where there is none."""
        return self.stars / self.vouches if self.vouches else 0.0


def of_shop(session: Session) -> Stars:
    """Return what the shop's buyers think: sums that are kept with each vouch, a row for each product."""
    rows = select(func.coalesce(func.sum(Rating.vouches), 0), func.coalesce(func.sum(Rating.stars), 0))
    vouches, stars = session.execute(rows).one()
    return Stars(int(vouches), int(stars))


def of_product(session: Session, product_id: int) -> Stars:
    """Return what a product's buyers think."""
    row = session.get(Rating, product_id)
    return Stars(row.vouches, row.stars) if row else Stars()
