"""The units: each row is one sellable thing, and only its order may hold it. And how they come in: batches."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from novacore.crypto import MARK_BYTES
from novacore.db.base import Base, BigId, Moment, Snowflake, UtcDateTime
from novacore.states import BatchState, UnitStatus

_SEALED = text("content IS NOT NULL")


class StockBatch(Base):
    """One restock, so that it can be looked at and taken back as a whole."""

    __tablename__ = "stock_batches"

    id: Mapped[BigId]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    added_by: Mapped[Snowflake]
    added_at: Mapped[Moment]
    state: Mapped[BatchState] = mapped_column(default=BatchState.filled)
    file_name: Mapped[str | None] = mapped_column(String(100))
    """None if no file was: a count of shared goods."""
    total: Mapped[int] = mapped_column(default=0)
    """How many units it is about; `done` of them have been looked at, `added` of those are in stock."""
    done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    choice: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    )
    """What the owner said about the heading and the columns of the file; None while nothing was said."""


class StagedText(Base):
    """A piece of a file in which the owner may still choose something. Gone with the yes or the no."""

    __tablename__ = "staged_texts"

    batch_id: Mapped[int] = mapped_column(ForeignKey("stock_batches.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """The encrypted text."""


class StagedPart(Base):
    """Some of the codes of a batch that is not in stock yet. Gone as soon as they are, or are not wanted."""

    __tablename__ = "staged_parts"

    batch_id: Mapped[int] = mapped_column(ForeignKey("stock_batches.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """The encrypted list of codes, in the order of the file; of goods in several columns each with its mark."""


class Unit(Base):
    """One sellable thing. `content` is its own encrypted code, empty where all units share the product's goods.

    Of a unit that is a file it says which one, and the hash of its bytes.
    """

    __tablename__ = "units"
    __table_args__ = (
        Index(None, "product_id", "status", "id"),
        Index(None, "batch_id", "status", "id"),
        # Finds at each start which keys the codes need, however many there are (`queries.sealed`).
        Index(
            "ix_units_mark", text(f"substr(content, 1, {MARK_BYTES})"), postgresql_where=_SEALED, sqlite_where=_SEALED
        ),
    )

    id: Mapped[BigId]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("stock_batches.id"))
    status: Mapped[UnitStatus]
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id"), index=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    """A keyed hash of the code: the same code cannot be stocked twice, and the hash does not give it away."""
    file_id: Mapped[int | None] = mapped_column(BigInteger)
    """The `GoodsFile` that this unit is; `content` says so as well. Here it is known without opening anything."""
    created_at: Mapped[Moment]
    sold_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replaces_id: Mapped[int | None] = mapped_column(BigInteger)
    """The faulty unit of the same order that this one was given for; it keeps its number there."""
