"""Money that moved, and the evidence that may count only once."""

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, BigId, Minor, Moment, Word
from novacore.states import LedgerDirection


class LedgerEntry(Base):
    """Money received or returned. Rows are only ever added; a mistake is fixed by another row."""

    __tablename__ = "ledger_entries"

    id: Mapped[BigId]
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    direction: Mapped[LedgerDirection]
    amount_minor: Mapped[Minor]
    currency: Mapped[str] = mapped_column(String(3))
    method: Mapped[Word]
    """As in `Order`."""
    reference: Mapped[str | None] = mapped_column(String(200))
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[Moment] = mapped_column(index=True)


class EvidenceClaim(Base):
    """A payment reference or picture that paid for an approved order; the primary key lets it pay only once."""

    __tablename__ = "evidence_claims"

    kind: Mapped[Word] = mapped_column(primary_key=True)
    """`reference:<chain>`, `look-alike:<chain>` (what that looks like to whoever compares it by eye), or `picture`."""
    value: Mapped[str] = mapped_column(String(200), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
