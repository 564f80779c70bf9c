"""What the shop remembers of itself: which messages it keeps up to date, and a few single facts."""

from sqlalchemy import String, UniqueConstraint
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
