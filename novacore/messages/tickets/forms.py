"""The forms about a ticket. The bot opens them; each carries the custom id of its button."""

from collections.abc import Sequence
from typing import Any, Final

import discord
from discord import ui

from novacore.db.models import Order
from novacore.db.models.orders.vouches import COMMENT_LIMIT
from novacore.db.models.tickets import DESCRIPTION_LIMIT, SUBJECT_LIMIT
from novacore.messages.kit import custom_ids, words
from novacore.messages.kit.layout import Form
from novacore.messages.orders import vouches
from novacore.messages.orders.staff.staff_forms import label
from novacore.messages.tickets.appearance import KINDS, PRIORITIES, ROWS
from novacore.states import TicketKind
from novacore.workflows.tickets.commands import NEEDS_ORDER

ORDERS_OFFERED: Final = 25
"""Orders to pick from in the form: Discord's limit on options."""

_ID_LIMIT = 40

_OPTION = 100


def ticket_form(kind: TicketKind, orders: Sequence[Order] = (), about: str = "") -> Form:
    """Ask what it is about. With `orders`, the newest first, one can be picked; another one's id can still be typed.

    `about` is the order of the button that was pressed: its id is filled in, and the form's custom id names it as well.
    """
    look, needed = KINDS[kind], kind in NEEDS_ORDER
    subject: ui.Label[Any] = ui.Label(
        text="Subject", component=ui.TextInput(custom_id="subject", max_length=SUBJECT_LIMIT)
    )
    description: ui.Label[Any] = ui.Label(
        text="What is the matter?",
        description="Please never write a code or a password here: our staff can look them up.",
        component=ui.TextInput(
            custom_id="description", style=discord.TextStyle.paragraph, max_length=DESCRIPTION_LIMIT
        ),
    )
    return Form(
        f"{look.emoji} {look.label}",
        custom_ids.build("ticket", "open", kind, *([about] if about else [])),
        subject,
        *([_about(about)] if about else _order_fields(orders[:ORDERS_OFFERED], needed)),
        description,
    )


def _order_fields(orders: Sequence[Order], needed: bool) -> list[ui.Label[Any]]:
    if not orders:
        return [
            _order_text("Order id", "`/orders` shows your orders." if needed else "Leave it empty for none.", needed)
        ]
    hint = "Pick the order here, or type its id below." if needed else "Leave it empty if it is about no order."
    pick: ui.Label[Any] = ui.Label(
        text="Which order is it about?",
        description=hint,
        component=ui.Select(
            custom_id="order_pick",
            placeholder="Your orders, the newest first",
            min_values=0,
            options=[_option(order) for order in orders],
            required=False,
        ),
    )
    return [pick, _order_text("Another order", "Only if it is not in the list: its id, like NC-20260102-ABCDEF.")]


def _about(order_id: str) -> ui.Label[Any]:
    field: ui.TextInput[Any] = ui.TextInput(custom_id="order_id", max_length=_ID_LIMIT, default=order_id)
    return ui.Label(text="Order id", description="The order that you pressed the button of.", component=field)


def _option(order: Order) -> discord.SelectOption:
    look = order.status.row
    named = words.shorten(words.clean(f"{order.quantity} × {order.product_name}"), _OPTION)
    placed = f"{order.placed_at:%d %B %Y}"
    described = words.shorten(f"{order.id} · {words.total(order)} · {look.title} · {placed}", _OPTION)
    return discord.SelectOption(label=named, value=order.id, description=described, emoji=look.emoji)


def _order_text(title: str, hint: str, needed: bool = False) -> ui.Label[Any]:
    field: ui.TextInput[Any] = ui.TextInput(custom_id="order_id", max_length=_ID_LIMIT, required=needed)
    return ui.Label(text=title, description=hint, component=field)


def move_form(verb: str, ticket_id: str) -> Form:
    """Ask what the button of an arrow asks for, such as why a ticket is closed."""
    row = ROWS[verb]
    return Form(row.title, custom_ids.build("ticket", verb, ticket_id), *(label(field) for field in row.asks))


def transfer_form(ticket_id: str) -> Form:
    """Ask who takes the ticket over."""
    person: ui.Label[Any] = ui.Label(
        text="Who takes it over?",
        description="A member of the staff.",
        component=ui.UserSelect(custom_id="person", required=True),
    )
    return Form("Reassign this ticket", custom_ids.build("ticket", "transfer", ticket_id), person)


def priority_form(ticket_id: str) -> Form:
    """Ask how urgent a ticket is. Opens without a look into the database, so nothing is chosen yet."""
    options = [
        discord.RadioGroupOption(label=f"{look.emoji} {look.label}", value=priority)
        for priority, look in PRIORITIES.items()
    ]
    choice: ui.Label[Any] = ui.Label(
        text="How urgent is it?", component=ui.RadioGroup(custom_id="priority", options=options)
    )
    return Form("Priority", custom_ids.build("ticket", "priority", ticket_id), choice)


def link_form(ticket_id: str) -> Form:
    """Ask which order of its customer's a ticket is about."""
    field = _order_text("Order id", "An order of this ticket's customer, like NC-20260102-ABCDEF.", needed=True)
    return Form("Link an order", custom_ids.build("ticket", "link_order", ticket_id), field)


def rate_form(ticket_id: str) -> Form:
    """Ask what the customer thought of the help."""
    comment: ui.Label[Any] = ui.Label(
        text="A few words",
        description="Only our staff read them. May stay empty.",
        component=ui.TextInput(
            custom_id="comment", style=discord.TextStyle.paragraph, max_length=COMMENT_LIMIT, required=False
        ),
    )
    return Form("Rate our help", custom_ids.build("ticket", "rate", ticket_id), vouches.star_choice(), comment)
