"""Proofs that came second: refused, because what they show had paid for another order, and kept for staff."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, BigId, Moment, Snowflake, UtcDateTime


class ContestedProof(Base):
    """One refused upload, one an order and reference. It is no proof of its order: nothing that decides looks here."""

    __tablename__ = "contested_proofs"
    __table_args__ = (UniqueConstraint("order_id", "reference"), Index(None, "customer_id", "sent_at"))

    id: Mapped[BigId]
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    """The order that it was sent for."""
    customer_id: Mapped[Snowflake] = mapped_column(ForeignKey("people.id"))
    reference: Mapped[str] = mapped_column(String(200), index=True)
    """The transaction id in its normal form; empty where none was sent."""
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    # No foreign keys: they would lock the row of an order that has nothing to do with this, and must not wait for it.
    reference_of: Mapped[str | None] = mapped_column(String(20), index=True)
    """The order that the transaction id had paid for."""
    picture_of: Mapped[str | None] = mapped_column(String(20), index=True)
    """The order that the very same picture had paid for."""
    sent_at: Mapped[Moment]


class ContestedProofFile(Base):
    """The bytes of a refused upload, apart from its row, as those of proofs are."""

    __tablename__ = "contested_proof_files"

    proof_id: Mapped[int] = mapped_column(ForeignKey("contested_proofs.id"), primary_key=True, autoincrement=False)
    original: Mapped[bytes] = mapped_column(LargeBinary)
    picture: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Re-encoded, without metadata: the only form that is shown to anybody."""


class Contest(Base):
    """Two orders that claim one payment. Staff are told once of each pair, however many proofs follow."""

    __tablename__ = "contests"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    """The order whose proof was refused."""
    paid_order_id: Mapped[str] = mapped_column(String(20), primary_key=True)
    proof_id: Mapped[int] = mapped_column(ForeignKey("contested_proofs.id"))
    """The refused proof with which it began."""
    alert_job_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    """The job that tells staff of it, from when it begins; its message names exactly these pairs."""
    alerted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
