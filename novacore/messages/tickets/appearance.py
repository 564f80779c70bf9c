"""How tickets look: their states, kinds and priorities, and the buttons of their cards. For the builders of this room.

Which buttons a card shows is asked of the ticket's state table; what moves no state is open while the ticket is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import discord
from discord import ButtonStyle, ui

from novacore.db.models import Ticket
from novacore.messages.kit import colours, custom_ids
from novacore.messages.orders.buttons import Button, drawn
from novacore.states import TicketKind, TicketPriority, TicketStatus
from novacore.workflows.machine import buttons
from novacore.workflows.machine.buttons import Style
from novacore.workflows.machine.policy import BY_STAFF
from novacore.workflows.tickets.table import TICKETS


@dataclass(frozen=True, slots=True)
class KindLook:
    """A kind of ticket: its button on the panel, and for whom that is."""

    emoji: str
    label: str
    style: ButtonStyle
    meant_for: str


KINDS: Mapping[TicketKind, KindLook] = {
    TicketKind.product_issue: KindLook(
        "📦", "Product Issue", ButtonStyle.primary, "something you bought does not work, or has not reached you."
    ),
    TicketKind.refund_request: KindLook("💸", "Refund Request", ButtonStyle.danger, "you would like your money back."),
    TicketKind.other: KindLook("💬", "Others", ButtonStyle.secondary, "a question, an idea, or anything else."),
}
"""In the order of the panel's buttons."""


def colour(status: TicketStatus) -> discord.Colour:
    """Return the stripe of a card about a ticket in this state."""
    return colours.BY_STRIPE[status.row.stripe]


@dataclass(frozen=True, slots=True)
class PriorityLook:
    """How urgent a ticket is, in a word."""

    emoji: str
    label: str


PRIORITIES: Mapping[TicketPriority, PriorityLook] = {
    TicketPriority.urgent: PriorityLook("🚨", "Urgent"),
    TicketPriority.high: PriorityLook("🔼", "High"),
    TicketPriority.normal: PriorityLook("▶️", "Normal"),
    TicketPriority.low: PriorityLook("🔽", "Low"),
}


WAYS: Mapping[str, buttons.Button] = {
    "claim": buttons.Button("Claim", "🙋", Style.success),
    "rate": buttons.Button("Rate our help", "⭐", Style.success),
    "release": buttons.Button("Release", "👐", Style.secondary),
    "transfer": buttons.Button("Reassign", "🤝", Style.secondary),
    "priority": buttons.Button("Priority", "🔼", Style.secondary),
    "link_order": buttons.Button("Link an order", "🧾", Style.secondary),
    "ask_close": buttons.Button("My problem is solved", "👍", Style.secondary),
    "staff": buttons.Button("For staff", "🛠️", Style.secondary),
}
"""What people do with a ticket that moves no state."""

ROWS: Final[Mapping[str, buttons.Button]] = {**TICKETS.buttons, **WAYS}
"""Every button of a ticket, by its verb."""


def on_card(ticket: Ticket) -> list[Button]:
    """Return what the customer can press, and the button that shows staff what they can: both read the same card."""
    verbs = set()
    if ticket.status.row.is_talking and ticket.asked_close_at is None:
        verbs.add("ask_close")
    if _is_looked_after(ticket):
        verbs.add("staff")
    return [button(verb, ticket.id) for verb in buttons.sorted_by_style(ROWS, verbs)]


def for_staff(ticket: Ticket) -> list[Button]:
    """Return what staff can press, on a page that only they see.

    One that is over can be reopened; the card in its channel, which is about to go, never offers that.
    """
    verbs = {arrow.trigger for arrow in TICKETS.open_to(ticket, BY_STAFF) if arrow.button}
    if _is_looked_after(ticket):
        verbs |= {"release" if ticket.claimed_by else "claim", "transfer", "priority"}
        verbs |= set() if ticket.order_id else {"link_order"}
    return [button(verb, ticket.id) for verb in buttons.sorted_by_style(ROWS, verbs)]


def _is_looked_after(ticket: Ticket) -> bool:
    return ticket.status.row.is_open and ticket.status is not TicketStatus.closing


def button(verb: str, ticket_id: str, label: str = "") -> Button:
    """Return the button for one thing that can be done with a ticket."""
    return drawn(ROWS[verb], custom_ids.build("ticket", verb, ticket_id), label)


def looking(ticket_id: str) -> ui.Button[Any]:
    """Return the button by which staff open a ticket from a list, on a page of its own."""
    return ui.Button(label="Open", emoji="📄", custom_id=custom_ids.build("ticket", "staff", ticket_id))


def opening(kind: TicketKind) -> ui.Button[Any]:
    """Return the panel's button for one kind."""
    look = KINDS[kind]
    custom_id = custom_ids.build("ticket", "open", kind)
    return ui.Button(label=look.label, style=look.style, emoji=look.emoji, custom_id=custom_id)


def named(ticket: Ticket) -> str:
    """Return what people call a ticket: "ticket #12"."""
    return f"ticket #{ticket.number}"
