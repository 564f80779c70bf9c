"""What a shop holds after an import, for tests to look at."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select

from novacore.db.models import GoodsVersion, LedgerEntry, Order, Product, Unit
from novacore.db.unit_of_work import reading
from novacore.states import ProductKind, UnitStatus
from novacore.workflows.goods.items import open_items
from novacore.workflows.machine.shop import Shop


def products(shop: Shop) -> dict[str, Product]:
    """Return the products by name."""
    with reading(shop.database) as session:
        return {one.name: one for one in session.execute(select(Product).order_by(Product.id)).scalars()}


def offers(shop: Shop) -> Mapping[str, tuple[ProductKind, int, bool]]:
    """Return kind, price in minor units and whether it is on sale, by name."""
    return {one.name: (one.kind, one.price_minor, one.is_on_sale) for one in products(shop).values()}


def orders(shop: Shop) -> dict[str, Order]:
    """Return the orders by id."""
    with reading(shop.database) as session:
        return {one.id: one for one in session.execute(select(Order).order_by(Order.id)).scalars()}


def left(shop: Shop, product: Product) -> int:
    """Count the units of a product that can be sold."""
    with reading(shop.database) as session:
        units = select(func.count()).where(Unit.product_id == product.id, Unit.status == UnitStatus.available)
        return session.execute(units).scalar_one()


def codes(shop: Shop, name: str) -> list[str]:
    """Return the codes of a product in the order in which they are sold."""
    with reading(shop.database) as session:
        mine = select(Unit.content).join(Product, Product.id == Unit.product_id).where(Product.name == name)
        sealed = [*session.execute(mine.order_by(Unit.id)).scalars()]
    return [shop.cipher.open(one) for one in sealed if one is not None]


def goods(shop: Shop, product: Product) -> list[tuple[str, str]]:
    """Return the goods that every buyer of a product gets: (type, what it is)."""
    with reading(shop.database) as session:
        version = select(GoodsVersion.content).where(GoodsVersion.id == product.goods_version_id)
        sealed = session.execute(version).scalar_one()
    return [(one.type, one.value) for one in open_items(shop.cipher, sealed)]


def money(shop: Shop) -> list[tuple[str, str, int, datetime]]:
    """Return the ledger: (order, direction, minor units, when)."""
    with reading(shop.database) as session:
        rows = select(LedgerEntry.order_id, LedgerEntry.direction, LedgerEntry.amount_minor, LedgerEntry.at)
        return sorted((one[0], str(one[1]), one[2], one[3]) for one in session.execute(rows))
