"""What staff hear of stock unasked: a product runs low, or is sold out."""

from novacore.db.queries.catalog import ProductRow
from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import Message, box, text


def low_stock(product: ProductRow, threshold: int) -> Message:
    """Tell staff how much is left, as of now, and what to do about it."""
    name = words.escape(product.name)
    if product.is_sold_out:
        title, told = f"## 📭 {name} is sold out", "Nobody can order it until it is restocked."
        colour = colours.FAULT
    else:
        title, told = f"## 📉 {name} runs low", f"Only **{product.available}** left."
        colour = colours.WARNING
    hint = f"-# The owner adds stock by `/product restock` and sets the alert (now {threshold}) by `/product alert`."
    return Message(box([text(title, told, hint)], colour))
