"""Money that moved, the evidence that may count only once, amounts that only one order asks for, and coins' prices."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, BigId, Minor, Moment, UtcDateTime, Word
from novacore.states import LedgerDirection, PaymentMethod, RateSource

_KNOWN = text("reference IS NOT NULL")


class LedgerEntry(Base):
    """Money received or returned. Rows are only ever added; a mistake is fixed by another row."""

    __tablename__ = "ledger_entries"
    # `/details` finds orders of an older shop by it, which had no proofs.
    __table_args__ = (Index("ix_ledger_entries_reference", "reference", postgresql_where=_KNOWN, sqlite_where=_KNOWN),)

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


class AmountClaim(Base):
    """An amount of a coin that only one order asks for, or asked for: a payment of it can be for no other."""

    __tablename__ = "amount_claims"

    method: Mapped[Word] = mapped_column(primary_key=True)
    """As in `Order`."""
    amount: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """In the coin's smallest units."""
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When it ends by itself: an expired order takes a proof for some days more. Empty while the order is open."""


class CoinRate(Base):
    """What one coin costs, by whoever said so last."""

    __tablename__ = "coin_rates"

    method: Mapped[PaymentMethod] = mapped_column(primary_key=True)
    source: Mapped[RateSource] = mapped_column(primary_key=True)
    price: Mapped[str] = mapped_column(String(40))
    """The digits of a Decimal."""
    currency: Mapped[str] = mapped_column(String(3))
    at: Mapped[Moment]
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the owner was told that it is too old to be used."""
