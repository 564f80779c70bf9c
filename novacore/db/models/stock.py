"""The units: each row is one sellable thing, and only its order may hold it."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, BigId, Moment, Snowflake, UtcDateTime
from novacore.states import UnitStatus


class StockBatch(Base):
    """One restock, so that it can be looked at and taken back as a whole."""

    __tablename__ = "stock_batches"

    id: Mapped[BigId]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    added_by: Mapped[Snowflake]
    added_at: Mapped[Moment]


class Unit(Base):
    """One sellable thing. `content` is its own encrypted code, empty where all units share the product's goods."""

    __tablename__ = "units"
    __table_args__ = (Index(None, "product_id", "status", "id"),)

    id: Mapped[BigId]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("stock_batches.id"), index=True)
    status: Mapped[UnitStatus]
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id"), index=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    """A keyed hash of the code: the same code cannot be stocked twice, and the hash does not give it away."""
    created_at: Mapped[Moment]
    sold_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replaces_id: Mapped[int | None] = mapped_column(BigInteger)
    """The faulty unit of the same order that this one was given for; it keeps its number there."""
