"""What came with a proof whose transaction id or order id was wrong, kept for an hour to be tried again."""

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import NUMBERED_ONCE, Base, BigId, Moment, Snowflake


class KeptProof(Base):
    """One for each person, the newest; an older one's button finds nothing any more."""

    __tablename__ = "kept_proofs"
    __table_args__ = (NUMBERED_ONCE,)

    id: Mapped[BigId]
    customer_id: Mapped[Snowflake] = mapped_column(ForeignKey("people.id"), unique=True)
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id"))
    """The order that it is for; none if its id was what was wrong."""
    reference: Mapped[str] = mapped_column(String(500))
    """As it was typed."""
    original: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    times: Mapped[int] = mapped_column(default=1, server_default="1")
    """How many were kept for this person one after the other, with less than the time that each of them stays between
    two."""
    kept_at: Mapped[Moment] = mapped_column(index=True)
