"""What the owner sees of the discount codes: one that was just added, and the list of all."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from novacore.db.models import Discount
from novacore.db.queries.orders.discounts import CodeRow, Sums
from novacore.messages.kit import colours, custom_ids, notices, words
from novacore.messages.kit.layout import Message, box, line, rows, text
from novacore.messages.orders import appearance, buttons
from novacore.money import format_money
from novacore.plurals import counted, listed
from novacore.workflows.orders.discounts.pricing import what_it_gives

CODES_PAGE: Final = 6
"""Codes on one page: each may name products with long names."""

_NAMED: Final = 3
"""Products and categories that are named; more are counted."""


def added(discount: Discount, names: Sequence[str], now: datetime) -> Message:
    """Say what a code gives and until when, as it is `now`."""
    told = [
        f"## 🏷️ {words.escape(discount.code)} is saved",
        _terms(discount, names),
        appearance.capital(_state(discount, now)),
    ]
    hint = "Customers type it, in any case, when they say how many they want. `/discount list` shows what it brings in."
    return Message(box([text(*told, hint)], colours.BRAND))


def steps_set(name: str, steps: str) -> Message:
    """Say what a product gives by quantity now; `steps` in words, empty for nothing."""
    given = f"gives {steps}" if steps else "costs the same however many are ordered"
    return notices.notice(f"Done: {words.escape(name)} {given}. Orders that were placed already stay as they are.")


def codes_page(total: int, found: Sequence[CodeRow], now: datetime, page: int = 0) -> Message:
    """Build a page of all codes, counted from 0, as they are `now`."""
    if not total:
        hint = "There are no discount codes. `/discount add` makes one."
        return Message(box([text("## 🏷️ Discount codes", hint)], colours.BRAND))
    items = [text("## 🏷️ Discount codes", counted(total, "code", "codes")), line()]
    items += [text(*_told(one, now)) for one in found] or [text("Nothing on this page any more.")]
    turn = buttons.paging(page, math.ceil(total / CODES_PAGE), lambda n: custom_ids.build("discount", "list", n))
    return Message(box([*items, *rows(turn)], colours.BRAND))


def _told(row: CodeRow, now: datetime) -> Iterator[str]:
    discount = row.discount
    yield f"**{words.escape(discount.code)}** · {_state(discount, now)}"
    yield _terms(discount, row.names)
    yield f"-# {_used(discount, row.used)} · brought {_money(row.brought, discount)}, took off " + _money(
        row.taken_off, discount
    )


def _state(discount: Discount, now: datetime) -> str:
    if discount.ended_at is not None:
        return f"ended {words.stamp(discount.ended_at, 'd')}"
    if discount.until is None:
        return "good until you end it"
    over = discount.until <= now
    return f"{'over since' if over else 'good until'} {words.stamp(discount.until, 'f')}"


def _used(discount: Discount, used: int) -> str:
    if discount.uses is None:
        return f"used {_often(used)}"
    return f"used {_often(used)}, {max(0, discount.uses - used):,} of {discount.uses:,} left"


def _often(times: int) -> str:
    return "once" if times == 1 else f"{times:,} times"


def _money(sums: Sums, discount: Discount) -> str:
    known = {currency: minor for currency, minor in sums.items() if minor} or {discount.currency: 0}
    return " + ".join(format_money(minor, currency) for currency, minor in sorted(known.items()))


def _terms(discount: Discount, names: Sequence[str]) -> str:
    what = listed([words.escape(one, 30) for one in names], _NAMED) or "everything"
    parts = [f"{what_it_gives(discount)} {what}"]
    if discount.least_quantity is not None and discount.least_quantity > 1:
        parts.append(f"from {discount.least_quantity} in one order")
    if discount.least_total_minor is not None:
        parts.append(f"for orders of {format_money(discount.least_total_minor, discount.currency)} or more")
    if discount.uses is not None:
        parts.append(f"{_often(discount.uses)} in all")
    if discount.per_person is not None:
        parts.append(f"{_often(discount.per_person)} per person")
    return ", ".join(parts)
