"""Tickets that wait: reminders, closing for lack of a reply, and the look at each one when the bot has come back."""

import logging
from datetime import timedelta

import discord

from novacore import clock
from novacore.db.models import Ticket
from novacore.db.unit_of_work import reading
from novacore.messages.tickets import notes as ticket_notes
from novacore.messages.tickets.speech import is_said, said_in
from novacore.states import TALKING, TicketStatus
from novacore.tasks.discord import channels
from novacore.tasks.queue.handlers import Postpone, Work, handles
from novacore.tasks.queue.sending.outgoing import post
from novacore.tasks.queue.sending.send_once import ToChannel
from novacore.tasks.tickets.channel import load, lost
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.tickets import attributes, conversation
from novacore.workflows.tickets.commands import fire_if_it_fits
from novacore.workflows.tickets.table import TICKETS

log = logging.getLogger(__name__)

REMINDER_FIRST = timedelta(minutes=1)
"""How long the end waits for a reminder that has not gone out yet."""


@handles(job_kinds.WARN_IDLE)
def warn_idle(work: Work) -> str:
    """Remind the customer in the channel that their ticket waits for them."""
    ticket = load(work)
    try:
        ticket = listen(work, ticket)
        if not _is_waiting(ticket) or ticket.warned_at is not None or ticket.channel_id is None:
            return f"Nobody to remind: the ticket is {ticket.status.row.label}."
        due = (ticket.staff_reply_at or clock.now()) + work.shop.terms.ticket_idle
        if due > clock.now():
            raise Postpone("Staff have replied since.", until=due)
        _remind(work, ticket, ticket.channel_id)
    except discord.NotFound as error:
        return lost(work, ticket, error)
    noted = attributes.note_warned(work.shop, ticket.id, ticket.staff_reply_at)
    return "The customer has been reminded." if noted else "Someone replied just now."


def _remind(work: Work, ticket: Ticket, channel_id: int) -> None:
    only = discord.AllowedMentions(
        everyone=False, users=[discord.Object(ticket.customer_id)], roles=False, replied_user=False
    )
    since = ticket.staff_reply_at or ticket.opened_at
    key = f"ticket_warning:{ticket.id}:{ticket.round}:{since:%Y%m%dT%H%M%S.%f}"
    post(work, key, "warning", ToChannel(channel_id), lambda: ticket_notes.warning(ticket), only)


@handles(job_kinds.IDLE_CLOSE)
def idle_close(work: Work) -> str:
    """Close a ticket that has waited long enough for its customer; what they said while the bot was away counts."""
    ticket = load(work)
    try:
        ticket = listen(work, ticket)
    except discord.NotFound as error:
        return lost(work, ticket, error)
    if not _is_waiting(ticket) or ticket.closes_at is None:
        return f"Nothing to close: the ticket is {ticket.status.row.label}."
    if ticket.closes_at > clock.now():
        raise Postpone("The customer still has time.", until=ticket.closes_at)
    if ticket.warned_at is None and _reminder_is_coming(work, ticket):
        raise Postpone("The reminder goes first.", delay=REMINDER_FIRST)
    if fire_if_it_fits(work.shop, ticket, "idle_close") is None:
        return "Someone replied just now."
    return "The ticket is being closed for lack of a reply."


def _reminder_is_coming(work: Work, ticket: Ticket) -> bool:
    """Tell whether the reminder's job lives: once it has died, waiting for it would change nothing."""
    with reading(work.shop.database) as session:
        return jobs.is_living(session, JobName.warn_idle, TICKETS.name, ticket.id)


def _is_waiting(ticket: Ticket) -> bool:
    return ticket.status is TicketStatus.awaiting_customer


@handles(job_kinds.CHECK_TICKET)
def check_ticket(work: Work) -> str:
    """Find out what happened to an open ticket while the bot was away: channel or customer gone, replies."""
    ticket = load(work)
    if lost_job := conversation.restore_job(work.shop, ticket):
        log.warning("Ticket %s had lost its job %s: it has a new one.", ticket.id, lost_job)
    if ticket.status not in (TicketStatus.opening, *TALKING):
        return f"Nothing to look after: the ticket is {ticket.status.row.label}."
    try:
        ticket = listen(work, ticket)
    except discord.NotFound as error:
        return lost(work, ticket, error)
    guild_id = work.calls.guild_of(work.shop.places.main_channel_id)
    if not channels.is_member(work.calls, guild_id, ticket.customer_id):
        fire_if_it_fits(work.shop, ticket, "customer_left")
        return "The customer has left the server."
    return f"All is well: the ticket is {ticket.status.row.label}."


def listen(work: Work, ticket: Ticket) -> Ticket:
    """Read what people have said since the last message that the shop knows; returns the ticket as it is then.

    Raises discord.NotFound where the channel is gone.
    """
    if not ticket.status.row.is_talking or ticket.channel_id is None:
        return ticket
    for page in channels.messages(work.calls, ticket.channel_id, ticket.last_message_id or 0):
        heard = [said_in(one, one.edited_at or one.created_at) for one in page if is_said(one)]
        ticket = conversation.catch_up(work.shop, ticket, heard)
        work.renew()
    return ticket
