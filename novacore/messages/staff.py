"""What staff look up and what reaches them unasked: the queue, an order's whole story, alerts."""

import math
from collections.abc import Sequence
from typing import Final

from discord import ui

from novacore.db.models import LedgerEntry, Order
from novacore.db.queries.orders import OrderDetails, QueueRow
from novacore.messages import buttons, custom_ids, looks, review, words
from novacore.messages.layout import (
    MOST_TEXT,
    FilePart,
    Item,
    Message,
    box,
    gallery,
    length,
    line,
    one_each_line,
    rows,
    text,
)
from novacore.messages.story import tell
from novacore.money import format_money
from novacore.states import LedgerDirection, OrderStatus

QUEUE_PAGE: Final = 10
"""Orders on one page of /queue; the query pages by it."""

_TASKS: Final = {
    OrderStatus.under_review: "to check",
    OrderStatus.approved: "to be done by hand",
    OrderStatus.delivery_blocked: "delivery blocked",
}
"""What waits for staff, by the order's state."""

_ROW_NAME = 50
"""Of a product's name in a row of the queue."""


# ---- the queue


def queue_page(total: int, waiting: Sequence[QueueRow], page: int = 0) -> Message:
    """Build a page (counted from 0) of what waits for review, the longest wait first."""
    if not waiting:
        return Message(box([text("## 🔎 Review queue", _nothing(total))], looks.BRAND))
    items: list[Item] = [
        text("## 🔎 Review queue", f"{words.counted(total, 'order')} waiting for staff, the longest wait first"),
        line(),
        *(_row(row) for row in waiting[:QUEUE_PAGE]),
    ]
    turn = buttons.paging(page, math.ceil(total / QUEUE_PAGE), lambda n: custom_ids.build("order", "queue", n))
    return Message(box([*items, *rows(turn)], looks.STATES[OrderStatus.under_review].colour))


def _nothing(total: int) -> str:
    return "Nobody is waiting. ☕" if total == 0 else "Nothing on this page any more. Type `/queue` for the first one."


def _row(row: QueueRow) -> Item:
    since = f"waiting since {words.stamp(row.submitted_at)}" if row.submitted_at else "waiting"
    late = " · ⚠️ late" if row.is_late else ""
    task = _TASKS[row.status]
    price = format_money(row.total_minor, row.currency)
    words_of_it = one_each_line(
        f"**{row.quantity} × {words.escape(row.product_name, _ROW_NAME)}** · {price}",
        f"-# {words.inline(row.order_id)} · <@{row.customer_id}> · {task}, {since}{late}",
    )
    return ui.Section(words_of_it, accessory=buttons.details(row.order_id, "Open"))


# ---- the whole story of an order


def details(story: OrderDetails, picture: bytes | None) -> Message:
    """Build the whole story of an order with its buttons; what does not fit goes as a text file in the same message."""
    facts = story.facts
    order = facts.order
    proof = (
        (FilePart(f"proof-{order.id}-{order.review_round}.jpg", picture, "The proof of payment"),) if picture else ()
    )
    above: list[Item] = [
        review.head(facts),
        *review.flags(facts),
        line(),
        text(*review.about(facts), *_moments(order), *_money(story.ledger)),
        *([gallery(*proof)] if proof else []),
        line(),
    ]
    told, files = tell(story, MOST_TEXT - length(above))
    view = box([*above, *told, *rows(buttons.for_staff(order))], looks.STATES[order.status].colour)
    return Message(view, (*proof, *files))


def _moments(order: Order) -> list[str]:
    moments = {
        "Ordered": order.placed_at,
        "proof": order.submitted_at,
        "decided": order.decided_at,
        "delivered": order.delivered_at,
        "expired": order.expired_at,
        "expires": order.expires_at,
    }
    known = [f"{what} {words.stamp(at, 'f')}" for what, at in moments.items() if at]
    return ["🕒 " + " · ".join(known)]


def _money(ledger: Sequence[LedgerEntry]) -> list[str]:
    if not ledger:
        return []
    signs = {LedgerDirection.received: "received", LedgerDirection.returned: "returned"}
    moved = [f"{format_money(one.amount_minor, one.currency)} {signs[one.direction]}" for one in ledger[-5:]]
    return ["🏦 " + " · ".join(moved)]
