"""Keeps an eye on how much is left: staff hear of it once when a product runs low or out, customers when it is back.

Whatever takes units or brings some calls `stock.units.watch`, in its own transaction. The look itself is a job: it
comes a moment later, sees what everybody has done by then, and costs no buyer anything.
"""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore.db.event_kinds.products import LOW_STOCK, SET_ALERT, SOLD_OUT, STOCK_IS_BACK
from novacore.db.models import Product, StockWait
from novacore.db.unit_of_work import Transaction, writing
from novacore.errors import BadInput, NotFound
from novacore.states import ActorKind, StockLevel
from novacore.workflows.machine import job_kinds, jobs, panel
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import PRODUCT_MISSING, SYSTEM, Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import news, units

MOST_THRESHOLD: Final = 10_000

_FALLS: Final = {
    (StockLevel.plenty, StockLevel.low): LOW_STOCK,
    (StockLevel.plenty, StockLevel.out): SOLD_OUT,
    (StockLevel.low, StockLevel.out): SOLD_OUT,
}
"""The event of each step down; of a step up nobody needs to hear."""


def count(session: Session, product: Product, most: int = 1_000_000) -> int:
    """Count what is on sale of a product."""
    return units.count_available(session, product.id, most)


def level_of(left: int, threshold: int) -> StockLevel:
    """Say what it means that so many are left; a threshold of 0 knows no low."""
    if left == 0:
        return StockLevel.out
    return StockLevel.low if left <= threshold else StockLevel.plenty


def review(shop: Shop, product_id: int) -> StockLevel | None:
    """Compare what is left with what was seen last, and queue what follows from a step; None for uncounted goods."""
    with writing(shop.database) as tx:
        return _recheck(tx, _lock(tx, product_id))


def recheck(shop: Shop, tx: Transaction, product_id: int) -> StockLevel | None:
    """Do the same within a transaction: for what brings units, so that none can be sold before it was seen.

    That alone is news: an order that is given up gives its units back as well, and anybody can do that all day.
    """
    product = _lock(tx, product_id)
    was_out = product.stock_level is StockLevel.out
    level = _recheck(tx, product)
    if was_out and level in (StockLevel.low, StockLevel.plenty):
        news.tell_of_stock(shop, tx, product)
    return level


def _recheck(tx: Transaction, product: Product) -> StockLevel | None:
    if product.kind in units.MINTED:
        return None
    left = count(tx.session, product, product.low_stock_at + 1)
    if left and _is_waited_for(tx, product.id):
        jobs.enqueue(tx, [job_kinds.CALL_WAITING.about("shop", "waits")])
    level = level_of(left, product.low_stock_at)
    if level is not product.stock_level:
        is_seen = StockLevel.out in (product.stock_level, level)
        _step(tx, product, level)  # with the panel, which everybody takes before the news
        if is_seen:
            news.touch(tx, product.id)
    return level


def set_threshold(shop: Shop, actor: Actor, product_id: int, threshold: int) -> Product:
    """Let staff hear of it when so many are left; 0 switches it off. Raises BadInput, NotFound, NotAllowed."""
    require_owner(actor, "set alerts")
    if not 0 <= threshold <= MOST_THRESHOLD:
        raise BadInput(f"Please give a number from 0 to {MOST_THRESHOLD:,}; 0 switches the alert off.")
    with writing(shop.database) as tx:
        product = _lock(tx, product_id)
        product.low_stock_at = threshold
        what = SET_ALERT({"threshold": threshold})
        record(tx, NewEvent("product", str(product_id), what, actor, ActorKind.owner))
        units.watch(tx, product_id)
    return product


def _lock(tx: Transaction, product_id: int) -> Product:
    # Not against new units, whose foreign keys hold the product as well.
    rows = select(Product).where(Product.id == product_id).with_for_update(key_share=True)
    product = tx.session.execute(rows).scalar_one_or_none()
    if product is None:
        raise NotFound(PRODUCT_MISSING)
    return product


def _step(tx: Transaction, product: Product, level: StockLevel) -> None:
    before, product.stock_level = product.stock_level, level
    if StockLevel.out in (before, level):
        panel.touch(tx)
    what = _FALLS.get((before, level), STOCK_IS_BACK)({"threshold": product.low_stock_at})
    event_id = record(tx, NewEvent("product", str(product.id), what, SYSTEM, ActorKind.system))
    if (before, level) in _FALLS and product.low_stock_at:
        alert = job_kinds.ALERT_LOW_STOCK.about("product", str(product.id), {"event_id": event_id})
        jobs.enqueue(tx, [alert], event_id=event_id)


def _is_waited_for(tx: Transaction, product_id: int) -> bool:
    one = select(StockWait.customer_id).where(StockWait.product_id == product_id, StockWait.called_at.is_(None))
    return tx.session.execute(one.limit(1)).first() is not None
