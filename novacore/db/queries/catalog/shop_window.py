"""Questions about the shop window: what is on offer, how much of it is left."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from novacore import clock
from novacore.db.models import Category, Picture, Product, Unit
from novacore.db.queries.orders import vouches
from novacore.db.queries.orders.vouches import Stars, Voice
from novacore.money.sale_prices import is_out, price_at
from novacore.states import ProductKind, UnitStatus
from novacore.states.sold_roles import SoldRole

UNCOUNTED = (ProductKind.unlimited, ProductKind.by_hand)

COUNTED_TO = 100
"""Where the window stops counting: customers read "100+ left". A list of products is as quick to read with a million
units as with ten, and no counter has to be kept that two hundred buyers at once would wait for."""


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category that has something to show."""

    id: int
    name: str
    products: int
    """Products on sale; in a list of categories counted up to one more than `COUNTED_TO`."""


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product as the shop window lists it now. `available` is None if there is no count."""

    id: int
    name: str
    description: str
    kind: ProductKind
    price_minor: int
    """What one costs now: `before_sale_minor` says whether that is a sale price."""
    currency: str
    max_quantity: int
    warranty_days: int
    category_id: int
    category: str
    available: int | None
    """Units on sale, counted up to one more than `COUNTED_TO`."""
    is_on_sale: bool
    """False once the product was removed or taken off sale, and before its first day."""
    picture: tuple[str, bytes] | None = field(default=None, repr=False)
    """Content type and bytes, loaded for the page of one product only."""
    picture_url: str | None = None
    stars: Stars | None = None
    """What its buyers think, loaded for the page of one product only."""
    voices: tuple[Voice, ...] = ()
    """What the newest of them wrote, likewise."""
    goods_version_id: int | None = None
    """What a buyer of today gets."""
    role: SoldRole | None = None
    """The role that comes with it."""
    quantity_steps: str | None = None
    """What it gives to whoever orders more of it, as `money.quantity_steps` keeps it."""

    before_sale_minor: int | None = None
    """The ordinary price, where a sale price counts in its stead."""
    sale_price_minor: int | None = None
    """The sale price that its owner has set, whether or not it counts now; so with its times."""
    sale_from: datetime | None = None
    sale_until: datetime | None = None
    comes_at: datetime | None = None
    """When it will be on sale: it is offered, but its first day has not come."""

    @property
    def ordinary_minor(self) -> int:
        """What one costs without a sale price."""
        return self.price_minor if self.before_sale_minor is None else self.before_sale_minor

    @property
    def is_sold_out(self) -> bool:
        """Tell whether nobody can buy one right now."""
        return self.available == 0


def _on_sale() -> ColumnElement[bool]:
    is_out = or_(Product.on_sale_from.is_(None), Product.on_sale_from <= clock.now())
    return Product.is_on_sale.is_(True) & Product.is_deleted.is_(False) & is_out


def categories(session: Session, *, limit: int = 25, offset: int = 0) -> Sequence[CategoryRow]:
    """Return the categories with products on sale, in the owner's order."""
    rows = select(Category.id, Category.name, Category.position).where(_has_some())
    # The page first: otherwise SQLite counts the products of every category and then throws most of the counts away.
    page = rows.order_by(Category.position, Category.name).limit(limit).offset(offset).subquery()
    first = select(Product.id).where(Product.category_id == page.c.id, _on_sale()).limit(COUNTED_TO + 1)
    count = select(func.count()).select_from(first.correlate(page).subquery()).scalar_subquery()
    counted = select(page.c.id, page.c.name, count).order_by(page.c.position, page.c.name)
    return [CategoryRow(*row) for row in session.execute(counted)]


def count_categories(session: Session) -> int:
    """Return how many categories have products on sale."""
    return session.execute(select(func.count()).select_from(Category).where(_has_some())).scalar_one()


def category(session: Session, category_id: int) -> CategoryRow | None:
    """Return one category with the exact number of its products; None if nothing of it is on sale."""
    count = select(func.count()).where(Product.category_id == category_id, _on_sale()).scalar_subquery()
    row = session.execute(select(Category.id, Category.name, count).where(Category.id == category_id)).one_or_none()
    return CategoryRow(*row) if row and row[2] else None


