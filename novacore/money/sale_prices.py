"""What one of a product costs at a moment: the ordinary price, or the sale price in its time. Pure.

The sale price counts while it is lower than the ordinary one. Nothing is written when its time comes or ends: whoever
asks says when it is, so that no worker has to be on time for a price to be right.
"""

from datetime import datetime
from typing import Protocol


class Shelved(Protocol):
    """The part of a product that says what it costs when."""

    @property
    def price_minor(self) -> int:
        """The ordinary price."""

    @property
    def sale_price_minor(self) -> int | None:
        """The price in its stead, if one is set."""

    @property
    def sale_from(self) -> datetime | None:
        """When that begins; none if it has begun when it was set."""

    @property
    def sale_until(self) -> datetime | None:
        """When it ends; none if it doesn't end by itself."""


class Awaited(Protocol):
    """The part of a product that says from when on it is on sale."""

    @property
    def on_sale_from(self) -> datetime | None:
        """The first moment on sale; none if there is none."""


class Changing(Shelved, Awaited, Protocol):
    """Both."""


def sale_price(product: Shelved, now: datetime) -> int | None:
    """Return the sale price where it counts at this moment."""
    price = product.sale_price_minor
    if price is None or price >= product.price_minor:
        return None
    has_begun = product.sale_from is None or product.sale_from <= now
    return price if has_begun and not is_over(product, now) else None


def is_over(product: Shelved, now: datetime) -> bool:
    """Tell whether the time of the sale price has passed."""
    return product.sale_until is not None and product.sale_until <= now


def price_at(product: Shelved, now: datetime) -> int:
    """Return what one costs at this moment."""
    found = sale_price(product, now)
    return product.price_minor if found is None else found


def is_out(product: Awaited, now: datetime) -> bool:
    """Tell whether its first day has come."""
    return product.on_sale_from is None or product.on_sale_from <= now


def next_change(product: Changing, now: datetime) -> datetime | None:
    """Return when customers will see something else of it than now; None if nothing is to come."""
    sale = (product.sale_from, product.sale_until) if product.sale_price_minor is not None else ()
    times = [at for at in (product.on_sale_from, *sale) if at is not None and at > now]
    return min(times, default=None)
