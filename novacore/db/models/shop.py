"""What the shop remembers of itself: which messages it keeps up to date, and a few single facts."""

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, Text, UniqueConstraint
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
    shown: Mapped[str | None] = mapped_column(String(64))
    """A hash of what it shows, so that it is edited only where that has changed; none if nobody knows."""


class PrivatePage(Base):
    """A private page about someone's orders. Kept for the 15 minutes in which Discord lets us edit it, then deleted."""

    __tablename__ = "private_pages"

    message_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    customer_id: Mapped[Snowflake] = mapped_column(index=True)
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id"))
    """The order that it shows; none for a page of their list."""
    list_page: Mapped[int]
    """Which page of the list, counted from 0."""
    is_answer: Mapped[bool]
    """Whether it is the interaction's own answer, and not a message that followed it."""
    sealed_token: Mapped[bytes] = mapped_column(LargeBinary)
    """The interaction's token: whoever has it can write in the shop's name. Sealed under the key of the goods."""
    shown: Mapped[str] = mapped_column(String(64))
    """A hash of what it shows, so that it is edited only where that has changed."""
    ends_at: Mapped[Moment] = mapped_column(index=True)


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
