"""The buttons of orders: how each trigger looks, and which of them a card shows. The state table decides the latter."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from discord import ButtonStyle, ui

from novacore.db.models import Order
from novacore.messages.kit import custom_ids
from novacore.states import OrderStatus, ProductKind
from novacore.workflows.machine.policy import Who
from novacore.workflows.orders.rules import by_hand
from novacore.workflows.orders.table import ORDERS

Button = ui.Button[Any]

BUYER = frozenset({Who.buyer})
STAFF = frozenset({Who.staff, Who.owner})


@dataclass(frozen=True, slots=True)
class Look:
    """How a button looks."""

    label: str
    style: ButtonStyle
    emoji: str


LOOKS: Mapping[str, Look] = {
    "submit_proof": Look("Send payment proof", ButtonStyle.success, "🧾"),
    "approve": Look("Approve", ButtonStyle.success, "✅"),
    "fulfil": Look("Mark as done", ButtonStyle.success, "✅"),
    "retry_delivery": Look("Try the delivery again", ButtonStyle.primary, "🔄"),
    "reveal": Look("Show my goods", ButtonStyle.primary, "🎁"),
    "reinstate": Look("Reinstate", ButtonStyle.primary, "♻️"),
    "ask_again": Look("Ask for another proof", ButtonStyle.secondary, "🔁"),
    "cancel": Look("Cancel order", ButtonStyle.secondary, "🚫"),
    "reject": Look("Reject", ButtonStyle.danger, "👎"),
    "refund": Look("Refund", ButtonStyle.danger, "💸"),
}
"""In the order in which a card shows them: the usual way forward first, what hurts last."""


def for_buyer(order: Order) -> list[Button]:
    """Return what the buyer can press from where the order is; no round, so that it stays good in the next one."""
    verbs = {arrow.trigger for arrow in ORDERS.open_to(order, BUYER)}
    if can_reveal(order):
        verbs.add("reveal")
    return [_button(verb, custom_ids.order(verb, order.id)) for verb in _sorted(verbs)]


def for_staff(order: Order, only: Iterable[str] | None = None) -> list[Button]:
    """Return what staff and the owner can press, each for this very round; `only` leaves out all others."""
    verbs = {arrow.trigger for arrow in ORDERS.open_to(order, STAFF)}
    if only is not None:
        verbs &= {*only}
    return [_button(verb, custom_ids.order(verb, order.id, order.review_round)) for verb in _sorted(verbs)]


WAYS: Mapping[str, Look] = {
    "approve_amount": Look("Approve another amount", ButtonStyle.secondary, "⚖️"),
    "resend": Look("Send the goods again", ButtonStyle.primary, "📨"),
    "replace_unit": Look("Replace a unit", ButtonStyle.secondary, "🔁"),
    "return_money": Look("Return money", ButtonStyle.secondary, "↩️"),
    "receive_money": Look("Note a payment", ButtonStyle.secondary, "➕"),
}
"""What staff and the owner do beside the state table. It moves no state."""


def other_amount(order: Order) -> list[Button]:
    """Return the button that approves another amount than the total, where a payment is being checked."""
    if order.status is not OrderStatus.under_review:
        return []
    custom_id = custom_ids.order("approve_amount", order.id, order.review_round)
    return [_made(WAYS["approve_amount"], custom_id)]


def after_sale(order: Order, balance: int, *, books: bool = False) -> list[Button]:
    """Return what can be done beside the state table. `balance` is the money still with the owner, in minor units.

    Each names the order's version, so that it counts once. `books` adds the way to note a payment.
    """
    sent = order.status is OrderStatus.delivered and not by_hand(order)
    wanted = {
        "resend": sent,
        "replace_unit": sent and order.kind is ProductKind.unique,
        "return_money": balance > 0,
        "receive_money": books,
    }
    return [
        _made(WAYS[verb], custom_ids.build("order", verb, order.id, order.version))
        for verb, shown in wanted.items()
        if shown
    ]


def can_reveal(order: Order) -> bool:
    """Tell whether the buyer has goods to look at."""
    return order.status.row.has_goods and not by_hand(order)


def details(order_id: str, label: str = "Details") -> Button:
    """Return the button that shows staff the whole story of an order."""
    return ui.Button(
        label=label, style=ButtonStyle.secondary, emoji="📄", custom_id=custom_ids.order("details", order_id)
    )


def paging(page: int, pages: int, custom_id_of: Callable[[int], str]) -> list[Button]:
    """Return the ways to the pages before and after this one (counted from 0); none where there is only one page."""
    found: list[Button] = []
    if page > 0:
        found.append(ui.Button(label="Back", emoji="◀️", custom_id=custom_id_of(page - 1)))
    if page + 1 < pages:
        found.append(ui.Button(label="More", emoji="▶️", custom_id=custom_id_of(page + 1)))
    return found


def _sorted(verbs: Iterable[str]) -> list[str]:
    places = list(LOOKS)
    return sorted(verbs, key=places.index)


def _button(verb: str, custom_id: str) -> Button:
    return _made(LOOKS[verb], custom_id)


def _made(look: Look, custom_id: str) -> Button:
    return ui.Button(label=look.label, style=look.style, emoji=look.emoji, custom_id=custom_id)
