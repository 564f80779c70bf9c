"""The whole of what a statement came to, as a text file: for whoever asked, and kept nowhere."""

from collections.abc import Iterable, Iterator
from typing import Final

from novacore.db.queries.orders.statements import Asked
from novacore.messages.kit import words
from novacore.messages.orders.staff import statement_words as said
from novacore.plurals import counted
from novacore.workflows.orders.statements.groups import Comparison, Found
from novacore.workflows.payments.statements.statement import Payment

_MOST_BYTES: Final = 4 * 1024 * 1024
"""Discord takes 10 MiB."""

_MOST_ORDERS: Final = 20
"""Orders that are named of one payment."""


def statement_file(comparison: Comparison, guild_id: int) -> bytes:
    """Return the text, cut where it would be too long, and saying so."""
    lines: list[bytes] = []
    size = 0
    for one in _lines(comparison, guild_id):
        row = one.encode("utf-8", "replace") + b"\n"
        size += len(row)
        if size > _MOST_BYTES:
            lines.append(b"... and more: please choose a shorter period.\n")
            break
        lines.append(row)
    return b"".join(lines)


def _lines(comparison: Comparison, guild_id: int) -> Iterator[str]:
    yield f"I read {comparison.name}."
    yield from said.summary(comparison)
    for group, found in comparison.found.items():
        yield f"\n== {said.TITLES[group]} ({len(found):,})"
        for one in found:
            yield from _found(one, comparison, guild_id)
    if comparison.unmatched:
        yield f"\n== {counted(len(comparison.unmatched), 'payment fits', 'payments fit')} no order"
        yield from (_payment(one) for one in comparison.unmatched)


def _found(found: Found, comparison: Comparison, guild_id: int) -> Iterator[str]:
    yield f"\n{_payment(found.payment)}"
    yield "  " + "; ".join(filter(None, (said.difference(found), *said.reasons(found))))
    for order in found.orders[:_MOST_ORDERS]:
        yield f"  {_order(order, said.card_link(comparison, order, guild_id))}"
    left = len(found.orders[_MOST_ORDERS:]) + found.more
    if left:
        yield f"  and {counted(left, 'more order', 'more orders')}"


def _payment(payment: Payment) -> str:
    return _joined((f"line {payment.line:,}", said.came_in(payment), said.day(payment), _clean(said.shown_id(payment))))


def _order(order: Asked, link: str) -> str:
    bought = f"{order.quantity} x {_clean(order.product_name)}, asks for {said.asks_for(order)}"
    return _joined((order.id, bought, order.status.row.label, link))


def _clean(name: str) -> str:
    return words.shorten(words.clean(name), 100) if name else ""


def _joined(parts: Iterable[str]) -> str:
    return " | ".join(part for part in parts if part)
