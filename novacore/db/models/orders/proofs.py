"""Proofs of payment: the bytes as they came, the picture made of them, and which other proofs it resembles."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, BigId, Moment, UtcDateTime
from novacore.states import ProofState


class Proof(Base):
    """One upload. `reference` is the customer's transaction id in its normal form."""

    __tablename__ = "proofs"
    __table_args__ = (Index(None, "order_id", "round"),)

    id: Mapped[BigId]
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    round: Mapped[int]
    state: Mapped[ProofState]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    reference: Mapped[str | None] = mapped_column(String(200), index=True)
    is_late: Mapped[bool] = mapped_column(default=False)
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    content_type: Mapped[str | None] = mapped_column(String(40))
    """Of the picture we made, not what the uploader claimed."""
    perceptual_hash: Mapped[int | None] = mapped_column(BigInteger)
    """64 bits, as a signed integer: likeness is the number of bits that differ."""
    band_0: Mapped[int | None] = mapped_column(index=True)
    """The highest 16 bits of the hash, then the next ones: likes are found by an index (`media.likeness.bands`)."""
    band_1: Mapped[int | None] = mapped_column(index=True)
    band_2: Mapped[int | None] = mapped_column(index=True)
    band_3: Mapped[int | None] = mapped_column(index=True)
    submitted_at: Mapped[Moment]
    processed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProofFile(Base):
    """The bytes of a proof, apart from its row, so that looking through proofs does not load pictures."""

    __tablename__ = "proof_files"

    proof_id: Mapped[int] = mapped_column(ForeignKey("proofs.id"), primary_key=True, autoincrement=False)
    original: Mapped[bytes] = mapped_column(LargeBinary)
    picture: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Re-encoded, without metadata: the only form that is shown to anybody."""


class ProofLikeness(Base):
    """Two proofs that look alike. It flags for a person; it never rejects."""

    __tablename__ = "proof_likenesses"

    proof_id: Mapped[int] = mapped_column(ForeignKey("proofs.id"), primary_key=True, autoincrement=False)
    other_id: Mapped[int] = mapped_column(ForeignKey("proofs.id"), primary_key=True, autoincrement=False)
    distance: Mapped[int]
    """Differing bits of 64; 0 is the same picture re-saved."""
