"""Brings tickets to each state by the arrows alone, the way customers, staff and the jobs would."""

from datetime import UTC, datetime
from itertools import count

from novacore.db.models import Ticket
from novacore.db.unit_of_work import reading
from novacore.states import TicketKind, TicketStatus
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor, Who
from novacore.workflows.machine.shop import Shop
from novacore.workflows.tickets import archive
from novacore.workflows.tickets import commands as tickets
from novacore.workflows.tickets.archive import TakenTranscript
from novacore.workflows.tickets.commands import TicketForm
from novacore.workflows.tickets.table import TICKETS
from novacore.workflows.tickets.wordings import Said
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, MovableClock

_numbers = count(10**18)
REASON = Given(reason="because of the test")


def fresh_id() -> int:
    """An id that Discord has not given to anything yet, newer than all before."""
    return next(_numbers)


def draft(kind: TicketKind = TicketKind.other, order_text: str = "") -> TicketForm:
    """What a customer writes."""
    return TicketForm(kind, "It does not work", "I have tried everything.", order_text)


def said(author_id: int, text: str = "Hello", message_id: int | None = None) -> Said:
    """A message as the bot hears it."""
    return Said(message_id or fresh_id(), author_id, f"person {author_id}", text, datetime(2026, 3, 1, tzinfo=UTC))


def open_one(shop: Shop, time: MovableClock, actor: Actor = CUSTOMER) -> Ticket:
    """Open a ticket when the cooldown is over."""
    time.move(hours=1)
    return tickets.open_ticket(shop, actor, draft())


def ready(shop: Shop, ticket: Ticket) -> Ticket:
    """Its channel is there."""
    return tickets.channel_ready(shop, SYSTEM, ticket.id, Given(channel_id=fresh_id()))


def keep(shop: Shop, ticket: Ticket) -> None:
    """Store a transcript of its present round."""
    archive.store(shop, TakenTranscript(ticket.id, ticket.round, b"<p>Hello</p>", "Hello", 1, fresh_id()))


def bring_to(shop: Shop, status: TicketStatus, time: MovableClock) -> Ticket:
    """Open a ticket and take it to `status`: one that is not named here by the first arrow that leads to it."""
    bring = _by_hand if status in _NAMED else _by_the_table
    return bring(shop, status, time)


def _by_hand(shop: Shop, status: TicketStatus, time: MovableClock) -> Ticket:
    ticket = open_one(shop, time)
    if status is TicketStatus.opening:
        return ticket
    if status is TicketStatus.failed:
        failed = tickets.channel_failed(shop, SYSTEM, ticket.id, REASON)
        time.move(minutes=1)  # from then on its customer may try again
        return failed
    ticket = ready(shop, ticket)
    if status is TicketStatus.awaiting_staff:
        return ticket
    if status is TicketStatus.awaiting_customer:
        return tickets.staff_replied(shop, SYSTEM, ticket.id, Given(message_id=fresh_id()))
    ticket = tickets.close(shop, STAFF, ticket.id, REASON)
    if status is TicketStatus.closing:
        return ticket
    keep(shop, ticket)
    return tickets.archived(shop, SYSTEM, ticket.id)


_NAMED = {
    TicketStatus.opening,
    TicketStatus.awaiting_staff,
    TicketStatus.awaiting_customer,
    TicketStatus.closing,
    TicketStatus.closed,
    TicketStatus.failed,
}


def _by_the_table(shop: Shop, status: TicketStatus, time: MovableClock) -> Ticket:
    arrow = next(arrow for arrow in TICKETS.arrows if arrow.target == status)
    ticket = bring_to(shop, TicketStatus[arrow.sources[0]], time)
    prepare(shop, ticket, arrow.trigger, time)
    actors = {Who.buyer: CUSTOMER, Who.staff: STAFF, Who.owner: OWNER, Who.system: SYSTEM}
    return take(shop, arrow.trigger, ticket, actors[min(arrow.who)])


def take(shop: Shop, trigger: str, ticket: Ticket, actor: Actor) -> Ticket:
    """Fire a trigger with everything it asks for, so that only the table can be in the way."""
    given = Given(reason="a reason", channel_id=fresh_id(), message_id=fresh_id())
    return tickets.take(shop, actor, ticket.id, trigger, given)


def prepare(shop: Shop, ticket: Ticket, trigger: str, time: MovableClock) -> None:
    """Meet the guards that are about something else than state and actor."""
    if trigger == "idle_close":
        time.move(hours=72)
    if trigger == "archived":
        keep(shop, ticket)


def stored(shop: Shop, ticket_id: str) -> Ticket:
    """The ticket as it is now."""
    with reading(shop.database) as session:
        return session.get_one(Ticket, ticket_id)


def put_away(shop: Shop, ticket_id: str) -> None:
    """Close whatever is open, so that the same customer can open the next one."""
    if stored(shop, ticket_id).status in (TicketStatus.closed, TicketStatus.failed):
        return
    tickets.channel_lost(shop, SYSTEM, ticket_id)
