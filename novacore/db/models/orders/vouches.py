"""What buyers say in public about what they got."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, Moment, Snowflake, UtcDateTime

COMMENT_LIMIT = 1000
"""Characters of a comment."""


class Rating(Base):
    """How many stars a product has from how many vouches, those that staff have hidden left out.

    Kept with every vouch, in its transaction: the shop's panel shows it, however many vouches there are.
    """

    __tablename__ = "ratings"

    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True, autoincrement=False)
    vouches: Mapped[int]
    stars: Mapped[int]


class Vouch(Base):
    """One vouch, of the buyer of a delivered order; the key lets an order have only one."""

    __tablename__ = "vouches"
    __table_args__ = (
        Index(None, "written_at"),
        Index(None, "product_id", "written_at"),
        Index(None, "customer_id", "written_at"),
    )

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    customer_id: Mapped[Snowflake] = mapped_column(ForeignKey("people.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    rating: Mapped[int]
    """Stars, from 1 to 5."""
    comment: Mapped[str] = mapped_column(String(COMMENT_LIMIT))
    """What the buyer wrote; empty where the stars say it all."""
    written_at: Mapped[Moment]
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When staff took it down; it stays down."""
    hidden_by: Mapped[int | None] = mapped_column(BigInteger)
    hidden_reason: Mapped[str | None] = mapped_column(Text)
