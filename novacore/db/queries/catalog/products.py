"""The owner's lists: every category and product, those that were removed as well."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import Session

from novacore.db.models import Category, Order, Product, Unit
from novacore.states import OrderStatus, UnitStatus


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category as the owner sees it: how many products it has, and how many that were removed."""

    id: int
    name: str
    products: int
    removed: int


def shelves(session: Session, *, limit: int, offset: int) -> tuple[int, Sequence[Shelf]]:
    """Return how many categories there are, and a page of them in their order."""
    total = session.execute(select(func.count()).select_from(Category)).scalar_one()
    rows = session.execute(_shelves().order_by(Category.position, Category.name).limit(limit).offset(offset))
    return total, [Shelf(*row) for row in rows]


def shelf(session: Session, category_id: int) -> Shelf | None:
    """Return one category, or None."""
    found = session.execute(_shelves().where(Category.id == category_id)).one_or_none()
    return Shelf(*found) if found else None


def _shelves() -> Select[int, str, int, int]:
    return select(Category.id, Category.name, _counted(False), _counted(True))


def _counted(is_deleted: bool) -> ScalarSelect[int]:
    mine = select(func.count()).where(Product.category_id == Category.id, Product.is_deleted.is_(is_deleted))
    return mine.correlate(Category).scalar_subquery()


def on_sale(session: Session) -> int:
    """Count the products that customers can see, now or from their first day on."""
    shelved = Product.category_id.in_(select(Category.id)), Product.is_deleted.is_(False), Product.is_on_sale
    return session.execute(select(func.count()).select_from(Product).where(*shelved)).scalar_one()


def unfinished_orders(session: Session, product_id: int) -> int:
    """Count the orders of a product that are not paid, not checked or not delivered yet."""
    mine = select(func.count()).where(
        Order.product_id == product_id, Order.status.in_(OrderStatus.those(lambda row: row.is_unfinished))
    )
    return session.execute(mine).scalar_one()


def units_left(session: Session, product_id: int) -> int:
    """Count the units that nobody has ordered yet, to the last one."""
    mine = select(func.count()).where(Unit.product_id == product_id, Unit.status == UnitStatus.available)
    return session.execute(mine).scalar_one()


def named(session: Session, words: str, *, limit: int = 25) -> Sequence[tuple[int, str, str, bool]]:
    """Return the newest products whose name has these words: id, name, category and whether it was removed."""
    rows = select(Product.id, Product.name, Category.name, Product.is_deleted).join(Category)
    if words:
        rows = rows.where(func.lower(Product.name).contains(words.lower(), autoescape=True))
    found = session.execute(rows.order_by(Product.id.desc()).limit(limit))
    return [(row[0], row[1], row[2], row[3]) for row in found]
