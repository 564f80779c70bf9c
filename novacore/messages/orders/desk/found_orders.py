"""Orders to choose from, where what staff looked for fits several."""

from discord import ui

from novacore.db.models import Order
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Item, Message, box, line, one_each_line, rows, text
from novacore.messages.orders import buttons
from novacore.workflows.orders.desk.found_orders import PAGE, FoundOrders, Wanted

_NAME = 50


def found_page(found: FoundOrders, page: int = 0) -> Message:
    """Build a page (counted from 0) of what was found, the newest first."""
    items: list[Item] = [text("## 🔎 Orders that fit", "Several do. Open the one you mean:"), line()]
    items += [_row(order) for order in found.orders[:PAGE]]
    if not found.orders:
        items.append(text("Nothing on this page any more."))
    if found.has_more and not found.can_turn:
        items.append(text("-# There are more. Name a person or a product as well."))
    last = page + 1 + (found.has_more and found.can_turn)
    turn = buttons.paging(page, last, lambda n: custom_ids.build("order", "found", *_known(found.wanted), n))
    return Message(box([*items, *rows(turn)], colours.BRAND))


def _known(wanted: Wanted) -> tuple[int, int, int]:
    return wanted.person_id, wanted.product_id, wanted.proof_id


def _row(order: Order) -> Item:
    said = one_each_line(
        f"**{words.bought(order, _NAME)}** · {words.total(order)}",
        f"-# {words.inline(order.id)} · <@{order.customer_id}> · {order.status.row.label}, ordered "
        f"{words.stamp(order.placed_at)}",
    )
    return ui.Section(said, accessory=buttons.details(order.id, "Open"))
