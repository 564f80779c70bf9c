"""Brings in the products and orders of an older shop, a chunk a transaction. `novacore.legacy` reads them.

What came in is remembered by its old id, in the transaction that stored it: a second run, or one after a kill, adds
only what is missing. Old orders are history: they take no units, and nothing is sent to anybody for them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from novacore import ids
from novacore.db.models import (
    LedgerEntry,
    LegacyImport,
    LegacySource,
    Order,
    Person,
    Product,
    ShopFact,
    StockBatch,
    Unit,
)
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.states import (
    ActorKind,
    GoodsType,
    LedgerDirection,
    OrderStatus,
    PaymentMethod,
    ProductKind,
    UnitStatus,
)
from novacore.workflows.catalog import offers
from novacore.workflows.catalog.offers import ProductDraft
from novacore.workflows.goods.items import GoodsItem
from novacore.workflows.machine import panel
from novacore.workflows.machine.fire import Happening, store_history
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.stock import codes
from novacore.workflows.stock import units as stock
from novacore.workflows.stock.codes import Marker

IMPORTER: Final = Actor(0, "Import of the old shop", is_owner=True)

ANCHORS: Final = 200
"""Products of a file by which it is known again: the first ones, which an old shop changes least."""

_LOCK = "legacy_import"
_ID_CHARS = 100


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
    """An order of an older shop as it will come in. `order_id` is None where the old one cannot be kept."""

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
    method: PaymentMethod
    placed_at: datetime
    settled_at: datetime
    reference: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class OldShop:
    """The file that things come from. `anchors` are (old id, name) of its first products."""

    file_name: str
    anchors: Sequence[tuple[str, str]]


def known(shop: Shop, old: OldShop, kind: str, old_ids: Sequence[str]) -> frozenset[str]:
    """Return those of the old ids that came in before, from this file or an earlier state of the same shop."""
    with reading(shop.database) as session:
        source_id = _recognise(session, old)
        return frozenset(_known(session, source_id, kind, old_ids)) if source_id else frozenset()


def store_products(shop: Shop, old: OldShop, products: Sequence[OldProduct]) -> int:
    """Bring in those products that have not come in yet; return how many those were."""
    mark = codes.marker(shop)
    with writing(shop.database) as tx:
        source_id = _source(tx, old)
        there = _known(tx.session, source_id, "product", [one.old_id for one in products])
        new = [one for one in products if _short(one.old_id) not in there]
        for one in new:
            product_id = _store_product(shop, tx, one, mark)
            _remember(tx, source_id, "product", one.old_id, str(product_id), one.old_name)
        if new:
            panel.touch(tx)
    return len(new)


def _store_product(shop: Shop, tx: Transaction, old: OldProduct, mark: Marker) -> int:
    draft = ProductDraft(
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
    contents = [(shop.cipher.seal(codes.tidy(code)), mark(code)) for code in old.codes]
    if contents or old.stock:
        _stock(tx, product_id, contents or [(None, None)] * old.stock)
    return product_id


def _stock(tx: Transaction, product_id: int, contents: Sequence[tuple[bytes | None, bytes | None]]) -> None:
    """Put the units on sale. A code that is in stock already, or was sold, stays out, as everywhere."""
    total = len(contents)
    batch = insert(StockBatch).values(
        product_id=product_id, added_by=IMPORTER.id, added_at=tx.now, total=total, done=total, finished_at=tx.now
    )
    batch_id = tx.session.execute(batch.returning(StockBatch.id)).scalar_one()
    fixed = {"product_id": product_id, "batch_id": batch_id, "status": UnitStatus.available, "created_at": tx.now}
    rows = [fixed | {"content": content, "fingerprint": mark} for content, mark in contents]
    builder = sqlite.insert if tx.is_sqlite else postgresql.insert
    units = builder(Unit).on_conflict_do_nothing(index_elements=["fingerprint"]).returning(Unit.id)
    added = len(tx.session.execute(units, rows).all())
    tx.session.execute(update(StockBatch).where(StockBatch.id == batch_id).values(added=added))
    stock.watch(tx, product_id)


def store_orders(shop: Shop, old: OldShop, orders: Sequence[OldOrder]) -> int:
    """Bring in those orders that have not come in yet, as history; return how many those were."""
    with writing(shop.database) as tx:
        source_id = _source(tx, old)
        there = _known(tx.session, source_id, "order", [one.old_id for one in orders])
        new = [one for one in orders if _short(one.old_id) not in there]
        products = _by_old_id(tx.session, source_id, [one.product_id for one in new if one.product_id])
        for one in new:
            product = products.get(_short(one.product_id or "")) or _lost_product(shop, tx, source_id, one)
            order = _draft(shop, tx, source_id, one, product)
            _store_order(tx, one, order)
            _remember(tx, source_id, "order", one.old_id, order.id, one.old_id)
    return len(new)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A product as it came in."""

    id: int
    name: str


