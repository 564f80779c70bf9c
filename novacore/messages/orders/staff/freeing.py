"""“Free these and block”: the question, with what it is about, and what was done. Only staff see these."""

import math
from collections.abc import Sequence
from typing import Final

from discord import ButtonStyle, ui

from novacore.db.queries.orders.unpaid import WINDOW, Holding
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Message, box, line, rows, text
from novacore.messages.orders import buttons
from novacore.plurals import counted
from novacore.workflows.orders.blocking.freeing import BLOCKED_FOR, Freeable, Freed

_NAMED: Final = 15
"""Orders that the question names; the rest is counted."""


def question(found: Freeable) -> Message:
    """Show whose orders would be cancelled and how many units that frees, with the button that does it."""
    title = f"## 🧹 Free {_units(found.holdings)} of {words.escape(found.product_name)}?"
    told = (
        f"This cancels {_orders(found.holdings)} and keeps {_people(found.holdings)} from ordering for "
        f"{BLOCKED_FOR.days} days. The customers are told that their order was cancelled."
    )
    custom_id = custom_ids.build("stock", "free", found.product_id, math.ceil(found.as_of.timestamp()))
    yes: buttons.Button = ui.Button(label="Free and block", style=ButtonStyle.danger, emoji="🧹", custom_id=custom_id)
    asked = [text(title, told, *_stay(found.to_check)), line(), text(*_named(found.holdings)), *rows([yes])]
    return Message(box([*asked, text("-# Dismiss this message to leave everything as it is.")], colours.WARNING))


def freed(done: Freed) -> Message:
    """Say what was done."""
    title = f"## 🧹 {_units(done.holdings)} of {words.escape(done.product_name)} back on sale"
    people = ", ".join(f"<@{person_id}>" for person_id in done.blocked[:_NAMED])
    more = f" and {len(done.blocked) - _NAMED} more" if len(done.blocked) > _NAMED else ""
    told = (
        f"{_orders(done.holdings)} cancelled. {people}{more} can't order before "
        f"{words.stamp(done.until, 'f')}; `/unblock` lets someone order earlier."
    )
    return Message(box([text(title, told, *_stay(done.to_check))], colours.BRAND))


def _named(holdings: Sequence[Holding]) -> list[str]:
    shown = [_entry(one) for one in holdings[:_NAMED]]
    more = len(holdings) - _NAMED
    return [*shown, f"-# and {counted(more, 'order', 'orders')} more"] if more > 0 else shown


def _entry(one: Holding) -> str:
    who = f"<@{one.customer_id}> ({words.escape(one.customer_name, 30)})"
    held = f"{counted(one.units, 'unit', 'units')} since {words.stamp(one.placed_at)}"
    return f"{who} · {held} · {one.unpaid_ends} unpaid orders in {WINDOW.days} days · `{one.order_id}`"


def _stay(to_check: int) -> list[str]:
    if not to_check:
        return []
    stay = "stays: its proof" if to_check == 1 else "stay: their proofs"
    return [f"{counted(to_check, 'order', 'orders')} of such people {stay} of payment came in."]


def _units(holdings: Sequence[Holding]) -> str:
    return counted(sum(one.units for one in holdings), "unit", "units")


def _orders(holdings: Sequence[Holding]) -> str:
    return counted(len(holdings), "unpaid order", "unpaid orders")


def _people(holdings: Sequence[Holding]) -> str:
    return counted(len({one.customer_id for one in holdings}), "person", "people")
