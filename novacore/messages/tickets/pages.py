"""Support tickets as people meet them: the panel, the forms, the card in a ticket's channel, what presses answer.

The bot posts the panel and opens the forms; jobs post the card and keep it true. What jobs send once is in
`ticket_notes`.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

import discord
from discord import ui

from novacore.db.models import Order, Ticket
from novacore.db.models.tickets import DESCRIPTION_LIMIT, SUBJECT_LIMIT
from novacore.db.models.vouches import COMMENT_LIMIT
from novacore.messages.kit import custom_ids, words
from novacore.messages.kit.layout import Card, Form, Item, Message, box, line, one_each_line, rows, text
from novacore.messages.orders import appearance, buttons, vouches
from novacore.messages.tickets.appearance import (
    KINDS,
    LOOKS,
    PRIORITIES,
    STATES,
    button,
    for_staff,
    named,
    on_card,
    opening,
)
from novacore.states import OPEN_TICKET_STATUSES, TicketKind, TicketPriority, TicketStatus
from novacore.workflows.orders.rules import REASON_LIMIT
from novacore.workflows.tickets.commands import NEEDS_ORDER
from novacore.workflows.tickets.table import TALKING

TICKETS_PAGE: Final = 10
"""Tickets on one page of /tickets; the query pages by it."""

ORDERS_OFFERED: Final = 25
"""Orders to pick from in the form: Discord's limit on options."""

_ID_LIMIT = 40
_OPTION = 100
_ROW_SUBJECT = 60

_DESCRIPTIONS = (DESCRIPTION_LIMIT, 900, 600, 300)
"""How much of a description is shown. What would be too long once markdown is taken out of it is cut further."""

_COMMENT_SHOWN = 400
"""Of a customer's comment with their rating."""

_DESCRIPTION_SHOWN = 2200
"""What a description may come to on the card; the transcript has all of it."""


# ---- the panel


def panel() -> Message:
    """Build what stands in the ticket channel: three buttons, and for what each of them is."""
    kinds = [f"{look.emoji} **{look.label}**: {look.meant_for}" for look in KINDS.values()]
    told = text(
        "## 🎫 Do you need help?",
        "Press the button that fits. You get a channel of your own, which only you and our staff can read.",
        "",
        *kinds,
    )
    hint = text("-# Product issues and refund requests are about an order of yours. `/orders` shows your order ids.")
    return Message(box([told, *rows([opening(kind) for kind in KINDS]), hint], appearance.BRAND))


# ---- forms


def ticket_form(kind: TicketKind, orders: Sequence[Order] = ()) -> Form:
    """Ask what it is about. With `orders`, the newest first, one can be picked; another one's id can still be typed."""
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
        custom_ids.build("ticket", "open", kind),
        subject,
        *_order_fields(orders[:ORDERS_OFFERED], needed),
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


def _option(order: Order) -> discord.SelectOption:
    look = appearance.STATES[order.status]
    label = words.shorten(words.clean(f"{order.quantity} × {order.product_name}"), _OPTION)
    placed = f"{order.placed_at:%d %B %Y}"
    described = words.shorten(f"{order.id} · {words.total(order)} · {look.title} · {placed}", _OPTION)
    return discord.SelectOption(label=label, value=order.id, description=described, emoji=look.emoji)


def _order_text(label: str, hint: str, needed: bool = False) -> ui.Label[Any]:
    field: ui.TextInput[Any] = ui.TextInput(custom_id="order_id", max_length=_ID_LIMIT, required=needed)
    return ui.Label(text=label, description=hint, component=field)


def close_form(ticket_id: str) -> Form:
    """Ask staff why a ticket is closed."""
    reason: ui.Label[Any] = ui.Label(
        text="Reason",
        description="The customer will read it.",
        component=ui.TextInput(custom_id="reason", style=discord.TextStyle.paragraph, max_length=REASON_LIMIT),
    )
    return Form("Close this ticket", custom_ids.build("ticket", "close", ticket_id), reason)


def transfer_form(ticket_id: str) -> Form:
    """Ask who takes the ticket over."""
    person: ui.Label[Any] = ui.Label(
        text="Who takes it over?",
        description="Somebody of the staff.",
        component=ui.UserSelect(custom_id="person", required=True),
    )
    return Form("Hand this ticket on", custom_ids.build("ticket", "transfer", ticket_id), person)


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
    return Form("Name an order", custom_ids.build("ticket", "link_order", ticket_id), field)


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


# ---- the channel and its card


def channel_name(ticket: Ticket) -> str:
    """Return the name of a ticket's channel, after its number: a subject there would be a stranger's words."""
    return f"ticket-{ticket.number:04d}"


