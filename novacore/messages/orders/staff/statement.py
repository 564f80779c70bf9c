"""What staff read of a statement: on the page the first of each group, in a file all of it.

Nothing of a statement is stored, so there are no further pages to turn to.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from discord import ui

from novacore.db.queries.orders.statements import Asked
from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import FilePart, Item, Message, box, length, line, one_each_line, text
from novacore.messages.orders import buttons
from novacore.messages.orders.staff import statement_words as said
from novacore.messages.orders.staff.statement_file import statement_file
from novacore.plurals import counted
from novacore.workflows.orders.statements.groups import Comparison, Found, Group
from novacore.workflows.payments.statements.statement import Payment

_ROWS: Final = 8
"""With a button each, and eight headings, they come to 32 of the 39 parts that a page may have."""

_MOST_TEXT: Final = 3_400
_UNMATCHED: Final = 3
_NAMED: Final = 3
"""Orders that one payment may be for."""

_NAME: Final = 30
_ID: Final = 24


def statement_page(comparison: Comparison, guild_id: int) -> Message:
    """Build the page. `guild_id` is where the cards are; 0 leaves their links out."""
    title, *sentences = f"## 🧾 I read {comparison.name}", *said.summary(comparison)
    hint = "-# Nothing was changed or stored: you decide on each order's card."
    unmatched = _unmatched(comparison.unmatched)
    page = _Page([text(title, " ".join(sentences), hint)], _MOST_TEXT - length(unmatched))
    is_all = _add_groups(page, comparison, guild_id)
    items = [*page.items, *unmatched]
    if is_all and len(comparison.unmatched) <= _UNMATCHED:
        return Message(box(items, colours.CHECKING))
    file = FilePart("statement.txt", statement_file(comparison, guild_id))
    items += [text("-# All of them are in this file:"), ui.File(file.url)]
    return Message(box(items, colours.CHECKING), (file,))


@dataclass(slots=True)
class _Page:
    """What is shown so far."""

    items: list[Item]
    most: int
    """What its texts may come to."""
    opened: Counter[str] = field(default_factory=Counter)
    """How many rows have the button of an order: each row of what was paid twice can be opened."""

    def add(self, words: str, order_id: str) -> bool:
        """Add a row with the button that opens an order; False if there is no room for it."""
        opens = buttons.details(order_id, "Open", again=self.opened[order_id])
        item = ui.Section(words, accessory=opens)
        has_room = length([*self.items, item]) <= self.most
        if has_room:
            self.items.append(item)
            self.opened[order_id] += 1
        return has_room


def _add_groups(page: _Page, comparison: Comparison, guild_id: int) -> bool:
    """Add as much as has room; tell whether that was all."""
    shares = _shares(comparison.found)
    is_all = True
    for group, found in comparison.found.items():
        page.items.append(text(f"**{said.TITLES[group]}** · {len(found):,}"))
        for one in found[: shares[group]]:
            is_all = page.add(_row(one, comparison, guild_id), one.orders[0].id) and is_all
        is_all = is_all and len(found) <= shares[group]
    return is_all


def _shares(found: Mapping[Group, Sequence[Found]]) -> dict[Group, int]:
    """Return how many rows of each group are shown: in turn, so that each has one before any has two."""
    shares = dict.fromkeys(found, 0)
    for number in range(_ROWS):
        for group, rows in found.items():
            if len(rows) > number and sum(shares.values()) < _ROWS:
                shares[group] += 1
    return shares


def _row(found: Found, comparison: Comparison, guild_id: int) -> str:
    came_in = [f"**{words.escape(said.came_in(found.payment), 60)}**", said.difference(found), said.day(found.payment)]
    lines = [" · ".join(filter(None, came_in)), *_orders(found.orders, found.more)]
    lines.append(f"-# {' · '.join(said.reasons(found))}")
    links = [_shown_id(found.payment), said.card_link(comparison, found.orders[0], guild_id)]
    lines += [f"-# {' · '.join(filter(None, links))}"] if any(links) else []
    return one_each_line(*lines)


def _orders(orders: Sequence[Asked], more: int) -> Iterator[str]:
    if len(orders) == 1:
        yield _bought(orders[0])
        yield f"-# {words.inline(orders[0].id)} · <@{orders[0].customer_id}> · {orders[0].status.row.label}"
        return
    named = ", ".join(words.inline(one.id) for one in orders[:_NAMED])
    left = len(orders) - _NAMED + more
    others = f" and {left:,} more" if left > 0 else ""
    yield f"{named}{others}"


def _bought(order: Asked) -> str:
    return f"{order.quantity} × {words.escape(order.product_name, _NAME)} · asks for {said.asks_for(order)}"


def _shown_id(payment: Payment) -> str:
    found = said.shown_id(payment)
    return words.inline(found, _ID) if found else ""


def _unmatched(payments: Sequence[Payment]) -> list[Item]:
    if not payments:
        return []
    rows = [
        "- " + " · ".join(filter(None, (words.escape(said.came_in(one), 60), said.day(one), _shown_id(one))))
        for one in payments[:_UNMATCHED]
    ]
    more = [f"-# and {len(payments) - _UNMATCHED:,} more"] if len(payments) > _UNMATCHED else []
    title = f"**🔎 {counted(len(payments), 'payment fits', 'payments fit')} no order**"
    return [line(), text(title, *rows, *more)]
