"""What `/find` answers: products that fit what someone typed, or where else to look."""

from collections.abc import Sequence

import discord

from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.messages.catalog import window
from novacore.messages.catalog.window import PAGE_SIZE, all_categories
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Item, Message, box, rows, text
from novacore.plurals import counted

TYPED = 60
"""Characters of what was typed that the answer repeats."""


def found_page(typed: str, found: Sequence[ProductRow]) -> Message:
    """Build the list of what fits; each leads to its ordinary page. `typed` is repeated as text, whatever it is."""
    if not found:
        return _nothing(typed)
    more = len(found) > PAGE_SIZE
    count = f"The first {PAGE_SIZE} products" if more else counted(len(found), "product", "products")
    items: list[Item] = [
        text(f"## 🔎 {count} for “{words.escape(typed, TYPED)}”"),
        window.select(custom_ids.build("shop", "product"), "Which one would you like?", _options(found[:PAGE_SIZE])),
        *([text("-# There are more. Type some more words to find the right one.")] if more else []),
        *rows([all_categories()]),
    ]
    return Message(box(items, colours.BRAND))


def _options(found: Sequence[ProductRow]) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=window.label(one.name),
            value=str(one.id),
            description=window.label(
                f"{window.price_in_a_list(one)} · {window.left(one)} · {words.clean(one.category)}"
            ),
            emoji="⛔" if one.is_sold_out else "🏷️",
        )
        for one in found
    ]


def _nothing(typed: str) -> Message:
    told = [
        f"## 🔎 Nothing for “{words.escape(typed, TYPED)}”",
        "We couldn't find a product by that name. Try fewer or other words, or look through everything we have.",
        "-# Missing something? Open a ticket and tell us: we may be able to get it.",
    ]
    return Message(box([text(*told), *rows([all_categories()])], colours.BRAND))
