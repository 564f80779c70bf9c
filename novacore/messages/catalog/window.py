"""The shop window: the panel, a category, a product. Called by the bot's shop handlers; then comes `checkout`."""

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import discord
from discord import ButtonStyle, ui

from novacore.db.queries.catalog.shop_window import COUNTED_TO, CategoryRow, ProductRow
from novacore.db.queries.orders.vouches import Stars
from novacore.messages.catalog import panel_words
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import FilePart, Item, Message, box, line, rows, text
from novacore.messages.orders import buttons
from novacore.money import format_money
from novacore.money.quantity_steps import in_words
from novacore.plurals import counted
from novacore.states import Method, PaymentMethod, ProductKind, known_method
from novacore.states.texts import ShopText
from novacore.workflows.catalog.rules import is_picture_address
from novacore.workflows.payments.methods import NO_WAY_TO_PAY

PAGE_SIZE: Final = 25
"""Options that Discord puts into one select; the queries page by it."""

_LABEL = 100
"""Discord's limit on an option's label and on its description."""

_FEW = 5
"""From here down the window says that a product is nearly gone."""

_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


ALL_KNOWN: Final = tuple(map(known_method, PaymentMethod))
"""The ways to pay that the shop knows by itself."""


def shop_panel(
    categories: Sequence[CategoryRow],
    page: int = 0,
    total: int | None = None,
    stars: Stars | None = None,
    methods: Collection[Method] = ALL_KNOWN,
    name: str = "",
    own: Mapping[ShopText, str] = MappingProxyType({}),
) -> Message:
    """Build the panel of the shop's channel, and its further pages where there are more than 25 categories.

    `total` counts all categories; left out, these are all there are. `stars` is what buyers think of the shop, and
    `methods` are the ways to pay that it takes. `name` is what the shop calls itself, `own` what it
    says in its owner's words.
    """
    items: list[Item] = [
        text(f"## 🛍️ {words.escape(name or panel_words.NAME)}", panel_words.about(own), *_stars(stars)),
        line(),
    ]
    if not categories:
        items.append(text("There is nothing on sale right now. Please come back soon!"))
        return Message(box(items, colours.BRAND))
    if not methods:
        items.append(text(f"⏸️ {NO_WAY_TO_PAY}"))
        return Message(box(items, colours.BRAND))
    items.append(text(*panel_words.how_it_works(methods, own)))
    items.append(select(custom_ids.build("shop", "category"), "What are you looking for?", _categories(categories)))
    count = len(categories) if total is None else total
    turn = buttons.paging(page, pages(count), lambda n: custom_ids.build("shop", "categories", n))
    # For whoever has picked from the panel before: Discord does not send the same pick from the same message twice.
    items += rows([*turn, *([] if page else [all_categories()])])
    return Message(box(items, colours.BRAND))


def _stars(stars: Stars | None) -> list[str]:
    if stars is None or not stars.vouches:
        return []
    return [f"⭐ **{stars.average:.1f}** of 5 from {counted(stars.vouches, 'vouch', 'vouches')}"]


def _categories(categories: Sequence[CategoryRow]) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(label=label(one.name), value=str(one.id), description=_products_in(one), emoji="📂")
        for one in categories[:PAGE_SIZE]
    ]


def _products_in(category: CategoryRow) -> str:
    more = category.products > COUNTED_TO
    return f"{COUNTED_TO}+ products" if more else counted(category.products, "product", "products")


def category_page(category: CategoryRow, products: Sequence[ProductRow], page: int = 0) -> Message:
    """Build the list of a category's products; `page` counts from 0 in steps of 25."""
    items: list[Item] = [
        text(f"## 📂 {words.escape(category.name)}", counted(category.products, "product", "products") + " on sale")
    ]
    if products:
        items.append(select(custom_ids.build("shop", "product"), "Which one would you like?", _products(products)))
    else:
        items.append(text("Nothing is on sale here right now. Please look into another category."))
    turn = buttons.paging(page, pages(category.products), lambda n: custom_ids.build("shop", "shelf", category.id, n))
    items += rows([*turn, all_categories()])
    return Message(box(items, colours.BRAND))


def _products(products: Sequence[ProductRow]) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=label(one.name),
            value=str(one.id),
            description=f"{price_in_a_list(one)} · {left(one)}",
            emoji="⛔" if one.is_sold_out else "🏷️",
        )
        for one in products[:PAGE_SIZE]
    ]


def product_page(product: ProductRow, terms_version: int | None = None) -> Message:
    """Build the page of one product, with its picture, its price and the button that buys it.

    `terms_version` is that of the shop's terms, where it has some: they can be read here before anything is ordered.
    """
    items, files = showcase(product)
    return Message(box([*items, *rows(_product_buttons(product, terms_version))], colours.BRAND), files)


def showcase(product: ProductRow) -> tuple[list[Item], tuple[FilePart, ...]]:
    """Return what customers see of a product, without buttons: for its page, and for the owner who looks it over."""
    picture = _picture(product)
    items: list[Item] = [text(f"## {words.escape(product.name)}")]
    if picture:
        items.append(ui.MediaGallery(discord.MediaGalleryItem(picture[0], description=words.clean(product.name)[:200])))
    if description := words.harmless(product.description, 2000):
        items.append(text(description))
    items += [line(), text(*_facts(product), *_voices(product))]
    return items, (picture[1],) if picture and picture[1] else ()