def channel_topic(ticket: Ticket) -> str:
    """Return what stands at the top of the channel."""
    return f"{KINDS[ticket.kind].label} · ticket #{ticket.number} · only its customer and our staff can read this"


def card(ticket: Ticket, order: Order | None = None, staff_roles: Iterable[int] = (), balance: int = 0) -> Message:
    """Build the card at the top of a ticket's channel: always true, with what its readers can do.

    Its first line calls the customer and the staff; whether that pings is for whoever posts it to allow. `balance` is
    the money of the order that is still with the owner, in minor units.
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
                *_whose(ticket),
                *rows(on_card(ticket)),
                *rows(_for_order(ticket, order, balance)),
                accent_colour=STATES[ticket.status].colour,
            ),
        )
    )


def _whose(ticket: Ticket) -> list[Item]:
    """Say which buttons are the customer's, on a card that staff press as well."""
    if ticket.status not in TALKING:
        return []
    shown = {"link_order": not ticket.order_id, "ask_close": ticket.asked_close_at is None}
    theirs = [f"**{LOOKS[verb].label}**" for verb, is_there in shown.items() if is_there]
    if not theirs:
        return [text("-# The buttons are for our staff.")]
    return [text(f"-# For the customer: {', '.join(theirs)}. The other buttons are for our staff.")]


def _for_order(ticket: Ticket, order: Order | None, balance: int) -> list[buttons.Button]:
    """Return what staff and the owner can do for the order from here; nothing once the ticket is about to end."""
    if order is None or ticket.status not in TALKING:
        return []
    return [
        *buttons.after_sale(order, balance),
        *buttons.for_staff(order, only=("retry_delivery", "refund")),
        buttons.details(order.id),
    ]


def _calling(ticket: Ticket, staff_roles: Iterable[int]) -> str:
    roles = " ".join(f"<@&{number}>" for number in sorted(staff_roles))
    hint = "Please write here. Our staff answer in this channel."
    return f"<@{ticket.customer_id}> {roles}\n{hint}" if roles else f"<@{ticket.customer_id}>\n{hint}"


def _standing(ticket: Ticket) -> list[str]:
    state, priority = STATES[ticket.status], PRIORITIES[ticket.priority]
    who = words.escape(ticket.claimed_name or "", 50) if ticket.claimed_by else "nobody yet"
    lines = [
        f"{state.emoji} **{state.label}**",
        f"🙋 Taken care of by: {who} · {priority.emoji} Priority: {priority.label.lower()}",
        f"-# Opened {words.stamp(ticket.opened_at)} by <@{ticket.customer_id}>{_again(ticket)}",
    ]
    if ticket.asked_close_at and ticket.status is not TicketStatus.closed:
        lines.append(f"👍 The customer says it is solved ({words.stamp(ticket.asked_close_at)}): staff may close it.")
    if ticket.closes_at:
        lines.append(f"⏳ Without a reply of the customer it closes {words.stamp(ticket.closes_at)}.")
    return lines


def _again(ticket: Ticket) -> str:
    return {1: "", 2: ", reopened"}.get(ticket.round, f", reopened {ticket.round - 1} times")


def _description(ticket: Ticket) -> str:
    ways = [words.quote(ticket.description, limit) for limit in _DESCRIPTIONS]
    return next((quoted for quoted in ways if words.units(quoted) <= _DESCRIPTION_SHOWN), ways[-1])


def about_order(order: Order) -> list[str]:
    """Return what is shown of an order that a ticket is about: status, product, total, way of paying, date."""
    look = appearance.STATES[order.status]
    return [
        f"### 🧾 Order {words.inline(order.id)}",
        f"**Status:** {look.emoji} {look.label}",
        f"**Product:** {words.bought(order)}",
        f"**Total:** {words.total(order)}",
        f"**Paid by:** {appearance.method(order)}",
        f"**Ordered:** {words.stamp(order.placed_at, 'f')}",
    ]


# ---- what presses answer


def opened(ticket: Ticket) -> Message:
    """Tell whoever opened or reopened a ticket where it is; as long as its channel is being made, that it comes."""
    number = named(ticket)
    if ticket.status is TicketStatus.failed:
        told = text(f"## ⚠️ Your {number} could not be opened", *_said(ticket.reason, REASON_LIMIT))
        hint = text("Our staff have been told. What you wrote is kept: try again in a while.")
        return Message(
            box([told, hint, *rows([button("reopen", ticket.id, "Try again")])], STATES[ticket.status].colour)
        )
    if ticket.status in TALKING and ticket.channel_id:
        told = text(f"## 🎫 {number.capitalize()} is open", f"Please go on in <#{ticket.channel_id}>.")
    else:
        told = text(
            f"## 🎫 {number.capitalize()} is being opened",
            "In a moment its card calls you into a channel of its own. Our staff see it at once and answer there.",
        )
    return Message(box([told], appearance.BRAND))


