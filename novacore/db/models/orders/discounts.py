"""Discount codes, and which order uses which."""

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, BigId, Document, Minor, Moment, Snowflake, UtcDateTime

CODE_LIMIT: Final = 24
"""Characters of a code: with everything else it has to fit into the custom id of a page."""

_NOT_ENDED = text("ended_at IS NULL")


class Discount(Base):
    """A code that takes something off an order. What it gives never changes: a page may have promised it."""

    __tablename__ = "discounts"
    __table_args__ = (
        Index("ix_discounts_code", "code", unique=True, postgresql_where=_NOT_ENDED, sqlite_where=_NOT_ENDED),
    )

    id: Mapped[BigId]
    code: Mapped[str] = mapped_column(String(CODE_LIMIT))
    """In capitals, whoever types it however."""
    percent: Mapped[int | None]
    """Off the price; else `amount_minor` is."""
    amount_minor: Mapped[Minor | None]
    currency: Mapped[str] = mapped_column(String(3))
    """Of its amounts: an order in another one has no use for them."""
    scope: Mapped[Document]
    """What it is for: lists of ids under `products` and `categories`. Empty for everything."""
    least_quantity: Mapped[int | None]
    least_total_minor: Mapped[Minor | None]
    """Of the price before the discount."""
    uses: Mapped[int | None]
    """How many orders may have it; none for no limit, as with `per_person`."""
    per_person: Mapped[int | None]
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[Moment]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the owner ended it. Its name is free from then on."""


class DiscountUse(Base):
    """The code that an order was placed with. The row stays; it counts for as long as `is_held`."""

    __tablename__ = "discount_uses"
    __table_args__ = (Index(None, "discount_id", "is_held", "customer_id"),)

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    discount_id: Mapped[int] = mapped_column(ForeignKey("discounts.id"))
    customer_id: Mapped[Snowflake]
    is_held: Mapped[bool] = mapped_column(default=True)
    """False once the order has ended without a payment: the use is given back, as its units are."""
