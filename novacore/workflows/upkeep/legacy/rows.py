"""What an older shop has, as it will come in, and what became of it."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from novacore.states import GoodsType, OrderStatus, ProductKind
from novacore.workflows.goods.items import GoodsItem


@dataclass(frozen=True, slots=True)
class OldProduct:
    """A product of an older shop as it will come in. `codes` are units of their own, `stock` counts shared goods."""

    old_id: str
    old_name: str
    """As it is in the file: the name by which the file is known again."""
    name: str
    category: str
    description: str
    kind: ProductKind
    price_minor: int
    is_on_sale: bool
    is_deleted: bool
    picture_url: str | None
    created_at: datetime | None
    unit_type: GoodsType = GoodsType.code
    items: Sequence[GoodsItem] = field(default=(), repr=False)
    codes: Sequence[str] = field(default=(), repr=False)
    stock: int = 0
    warranty_days: int = 0


@dataclass(frozen=True, slots=True)
class OldOrder:
    """An order of an older shop as it will come in. `order_id` is None if the old one cannot be kept."""

    old_id: str
    order_id: str | None
    status: OrderStatus
    old_status: str
    customer_id: int
    customer_name: str
    product_id: str | None
    product_name: str
    quantity: int
    unit_price_minor: int
    total_minor: int
    method: str
    """A `Method.key`."""
    placed_at: datetime
    settled_at: datetime
    reference: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class OldShop:
    """The file that things come from. `anchors` are (old id, name) of its first products."""

    file_name: str
    anchors: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a chunk: the old ids of what hadn't come in before, and how many of their codes stay out.

    `repeated` counts, by the old ids of products, codes that are in stock here already or were sold.
    """

    new: AbstractSet[str]
    repeated: Mapping[str, int] = field(default_factory=dict)
