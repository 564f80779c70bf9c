"""What the owner reads of the order of things, of sale prices and first days: where something stands, what was set."""

from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.messages.kit import words
from novacore.money import format_money
from novacore.workflows.catalog.shelf import Place


def moved(place: Place) -> str:
    """Say where something stands now."""
    return f"↕️ **{words.escape(place.name)}** stands at position {place.position:,} of {place.of:,} now."


def times(product: ProductRow) -> list[str]:
    """Say from when on a product is on sale, and what its sale price is and when; nothing where there is neither."""
    first = [f"📅 Customers will see it from {words.stamp(product.comes_at, 'f')} on."] if product.comes_at else []
    return [*first, *_sale(product)]


def _sale(product: ProductRow) -> list[str]:
    if product.sale_price_minor is None:
        return []
    price = format_money(product.sale_price_minor, product.currency)
    begins = f"from {words.stamp(product.sale_from, 'f')}" if product.sale_from else "since it was set"
    ends = f"until {words.stamp(product.sale_until, 'f')}" if product.sale_until else "until `/shelf end-sale`"
    counts = "counts now" if product.before_sale_minor is not None else "doesn't count now"
    return [f"🏷️ Sale price **{price}**, {begins}, {ends}: it {counts}."]
