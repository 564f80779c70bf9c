"""What people are told about a ticket, once each: that it could not be opened, what needs staff, how to rate it."""

from datetime import timedelta

from novacore import clock
from novacore.messages.tickets import notes as ticket_notes
from novacore.states import TicketStatus
from novacore.tasks.queue.handlers import Work, WorkWith, event_of, handles
from novacore.tasks.queue.sending.outgoing import post
from novacore.tasks.queue.sending.send_once import ToChannel, ToPerson
from novacore.tasks.tickets.channel import load
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.job_kinds import ByEvent


@handles(job_kinds.TELL_TICKET_CUSTOMER)
def tell_ticket_customer(work: WorkWith[ByEvent]) -> str:
    """Tell the customer by DM that there could be no channel, and what they can do."""
    ticket, told = load(work), event_of(work)
    if ticket.status is not TicketStatus.failed:
        return f"Nothing to tell: the ticket is {ticket.status.row.label}."
    to = ToPerson(ticket.customer_id)
    post(work, f"ticket_note:{told.id}", "note", to, lambda: ticket_notes.not_opened(ticket))
    return "The customer has been told."


@handles(job_kinds.ALERT_TICKET_STAFF)
def alert_ticket_staff(work: WorkWith[ByEvent]) -> str:
    """Tell staff, once, about a ticket that needs them."""
    ticket, told = load(work), event_of(work)
    channel = ToChannel(work.shop.places.staff_channel_id)
    post(work, f"ticket_alert:{told.id}", "alert", channel, lambda: ticket_notes.alert(ticket, told))
    return "Staff have been told."


@handles(job_kinds.INVITE_RATING)
def invite_rating(work: Work) -> str:
    """Ask the customer, once a round, what they thought of our help."""
    ticket = load(work)
    if ticket.status is not TicketStatus.closed or ticket.rated_at is not None:
        return "Nobody is asked: the ticket is open again, or rated."
    if clock.now() - (ticket.closed_at or clock.now()) > timedelta(days=7):
        return "It was closed too long ago to ask."
    to = ToPerson(ticket.customer_id)
    post(work, f"ticket_rating:{ticket.id}:{ticket.round}", "rating", to, lambda: ticket_notes.invite_rating(ticket))
    return "The customer has been asked."
