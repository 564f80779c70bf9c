"""Who wants to hear when a product is back in stock."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, Moment, Snowflake, UtcDateTime


class StockWait(Base):
    """One person waiting for one product. The row goes when they were told, cannot be, or do not want it any more."""

    __tablename__ = "stock_waits"
    __table_args__ = (Index(None, "called_at", "asked_at"), Index(None, "customer_id"))

    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True)
    customer_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    asked_at: Mapped[Moment]
    called_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a job was queued that tells them; none while they wait."""
