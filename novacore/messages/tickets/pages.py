"""Support tickets as people meet them: the panel, what presses answer, and the pages on which staff look tickets up.

What jobs send once is in `notes`.
"""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from discord import ui

from novacore.db.models import Order, Ticket
from novacore.db.models.tickets import SUBJECT_LIMIT
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Item, Message, box, line, one_each_line, rows, text
from novacore.messages.orders import buttons, vouches
from novacore.messages.orders.desk.notes import open_customer
from novacore.messages.tickets.appearance import (
    KINDS,
    PRIORITIES,
    button,
    colour,
    for_staff,
    looking,
    named,
    opening,
)
from novacore.plurals import counted
from novacore.states import TicketPriority, TicketStatus
from novacore.workflows.machine.typed_text import REASON_LIMIT

TICKETS_PAGE: Final = 10
"""Tickets on one page of /tickets; the query pages by it."""

_ROW_SUBJECT = 60

_COMMENT_SHOWN = 400
"""Of a customer's comment with their rating."""

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
    return Message(box([told, *rows([opening(kind) for kind in KINDS]), hint], colours.BRAND))


# ---- what presses answer


def opened(ticket: Ticket, back_at: datetime | None = None) -> Message:
    """Tell whoever opened or reopened a ticket where it is; as long as its channel is being made, that it comes.

    `back_at` is when staff are there again; None while they are.
    """
    number = named(ticket)
    if ticket.status is TicketStatus.failed:
        told = text(f"## ⚠️ Your {number} could not be opened", *_said(ticket.reason, REASON_LIMIT))
        hint = text("Our staff have been told. What you wrote is kept: try again in a while.")
        return Message(box([told, hint, *rows([button("reopen", ticket.id, "Try again")])], colour(ticket.status)))
    if ticket.status.row.is_talking and ticket.channel_id:
        told = text(f"## 🎫 {number.capitalize()} is open", f"Please go on in <#{ticket.channel_id}>.")
    else:
        told = text(
            f"## 🎫 {number.capitalize()} is being opened",
            "We're creating a private channel. You'll be mentioned there in a moment. Our staff see it at once."
            if back_at is None
            else "We're creating a private channel. You'll be mentioned there in a moment.",
        )
    return Message(box([told, *_away(back_at)], colours.BRAND))


def _away(back_at: datetime | None) -> list[Item]:
    if back_at is None:
        return []
    return [text(f"🕐 Nobody is here right now. We are back {words.stamp(back_at, 'f')}, {words.stamp(back_at)}.")]


def changed(ticket: Ticket, verb: str) -> Message:
    """Tell whoever changed something about a ticket what it is now."""
    return Message(box([text(done(ticket, verb))], colours.BRAND))


def done(ticket: Ticket, verb: str) -> str:
    """Return what was done, in a sentence."""
    return _DONE.get(verb, _plain)(ticket)


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
        return Message(box([text("## 🎫 Tickets that wait for us", nothing)], colours.BRAND))
    items: list[Item] = [
        text("## 🎫 Tickets that wait for us", f"{counted(total, 'ticket', 'tickets')}, the most urgent first"),
        line(),
        *(text(_row(ticket)) for ticket in waiting[:TICKETS_PAGE]),
    ]
    turn = buttons.paging(page, math.ceil(total / TICKETS_PAGE), lambda n: custom_ids.build("ticket", "waiting", n))
    return Message(box([*items, *rows(turn)], colour(TicketStatus.awaiting_staff)))


def _row(ticket: Ticket) -> str:
    kind, priority = KINDS[ticket.kind], PRIORITIES[ticket.priority]
    where = f"<#{ticket.channel_id}>" if ticket.channel_id else named(ticket)
    who = words.escape(ticket.claimed_name or "", 30) if ticket.claimed_by else "nobody yet"
    return one_each_line(
        f"{priority.emoji} {kind.emoji} {where} · **{words.escape(ticket.subject, _ROW_SUBJECT)}**",
        f"-# <@{ticket.customer_id}> · waiting since {words.stamp(ticket.customer_reply_at or ticket.opened_at)} · "
        f"taken care of by {who}",
    )


def of_customer_page(person_id: int, total: int, found: Sequence[Ticket], page: int) -> Message:
    """Build a page (counted from 0) of a customer's tickets for staff, the newest first."""
    head = text("## 🎫 Tickets", f"{counted(total, 'ticket', 'tickets')} of <@{person_id}>, the newest first")
    listed = [_own_row(ticket) for ticket in found[:TICKETS_PAGE]] or [text("Nothing on this page any more.")]
    pages = math.ceil(total / TICKETS_PAGE)
    turn = buttons.paging(page, pages, lambda n: custom_ids.build("person", "tickets", person_id, n))
    return Message(box([head, line(), *listed, *rows([*turn, open_customer(person_id)])], colours.BRAND))


def _own_row(ticket: Ticket) -> Item:
    rated = f" · {vouches.stars(ticket.rating)}" if ticket.rating else ""
    said = one_each_line(
        f"{KINDS[ticket.kind].emoji} #{ticket.number} · **{words.escape(ticket.subject, _ROW_SUBJECT)}**",
        f"-# {ticket.status.row.heading} · opened {words.stamp(ticket.opened_at)}{rated}",
    )
    return ui.Section(said, accessory=looking(ticket.id))


def ticket_page(ticket: Ticket, order: Order | None = None, balance: int = 0, note: str = "") -> Message:
    """Show staff where a ticket stands, in whatever state, with all that they can do about it and about its order.

    Once it is closed, that is the way to take it up again. `balance` is the money of the order that is still with the
    owner, in minor units. `note` says what was done a moment ago.
    """
    look, kind = ticket.status.row, KINDS[ticket.kind]
    where = f" · <#{ticket.channel_id}>" if ticket.status.row.is_open and ticket.channel_id else ""
    about = f"-# <@{ticket.customer_id}> · opened {words.stamp(ticket.opened_at)}{where}"
    items: list[Item] = [
        *([text(note)] if note else []),
        text(f"## {kind.emoji} {named(ticket).capitalize()}: {words.escape(ticket.subject, SUBJECT_LIMIT)}", about),
        text(f"{look.emoji} **{look.heading}**", *_said(ticket.reason, REASON_LIMIT), *_rating(ticket)),
        *rows(for_staff(ticket)),
        *rows(_for_order(ticket, order, balance)),
    ]
    return Message(box(items, colour(ticket.status)))


def _for_order(ticket: Ticket, order: Order | None, balance: int) -> list[buttons.Button]:
    """Return what staff and the owner can do for the order from here; nothing once the ticket is about to end."""
    if order is None or not ticket.status.row.is_talking:
        return []
    return [
        *buttons.after_sale(order, balance),
        *buttons.for_staff(order, only=("retry_delivery", "refund")),
        buttons.details(order.id),
    ]


def _said(words_of_it: str | None, limit: int) -> list[str]:
    return [words.quote(words_of_it, limit)] if words_of_it else []


def _rating(ticket: Ticket) -> list[str]:
    if ticket.rating is None:
        return []
    return [f"The customer's rating: {vouches.stars(ticket.rating)}", *_said(ticket.comment, _COMMENT_SHOWN)]
