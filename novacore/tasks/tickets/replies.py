"""Replies of staff with an answer that the owner keeps: posted once, then counted as what staff write themselves."""

import discord

from novacore.db.event_kinds.tickets import REPLY, Reply
from novacore.db.models import Event, Ticket
from novacore.messages.kit.layout import Message
from novacore.messages.tickets import answers as pages
from novacore.tasks.queue.handlers import WorkWith, event_of, handles
from novacore.tasks.queue.sending.outgoing import post
from novacore.tasks.queue.sending.send_once import ToChannel, give_up, settle
from novacore.tasks.tickets.channel import load, lost
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.job_kinds import ByEvent
from novacore.workflows.tickets import conversation, replies
from novacore.workflows.tickets.wordings import Said


@handles(job_kinds.SEND_REPLY)
def send_reply(work: WorkWith[ByEvent]) -> str:
    """Post it in the ticket's channel, in the name of who replied; only the ticket's customer can be notified."""
    ticket, event = load(work), event_of(work)
    said = event.detail_of(REPLY)
    if said is None or ticket.channel_id is None or ticket.round != said["round"] or not ticket.status.row.is_talking:
        return _too_late(work, ticket, event, said)
    try:
        message_id = _post(work, ticket, ticket.channel_id, event, said)
    except discord.NotFound as error:
        return lost(work, ticket, error)
    conversation.catch_up(work.shop, ticket, [_heard(ticket, event, said, message_id)])
    return "The reply stands in the channel."


def _too_late(work: WorkWith[ByEvent], ticket: Ticket, event: Event, said: Reply | None) -> str:
    """Settle a reply that an attempt cut off in the middle has posted: it was said, and the transcript has it so."""
    try:
        sent = settle(work, _key(event))
    except discord.NotFound:
        give_up(work, _key(event))
        sent = None
    if sent is not None and said is not None and ticket.round == said["round"]:
        conversation.catch_up(work.shop, ticket, [_heard(ticket, event, said, sent.message_id)])
    return f"Nothing to say: the ticket is {ticket.status.row.label}."


def _key(event: Event) -> str:
    return f"ticket_reply:{event.id}"


def _post(work: WorkWith[ByEvent], ticket: Ticket, channel_id: int, event: Event, said: Reply) -> int:
    only = discord.AllowedMentions(
        everyone=False, users=[discord.Object(ticket.customer_id)], roles=False, replied_user=False
    )

    def build() -> Message:
        return pages.reply(event.actor_name, ticket.customer_id, said)

    return post(work, _key(event), "reply", ToChannel(channel_id), build, only).message.message_id


def _heard(ticket: Ticket, event: Event, said: Reply, message_id: int) -> Said:
    """Return the message as if the person who replied had written it themselves."""
    words = replies.plain(ticket.customer_id, said)
    at = discord.utils.snowflake_time(message_id)
    return Said(message_id, event.actor_id or 0, event.actor_name, words, at)
