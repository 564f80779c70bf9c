"""What staff read when they look for the order of a payment."""

from collections.abc import Iterator, Sequence

from discord import ui

from novacore.db.models import Order
from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import Item, Message, box, line, one_each_line, text
from novacore.messages.orders import buttons
from novacore.money.coins import format_coin
from novacore.workflows.orders.payment_search import Found

_NAME = 50
_NO_PRICE = "No order of this price may still be paid. For a payment in a coin, type the amount of the coin."


def found_payments(typed: str, found: Found) -> Message:
    """Build the list: the orders that ask for exactly what was typed, then those within two percent.

    For an amount of money: the orders of this price that may still be paid.
    """
    items: list[Item] = [text(f"## 🔎 Orders for {words.inline(typed, 40)}")]
    if not found.exact:
        items.append(text(_NO_PRICE if found.by_price else "No order asks for exactly this amount."))
    items += [*_rows(found.exact, found), *_more(found.more_exact)]
    if found.near:
        hint = "-# Exchanges take their fee from what they send, so less may have come in."
        title = "**Within 2% of it, and may still be paid:**"
        items += [line(), text(title, hint), *_rows(found.near, found), *_more(found.more_near)]
    elif not found.exact and not found.by_price:
        items.append(text("No open order is within 2% of it either."))
    return Message(box(items, colours.CHECKING))


def _rows(orders: Sequence[Order], found: Found) -> Iterator[Item]:
    for order in orders:
        said = one_each_line(
            f"**{_amount(order)}** · {words.bought(order, _NAME)} · {words.total(order)}",
            f"-# {words.inline(order.id)} · <@{order.customer_id}> · {order.status.row.label}, ordered "
            f"{words.stamp(order.placed_at)}{_doubts(order, is_shared=order.id in found.shared)}",
        )
        yield ui.Section(said, accessory=buttons.details(order.id, "Open"))


def _more(count: int) -> list[Item]:
    return [text(f"-# and {count:,} more")] if count else []


def _amount(order: Order) -> str:
    coin = order.paid_by.unit
    return format_coin(order.coin_amount, coin) if coin and order.coin_amount is not None else words.total(order)


def _doubts(order: Order, *, is_shared: bool) -> str:
    coin, before = order.paid_by.unit, order.coin_amount_before
    alone = " · ⚠️ not the only one with this amount" if is_shared else ""
    return alone + (f" · asked for {format_coin(before, coin)} before" if coin and before is not None else "")
