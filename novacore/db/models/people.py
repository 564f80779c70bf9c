"""People as the shop knows them: customers and staff, by their Discord id."""

from datetime import datetime

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, Moment, UtcDateTime


class Person(Base):
    """One person. Locked while they place an order, so that their limits hold when they press twice."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(100))
    first_seen_at: Mapped[Moment]
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    block_reason: Mapped[str | None] = mapped_column(Text)
