"""A ticket's channel and the card at its top. Jobs post the card and keep it true."""

from collections.abc import Iterable

from discord import ui

from novacore.db.models import Order, Ticket
from novacore.db.models.tickets import DESCRIPTION_LIMIT, SUBJECT_LIMIT
from novacore.messages.kit import words
from novacore.messages.kit.layout import Card, Item, Message, line, rows, text
from novacore.messages.orders import appearance
from novacore.messages.tickets.appearance import (
    KINDS,
    PRIORITIES,
    colour,
    on_card,
)
from novacore.states import TicketStatus

_DESCRIPTION_SHOWN = 2200
"""What a description may come to on the card; the transcript has all of it."""

_DESCRIPTIONS = (DESCRIPTION_LIMIT, 900, 600, 300)
"""How much of a description is shown. What would be too long once markdown is taken out of it is cut further."""


def channel_name(ticket: Ticket) -> str:
    """Return the name of a ticket's channel, after its number: a subject there would be a stranger's words."""
    return f"ticket-{ticket.number:04d}"


def channel_topic(ticket: Ticket) -> str:
    """Return what stands at the top of the channel."""
    return f"{KINDS[ticket.kind].label} · ticket #{ticket.number} · only its customer and our staff can read this"


def card(ticket: Ticket, order: Order | None = None, staff_roles: Iterable[int] = ()) -> Message:
    """Build the card at the top of a ticket's channel: always true, with what its customer can do.

    Its first line calls the customer and the staff; whether that pings is for whoever posts it to allow. Staff get
    their own buttons by one press, on a page of theirs.
    """
    look = KINDS[ticket.kind]
    items: list[Item] = [
        text(f"## {look.emoji} {look.label} · ticket #{ticket.number}", *_standing(ticket)),
        line(),
        text(f"**{words.escape(ticket.subject, SUBJECT_LIMIT)}**", _description(ticket)),
    ]
    if order is not None:
        items += [line(), text(*about_order(order))]
    return Message(
        Card(
            text(_calling(ticket, staff_roles)),
            ui.Container(
                *items,
                *rows(on_card(ticket)),
                accent_colour=colour(ticket.status),
            ),
        )
    )


def _calling(ticket: Ticket, staff_roles: Iterable[int]) -> str:
    roles = " ".join(f"<@&{number}>" for number in sorted(staff_roles))
    hint = "Please write here. Our staff answer in this channel."
    return f"<@{ticket.customer_id}> {roles}\n{hint}" if roles else f"<@{ticket.customer_id}>\n{hint}"


def _standing(ticket: Ticket) -> list[str]:
    state, priority = ticket.status.row, PRIORITIES[ticket.priority]
    who = words.escape(ticket.claimed_name or "", 50) if ticket.claimed_by else "nobody yet"
    lines = [
        f"{state.emoji} **{state.heading}**",
        f"🙋 Taken care of by: {who} · {priority.emoji} Priority: {priority.label.lower()}",
        f"-# Opened {words.stamp(ticket.opened_at)} by <@{ticket.customer_id}>{_again(ticket)}",
    ]
    if ticket.asked_close_at and ticket.status is not TicketStatus.closed:
        lines.append(f"👍 The customer says it is solved ({words.stamp(ticket.asked_close_at)}): staff may close it.")
    if ticket.closes_at:
        lines.append(f"⏳ If the customer doesn't reply, it closes {words.stamp(ticket.closes_at)}.")
    return lines


def _again(ticket: Ticket) -> str:
    return {1: "", 2: ", reopened"}.get(ticket.round, f", reopened {ticket.round - 1} times")


def _description(ticket: Ticket) -> str:
    ways = [words.quote(ticket.description, limit) for limit in _DESCRIPTIONS]
    return next((quoted for quoted in ways if words.units(quoted) <= _DESCRIPTION_SHOWN), ways[-1])


def about_order(order: Order) -> list[str]:
    """Return what is shown of an order that a ticket is about: status, product, total, way of paying, date."""
    look = order.status.row
    return [
        f"### 🧾 Order {words.inline(order.id)}",
        f"**Status:** {look.emoji} {look.heading}",
        f"**Product:** {words.bought(order)}",
        f"**Total:** {words.total(order)}",
        f"**Paid by:** {appearance.method(order)}",
        f"**Ordered:** {words.stamp(order.placed_at, 'f')}",
    ]