def _by_old_id(session: Session, source_id: int, old_ids: Sequence[str]) -> dict[str, _Kept]:
    wanted = {_short(one) for one in old_ids}
    rows = select(LegacyImport.old_id, LegacyImport.new_id).where(
        LegacyImport.source_id == source_id, LegacyImport.kind == "product", LegacyImport.old_id.in_(wanted)
    )
    new_ids = {old_id: int(new_id) for old_id, new_id in session.execute(rows)}
    kept = select(Product.id, Product.name).where(Product.id.in_(new_ids.values()))
    by_id = {product_id: _Kept(product_id, name) for product_id, name in session.execute(kept)}
    return {old_id: by_id[new_id] for old_id, new_id in new_ids.items()}


def _lost_product(shop: Shop, tx: Transaction, source_id: int, old: OldOrder) -> _Kept:
    """Return the product that an order names and the old shop has no more: one is made, removed from the start."""
    name = old.product_name or "Unknown product"
    key = name.casefold()
    found = tx.session.get(LegacyImport, (source_id, "lost_product", _short(key)))
    if found is not None:
        return _Kept(int(found.new_id), name)
    draft = ProductDraft("Old shop", name, "", ProductKind.by_hand, 0)
    product_id = offers.put_on_sale(shop, tx, IMPORTER, draft, None)
    tx.session.execute(update(Product).where(Product.id == product_id).values(is_on_sale=False, is_deleted=True))
    _remember(tx, source_id, "lost_product", key, str(product_id), key)
    return _Kept(product_id, name)


def _draft(shop: Shop, tx: Transaction, source_id: int, old: OldOrder, product: _Kept) -> Order:
    return Order(
        id=_free_id(tx.session, old),
        status=OrderStatus.new,
        version=1,
        checkout_key=f"legacy:{source_id}:{_hash(old.old_id)}",
        customer_id=old.customer_id,
        product_id=product.id,
        product_name=old.product_name or product.name,
        # By hand: the goods went out elsewhere, so here there are none to be sent, shown or taken back.
        kind=ProductKind.by_hand,
        warranty_days=0,
        quantity=old.quantity,
        unit_price_minor=old.unit_price_minor,
        total_minor=old.total_minor,
        currency=shop.terms.currency,
        method=old.method,
        pay_address="",
        pay_network="",
        placed_at=old.placed_at,
        submitted_at=old.settled_at,
        decided_at=old.settled_at,
        delivered_at=old.settled_at if old.status is OrderStatus.delivered else None,
        expired_at=old.settled_at if old.status is OrderStatus.expired else None,
        review_round=0,
        is_late=False,
        reason=old.reason,
    )


def _free_id(session: Session, old: OldOrder) -> str:
    """Keep the old id where it is one and is free: customers have it in their messages."""
    candidate = old.order_id or ids.new_order_id(old.placed_at)
    while session.get(Order, candidate) is not None:
        candidate = ids.new_order_id(old.placed_at)
    return candidate


