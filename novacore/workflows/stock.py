"""Units: taken at `place`, given back when an order ends unpaid, sold at `approve`, revoked at `refund`.

Whatever takes several rows takes them in id order: unsorted, two buyers can each hold what the other waits for.
"""

from collections.abc import Sequence

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from novacore.db.models import Order, Product, Unit
from novacore.db.unit_of_work import Transaction
from novacore.errors import Busy, SoldOut
from novacore.states import ProductKind, UnitStatus

MINTED = frozenset({ProductKind.unlimited, ProductKind.by_hand})
"""Kinds without a count: what is missing is made on the spot."""


def reserve(tx: Transaction, order: Order, wanted: int) -> None:
    """Take `wanted` units for the order, oldest first.

    Raises SoldOut when too few are left, Busy when too few are free only because another buyer holds them right now.
    """
    taken = _take_available(tx, order, wanted)
    if taken == wanted:
        return
    if order.kind in MINTED:
        _mint(tx, order, wanted - taken)
        return
    left = count_available(tx.session, order.product_id, wanted)
    if left + taken >= wanted and not tx.is_sqlite:
        raise Busy("Somebody else is buying the last ones at this moment. Please try again.")
    raise SoldOut(_sold_out(order.product_name, left + taken))


def refuse_if_gone(session: Session, product: Product, wanted: int) -> None:
    """Raise SoldOut where too few units are on sale. A look without a lock: `reserve` has the last word."""
    left = wanted if product.kind in MINTED else count_available(session, product.id, wanted)
    if left < wanted:
        raise SoldOut(_sold_out(product.name, left))


def _sold_out(name: str, left: int) -> str:
    if left == 0:
        return f"Sorry, {name} is sold out."
    return f"Sorry, only {left} of {name} {'is' if left == 1 else 'are'} left."


def _take_available(tx: Transaction, order: Order, wanted: int) -> int:
    oldest = (
        select(Unit.id)
        .where(Unit.product_id == order.product_id, Unit.status == UnitStatus.available)
        .order_by(Unit.id)
        .limit(wanted)
        .with_for_update(skip_locked=True)
    )
    # The rows are locked in id order first; an UPDATE by itself would take them in whatever order the plan has.
    ids = tx.session.execute(oldest).scalars().all()
    if not ids:
        return 0
    _set_status(tx, ids, UnitStatus.reserved, order_id=order.id)
    return len(ids)


def _mint(tx: Transaction, order: Order, count: int) -> None:
    row = {
        "product_id": order.product_id,
        "status": UnitStatus.reserved,
        "order_id": order.id,
        "created_at": tx.now,
    }
    tx.session.execute(insert(Unit), [dict(row) for _ in range(count)])


def _set_status(tx: Transaction, ids: Sequence[int], status: UnitStatus, **values: object) -> None:
    tx.session.execute(
        update(Unit)
        .where(Unit.id.in_(ids))
        .values(status=status, **values)
        .execution_options(synchronize_session=False)
    )


def held(tx: Transaction, order_id: str, status: UnitStatus) -> Sequence[int]:
    """Lock the order's units in this status, in id order, and return their ids."""
    rows = select(Unit.id).where(Unit.order_id == order_id, Unit.status == status).order_by(Unit.id)
    return tx.session.execute(rows.with_for_update()).scalars().all()


def release(tx: Transaction, order_id: str) -> None:
    """Put the order's reserved units back on sale."""
    if ids := held(tx, order_id, UnitStatus.reserved):
        _set_status(tx, ids, UnitStatus.available, order_id=None)


def complete(tx: Transaction, order: Order) -> None:
    """Reserve what the order lacks of its quantity. Raises SoldOut or Busy as `reserve` does."""
    missing = order.quantity - len(held(tx, order.id, UnitStatus.reserved))
    if missing > 0:
        reserve(tx, order, missing)


def sell(tx: Transaction, order: Order) -> None:
    """Turn the order's reserved units into sold ones."""
    _set_status(tx, held(tx, order.id, UnitStatus.reserved), UnitStatus.sold, sold_at=tx.now)


def revoke(tx: Transaction, order_id: str) -> None:
    """Mark the order's sold units as revoked: they were seen by somebody and are never sold again."""
    if ids := held(tx, order_id, UnitStatus.sold):
        _set_status(tx, ids, UnitStatus.revoked)


def count_available(session: Session, product_id: int, most: int = 1_000_000) -> int:
    """Count the units of a product that are on sale right now; counting stops at `most`."""
    rows = select(Unit.id).where(Unit.product_id == product_id, Unit.status == UnitStatus.available).limit(most)
    return session.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
