"""Stores the products of an older shop with their goods and their stock."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import insert, select, update

from novacore.db.models import Product, StockBatch, Unit
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.db.upsert import insert_into
from novacore.states import UnitStatus
from novacore.workflows.catalog import offers
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.machine import panel
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import codes
from novacore.workflows.stock import units as stock
from novacore.workflows.stock.codes import Marker
from novacore.workflows.upkeep.legacy.rows import OldProduct, OldShop, Taken
from novacore.workflows.upkeep.legacy.sources import IMPORTER, known, known_of, remember, short, source_of

_AT_ONCE: Final = 500
"""Codes that are looked up in one question."""


def foresee_products(shop: Shop, old: OldShop, products: Sequence[OldProduct]) -> Taken:
    """Return what `store_products` would do now, and change nothing."""
    there = known(shop, old, "product", [one.old_id for one in products])
    new = [one for one in products if one.old_id not in there]
    mark = codes.known_marker(shop)
    repeated = {one.old_id: _count_stocked(shop, one.codes, mark) for one in new if one.codes} if mark else {}
    return Taken({one.old_id for one in new}, repeated)


def _count_stocked(shop: Shop, values: Sequence[str], mark: Marker) -> int:
    marks = [mark(one) for one in values]
    found = 0
    with reading(shop.for_long_work().database) as session:
        for begin in range(0, len(marks), _AT_ONCE):
            here = Unit.fingerprint.in_(marks[begin : begin + _AT_ONCE])
            found += len(session.execute(select(Unit.id).where(here)).all())
    return found


def store_products(shop: Shop, old: OldShop, products: Sequence[OldProduct]) -> Taken:
    """Bring in those products that haven't come in yet."""
    mark = codes.marker(shop)
    repeated: dict[str, int] = {}
    with writing(shop.for_long_work().database) as tx:
        source_id = source_of(tx, old)
        there = known_of(tx.session, source_id, "product", [one.old_id for one in products])
        new = [one for one in products if short(one.old_id) not in there]
        for one in new:
            product_id, repeated[one.old_id] = _store_product(shop, tx, one, mark)
            remember(tx, source_id, "product", one.old_id, str(product_id), one.old_name)
        if new:
            panel.touch(tx)
    return Taken({one.old_id for one in new}, repeated)


def _store_product(shop: Shop, tx: Transaction, old: OldProduct, mark: Marker) -> tuple[int, int]:
    """Store a product; return its id, and how many of its codes stayed out."""
    draft = NewProduct(
        old.category,
        old.name,
        old.description,
        old.kind,
        old.price_minor,
        unit_type=old.unit_type,
        items=old.items,
        warranty_days=old.warranty_days,
    )
    product_id = offers.put_on_sale(shop, tx, IMPORTER, draft, None)
    values = {
        "is_on_sale": old.is_on_sale,
        "is_deleted": old.is_deleted,
        "picture_url": old.picture_url,
        "created_at": old.created_at or tx.now,
    }
    tx.session.execute(update(Product).where(Product.id == product_id).values(**values))
    contents: list[tuple[bytes | None, bytes | None]] = [
        (shop.cipher.seal(codes.tidy(code)), mark(code)) for code in old.codes
    ]
    wanted = contents or [(None, None)] * old.stock
    added = _stock(tx, product_id, wanted) if wanted else 0
    return product_id, len(wanted) - added


def _stock(tx: Transaction, product_id: int, contents: Sequence[tuple[bytes | None, bytes | None]]) -> int:
    """Put the units on sale and count them. A code that is in stock already, or was sold, stays out, as everywhere."""
    total = len(contents)
    batch = insert(StockBatch).values(
        product_id=product_id, added_by=IMPORTER.id, added_at=tx.now, total=total, done=total, finished_at=tx.now
    )
    batch_id = tx.session.execute(batch.returning(StockBatch.id)).scalar_one()
    fixed = {"product_id": product_id, "batch_id": batch_id, "status": UnitStatus.available, "created_at": tx.now}
    rows = [fixed | {"content": content, "fingerprint": mark} for content, mark in contents]
    units = insert_into(tx, Unit).on_conflict_do_nothing(index_elements=["fingerprint"]).returning(Unit.id)
    added = len(tx.session.execute(units, rows).all())
    tx.session.execute(update(StockBatch).where(StockBatch.id == batch_id).values(added=added))
    stock.watch(tx, product_id)
    return added