def _store_order(tx: Transaction, old: OldOrder, order: Order) -> None:
    builder = sqlite.insert if tx.is_sqlite else postgresql.insert
    person = {"id": old.customer_id, "name": old.customer_name, "first_seen_at": old.placed_at}
    tx.session.execute(builder(Person).values(person).on_conflict_do_nothing())
    detail = {"old_id": old.old_id[:_ID_CHARS], "old_status": old.old_status}
    what = Happening("order", order.id, "import_order", IMPORTER, ActorKind.owner, detail)
    event_id = store_history(tx, ORDERS, order, old.status, what)
    if old.status in (OrderStatus.delivered, OrderStatus.refunded):
        _write_money(tx, old, order, event_id, LedgerDirection.received)
    if old.status is OrderStatus.refunded:
        _write_money(tx, old, order, event_id, LedgerDirection.returned)


def _write_money(tx: Transaction, old: OldOrder, order: Order, event_id: int, direction: LedgerDirection) -> None:
    """Count the money on the day on which it moved in the old shop."""
    if not old.total_minor:
        return
    row = insert(LedgerEntry).values(
        order_id=order.id,
        event_id=event_id,
        direction=direction,
        amount_minor=old.total_minor,
        currency=order.currency,
        method=old.method,
        reference=old.reference,
        actor_id=None,
        reason="From the old shop",
        at=old.settled_at,
    )
    tx.session.execute(row)


# ---- what came in before


def _source(tx: Transaction, old: OldShop) -> int:
    """Return this old shop, which is made if it was never seen. Two imports at once wait for each other here."""
    builder = sqlite.insert if tx.is_sqlite else postgresql.insert
    lock = builder(ShopFact).values(name=_LOCK, value={}, at=tx.now).on_conflict_do_nothing()
    tx.session.execute(lock)
    tx.session.execute(select(ShopFact.name).where(ShopFact.name == _LOCK).with_for_update())
    found = _recognise(tx.session, old)
    if found:
        return found
    made = insert(LegacySource).values(file_name=old.file_name[:100], first_seen_at=tx.now).returning(LegacySource.id)
    return tx.session.execute(made).scalar_one()


def _recognise(session: Session, old: OldShop) -> int | None:
    """Find the source most of whose products bear the same names under the same ids as in this file.

    Most, not all: the old shop may have gone on since, and a few products may have other names by now.
    """
    names = {_short(old_id): _hash(name) for old_id, name in old.anchors}
    rows = select(LegacyImport.source_id, LegacyImport.old_id, LegacyImport.mark).where(
        LegacyImport.kind == "product", LegacyImport.old_id.in_(names)
    )
    met: dict[int, list[bool]] = {}
    for source_id, old_id, mark in session.execute(rows):
        met.setdefault(source_id, []).append(names[old_id] == mark)
    likely = [(sum(same), source_id) for source_id, same in met.items() if sum(same) * 2 >= len(same)]
    return max(likely)[1] if likely else None


def _known(session: Session, source_id: int, kind: str, old_ids: Sequence[str]) -> set[str]:
    rows = select(LegacyImport.old_id).where(
        LegacyImport.source_id == source_id,
        LegacyImport.kind == kind,
        LegacyImport.old_id.in_([_short(one) for one in old_ids]),
    )
    return set(session.execute(rows).scalars())


def _remember(tx: Transaction, source_id: int, kind: str, old_id: str, new_id: str, name: str) -> None:
    row: Mapping[str, object] = {
        "source_id": source_id,
        "kind": kind,
        "old_id": _short(old_id),
        "new_id": new_id,
        "mark": _hash(name),
        "imported_at": tx.now,
    }
    tx.session.execute(insert(LegacyImport).values(row))


def _short(old_id: str) -> str:
    return old_id if len(old_id) <= _ID_CHARS else f"{old_id[: _ID_CHARS - 17]}-{_hash(old_id)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
