"""What the shop remembers of itself: which messages it keeps up to date, and a few single facts."""

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, BigId, Document, Moment, Snowflake, Word


class Card(Base):
    """A message that always shows the present state: receipt, review card, panel."""

    __tablename__ = "cards"
    __table_args__ = (UniqueConstraint("kind", "subject_id", "channel_id", "message_id"),)

    id: Mapped[BigId]
    kind: Mapped[Word]
    subject_id: Mapped[str] = mapped_column(String(40), index=True)
    channel_id: Mapped[Snowflake]
    message_id: Mapped[Snowflake]
    posted_at: Mapped[Moment]


class ShopFact(Base):
    """A single fact under a name: when the sweep last ran, the digest of the commands that Discord knows."""

    __tablename__ = "shop_facts"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Document]
    at: Mapped[Moment]


class ToldFinding(Base):
    """What the doctor found and the owner was told of; gone once it is found no more, so that it is told again."""

    __tablename__ = "told_findings"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    """A hash of what was found, without its numbers: a disk that fills up is one thing."""
    scope: Mapped[Word] = mapped_column(index=True)
    """What was looked at: only another look at the same says that it is gone."""
    level: Mapped[Word]
    about: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    fix: Mapped[str] = mapped_column(Text)
    told_at: Mapped[Moment]
