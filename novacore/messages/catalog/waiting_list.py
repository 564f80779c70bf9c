"""What someone reads who waits for a product to come back in stock."""

from typing import Any

from discord import ButtonStyle, ui

from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.messages.catalog import window
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Message, box, rows, text
from novacore.messages.orders import buttons


def on_the_list(product: str, product_id: int, *, already: bool) -> Message:
    """Say that they will hear of it, and let them take it back."""
    told = f"You are on the list already: we send you one DM as soon as **{words.escape(product)}** is back."
    if not already:
        told = f"🔔 We send you one DM as soon as **{words.escape(product)}** is back in stock."
    hint = "-# It goes out in the order in which people asked. Your DMs have to be open to this server's members."
    stop: ui.Button[Any] = ui.Button(
        label="Never mind", emoji="🔕", custom_id=custom_ids.build("shop", "forget_notify", product_id)
    )
    return Message(box([text(told, hint), *rows([stop])], colours.BRAND))


def off_the_list(*, was_on_it: bool) -> Message:
    """Say that they will not hear of it."""
    told = "🔕 Done: you won't hear from us about it." if was_on_it else "You are not on the list for it."
    return Message(box([text(told)], colours.BRAND))


def back_in_stock(product: ProductRow, terms_version: int | None = None) -> Message:
    """Tell them that they can buy it; the buttons open how many, and the terms that are asked for there."""
    buy: ui.Button[Any] = ui.Button(
        label="Buy", style=ButtonStyle.success, emoji="🛒", custom_id=custom_ids.build("shop", "buy", product.id)
    )
    told = text(
        f"## 🔔 {words.escape(product.name)} is back in stock",
        f"{_price(product)} · first come, first served.",
        "-# You asked us to tell you. That was it: we won't write to you about it again.",
    )
    read = [buttons.terms(terms_version)] if terms_version else []
    return Message(box([told, *rows([buy, *read])], colours.BRAND))


def _price(product: ProductRow) -> str:
    """Return the price in bold, as a sale price is already."""
    price = window.price_of(product)
    return price if product.before_sale_minor is not None else f"**{price}**"
