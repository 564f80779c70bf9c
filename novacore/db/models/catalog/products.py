"""What is on offer: categories, products, their pictures, and the goods as they were at each edit."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, BigId, Minor, Moment, UtcDateTime, Word
from novacore.money.quantity_steps import STORED_LIMIT
from novacore.states import ProductKind, StockLevel
from novacore.states.sold_roles import SoldRole, sold_role

_HAS_ROLE = text("role_id IS NOT NULL")


class Category(Base):
    """A shelf of the shop."""

    __tablename__ = "categories"
    __table_args__ = (Index(None, "position", "name"),)

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    """From the left; those of one position stand by name. 0 as long as the owner hasn't put them in order."""


class Picture(Base):
    """A picture of a product that was uploaded, kept here because Discord's own links die."""

    __tablename__ = "pictures"

    id: Mapped[BigId]
    content_type: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Product(Base):
    """One thing on offer. Removal is soft: orders of it stay whole."""

    __tablename__ = "products"
    __table_args__ = (
        Index(None, "category_id", "is_deleted", "position", "name"),
        Index("ix_products_role_id", "role_id", postgresql_where=_HAS_ROLE, sqlite_where=_HAS_ROLE),
        # In the owner's order; the last column lets the panel count what is on sale now without reading a product.
        Index("ix_products_shelf", "category_id", "is_deleted", "is_on_sale", "position", "name", "id", "on_sale_from"),
    )

    id: Mapped[BigId]
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"))
    name: Mapped[str] = mapped_column(String(100))
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    """Where it stands in its category, as with categories."""
    description: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[ProductKind]
    price_minor: Mapped[Minor]
    """The ordinary price. What one costs at a moment: `money.sale_prices`."""
    currency: Mapped[str] = mapped_column(String(3))
    sale_price_minor: Mapped[int | None] = mapped_column(BigInteger)
    """The price in its stead from `sale_from` (none: since it was set) until `sale_until` (none: until it is ended)."""
    sale_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sale_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    max_quantity: Mapped[int] = mapped_column(default=10)
    """The most that one order may hold."""
    quantity_steps: Mapped[str | None] = mapped_column(String(STORED_LIMIT))
    """What it gives to whoever orders more of it, as `money.quantity_steps` keeps it."""
    warranty_days: Mapped[int] = mapped_column(default=0)
    role_id: Mapped[int | None] = mapped_column(BigInteger)
    """The role of the server that its buyers get; `role_name` is what it was called when the owner chose it."""
    role_name: Mapped[str | None] = mapped_column(String(100))
    role_days: Mapped[int | None]
    """For how many days a unit gives it; none is for ever."""
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("pictures.id"), index=True)
    picture_url: Mapped[str | None] = mapped_column(String(512))
    goods_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("goods_versions.id", use_alter=True, name="fk_products_goods_version_id")
    )
    """What a buyer of today gets; an order keeps the version it was placed with."""
    low_stock_at: Mapped[int] = mapped_column(default=5)
    """Staff hear of it when so many or fewer are left; 0 is off."""
    stock_level: Mapped[StockLevel] = mapped_column(default=StockLevel.out)
    """As of the last look by `stock.stock_levels`, so that each crossing is told once. Nothing that sells reads it."""
    is_on_sale: Mapped[bool] = mapped_column(default=True)
    on_sale_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Customers see nothing of it before; none if it has no first day."""
    is_deleted: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Counts the owner's changes, so that two of them at once are noticed."""
    created_at: Mapped[Moment]

    @property
    def role(self) -> SoldRole | None:
        """The role that buyers get."""
        return sold_role(self.role_id, self.role_name, self.role_days)


class GoodsVersion(Base):
    """The goods of a product as they were at one moment. Never edited, so that an order can point at it.

    `content` is the encrypted JSON list of items that every buyer gets next to the codes of their own units.
    """

    __tablename__ = "goods_versions"
    __table_args__ = (UniqueConstraint("product_id", "number"),)

    id: Mapped[BigId]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    number: Mapped[int]
    unit_type: Mapped[Word]
    """The `GoodsType` of the units' own codes, where the units have any."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
