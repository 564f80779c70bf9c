"""A product as it is offered at one moment: all that an order of it freezes, with the price of that moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from novacore.db.models import Product
from novacore.money.sale_prices import is_out, sale_price
from novacore.states import ProductKind
from novacore.states.sold_roles import SoldRole


@dataclass(frozen=True, slots=True)
class Offer:
    """What the customer agrees to. `before_sale_minor` is the ordinary price, where a sale price counts instead."""

    id: int
    name: str
    category_id: int
    kind: ProductKind
    price_minor: int
    before_sale_minor: int | None
    currency: str
    quantity_steps: str | None
    warranty_days: int
    goods_version_id: int | None
    role: SoldRole | None
    is_on_sale: bool

    def frozen(self) -> dict[str, Any]:
        """Return it as columns of an order."""
        return {
            "product_id": self.id,
            "product_name": self.name,
            "kind": self.kind,
            "goods_version_id": self.goods_version_id,
            "warranty_days": self.warranty_days,
            "role_id": self.role.id if self.role else None,
            "role_name": self.role.name if self.role else None,
            "role_days": self.role.days if self.role else None,
            "unit_price_minor": self.price_minor,
            "before_sale_minor": self.before_sale_minor,
            "currency": self.currency,
        }


def offer_of(product: Product, now: datetime) -> Offer:
    """Return a product as it is offered at this moment."""
    reduced = sale_price(product, now)
    return Offer(
        id=product.id,
        name=product.name,
        category_id=product.category_id,
        kind=product.kind,
        price_minor=product.price_minor if reduced is None else reduced,
        before_sale_minor=None if reduced is None else product.price_minor,
        currency=product.currency,
        quantity_steps=product.quantity_steps,
        warranty_days=product.warranty_days,
        goods_version_id=product.goods_version_id,
        role=product.role,
        is_on_sale=product.is_on_sale and not product.is_deleted and is_out(product, now),
    )