def _has_some() -> ColumnElement[bool]:
    return exists().where(Product.category_id == Category.id, _on_sale())


def products(session: Session, category_id: int, *, limit: int = 25, offset: int = 0) -> Sequence[ProductRow]:
    """Return a category's products on sale, in the owner's order, each with how many are left."""
    rows = _products().where(Product.category_id == category_id, _on_sale())
    rows = rows.order_by(Product.position, Product.name, Product.id)
    return [_row(found, category, left) for found, category, left in session.execute(rows.limit(limit).offset(offset))]


def all_products(session: Session, category_id: int, *, limit: int = 25, offset: int = 0) -> Sequence[ProductRow]:
    """Return a category's products for the owner: those on sale first, then the removed ones, each in their order."""
    rows = _products().where(Product.category_id == category_id)
    rows = rows.order_by(Product.is_deleted, Product.position, Product.name, Product.id).limit(limit).offset(offset)
    return [_row(found, category, left) for found, category, left in session.execute(rows)]


def product(session: Session, product_id: int) -> ProductRow | None:
    """Return one product with its picture, or None; a removed one has `is_on_sale` False."""
    row = session.execute(_products().where(Product.id == product_id)).one_or_none()
    if row is None:
        return None
    found, category, left = row
    picture = session.execute(
        select(Picture.content_type, Picture.content).where(Picture.id == found.picture_id)
    ).one_or_none()
    row_of_it = _row(found, category, left, (picture[0], picture[1]) if picture else None)
    stars = vouches.of_product(session, product_id)
    voices = vouches.voices(session, product_id) if stars.vouches else ()
    return replace(row_of_it, stars=stars, voices=voices)


MOST_WORDS = 6
"""Words of a search; further ones don't count."""


def found(session: Session, words: str, *, limit: int = 25) -> Sequence[ProductRow]:
    """Return products on sale in whose name or category each of these words stands, those that begin with it first.

    Words are separated by blanks. No words find everything, in the order of the shelf.
    """
    name, category = Product.name, Category.name
    each = [
        or_(name.icontains(one, autoescape=True), category.icontains(one, autoescape=True))
        for one in words.split()[:MOST_WORDS]
    ]
    first = name.istartswith(words, autoescape=True).desc()
    rows = _products().where(_on_sale(), *each).order_by(first, Category.position, category)
    rows = rows.order_by(Product.position, name, Product.id).limit(limit)
    return [_row(one, shelf, left) for one, shelf, left in session.execute(rows)]


def _products() -> Select[Product, str, int]:
    units = select(Unit.id).where(Unit.product_id == Product.id, Unit.status == UnitStatus.available)
    counted = units.limit(COUNTED_TO + 1).correlate(Product).subquery()
    left = select(func.count()).select_from(counted).scalar_subquery()
    return select(Product, Category.name, left).join(Category, Category.id == Product.category_id)


def _row(found: Product, category: str, left: int, picture: tuple[str, bytes] | None = None) -> ProductRow:
    now = clock.now()
    price, is_offered = price_at(found, now), found.is_on_sale and not found.is_deleted
    return ProductRow(
        id=found.id,
        name=found.name,
        description=found.description,
        kind=found.kind,
        price_minor=price,
        currency=found.currency,
        max_quantity=found.max_quantity,
        warranty_days=found.warranty_days,
        category_id=found.category_id,
        category=category,
        available=None if found.kind in UNCOUNTED else left,
        is_on_sale=is_offered and is_out(found, now),
        picture=picture,
        picture_url=found.picture_url,
        goods_version_id=found.goods_version_id,
        role=found.role,
        quantity_steps=found.quantity_steps,
        before_sale_minor=None if price == found.price_minor else found.price_minor,
        sale_price_minor=found.sale_price_minor,
        sale_from=found.sale_from,
        sale_until=found.sale_until,
        comes_at=None if is_out(found, now) or not is_offered else found.on_sale_from,
    )
