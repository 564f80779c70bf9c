"""Support tickets, what was said in them, and the transcripts that stay when their channels are gone."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, BigId, MaybeDocument, Moment, Snowflake, UtcDateTime
from novacore.states import TicketKind, TicketPriority, TicketStatus

SUBJECT_LIMIT = 100
"""Characters of a ticket's subject."""

DESCRIPTION_LIMIT = 1500
"""Characters of a ticket's description: it has to fit into a card with everything else."""

_OPEN = text("status IN ('opening', 'awaiting_staff', 'awaiting_customer', 'closing')")


class Ticket(Base):
    """A ticket. `status` is written by `workflows.machine.fire` alone; `version` grows with every write of the row."""

    __tablename__ = "tickets"
    __table_args__ = (
        Index(
            "uq_tickets_open",
            "customer_id",
            "kind",
            "order_key",
            unique=True,
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        Index(None, "customer_id", "opened_at"),
        Index(None, "order_id"),
        Index(None, "channel_id"),
        Index(None, "status", "opened_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    """`T-000123`: what custom ids and the audit log call it."""
    number: Mapped[int] = mapped_column(unique=True)
    """What people call it; its channel is named after it."""
    status: Mapped[TicketStatus]
    version: Mapped[int] = mapped_column(default=1)
    round: Mapped[int] = mapped_column(default=1)
    """Grows with every reopening; each round has a channel and a transcript of its own."""
    customer_id: Mapped[Snowflake] = mapped_column(ForeignKey("people.id"))

    # What it is about.
    kind: Mapped[TicketKind]
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id"))
    order_key: Mapped[str] = mapped_column(String(20), default="")
    """The order's id, or nothing: NULL would be unlike every other NULL in the unique index."""
    subject: Mapped[str] = mapped_column(String(SUBJECT_LIMIT))
    description: Mapped[str] = mapped_column(Text)
    priority: Mapped[TicketPriority] = mapped_column(default=TicketPriority.normal)

    # Where it stands.
    channel_id: Mapped[int | None] = mapped_column(BigInteger)
    """The channel of the present round; none before it is made. Stays after the channel is deleted."""
    claimed_by: Mapped[int | None] = mapped_column(BigInteger)
    claimed_name: Mapped[str | None] = mapped_column(String(100))
    opened_at: Mapped[Moment]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_close_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the customer said that it may be closed."""
    staff_reply_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    customer_reply_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_message_id: Mapped[int | None] = mapped_column(BigInteger)
    """The newest message of a person that the shop has seen: what is beyond was said while the bot was away."""
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the customer was told that the ticket is about to close for lack of a reply."""
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a ticket that waits for its customer closes by itself."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was closed, or could not be opened."""

    # What the customer thought of it.
    rating: Mapped[int | None]
    """Stars, from 1 to 5."""
    comment: Mapped[str | None] = mapped_column(Text)
    rated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TicketMessage(Base):
    """One wording of a message in a ticket's channel, as it came: Discord's history keeps only the last one.

    Codes are masked before it is stored.
    """

    __tablename__ = "ticket_messages"
    __table_args__ = (UniqueConstraint("message_id", "number"), Index(None, "ticket_id", "round"))

    id: Mapped[BigId]
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id"))
    round: Mapped[int]
    message_id: Mapped[Snowflake]
    number: Mapped[int]
    """0 for the message as it was sent, 1 for its first edit, and so on."""
    author_id: Mapped[Snowflake]
    author_name: Mapped[str] = mapped_column(String(100))
    content: Mapped[str] = mapped_column(Text)
    holds: Mapped[MaybeDocument]
    """What it held besides words: parts, files (without bytes) and what it answers; none if there was nothing."""
    at: Mapped[Moment]
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When someone deleted the message; noted on its first wording."""


class Transcript(Base):
    """What was said in one round of a ticket. `html` needs nothing from the network; codes are masked."""

    __tablename__ = "transcripts"

    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    html: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    text: Mapped[str] = mapped_column(Text, deferred=True)
    customer_html: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    customer_text: Mapped[str | None] = mapped_column(Text, deferred=True)
    """What its customer may read of it; none if that is all of it (`is_for_all`), or was never taken."""
    is_for_all: Mapped[bool] = mapped_column(default=False, server_default=false())
    files: Mapped[MaybeDocument]
    """The files that go out next to it, in batches, and the names of those that nobody has."""
    message_count: Mapped[int]
    last_message_id: Mapped[int] = mapped_column(BigInteger)
    """The newest message in it, 0 for none: what is beyond was said after it was taken."""
    made_at: Mapped[Moment]
