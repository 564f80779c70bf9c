"""What came with a proof whose transaction id or order id was wrong, kept for an hour to be tried again."""

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, BigId, Moment, Snowflake


class KeptProof(Base):
    """One for each person, the newest; an older one's button finds nothing any more."""

    __tablename__ = "kept_proofs"
    # SQLite gives the number of a deleted row again, and a button of an hour ago would find another proof under it.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[BigId]
    customer_id: Mapped[Snowflake] = mapped_column(ForeignKey("people.id"), unique=True)
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id"))
    """The order that it is for; none if its id was what was wrong."""
    reference: Mapped[str] = mapped_column(String(500))
    """As it was typed."""
    original: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    kept_at: Mapped[Moment] = mapped_column(index=True)
