"""A ticket's channel and card: made, kept true, and what people are told of them."""

import discord

from novacore.db.models import Ticket
from novacore.db.queries import tickets as queries
from novacore.db.queries.tickets import TicketFacts
from novacore.db.unit_of_work import reading
from novacore.discord_facts.error_codes import MISSING_PERMISSION, SERVER_FULL, UNKNOWN_CHANNEL
from novacore.errors import NotFound
from novacore.messages.tickets.card import card, channel_name, channel_topic
from novacore.states import TicketStatus
from novacore.tasks.discord import channels, directory
from novacore.tasks.discord.channels import CategoryFull, CategoryGone, ChannelPlan
from novacore.tasks.discord.permissions import Readers
from novacore.tasks.queue.handlers import REFRESHES, Work, handles
from novacore.tasks.queue.sending.outgoing import outgoing, post
from novacore.tasks.queue.sending.send_once import ToChannel
from novacore.workflows.machine import cards, job_kinds
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.cards import CardKind
from novacore.workflows.tickets import access
from novacore.workflows.tickets.commands import fire_if_it_fits
from novacore.workflows.tickets.table import TICKETS

CATEGORY_FULL = (
    "The ticket category is full: Discord allows 50 channels in one. Close old tickets, or set "
    "TICKET_OVERFLOW_CATEGORY_ID."
)
CATEGORY_GONE = "The ticket category is not there any more. Set TICKET_CATEGORY_ID to one that is."
CUSTOMER_GONE = "Its customer is not in the server any more, so nobody could read the channel."
REFUSED = {
    SERVER_FULL: "The server is full: Discord allows 500 channels. Remove channels that nobody needs.",
    MISSING_PERMISSION: "The bot lacks a permission to make the channel. The doctor (`/doctor`) names it.",
}
"""What Discord says to a new channel for good, in words."""


@handles(job_kinds.CREATE_TICKET_CHANNEL)
def create_ticket_channel(work: Work) -> str:
    """Make the private channel of a ticket, once: one that an earlier attempt has made is found by its topic."""
    ticket = load(work)
    guild_id = work.calls.guild_of(work.shop.places.main_channel_id)
    if ticket.status is not TicketStatus.opening:
        return _discard(work, guild_id, ticket)
    if not channels.is_member(work.calls, guild_id, ticket.customer_id):
        # The bot may not have heard that they left; and a button in their messages outlives their time in the server.
        fire_if_it_fits(work.shop, ticket, "channel_failed", Given(reason=CUSTOMER_GONE))
        return f"The ticket could not be opened: {CUSTOMER_GONE}"
    try:
        channel_id = _channel(work, guild_id, ticket)
    except (CategoryFull, CategoryGone, discord.HTTPException) as error:
        return _give_up(work, ticket, error)
    ready = fire_if_it_fits(work.shop, ticket, "channel_ready", Given(channel_id=channel_id))
    return "The channel is there." if ready else _discard(work, guild_id, load(work))


def _channel(work: Work, guild_id: int, ticket: Ticket) -> int:
    """Return the one channel of this round, made now unless it is there.

    discord.py repeats a request that was answered with 500, also where Discord had carried it out: hence the second
    look.
    """
    found = channels.find(work.calls, guild_id, _mark(ticket))
    if not found:
        made = channels.make(work.calls, guild_id, _plan(work, guild_id, ticket))
        found = channels.find(work.calls, guild_id, _mark(ticket)) or [made]
    for repeat in found[1:]:
        channels.delete(work.calls, repeat, "It was made twice.")
    return found[0]


def _mark(ticket: Ticket) -> str:
    """Return how the channel of this round begins its topic."""
    return f"{ticket.id}/{ticket.round} · "


def readers(work: Work, guild_id: int, ticket: Ticket) -> Readers:
    """Return whom the ticket's channel is for. A role that was deleted in Discord is left out, and staff hear of it."""
    wanted = access.wanted_roles(work.shop.places)
    there = directory.roles(work.calls, guild_id)
    access.note_missing_roles(work.shop, ticket.id, [one for one in wanted if one not in there])
    return Readers(ticket.customer_id, [one for one in wanted if one in there])


