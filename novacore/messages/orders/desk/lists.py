"""What staff turn through of one customer: their orders and what they said of them."""

import math
from collections.abc import Sequence
from typing import Final

from discord import ui

from novacore.db.models import Order
from novacore.db.queries.desk.customers import OwnVouch
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Item, Message, box, line, one_each_line, rows, text
from novacore.messages.orders import buttons
from novacore.messages.orders.desk.customer import order_row
from novacore.messages.orders.desk.notes import open_customer
from novacore.messages.orders.vouches import stars
from novacore.plurals import counted

ORDERS_PAGE: Final = 10
VOUCHES_PAGE: Final = 5

_COMMENT: Final = 250

NOTHING_HERE: Final = "Nothing on this page any more."


def orders_page(person_id: int, total: int, orders: Sequence[Order], page: int) -> Message:
    """Build a page (counted from 0) of a customer's orders, the newest first."""
    head = text("## 🛒 Orders", f"{counted(total, 'order', 'orders')} of <@{person_id}>, the newest first")
    found = [order_row(order) for order in orders[:ORDERS_PAGE]]
    return _listed([head, line(), *(found or [text(NOTHING_HERE)])], "orders", person_id, total, page, ORDERS_PAGE)


def vouches_page(person_id: int, total: int, vouches: Sequence[OwnVouch], page: int) -> Message:
    """Build a page (counted from 0) of what a customer wrote about their orders, the newest first."""
    head = text("## ⭐ Vouches", f"{counted(total, 'vouch', 'vouches')} of <@{person_id}>, the newest first")
    found = [_vouch(one) for one in vouches[:VOUCHES_PAGE]]
    return _listed([head, line(), *(found or [text(NOTHING_HERE)])], "vouches", person_id, total, page, VOUCHES_PAGE)


def _vouch(one: OwnVouch) -> Item:
    vouch = one.vouch
    hidden = " · hidden by staff" if vouch.hidden_at else ""
    said = [f"“{words.escape(vouch.comment, _COMMENT)}”"] if vouch.comment else []
    about = f"-# {words.inline(vouch.order_id)} · {words.stamp(vouch.written_at)}{hidden}"
    told = one_each_line(f"{stars(vouch.rating)} **{words.escape(one.product_name, 50)}**", *said, about)
    return ui.Section(told, accessory=buttons.details(vouch.order_id, "Open"))


def _listed(items: Sequence[Item], verb: str, person_id: int, total: int, page: int, size: int) -> Message:
    turn = buttons.paging(page, math.ceil(total / size), lambda n: custom_ids.build("person", verb, person_id, n))
    return Message(box([*items, *rows([*turn, open_customer(person_id)])], colours.BRAND))
