"""What the owner has had exported. The rows stay: they say who took which customers' data out of the shop, and when."""

from datetime import datetime

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, BigId, Document, Moment, Snowflake, UtcDateTime
from novacore.states import ExportFormat, ExportState, ExportSubject

_MAKING = text("state = 'making'")


class Export(Base):
    """One export: a list, a period, and how far it has come. Its parts are files that each open on their own."""

    __tablename__ = "exports"
    __table_args__ = (
        Index("uq_exports_making", "owner_id", unique=True, postgresql_where=_MAKING, sqlite_where=_MAKING),
    )

    id: Mapped[BigId]
    what: Mapped[ExportSubject]
    format: Mapped[ExportFormat]
    owner_id: Mapped[Snowflake]
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The period begins here, this moment included; None for everything there ever was."""
    until: Mapped[Moment]
    """The period ends before this moment. Never later than the request: what comes afterwards belongs to no part."""
    state: Mapped[ExportState]
    rows_total: Mapped[int]
    """Counted at the request, for the bar alone."""
    rows_done: Mapped[int] = mapped_column(default=0)
    parts_sent: Mapped[int] = mapped_column(default=0)
    rows_a_part: Mapped[int]
    """How many rows the next part may hold; learnt from the size of the one before."""
    place: Mapped[Document]
    """`{"key": [...]}` of the last row that was sent; empty before the first part."""
    planned: Mapped[Document]
    """Where the part ends that is on its way, written before the send: a killed attempt may have sent it."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it failed."""
    requested_at: Mapped[Moment]
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
