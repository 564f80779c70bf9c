"""How soon a person may open another ticket. The arrows ask it as their guards, and the bot before a form opens."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from novacore.db.models import Ticket
from novacore.errors import LimitReached
from novacore.states import OPEN_TICKET_STATUSES, TicketStatus
from novacore.workflows.machine.shop import Terms

TRY_AGAIN = timedelta(minutes=1)
"""How long a customer waits after a channel could not be made: staff hear of each try."""


def refuse_too_soon(session: Session, terms: Terms, customer_id: int, now: datetime) -> None:
    """Raise LimitReached for someone who opened a ticket a moment ago; one whose channel failed does not count."""
    mine = Ticket.customer_id == customer_id, Ticket.status != TicketStatus.failed
    columns = select(Ticket.opened_at, Ticket.channel_id, Ticket.status).where(*mine)
    last = session.execute(columns.order_by(Ticket.opened_at.desc()).limit(1)).one_or_none()
    if last is not None and now < last.opened_at + terms.ticket_cooldown:
        again = int((last.opened_at + terms.ticket_cooldown).timestamp())
        where = f": <#{last.channel_id}>" if last.channel_id and last.status.row.is_open else ""
        raise LimitReached(f"You have just opened a ticket{where}. You can open another one <t:{again}:R>.")


def refuse_pause(session: Session, customer_id: int, now: datetime) -> None:
    """Raise LimitReached for someone whose channel could not be made a moment ago."""
    mine = Ticket.customer_id == customer_id, Ticket.status == TicketStatus.failed
    last = session.execute(select(func.max(Ticket.closed_at)).where(*mine)).scalar_one_or_none()
    if last is not None and now < last + TRY_AGAIN:
        again = int((last + TRY_AGAIN).timestamp())
        raise LimitReached(f"We could not make a channel for your ticket a moment ago. Please try again <t:{again}:R>.")


def open_one(session: Session, ticket: Ticket) -> Ticket | None:
    """Return the open ticket that this one would repeat."""
    same = (
        Ticket.customer_id == ticket.customer_id,
        Ticket.kind == ticket.kind,
        Ticket.order_key == ticket.order_key,
        Ticket.status.in_(OPEN_TICKET_STATUSES),
        Ticket.id != ticket.id,
    )
    return session.execute(select(Ticket).where(*same)).scalar_one_or_none()


def refuse_repeat(session: Session, ticket: Ticket) -> None:
    """Raise LimitReached, with where it is, for a ticket that repeats an open one."""
    if other := open_one(session, ticket):
        raise already_open(other)


def already_open(other: Ticket) -> LimitReached:
    """Point to the ticket that is open."""
    if other.status is TicketStatus.closing:
        return LimitReached("Your earlier ticket about this is just being closed. Please try again in a minute.")
    if other.channel_id is None:
        return LimitReached("Your ticket about this is being opened right now. You will find its channel in a moment.")
    return LimitReached(f"You already have an open ticket about this: <#{other.channel_id}>. Please write there.")