def _plan(work: Work, guild_id: int, ticket: Ticket) -> ChannelPlan:
    places = work.shop.places
    categories = (places.ticket_category_id, places.ticket_overflow_category_id)
    return ChannelPlan(
        name=channel_name(ticket),
        topic=_mark(ticket) + channel_topic(ticket),
        category_ids=[one for one in categories if one],
        readers=readers(work, guild_id, ticket),
    )


def _give_up(work: Work, ticket: Ticket, error: Exception) -> str:
    """Say why there can be no channel; what waiting may fix is raised again."""
    why = CATEGORY_FULL if isinstance(error, CategoryFull) else CATEGORY_GONE
    if isinstance(error, discord.HTTPException):
        if error.code not in REFUSED:
            raise error
        why = REFUSED[error.code]
    fire_if_it_fits(work.shop, ticket, "channel_failed", Given(reason=why))
    return f"The ticket could not be opened: {why}"


def _discard(work: Work, guild_id: int, ticket: Ticket) -> str:
    """Leave nothing half-made behind where the world has moved on; a channel that is the ticket's stays."""
    for found in channels.find(work.calls, guild_id, _mark(ticket)):
        if found != ticket.channel_id:
            channels.delete(work.calls, found, "The ticket was closed before it was open.")
    return f"No channel to make: the ticket is {ticket.status.row.label}."


# ---- the card


@handles(job_kinds.POST_TICKET_CARD)
def post_ticket_card(work: Work) -> str:
    """Post the card as the first message of the channel; it calls the customer and the staff, once."""
    facts = load_facts(work)
    ticket, roles = facts.ticket, access.called_roles(work.shop)
    if not ticket.status.row.is_open or ticket.channel_id is None:
        return f"No card to post: the ticket is {ticket.status.row.label}."
    called = discord.AllowedMentions(
        everyone=False,
        users=[discord.Object(ticket.customer_id)],
        roles=[discord.Object(role) for role in roles],
        replied_user=False,
    )
    key, channel = f"ticket_card:{ticket.id}:{ticket.round}", ToChannel(ticket.channel_id)
    try:
        sent = post(work, key, "ticket_card", channel, lambda: card(ticket, facts.order, roles), called)
    except discord.NotFound as error:
        return lost(work, ticket, error)
    cards.remember(work.shop, CardKind.ticket, ticket.id, sent.message.channel_id, sent.message.message_id)
    if sent.repeated or _shown(load_facts(work)) != _shown(facts):
        refresh_ticket(work)  # that move's own refresh found no card yet
    return "The card is in the channel."


@handles(job_kinds.REFRESH_TICKET)
def refresh_ticket(work: Work) -> str:
    """Show the present state of the ticket, and of its order, on its card."""
    for _ in range(REFRESHES):
        facts = load_facts(work)
        _refresh(work, facts)
        if _shown(load_facts(work)) == _shown(facts):
            break
        # Something changed while we were editing: whoever edits last must be the one who read last.
    return "The card shows the present state."


def _refresh(work: Work, facts: TicketFacts) -> None:
    ticket, roles = facts.ticket, access.called_roles(work.shop)
    for kept in cards.remembered(work.shop, CardKind.ticket, ticket.id):
        ours = kept.channel_id == ticket.channel_id
        message = card(ticket, facts.order, roles)
        if not ours or not work.calls.edit(kept.channel_id, kept.message_id, lambda m=message: outgoing(m)):  # type: ignore[misc]
            cards.forget(work.shop, kept.id)


def _shown(facts: TicketFacts) -> tuple[object, ...]:
    return facts.ticket.version, facts.order.version if facts.order else None


# ---- what all handlers of tickets begin with


def load(work: Work) -> Ticket:
    """Read the job's ticket as it is now. Raises NotFound."""
    return load_facts(work).ticket


def load_facts(work: Work) -> TicketFacts:
    """Read the job's ticket with what its card shows. Raises NotFound."""
    with reading(work.shop.database) as session:
        facts = queries.facts(session, work.job.subject_id)
    if facts is None:
        raise NotFound(TICKETS.missing)
    return facts


def lost(work: Work, ticket: Ticket, error: discord.NotFound) -> str:
    """Close the ticket whose channel Discord does not know any more; any other answer is raised again."""
    if error.code != UNKNOWN_CHANNEL:
        raise error
    fire_if_it_fits(work.shop, ticket, "channel_lost")
    return "Someone deleted the channel."
