"""One page about a person, for staff: since when they buy here, what, for how much, and what to be careful about."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import discord
from discord import ButtonStyle, ui

from novacore.db.models import Order, Person
from novacore.db.queries.desk.customers import CustomerFacts, Paid
from novacore.db.queries.orders import unpaid
from novacore.db.queries.orders.orders import ReviewFacts
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Form, Item, Message, box, line, one_each_line, rows, text
from novacore.messages.orders import buttons
from novacore.messages.orders.desk import notes
from novacore.messages.orders.staff import expected
from novacore.messages.orders.staff.staff_forms import label
from novacore.money import format_money
from novacore.plurals import counted
from novacore.workflows.machine.buttons import Field, reason
from novacore.workflows.orders.desk.customers import Customer


@dataclass(frozen=True, slots=True)
class Seen:
    """Who someone is at Discord. `is_member` is None if Discord wasn't asked, or didn't answer."""

    name: str = ""
    is_member: bool | None = None


_NAME: Final = 60
_ROW_NAME: Final = 50
_NOTE: Final = 120
_REASON: Final = 150

_HEAD_OF_A_FLAG: Final = re.compile(r"\*\*(.+?):?\*\*")
"""What a flag on a card says in bold."""


def customer_page(found: Customer, seen: Seen, now: datetime) -> Message:
    """Build the page. `seen` is who they are at Discord; `now` tells whether a block still holds."""
    facts = found.facts
    items: list[Item] = [text(*_head(found, seen))]
    if facts:
        flagged = [*_block(facts.person, now), *_flags(found, facts)]
        items += [text(*flagged)] if flagged else []
        items += [line(), text(*_sums(facts)), *_newest(facts)]
    items += rows(_ways(found, now))
    is_blocked = bool(facts and _is_blocked(facts.person, now))
    return Message(box(items, colours.WARNING if is_blocked else colours.BRAND))


def _head(found: Customer, seen: Seen) -> Iterator[str]:
    person = found.facts.person if found.facts else None
    name = seen.name or (person.name if person else "")
    yield f"## 👤 {words.escape(name, _NAME) if name else 'A person'}"
    made = words.stamp(discord.utils.snowflake_time(found.id))
    yield f"-# <@{found.id}> · {words.inline(str(found.id))} · account made {made}"
    if seen.is_member is False:
        yield "🚪 They aren't in the server, so no DM of ours may reach them."
    elif person and person.joined_at:
        yield f"-# In the server since {words.stamp(person.joined_at, 'd')}"
    if found.facts is None:
        yield "The shop has never met them: they have never ordered here."
    elif found.facts.first_order_at is None:
        known = words.stamp(found.facts.person.first_seen_at, "d")
        yield f"They have never ordered here. The shop has known them since {known}."
    else:
        yield f"🗓️ A customer since {words.stamp(found.facts.first_order_at, 'd')}"


def _is_blocked(person: Person, now: datetime) -> bool:
    return bool(person.blocked_until and person.blocked_until > now)


def _block(person: Person, now: datetime) -> Iterator[str]:
    if not _is_blocked(person, now) or person.blocked_until is None:
        return
    since = f" since {words.stamp(person.blocked_at, 'f')}" if person.blocked_at else ""
    by = f" by <@{person.blocked_by}>" if person.blocked_by else ""
    why = f": “{words.escape(person.block_reason, _REASON)}”" if person.block_reason else ""
    yield f"⛔ **Blocked**{since}{by}, until {words.stamp(person.blocked_until, 'f')}{why}"


def _flags(found: Customer, facts: CustomerFacts) -> Iterator[str]:
    yield from _unpaid(found)
    if facts.refused:
        proofs = counted(facts.refused, "proof of theirs was", "proofs of theirs were")
        yield f"🚩 **Contested:** {proofs} refused: the payment had counted for another order."
    if facts.late:
        proofs = counted(facts.late, "proof to check", "proofs to check")
        yield f"⚠️ **Late:** {proofs} came after the order had expired."
    if facts.person.dms_closed_at:
        yield f"⚠️ **Closed DMs** since {words.stamp(facts.person.dms_closed_at, 'f')}."
    for one in found.to_decide:
        if heads := flag_heads(one):
            yield f"🚩 On the card of `{one.order.id}`: {', '.join(heads)}"


def _unpaid(found: Customer) -> Iterator[str]:
    if found.held:
        orders = f"{found.held.unpaid_ends} unpaid orders in {unpaid.WINDOW.days} days"
        next_one = words.stamp(found.held.next_order_at, "f")
        yield f"🐌 **Held back:** {orders}, so one open order at a time, the next from {next_one}. `/forgive` lifts it."
    elif found.unpaid_ends:
        yield f"🐌 {counted(found.unpaid_ends, 'order', 'orders')} ended unpaid in {unpaid.WINDOW.days} days."


def flag_heads(facts: ReviewFacts) -> list[str]:
    """Return what each flag on the card of an order says in bold, without the rest of its sentence."""
    lines = [said for item in expected.flags(facts) for said in _texts(item)]
    found = [_HEAD_OF_A_FLAG.search(said) for said in lines]
    return [one[1] for one in found if one]


def _texts(item: Item) -> Sequence[str]:
    return item.content.splitlines() if isinstance(item, ui.TextDisplay) else ()


def _sums(facts: CustomerFacts) -> Iterator[str]:
    states = " · ".join(f"{count} {status.row.label}" for status, count in facts.orders.items())
    yield f"🛒 **{counted(facts.orders_placed, 'order', 'orders')}**{': ' if states else ''}{states}"
    yield from map(_paid, facts.paid[:_CURRENCIES])
    is_open = f", {facts.tickets_open} open" if facts.tickets else ""
    yield f"🎫 **{counted(facts.tickets, 'ticket', 'tickets')}**{is_open}"
    yield f"⭐ **{counted(facts.vouches.vouches, 'vouch', 'vouches')}**{_average(facts)}"
    for note in facts.notes:
        yield notes.told(note, _NOTE)


_CURRENCIES: Final = 4
"""Lines about money: a shop has one currency, and had another one before at most."""


def _paid(one: Paid) -> str:
    returned = f", {format_money(one.returned, one.currency)} returned" if one.returned else ""
    return f"💰 **{format_money(one.received, one.currency)}** paid{returned}"


def _average(facts: CustomerFacts) -> str:
    given = f", {facts.vouches.average:.1f} of 5 stars on average" if facts.vouches.vouches else ""
    return given + (f", {facts.vouches_hidden} more hidden" if facts.vouches_hidden else "")


def _newest(facts: CustomerFacts) -> list[Item]:
    return [line(), text("**Newest orders**"), *map(order_row, facts.newest)] if facts.newest else []


def order_row(order: Order) -> Item:
    """Return an order as a row of a list, with the button that opens it."""
    said = one_each_line(
        f"**{words.bought(order, _ROW_NAME)}** · {words.total(order)}",
        f"-# {words.inline(order.id)} · {order.status.row.label}, ordered {words.stamp(order.placed_at)}",
    )
    return ui.Section(said, accessory=buttons.details(order.id, "Open"))


# ---- what can be done


def _ways(found: Customer, now: datetime) -> list[buttons.Button]:
    facts, blocked = found.facts, bool(found.facts and _is_blocked(found.facts.person, now))
    lists = {
        "orders": ("Orders", "🛒", bool(facts and facts.orders)),
        "tickets": ("Tickets", "🎫", bool(facts and facts.tickets)),
        "vouches": ("Vouches", "⭐", bool(facts and (facts.vouches.vouches or facts.vouches_hidden))),
    }
    shown = [_way(label, emoji, verb, found.id, 0) for verb, (label, emoji, there) in lists.items() if there]
    kept = [notes.all_notes(found.id, facts.person.note_count)] if facts and facts.person.note_count else []
    change = _way("Unblock", "✅", "unblock", found.id) if blocked else _way("Block", "⛔", "block", found.id)
    change.style = ButtonStyle.success if blocked else ButtonStyle.danger
    return [*shown, *kept, notes.add_note(found.id), change]


def _way(label: str, emoji: str, verb: str, *args: object) -> buttons.Button:
    custom_id = custom_ids.build("person", verb, *args)
    return ui.Button(label=label, emoji=emoji, style=ButtonStyle.secondary, custom_id=custom_id)


BLOCK_FIELDS: Final = (
    reason("Why?", "Only staff read it."),
    Field("until", "Until when?", "For how many days, like 7, or the last day, like 2026-12-31.", example="7"),
)


def block_form(pressed: custom_ids.CustomId) -> Form:
    """Ask why and until when someone is blocked; its custom id is the button's."""
    return Form("Keep them from ordering", pressed.text, *map(label, BLOCK_FIELDS))
