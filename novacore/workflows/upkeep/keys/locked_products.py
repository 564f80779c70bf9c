"""Takes products off sale while the key to their goods is missing, and brings them back. `goods_keys` calls it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import update

from novacore.db.event_kinds.kind import Detailed
from novacore.db.event_kinds.products import PUT_ON_SALE, TAKE_OFF_SALE
from novacore.db.models import Product, ShopFact
from novacore.db.queries.sealed import LockedProduct
from novacore.db.unit_of_work import Transaction, writing
from novacore.states import ActorKind
from novacore.workflows.machine import facts, panel
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import news, units

OFF_SALE: Final = "off_sale_without_key"
"""The fact that names the products which are off sale for want of their key, each with its version at that time."""

_CHUNK: Final = 100
"""Products a transaction."""


def take_off_sale(shop: Shop, products: Sequence[LockedProduct]) -> None:
    """Take these off sale. However many processes do it at once, it happens and is recorded once."""
    for start in range(0, len(products), _CHUNK):
        with writing(shop.database) as tx:
            off = _locked_fact(tx)
            versions = {str(one.id): _taken_off(tx, one) for one in products[start : start + _CHUNK]}
            _keep(tx, off, off | {key: version for key, version in versions.items() if version is not None})


def _taken_off(tx: Transaction, product: LockedProduct) -> int | None:
    """Return the product's version; None if it was not on sale."""
    on_sale = Product.id == product.id, Product.is_on_sale, Product.is_deleted.is_(False)
    version = tx.session.execute(
        update(Product).where(*on_sale).values(is_on_sale=False).returning(Product.version)
    ).scalar_one_or_none()
    if version is not None:
        _record(tx, product.id, _why_off(product))
        news.touch(tx, product.id)
    return version


def _why_off(product: LockedProduct) -> Detailed:
    return TAKE_OFF_SALE(
        {
            "name": product.name,
            "why": "key_missing",
            "available": product.available,
            "reserved": product.reserved,
            "shared": product.shared,
        }
    )


def put_back(shop: Shop, locked: Sequence[LockedProduct]) -> list[str]:
    """Put on sale again what was taken off and can be opened by now; returns the names.

    What its owner has changed, removed or brought back meanwhile is left to them.
    """
    if not facts.recall(shop, OFF_SALE):
        return []  # as a rule, and without a write
    still = {str(one.id) for one in locked}
    names: list[str] = []
    while (some := _put_some_back(shop, still)) is not None:
        names += some
    return names


def _put_some_back(shop: Shop, still: Collection[str]) -> list[str] | None:
    """Return the names of the next ones; None if nothing is left to look at."""
    with writing(shop.database) as tx:
        off = _locked_fact(tx)
        free = [key for key in off if key not in still][:_CHUNK]
        back = [name for key in free if (name := _back_on_sale(tx, int(key), off[key]))]
        _keep(tx, off, {key: version for key, version in off.items() if key not in free})
    return back if free else None


def _back_on_sale(tx: Transaction, product_id: int, version: int) -> str | None:
    as_it_was = Product.id == product_id, Product.version == version, Product.is_deleted.is_(False)
    name = tx.session.execute(
        update(Product).where(*as_it_was, Product.is_on_sale.is_(False)).values(is_on_sale=True).returning(Product.name)
    ).scalar_one_or_none()
    if name is not None:
        _record(tx, product_id, PUT_ON_SALE({"name": name, "why": "key_back"}))
        units.watch(tx, product_id)
        news.touch(tx, product_id)
    return name


def forget(tx: Transaction, product_ids: Sequence[int]) -> None:
    """Let these be off sale for good: their goods were given up."""
    off = _locked_fact(tx)
    _keep(tx, off, {key: version for key, version in off.items() if int(key) not in product_ids})


def _locked_fact(tx: Transaction) -> dict[str, int]:
    return dict(facts.locked(tx, OFF_SALE).value)


def _keep(tx: Transaction, before: Mapping[str, int], after: Mapping[str, int]) -> None:
    if before != after:
        tx.session.execute(update(ShopFact).where(ShopFact.name == OFF_SALE).values(value=dict(after), at=tx.now))
        panel.touch(tx)


def _record(tx: Transaction, product_id: int, what: Detailed) -> None:
    record(tx, NewEvent("product", str(product_id), what, SYSTEM, ActorKind.system))
