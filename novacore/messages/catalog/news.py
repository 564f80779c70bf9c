"""What the news channel reads of a product, and what someone reads who asks for news or has had enough of them."""

from collections.abc import Mapping
from typing import Any, Final

from discord import ButtonStyle, ui

from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.messages.catalog import window
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Message, box, rows, text
from novacore.messages.orders import buttons
from novacore.states.goods import NewsKind

_HEADS: Final[Mapping[NewsKind, str]] = {
    NewsKind.new: "🆕 New: {}",
    NewsKind.reduced: "🏷️ At a sale price: {}",
    NewsKind.restocked: "🔔 Back in stock: {}",
}


def is_good_news(product: ProductRow, kind: NewsKind) -> bool:
    """Tell whether it is worth a message right now: it can be bought, and a sale counts."""
    is_reduced = product.before_sale_minor is not None
    return product.is_on_sale and not product.is_sold_out and (is_reduced or kind is not NewsKind.reduced)


def product_news(product: ProductRow, kind: NewsKind, role_id: int | None) -> Message:
    """Build the message about a product as it is now, also where it is sold out or gone. `role_id` is called by it."""
    called = [f"-# <@&{role_id}>"] if role_id else []
    told = text(f"## {_head(product, kind)}", *_facts(product), *called)
    shown = [_look(product)] if product.is_on_sale else []
    switch = [news_button()] if role_id else []
    return Message(box([told, *rows([*shown, *switch])], colours.BRAND))


def _head(product: ProductRow, kind: NewsKind) -> str:
    name = words.escape(product.name)
    if not product.is_on_sale:
        return f"⚪ Not on sale any more: {name}"
    if product.is_sold_out:
        return f"⛔ Sold out: {name}"
    if kind is NewsKind.reduced and product.before_sale_minor is None:
        return f"The sale is over: {name}"
    return _HEADS[kind].format(name)


def _facts(product: ProductRow) -> list[str]:
    """Say the price, but not how many are left: each sale would change that."""
    return [f"**{words.escape(product.category)}** · {window.price_of(product)}"] if product.is_on_sale else []


def _look(product: ProductRow) -> buttons.Button:
    look: ui.Button[Any] = ui.Button(
        label="Show it", emoji="🛒", style=ButtonStyle.success, custom_id=custom_ids.build("shop", "look", product.id)
    )
    return look


def news_button() -> buttons.Button:
    """Return the button by which people get the role of the news, or are rid of it."""
    return ui.Button(label="News on or off", emoji="🔔", custom_id=custom_ids.build("news", "role"))


def news_are_on(role: str) -> Message:
    """Say that they will hear of news, and how they stop it."""
    told = f"🔔 You have the role **{words.escape(role)}** now, so news of the shop will mention you."
    return Message(box([text(told, "-# Had enough? Press the same button again.")], colours.BRAND))


def news_are_off(role: str) -> Message:
    """Say that they won't hear of news any more."""
    told = f"🔕 You no longer have the role **{words.escape(role)}**, so news won't mention you."
    return Message(box([text(told)], colours.BRAND))