def changed(ticket: Ticket, verb: str) -> Message:
    """Tell whoever changed something about a ticket what it is now."""
    return Message(box([text(_DONE.get(verb, _plain)(ticket))], appearance.BRAND))


def _plain(ticket: Ticket) -> str:
    return f"Done. {named(ticket).capitalize()} is up to date."


def _claimed(ticket: Ticket) -> str:
    return f"🙋 {named(ticket).capitalize()} is yours now."


def _released(ticket: Ticket) -> str:
    return f"👐 Nobody takes care of {named(ticket)} now."


def _handed_on(ticket: Ticket) -> str:
    return f"🤝 {words.escape(ticket.claimed_name or '', 50)} takes care of {named(ticket)} now."


def _ranked(ticket: Ticket) -> str:
    look = PRIORITIES[TicketPriority(ticket.priority)]
    return f"{look.emoji} The priority of {named(ticket)} is {look.label.lower()} now."


def _linked(ticket: Ticket) -> str:
    return f"🧾 {named(ticket).capitalize()} is about order {words.inline(ticket.order_id or '')} now."


def _asked(_ticket: Ticket) -> str:
    return "👍 Thank you! Our staff know that your problem is solved, and close the ticket."


def _closing(ticket: Ticket) -> str:
    return f"🔒 {named(ticket).capitalize()} is being closed. First what was said is kept, then the channel goes."


def _rated(_ticket: Ticket) -> str:
    return "💜 Thank you for rating our help!"


_DONE = {
    "claim": _claimed,
    "release": _released,
    "transfer": _handed_on,
    "priority": _ranked,
    "link_order": _linked,
    "ask_close": _asked,
    "close": _closing,
    "rate": _rated,
}


# ---- for staff: what waits


def waiting_page(total: int, waiting: Sequence[Ticket], page: int = 0) -> Message:
    """Build a page (counted from 0) of the tickets that wait for staff, the most urgent first."""
    if not waiting:
        nothing = "Nobody is waiting. ☕" if total == 0 else "Nothing on this page any more. Type `/tickets` again."
        return Message(box([text("## 🎫 Tickets that wait for us", nothing)], appearance.BRAND))
    items: list[Item] = [
        text("## 🎫 Tickets that wait for us", f"{words.counted(total, 'ticket')}, the most urgent first"),
        line(),
        *(text(_row(ticket)) for ticket in waiting[:TICKETS_PAGE]),
    ]
    turn = buttons.paging(page, math.ceil(total / TICKETS_PAGE), lambda n: custom_ids.build("ticket", "waiting", n))
    return Message(box([*items, *rows(turn)], STATES[TicketStatus.awaiting_staff].colour))


def _row(ticket: Ticket) -> str:
    kind, priority = KINDS[ticket.kind], PRIORITIES[ticket.priority]
    where = f"<#{ticket.channel_id}>" if ticket.channel_id else named(ticket)
    who = words.escape(ticket.claimed_name or "", 30) if ticket.claimed_by else "nobody yet"
    return one_each_line(
        f"{priority.emoji} {kind.emoji} {where} · **{words.escape(ticket.subject, _ROW_SUBJECT)}**",
        f"-# <@{ticket.customer_id}> · waiting since {words.stamp(ticket.customer_reply_at or ticket.opened_at)} · "
        f"taken care of by {who}",
    )


def ticket_page(ticket: Ticket) -> Message:
    """Show staff where a ticket stands, in whatever state, with the way to take it up again once it is closed."""
    look, kind = STATES[ticket.status], KINDS[ticket.kind]
    where = f" · <#{ticket.channel_id}>" if ticket.status in OPEN_TICKET_STATUSES and ticket.channel_id else ""
    about = f"-# <@{ticket.customer_id}> · opened {words.stamp(ticket.opened_at)}{where}"
    items: list[Item] = [
        text(f"## {kind.emoji} {named(ticket).capitalize()}: {words.escape(ticket.subject, SUBJECT_LIMIT)}", about),
        text(f"{look.emoji} **{look.label}**", *_said(ticket.reason, REASON_LIMIT), *_rating(ticket)),
        *rows(for_staff(ticket)),
    ]
    return Message(box(items, look.colour))


def _said(words_of_it: str | None, limit: int) -> list[str]:
    return [words.quote(words_of_it, limit)] if words_of_it else []


def _rating(ticket: Ticket) -> list[str]:
    if ticket.rating is None:
        return []
    return [f"The customer's rating: {vouches.stars(ticket.rating)}", *_said(ticket.comment, _COMMENT_SHOWN)]
