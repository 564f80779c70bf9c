"""What staff hear of stock unasked: a product runs low, or is sold out."""

from collections.abc import Iterator

from discord import ButtonStyle, ui

from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.db.queries.orders.unpaid import Reserved
from novacore.messages.kit import colours, custom_ids, words
from novacore.messages.kit.layout import Message, box, rows, text
from novacore.messages.orders import buttons

FREE_AND_BLOCK = "Free these and block"


def low_stock(product: ProductRow, threshold: int, reserved: Reserved) -> Message:
    """Tell staff how much is left, as of now, how much is only reserved, and what to do about it."""
    name = words.escape(product.name)
    if product.is_sold_out:
        title, told = f"## 📭 {name} is sold out", "Nobody can order it until it is restocked."
        colour = colours.FAULT
    else:
        title, told = f"## 📉 {name} runs low", f"Only **{product.available}** left."
        colour = colours.WARNING
    hint = f"-# The owner adds stock by `/product restock` and sets the alert (now {threshold}) by `/product alert`."
    return Message(box([text(title, told, *_reserved(reserved), hint), *rows(_ways(product, reserved))], colour))


def _reserved(reserved: Reserved) -> Iterator[str]:
    if not reserved.units:
        return
    yield f"Not sold yet, only reserved: **{reserved.units}**{_of_which_to_check(reserved)}."
    if reserved.theirs:
        yield (
            f"🐌 **{reserved.theirs}** of these are held by people whose orders keep ending unpaid and who have never "
            "paid for one."
        )


def _of_which_to_check(reserved: Reserved) -> str:
    return f", **{reserved.to_check}** of them with a payment to check" if reserved.to_check else ""


def _ways(product: ProductRow, reserved: Reserved) -> list[buttons.Button]:
    if not reserved.can_be_freed:
        return []
    custom_id = custom_ids.build("stock", "ask_free", product.id)
    return [ui.Button(label=FREE_AND_BLOCK, style=ButtonStyle.danger, emoji="🧹", custom_id=custom_id)]
