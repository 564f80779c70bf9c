"""What staff write down about customers and their orders, for one another."""

from typing import Final

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import NUMBERED_ONCE, Base, BigId, Moment, Snowflake

NOTE_LIMIT: Final = 500
"""Characters of a note."""

MOST_NOTES: Final = 200
"""Notes about one customer, those on their orders among them."""


class StaffNote(Base):
    """One note. Its words stand here and nowhere else: no event, job or log has them, so that they can be removed."""

    __tablename__ = "staff_notes"
    __table_args__ = (Index(None, "customer_id", "id"), Index(None, "order_id"), NUMBERED_ONCE)

    id: Mapped[BigId]
    customer_id: Mapped[Snowflake] = mapped_column(ForeignKey("people.id"))
    """Whom it is about; `Person.note_count` counts them."""
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id"))
    """The order of theirs that it is about; none if it is about the person."""
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[Snowflake]
    author_name: Mapped[str] = mapped_column(String(100))
    at: Mapped[Moment]
