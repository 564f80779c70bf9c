"""People as the shop knows them: customers and staff, by their Discord id."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, Moment, UtcDateTime


class Person(Base):
    """One person. Locked while they place an order, so that their limits hold when they press twice."""

    __tablename__ = "people"
    __table_args__ = (Index(None, "blocked_until"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(100))
    first_seen_at: Mapped[Moment]
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When they joined the server, as Discord said at their last order; empty where they were never seen in it."""
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    block_reason: Mapped[str | None] = mapped_column(Text)
    """For staff alone: the person reads only that they are blocked, and until when."""
    blocked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    blocked_by: Mapped[int | None] = mapped_column(BigInteger)
    forgiven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Orders that ended unpaid until then don't count against the person any more."""
    dms_closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When Discord first refused one of our DMs to them; empty again once one has come through."""
    note_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many notes staff keep about them: most people have none, and nothing is asked about those."""
