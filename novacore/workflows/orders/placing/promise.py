"""What a page promises about a product, as a short digest: the page carries it, and the order is placed only at it."""

import hashlib
import json
from typing import Protocol

from novacore.errors import PageChanged
from novacore.states import ProductKind
from novacore.states.sold_roles import SoldRole
from novacore.workflows.orders.discounts.pricing import Price, Priced
from novacore.workflows.orders.placing.offer import Offer

_LENGTH = 10
"""Hexadecimal digits. It only tells two states of one product apart; a forged one is just a changed page."""


class Promised(Priced, Protocol):
    """The part of a product that an order freezes; its price is that of the moment."""

    @property
    def kind(self) -> ProductKind:
        """How its goods are kept."""

    @property
    def warranty_days(self) -> int:
        """For how many days a faulty one is replaced."""

    @property
    def goods_version_id(self) -> int | None:
        """What a buyer of today gets."""

    @property
    def role(self) -> SoldRole | None:
        """The role that comes with it."""


def promise_of(product: Promised, price: Price | None = None) -> str:
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


def require_as_shown(product: Offer, seen: str | None, price: Price, reckoned_minor: int) -> None:
    """Raise PageChanged where a page promised something else. Pages of older releases carry no promise: `seen` is None.

    `reckoned_minor` is what one cost when `price` was reckoned: a sale may begin or end in between.

    A product that is off sale has a sentence of its own, which the arrow's guard gives.
    """
    is_another = product.price_minor != reckoned_minor or seen not in (None, promise_of(product, price))
    if product.is_on_sale and is_another:
        raise PageChanged("This product has just changed, so nothing was ordered. Please check your order again.")
