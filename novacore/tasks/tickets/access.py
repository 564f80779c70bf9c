"""Who may read a ticket's channel: the roles that are there, and permissions that someone has changed, put right."""

from collections.abc import Mapping, Sequence
from typing import Final

import discord

from novacore.db.models import Ticket
from novacore.states import TALKING
from novacore.tasks.discord import permissions
from novacore.tasks.discord.permissions import Readers, Repair, Wrong
from novacore.tasks.queue.handlers import Work, handles
from novacore.tasks.tickets.channel import load, lost, readers
from novacore.workflows.machine import job_kinds
from novacore.workflows.tickets import access

_SENTENCES: Final[Mapping[Wrong, str]] = {
    Wrong.bot: "The bot could not read it any more.",
    Wrong.everyone: "Everyone in the server could read it.",
    Wrong.threads: "Anyone in it could open threads, which no transcript would show.",
    Wrong.strangers: "Everyone whom its category lets in could read it.",
    Wrong.staff: "Our staff could not read it any more.",
    Wrong.customer: "Its customer could not read it any more.",
}


@handles(job_kinds.RESTORE_ACCESS)
def restore_access(work: Work) -> str:
    """Put right who may read a ticket's channel, where "Sync now" or a hand has changed it, and have staff told once.

    Whoever was let in by hand stays.
    """
    ticket = load(work)
    if ticket.status not in TALKING or ticket.channel_id is None:
        return f"Nothing to look after: the ticket is {ticket.status.row.label}."
    try:
        found = _repair_access(work, ticket, ticket.channel_id)
        if found:
            access.note_change(work.shop, ticket, [*dict.fromkeys(_SENTENCES[one.wrong] for one in found)])
            permissions.put_right(work.calls, ticket.channel_id, found)
    except discord.NotFound as error:
        return lost(work, ticket, error)
    access.tell_change(work.shop, ticket)
    return "The channel is for its customer and our staff again." if found else "All is well."


def _repair_access(work: Work, ticket: Ticket, channel_id: int) -> Sequence[Repair]:
    now = permissions.standing(work.calls, channel_id)
    wanted = Readers(ticket.customer_id, sorted(access.wanted_roles(work.shop.places)))
    me = permissions.bot_id(work.calls)
    if not permissions.repairs(now, {}, wanted, me):
        return ()  # the usual case, in one request
    category = permissions.standing(work.calls, now.category_id).overwrites if now.category_id else {}
    return permissions.repairs(now, category, readers(work, now.guild_id, ticket), me)
