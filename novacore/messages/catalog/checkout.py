"""How many, and how to pay: the two steps between a product's page and its order. Called by the bot's shop handlers."""

from collections.abc import Collection, Sequence
from typing import Any

import discord
from discord import ui

from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.messages.catalog import window
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Form, Item, Message, box, line, rows, text
from novacore.messages.orders import buttons
from novacore.money import format_money
from novacore.states import Method
from novacore.workflows.orders.placing.promise import promise_of
from novacore.workflows.payments.methods import NO_WAY_TO_PAY


def quantity_form(product_id: int, product: ProductRow | None = None, most: int = 1_000) -> Form:
    """Ask how many; the answer is checked when it comes. `product` is None if it could not be read in time.

    `most` is how many of anything one order may hold in this shop.
    """
    count: ui.TextInput[Any] = ui.TextInput(custom_id="quantity", default="1", min_length=1, max_length=4)
    hint = _how_many(product, most) if product else "A whole number."
    label: ui.Label[Any] = ui.Label(text="How many would you like?", description=hint, component=count)
    return Form("Your order", custom_ids.build("shop", "buy", product_id), label)


def _how_many(product: ProductRow, most: int) -> str:
    """Say what an order may hold, and how many are left; within Discord's 100 characters."""
    allowed, available = min(product.max_quantity, most), product.available
    if available is not None and available < allowed:
        return f"From 1 to {available:,}: that is all we have left." if available > 1 else "There is only one left."
    limit = f"From 1 to {allowed:,} in one order." if allowed > 1 else "One in an order."
    return limit if available is None else f"{limit} {window.count_left(available)} left."


def method_page(product: ProductRow, quantity: int, methods: Collection[Method], note: str = "") -> Message:
    """Ask how the customer pays; `methods` are those that are offered. A choice places the order.

    The order is placed only at what this page says. `note` says why the page is shown again.
    """
    price = format_money(product.price_minor * quantity, product.currency)
    bought = f"{quantity} × {words.escape(product.name)}"
    back: buttons.Button = ui.Button(
        label="Back", emoji="◀️", custom_id=custom_ids.build("shop", "shelf", product.category_id, 0)
    )
    items = [
        *([text(f"⚠️ **{note}**")] if note else []),
        text("## 🧾 Your order", bought, f"### Total {price}", *window.terms(product)),
        line(),
        *_choices(product, quantity, [_option(one) for one in methods]),
        *rows([back]),
        text("-# Choosing a way to pay places the order and sets your items aside for you."),
    ]
    return Message(box(items, colours.BRAND))


def _choices(product: ProductRow, quantity: int, options: Sequence[discord.SelectOption]) -> list[Item]:
    """Return the ways to pay in one select, and in a second one where there are more than fit into it."""
    if not options:
        return [text(f"⏸️ {NO_WAY_TO_PAY}")]
    address = ("shop", "method", product.id, quantity, promise_of(product))
    first = [*options[: window.PAGE_SIZE]]
    found: list[Item] = [window.select(custom_ids.build(*address), "How would you like to pay?", first)]
    if more := options[window.PAGE_SIZE : 2 * window.PAGE_SIZE]:
        found.append(window.select(custom_ids.build(*address, "more"), "More ways to pay", [*more]))
    return found


def _option(method: Method) -> discord.SelectOption:
    return discord.SelectOption(
        label=window.label(method.label), value=method.key, emoji=method.emoji or None, description=_network(method)
    )


def _network(method: Method) -> str | None:
    if method.coin:
        return window.label(f"Network: {method.network}")
    return "PayPal balance or card" if method.known else None
