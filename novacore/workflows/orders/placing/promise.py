"""What a page promises about a product, as a short digest: the page carries it, and the order is placed only at it."""

import hashlib
import json

from novacore.db.models import Product
from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.errors import PageChanged
from novacore.workflows.orders.discounts.pricing import Price

_LENGTH = 10
"""Hexadecimal digits. It only tells two states of one product apart; a forged one is just a changed page."""


def promise_of(product: Product | ProductRow, price: Price | None = None) -> str:
    """Return a digest of all that an order of this product freezes: price, name, kind, warranty, goods and role.

    Role and what is taken off are part of it where there are any: pages without promise what they always did.
    """
    role = (("role", product.role.id, product.role.days),) if product.role else ()
    frozen: tuple[object, ...] = (
        product.price_minor,
        product.currency,
        product.name,
        product.kind,
        product.warranty_days,
        product.goods_version_id,
        *role,
    )
    if price is not None and price.discount_minor:
        frozen += (price.discount_minor, price.discount_id)
    return hashlib.sha256(json.dumps(frozen).encode()).hexdigest()[:_LENGTH]


def require_as_shown(product: Product, seen: str | None, price: Price) -> None:
    """Raise PageChanged where a page promised something else. Pages of older releases carry no promise: `seen` is None.

    A product that is off sale has a sentence of its own, which the arrow's guard gives.
    """
    is_offered = product.is_on_sale and not product.is_deleted
    if is_offered and seen not in (None, promise_of(product, price)):
        raise PageChanged("This product has just changed, so nothing was ordered. Please check your order again.")
