"""Pages about someone's own orders that only they see: one order, or their list. True for as long as we can edit them.

Each says until when that is, and that `/orders` tells the truth afterwards. Whoever gets no DMs from us reads it here.
"""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from novacore.db.models import Order
from novacore.db.queries.orders.own_orders import ORDERS_PAGE, OwnOrders
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import MOST_TEXT, Item, Message, box, line, rows, text
from novacore.messages.orders import appearance, buttons
from novacore.messages.orders.customer.order_card import how_to_pay, order_card, staff_wrote, wants_first_proof
from novacore.messages.orders.customer.waiting import place_in_line
from novacore.states import OrderStatus
from novacore.workflows.orders.rules import by_hand
from novacore.workflows.payments.methods import INSTRUCTIONS_LIMIT

_SHORT_REASON: Final = 70
"""Of a reason in the list of orders; the page of one order has all of it."""

_AROUND: Final = 700
"""Characters of what stands above and below the orders of the list."""

_SHORT_NAME: Final = 40
"""Of a product's name in the list of orders."""

_OPEN_DMS: Final = (
    "-# Would you rather get DMs? Open this server's menu, choose **Privacy Settings** and allow direct messages."
)

_ASK_STAFF: Final = (
    "-# Would you rather have them by DM? Open this server's menu, choose **Privacy Settings**, allow direct messages "
    "and tell our staff."
)

_LIST_WITHOUT_DMS: Final = (
    "📪 **Discord doesn't let us send you DMs**, so look here for news. Once a payment is confirmed, press **Show my "
    "goods**: only you will see them."
)


def private_page(seen: OwnOrders, ends_at: datetime) -> Message:
    """Build the page. `ends_at` is until when Discord lets us edit it."""
    if seen.is_list:
        return _list(seen, ends_at)
    (order,) = seen.orders
    warning = _no_dms(order) if seen.dms_closed else []
    by_dm = ["-# We send you this by DM too."] if wants_first_proof(order) and not seen.dms_closed else []
    below = [*place_in_line(order, seen.queue), *warning, *by_dm, _until(order, ends_at)]
    return order_card(order, below, dms_closed=seen.dms_closed, own=seen.after_payment)


def _until(order: Order, ends_at: datetime) -> str:
    before = f"-# This page is kept up to date until {words.stamp(ends_at, 't')}."
    if order.status.row.awaits_customer:
        return f"{before} After that, `/orders` shows where your order stands: look there before you pay."
    return f"{before} `/orders` always shows where your order stands."


def _no_dms(order: Order) -> list[str]:
    """Say where the customer hears of this order, and where its goods will be."""
    if order.status.row.is_over:
        return []
    if order.status is OrderStatus.delivery_blocked:
        return [_ASK_STAFF]
    return [f"📪 **Discord doesn't let us send you DMs.** {_instead(order)}", _OPEN_DMS]


def _instead(order: Order) -> str:
    if by_hand(order):
        return "Type `/orders` to see how your order is getting on."
    if buttons.can_reveal(order):
        return "Your goods stay here and in `/orders`, where only you can see them."
    return (
        "You won't miss anything: type `/orders` to see where your order stands. Once your payment is confirmed, press "
        "**Show my goods** there, and only you will see them."
    )


# ---- the list


def _list(seen: OwnOrders, ends_at: datetime) -> Message:
    """Build a page of the customer's own orders, each with its state and what they can do."""
    items: list[Item] = [text("## 🧾 Your orders", *(_list_without_dms(seen) if seen.dms_closed else []))]
    if not seen.orders:
        items.append(text("You have no orders yet. Type `/shop` to see what we have."))
    room = _room(seen)
    for order in seen.orders[:ORDERS_PAGE]:
        items += [line(), text(*_entry(order, room, seen)), *rows(buttons.for_buyer(order))]
    pages = math.ceil(seen.total / ORDERS_PAGE)
    turn = buttons.paging(seen.list_page, pages, lambda n: custom_ids.build("order", "page", n))
    until = f"-# This page is kept up to date until {words.stamp(ends_at, 't')}. After that, type `/orders` again."
    return Message(box([*items, line(), *rows(turn), text(until)], colours.BRAND))


def _list_without_dms(seen: OwnOrders) -> Sequence[str]:
    if all(order.status.row.is_over for order in seen.orders):
        return []
    return [_LIST_WITHOUT_DMS, _OPEN_DMS]


def _room(seen: OwnOrders) -> int:
    """Return how many characters of how to pay in the owner's words each order has room for."""
    told = sum(words.units(one) + 1 for order in seen.orders for one in _entry(order, 0, seen))
    to_pay = sum(order.status.row.awaits_customer for order in seen.orders)
    return min(INSTRUCTIONS_LIMIT, max(0, MOST_TEXT - _AROUND - told) // max(1, to_pay))


def _entry(order: Order, room: int, seen: OwnOrders) -> list[str]:
    look = order.status.row
    return [
        f"**{look.emoji} {words.bought(order, _SHORT_NAME)}** · {words.total(order)}",
        f"-# `{order.id}` · {look.title} · ordered {words.stamp(order.placed_at)}",
        appearance.hint(order, dms_closed=seen.dms_closed),
        *place_in_line(order, seen.queue),
        *staff_wrote(appearance.customers_reason(order), _SHORT_REASON),
        *(how_to_pay(order, room) if order.status.row.awaits_customer else []),
    ]
