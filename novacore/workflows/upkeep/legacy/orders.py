"""Stores the orders of an older shop as history: what became of them, and the money on the day on which it moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from novacore import ids
from novacore.db.event_kinds.orders import IMPORT_ORDER
from novacore.db.models import LedgerEntry, LegacyImport, Order, OwnMethod, Person, Product
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.db.upsert import add_missing
from novacore.states import ActorKind, LedgerDirection, OrderStatus, ProductKind, own_key, own_number
from novacore.workflows.catalog import offers
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.machine.fire import NewEvent, store_history
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import tidy_name
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.upkeep.legacy.rows import OldOrder, OldShop, Taken
from novacore.workflows.upkeep.legacy.sources import (
    ID_CHARS,
    IMPORTER,
    digest,
    known,
    known_of,
    remember,
    remember_all,
    short,
    source_of,
)


def foresee_orders(shop: Shop, old: OldShop, orders: Sequence[OldOrder]) -> Taken:
    """Return what `store_orders` would do now, and change nothing."""
    there = known(shop, old, "order", [one.old_id for one in orders])
    return Taken({one.old_id for one in orders} - there)


def store_orders(shop: Shop, old: OldShop, orders: Sequence[OldOrder]) -> Taken:
    """Bring in those orders that haven't come in yet, as history."""
    with writing(shop.for_long_work().database) as tx:
        source_id = source_of(tx, old)
        there = known_of(tx.session, source_id, "order", [one.old_id for one in orders])
        new = [one for one in orders if short(one.old_id) not in there]
        products = _by_old_id(tx.session, source_id, [one.product_id for one in new if one.product_id])
        _meet(tx, new)
        came_in: list[tuple[str, str, str]] = []
        for one in new:
            product = products.get(short(one.product_id or "")) or _lost_product(shop, tx, source_id, one)
            order = _draft(shop, tx, source_id, one, product)
            _store_order(tx, one, order)
            came_in.append((one.old_id, order.id, one.old_id))
        remember_all(tx, source_id, "order", came_in)
    return Taken({one.old_id for one in new})


@dataclass(frozen=True, slots=True)
class _Kept:
    """A product as it came in."""

    id: int
    name: str


def _by_old_id(session: Session, source_id: int, old_ids: Sequence[str]) -> dict[str, _Kept]:
    wanted = {short(one) for one in old_ids}
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
    found = tx.session.get(LegacyImport, (source_id, "lost_product", short(key)))
    if found is not None:
        return _Kept(int(found.new_id), name)
    draft = NewProduct("Old shop", name, "", ProductKind.by_hand, 0)
    product_id = offers.put_on_sale(shop, tx, IMPORTER, draft, None)
    tx.session.execute(update(Product).where(Product.id == product_id).values(is_on_sale=False, is_deleted=True))
    remember(tx, source_id, "lost_product", key, str(product_id), key)
    return _Kept(product_id, name)


def _draft(shop: Shop, tx: Transaction, source_id: int, old: OldOrder, product: _Kept) -> Order:
    return Order(
        id=_free_id(tx.session, old),
        status=OrderStatus.new,
        version=1,
        checkout_key=f"legacy:{source_id}:{digest(old.old_id)}",
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
        **_names(tx.session, old.method),
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


def own_methods_of(shop: Shop) -> Mapping[str, str]:
    """Return the keys of the owner's own ways to pay by their names in small letters; of two, the one on sale."""
    with reading(shop.database) as session:
        every = session.execute(select(OwnMethod).order_by(OwnMethod.is_on_sale, OwnMethod.id)).scalars()
        return {tidy_name(one.label).casefold(): own_key(one.id) for one in every}


def _names(session: Session, key: str) -> dict[str, Any]:
    """Return what a way to pay of the owner's own is called; of all others the shop knows it."""
    number = own_number(key)
    method = session.get_one(OwnMethod, number).method if number else None
    if method is None:
        return {}
    asked = {"reference_name": method.reference, "reference_need": method.need}
    return {"method_label": method.label, "method_emoji": method.emoji, **asked}


def _free_id(session: Session, old: OldOrder) -> str:
    """Keep the old id where it is one and is free: customers have it in their messages."""
    candidate = old.order_id or ids.new_order_id(old.placed_at)
    while session.execute(select(Order.id).where(Order.id == candidate)).scalar_one_or_none() is not None:
        candidate = ids.new_order_id(old.placed_at)
    return candidate


def _meet(tx: Transaction, orders: Sequence[OldOrder]) -> None:
    """Make customers known who aren't yet, each as the first of these orders names them."""
    first = {one.customer_id: one for one in reversed(orders)}
    for customer_id, one in first.items():
        add_missing(tx, Person, {"id": customer_id, "name": one.customer_name, "first_seen_at": one.placed_at})


def _store_order(tx: Transaction, old: OldOrder, order: Order) -> None:
    before = IMPORT_ORDER({"old_id": old.old_id[:ID_CHARS], "old_status": old.old_status})
    what = NewEvent("order", order.id, before, IMPORTER, ActorKind.owner)
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