def _facts(product: ProductRow) -> list[str]:
    price = f"### {price_of(product)}"
    found = in_words(product.quantity_steps, product.max_quantity)
    steps = [f"🏷️ {found}"] if found else []
    return [price, *steps, f"📦 {_stock_sentence(product)}", *_stars(product.stars), *terms(product)]


def _voices(product: ProductRow) -> list[str]:
    """Return what the newest buyers wrote, a line each: nobody's name, nothing that can be pressed."""
    return [f"-# {'⭐' * one.rating} {words.escape(one.comment, _VOICE)}" for one in product.voices]


_VOICE: Final = 140
"""Characters of a vouch on a product's page; the vouch channel has all of it."""


def price_of(product: ProductRow) -> str:
    """Say what one costs now; a sale price next to the ordinary one, with its end where it has one."""
    price = format_money(product.price_minor, product.currency)
    if product.before_sale_minor is None:
        return price
    before = format_money(product.before_sale_minor, product.currency)
    until = f" until {words.stamp(product.sale_until, 'f')}" if product.sale_until else ""
    return f"~~{before}~~ **{price}**{until}"


def price_in_a_list(product: ProductRow) -> str:
    """Say what one costs now, for an option of a select, which shows no markup."""
    price = format_money(product.price_minor, product.currency)
    before = product.before_sale_minor
    return price if before is None else f"{price} instead of {format_money(before, product.currency)}"


def terms(product: ProductRow) -> list[str]:
    """Return what is promised with a product, a line each."""
    found = []
    if product.warranty_days:
        found.append(f"🛡️ {counted(product.warranty_days, 'day', 'days')} warranty")
    if product.role:
        found.append(f"🎭 The role **{words.escape(product.role.name)}** {product.role.term}")
    if product.kind is ProductKind.by_hand:
        found.append("🛠️ Done by our staff by hand after your payment")
    return found


def _stock_sentence(product: ProductRow) -> str:
    if product.comes_at:
        return f"On sale from {words.stamp(product.comes_at, 'f')}"
    if not product.is_on_sale:
        return "Not on sale any more"
    if product.is_sold_out:
        return "Sold out"
    if product.available is None:
        return "Always in stock"
    few = "Only " if product.available <= _FEW else ""
    return f"{few}{count_left(product.available)} left"


def _product_buttons(product: ProductRow, terms_version: int | None) -> list[buttons.Button]:
    shelf: buttons.Button = ui.Button(
        label=words.shorten(f"Back to {words.clean(product.category)}", 80),
        emoji="◀️",
        custom_id=custom_ids.build("shop", "shelf", product.category_id, 0),
    )
    read = [buttons.terms(terms_version)] if terms_version else []
    return [_buy(product), *_notify(product), *read, shelf]


def _notify(product: ProductRow) -> list[buttons.Button]:
    if not (product.is_sold_out and product.is_on_sale):
        return []
    custom_id = custom_ids.build("shop", "notify", product.id)
    return [ui.Button(label="Tell me when it is back", style=ButtonStyle.primary, emoji="🔔", custom_id=custom_id)]


def _buy(product: ProductRow) -> buttons.Button:
    closed = product.is_sold_out or not product.is_on_sale
    return ui.Button(
        label="Sold out" if product.is_sold_out else "Buy",
        style=ButtonStyle.secondary if closed else ButtonStyle.success,
        emoji=None if closed else "🛒",
        disabled=closed,
        custom_id=custom_ids.build("shop", "buy", product.id),
    )


def _picture(product: ProductRow) -> tuple[str, FilePart | None] | None:
    if product.picture:
        kind, content = product.picture
        part = FilePart(
            f"product-{product.id}.{_EXTENSIONS.get(kind, 'png')}", content, words.clean(product.name)[:200]
        )
        return part.url, part
    url = product.picture_url or ""
    return (url, None) if is_picture_address(url) else None


def select(
    custom_id: str, placeholder: str, options: list[discord.SelectOption], *, most: int = 1
) -> ui.ActionRow[Any]:
    """Return a select in a row of its own, for up to `most` options. Whoever went back can pick the same again."""
    # A client does not send the same pick from one select twice, and may take the select that an edit puts in its place
    # for the same (discord-api-docs 4801, 8160): who went back could not pick again. An id of its own tells them apart.
    select: ui.Select[Any] = ui.Select(
        custom_id=custom_id,
        placeholder=placeholder,
        options=options,
        max_values=most,
        id=_FIRST_ID + next(_RENDERED) % _IDS,
    )
    return ui.ActionRow(select)


_FIRST_ID: Final = 1000
_IDS: Final = 1_000_000
_RENDERED = itertools.count()
"""Ids above those that Discord gives to the other components of a message."""


def all_categories() -> buttons.Button:
    """Return the button that shows every category."""
    return ui.Button(label="All categories", emoji="🛍️", custom_id=custom_ids.build("shop", "categories", 0))


def left(product: ProductRow) -> str:
    """Say how much of a product is left, for a line of a list."""
    if product.is_sold_out:
        return "sold out"
    return "always in stock" if product.available is None else f"{count_left(product.available)} left"


def count_left(number: int) -> str:
    """Write a count that was not taken to its end as what it is: `100+`."""
    return f"{COUNTED_TO}+" if number > COUNTED_TO else str(number)


def label(name: str) -> str:
    """Return a name as an option shows it."""
    return words.shorten(words.clean(name), _LABEL)


def pages(count: int) -> int:
    """Return how many pages of `PAGE_SIZE` it takes to show so many."""
    return max(1, math.ceil(count / PAGE_SIZE))
