"""What staff look up and what reaches them unasked: the queue, an order's whole story, alerts."""

import math
from collections.abc import Sequence
from typing import Final

from novacore.db.models import Event, Order
from novacore.db.queries.orders import OrderDetails, QueueRow
from novacore.messages import buttons, custom_ids, review, words
from novacore.messages.layout import Item, Message, box, rows, text

QUEUE_PAGE: Final = 10
"""Orders on one page of /queue; the query pages by it."""


def queue_page(total: int, waiting: Sequence[QueueRow], page: int = 0) -> Message:
    """Build a page (counted from 0) of what waits for review, the longest wait first."""
    items: list[Item] = [text(f"## 🔎 {total} waiting")]
    for row in waiting:
        items += [text(f"`{row.order_id}` {words.escape(row.product_name)}"), *rows([buttons.details(row.order_id)])]
    turn = buttons.paging(page, math.ceil(total / QUEUE_PAGE), lambda n: custom_ids.build("order", "queue", n))
    return Message(box([*items, *rows(turn)], words.BRAND))


def details(story: OrderDetails, picture: bytes | None) -> Message:
    """Build the whole story of an order; what does not fit goes as a text file in the same message."""
    return review.review_card(story.facts, picture)


def alert(order: Order, event: Event) -> Message:
    """Tell staff that something needs them: a delivery that Discord refused, or a job that died."""
    reason = str(event.detail.get("reason") or "No reason was given.")
    items = [text(f"## 🚨 `{order.id}`", words.quote(reason, 500)), *rows(buttons.for_staff(order))]
    return Message(box(items, words.STATES[order.status].colour))
