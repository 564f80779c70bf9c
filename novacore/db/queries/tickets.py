"""Questions about tickets: what a card shows, whose channel it is, what waits for staff, a customer's recent orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from novacore.db.models import Event, Order, Person, Ticket, TicketMessage, Transcript
from novacore.db.queries.orders import orders
from novacore.db.unit_of_work import retire
from novacore.states import OPEN_TICKET_STATUSES, TicketPriority, TicketStatus


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """Everything that a ticket's card shows. `order` is the one it is about, where there is one."""

    ticket: Ticket
    customer: Person
    order: Order | None
    balance: int = 0
    """The money of the order that is still with the owner, in minor units."""


def facts(session: Session, ticket_id: str) -> TicketFacts | None:
    """Gather what the card of a ticket shows; None when there is no such ticket."""
    ticket = session.get(Ticket, ticket_id)
    if ticket is None:
        return None
    order = session.get(Order, ticket.order_id) if ticket.order_id else None
    balance = orders.money(session, order.id).balance if order else 0
    return TicketFacts(ticket, session.get_one(Person, ticket.customer_id), order, balance)


def of_channel(session: Session, channel_id: int) -> Ticket | None:
    """Return the open ticket of a channel; None if the channel is no open ticket's."""
    mine = Ticket.channel_id == channel_id, Ticket.status.in_(OPEN_TICKET_STATUSES)
    return session.execute(select(Ticket).where(*mine)).scalar_one_or_none()


def open_channels(session: Session) -> Sequence[int]:
    """Return the channels of all open tickets that have one."""
    theirs = Ticket.channel_id.is_not(None), Ticket.status.in_(OPEN_TICKET_STATUSES)
    return [number for number in session.execute(select(Ticket.channel_id).where(*theirs)).scalars() if number]


_RANKS = {TicketPriority.urgent: 0, TicketPriority.high: 1, TicketPriority.normal: 2, TicketPriority.low: 3}


def waiting(session: Session, *, limit: int = 10, offset: int = 0) -> tuple[int, Sequence[Ticket]]:
    """Return how many tickets wait for staff, and a page of them: the most urgent first, then the longest wait."""
    theirs = Ticket.status == TicketStatus.awaiting_staff
    total = session.execute(select(func.count()).where(theirs)).scalar_one()
    since = func.coalesce(Ticket.customer_reply_at, Ticket.opened_at)
    rows = select(Ticket).where(theirs).order_by(case(_RANKS, value=Ticket.priority), since, Ticket.id)
    return total, session.execute(rows.limit(limit).offset(offset)).scalars().all()


def channels_made(session: Session, ticket_id: str) -> int:
    """Return in how many of its rounds a ticket has had a channel."""
    made = Event.subject_kind == "ticket", Event.subject_id == ticket_id, Event.trigger == "channel_ready"
    return session.execute(select(func.count()).where(*made)).scalar_one()


def recent_orders(session: Session, customer_id: int, limit: int = 25) -> Sequence[Order]:
    """Return a customer's newest orders, for the select of the form."""
    rows = select(Order).where(Order.customer_id == customer_id).order_by(Order.placed_at.desc(), Order.id)
    return session.execute(rows.limit(limit)).scalars().all()


def wordings(session: Session, ticket_id: str, round_: int) -> Sequence[TicketMessage]:
    """Return every wording that was kept of one round, message by message, the first wording first."""
    mine = TicketMessage.ticket_id == ticket_id, TicketMessage.round == round_
    rows = select(TicketMessage).where(*mine).order_by(TicketMessage.message_id, TicketMessage.number)
    return session.execute(rows).scalars().all()


@dataclass(frozen=True, slots=True)
class KeptTranscript:
    """A transcript with its files. Its repr shows neither."""

    ticket_id: str
    round: int
    message_count: int
    last_message_id: int
    html: bytes
    text: str
    is_for_all: bool
    customer_html: bytes | None
    customer_text: str | None
    files: Mapping[str, Any] | None

    @property
    def for_customer(self) -> tuple[bytes, str] | None:
        """What its customer may read of it; None for one that an older release has taken."""
        if self.is_for_all:
            return self.html, self.text
        if self.customer_html is None or self.customer_text is None:
            return None
        return self.customer_html, self.customer_text

    def __repr__(self) -> str:
        return f"KeptTranscript({self.ticket_id!r}, round={self.round}, messages={self.message_count})"


def newest_kept(session: Session, ticket_id: str, round_: int) -> int | None:
    """Return the id of the newest message in a round's transcript; None if it was not taken."""
    newest = select(Transcript.last_message_id).where(Transcript.ticket_id == ticket_id, Transcript.round == round_)
    return session.execute(newest).scalar_one_or_none()


def transcript(session: Session, ticket_id: str, round_: int) -> KeptTranscript | None:
    """Return the transcript of one round; None if it was not taken."""
    retire(session)
    columns = (
        Transcript.ticket_id,
        Transcript.round,
        Transcript.message_count,
        Transcript.last_message_id,
        Transcript.html,
        Transcript.text,
        Transcript.is_for_all,
        Transcript.customer_html,
        Transcript.customer_text,
        Transcript.files,
    )
    row = session.execute(
        select(*columns).where(Transcript.ticket_id == ticket_id, Transcript.round == round_)
    ).one_or_none()
    return KeptTranscript(**row._asdict()) if row else None
