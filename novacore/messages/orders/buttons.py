"""The buttons of orders. What they look like stands on the arrows and ways; the state table says which a card shows."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from discord import ButtonStyle, ui

from novacore.db.models import Order
from novacore.messages.kit import custom_ids
from novacore.states import OrderStatus, ProductKind, TicketKind
from novacore.workflows.machine import buttons
from novacore.workflows.machine.policy import BY_BUYER, BY_STAFF, Who
from novacore.workflows.orders.new_amounts import can_have_one
from novacore.workflows.orders.rules import by_hand
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.orders.ways import WAYS

Button = ui.Button[Any]

ROWS: Final[Mapping[str, buttons.Button]] = {**ORDERS.buttons, **WAYS}
"""Every button of an order, by its verb."""


def for_buyer(order: Order) -> list[Button]:
    """Return what the buyer can press from where the order is; no round, so that it stays good in the next one."""
    verbs = {arrow.trigger for arrow in ORDERS.open_to(order, BY_BUYER) if arrow.button}
    if can_reveal(order):
        verbs.add("reveal")
    if not order.status.row.is_unfinished:
        verbs.add("again")
    if can_have_one(order):
        verbs.add("new_amount")
    return [_button(verb, custom_ids.order(verb, order.id)) for verb in buttons.sorted_by_style(ROWS, verbs)]


def for_staff(
    order: Order, only: Iterable[str] | None = None, *, has_proof: bool = True, who: frozenset[Who] = BY_STAFF
) -> list[Button]:
    """Return what staff and the owner (or `who`) can press, each for this very round; `only` leaves out all others.

    Without a proof nobody asks for another one: the order was reinstated.
    """
    verbs = {arrow.trigger for arrow in ORDERS.open_to(order, who) if arrow.button}
    if not has_proof:
        verbs.discard("ask_again")
    if only is not None:
        verbs &= {*only}
    named = order.id, order.review_round
    return [_button(verb, custom_ids.order(verb, *named)) for verb in buttons.sorted_by_style(ROWS, verbs)]


def terms(version: int, label: str = "Our terms") -> Button:
    """Return the button that shows a version of the shop's terms."""
    return ui.Button(label=label, emoji="📜", custom_id=custom_ids.build("shop", "terms", version))


def other_amount(order: Order) -> list[Button]:
    """Return the button that approves a different amount than the total, where the order can be approved."""
    if not order.status.row.may_be_approved:
        return []
    return [_button("approve_amount", custom_ids.order("approve_amount", order.id, order.review_round))]


def after_sale(order: Order, balance: int, *, books: bool = False) -> list[Button]:
    """Return what can be done besides the state table. `balance` is the money still with the owner, in minor units.

    Each names the order's version, so that it counts once. `books` adds the way to record a payment.
    """
    sent = order.status is OrderStatus.delivered and not by_hand(order)
    wanted = {
        "resend": sent,
        "replace_unit": sent and order.kind is ProductKind.unique,
        "return_money": balance > 0,
        "receive_money": books,
    }
    return [
        _button(verb, custom_ids.build("order", verb, order.id, order.version))
        for verb, shown in wanted.items()
        if shown
    ]


def takes_proof(order: Order) -> bool:
    """Tell whether the buyer can send a proof."""
    return any(arrow.trigger == "submit_proof" for arrow in ORDERS.open_to(order, BY_BUYER))


def can_reveal(order: Order) -> bool:
    """Tell whether the buyer has goods to look at."""
    return order.status.row.has_goods and not by_hand(order)


def details(order_id: str, label: str = "Details", *, again: int = 0) -> Button:
    """Return the button that opens the whole story of an order for staff, on a page of its own.

    `again`: how many buttons on the same message open this order already, since Discord takes no custom id twice.
    """
    named = (order_id, again) if again else (order_id,)
    return _story(custom_ids.build("order", "details", *named), label)


def get_help(order_id: str) -> Button:
    """Return the button that opens the form of a ticket about this order."""
    custom_id = custom_ids.build("ticket", "open", TicketKind.product_issue, order_id)
    return ui.Button(label="Get help", style=ButtonStyle.secondary, emoji="🎫", custom_id=custom_id)


def first_page(order_id: str) -> Button:
    """Return the button that leads from a further page of an order's story to its first one."""
    return _story(custom_ids.build("order", "story", order_id, 0), "To the order")


def _story(custom_id: str, label: str) -> Button:
    return ui.Button(label=label, style=ButtonStyle.secondary, emoji="📄", custom_id=custom_id)


def paging(page: int, pages: int, custom_id_of: Callable[[int], str]) -> list[Button]:
    """Return the ways to the pages before and after this one (counted from 0); none if there is only one page."""
    found: list[Button] = []
    if page > 0:
        found.append(ui.Button(label="Back", emoji="◀️", custom_id=custom_id_of(page - 1)))
    if page + 1 < pages:
        found.append(ui.Button(label="More", emoji="▶️", custom_id=custom_id_of(page + 1)))
    return found


def drawn(row: buttons.Button, custom_id: str, label: str = "") -> Button:
    """Return a button as Discord shows it; `label` instead of its own."""
    return ui.Button(label=label or row.label, style=ButtonStyle[row.style], emoji=row.emoji, custom_id=custom_id)


def _button(verb: str, custom_id: str) -> Button:
    return drawn(ROWS[verb], custom_id)
