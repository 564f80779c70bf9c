"""What came in from older bots, so that bringing it in again makes no doubles."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, BigId, Moment, Word


class LegacySource(Base):
    """One older shop. Its file is known again by what is in it: names and places of files change."""

    __tablename__ = "legacy_sources"

    id: Mapped[BigId]
    file_name: Mapped[str] = mapped_column(String(100))
    first_seen_at: Mapped[Moment]


class LegacyImport(Base):
    """One row of an older shop, and what became of it here."""

    __tablename__ = "legacy_imports"
    __table_args__ = (Index(None, "kind", "old_id"),)

    source_id: Mapped[int] = mapped_column(ForeignKey("legacy_sources.id"), primary_key=True, autoincrement=False)
    kind: Mapped[Word] = mapped_column(primary_key=True)
    """`product` or `order`; `lost_product` for one that only orders still name."""
    old_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    new_id: Mapped[str] = mapped_column(String(40))
    mark: Mapped[str] = mapped_column(String(16))
    """A hash of the name under which it was there: how a file of the same shop is told from another one's."""
    imported_at: Mapped[Moment]
