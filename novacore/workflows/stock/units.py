"""Units: taken at `place`, given back when an order ends unpaid, sold at `approve`, revoked at `refund`.

Whatever takes several rows takes them in id order: unsorted, two buyers can each hold what the other waits for.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NoReturn

from sqlalchemy import ScalarSelect, Select, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from novacore.db.models import GoodsFile, Order, Product, Unit, VersionFile
from novacore.db.unit_of_work import Transaction
from novacore.errors import Busy, SoldOut
from novacore.states import ProductKind, UnitStatus
from novacore.workflows.goods import files
from novacore.workflows.goods.files import MoreThanAMessage
from novacore.workflows.machine import job_kinds, jobs

MINTED = frozenset({ProductKind.unlimited, ProductKind.by_hand})
"""Kinds without a count: what is missing is made on the spot."""

_SLACK = 10
"""Units above the product's alert from where on each sale has the stock looked at: buyers of the same moment do not see
each other's, but whoever looks after them does."""

_REST = timedelta(seconds=2)
"""How long sales are gathered for one look."""


# Statements are built once: building one costs two to four times as much as sending it.

_ENOUGH = select(Product.low_stock_at + _SLACK).where(Product.id == bindparam("of_product")).scalar_subquery()


def _far_behind() -> ScalarSelect[int]:
    """Look in the same statement for a unit well behind those taken: where there is one, nobody need look further."""
    other = aliased(Unit)
    on_sale = (other.product_id == bindparam("of_product")) & (other.status == UnitStatus.available)
    behind = select(other.id).where(on_sale, other.id > bindparam("last")).order_by(other.id)
    return behind.offset(_ENOUGH).limit(1).scalar_subquery()


def _on_sale() -> Select[int]:
    mine = Unit.product_id == bindparam("of_product"), Unit.status == UnitStatus.available
    return select(Unit.id).where(*mine).limit(bindparam("most"))


_OLDEST = _on_sale().order_by(Unit.id).with_for_update(skip_locked=True)
_OLDEST_THAT_FITS = (
    _on_sale()
    .where(
        or_(Unit.file_id.is_(None), exists().where(GoodsFile.id == Unit.file_id, GoodsFile.size <= bindparam("room")))
    )
    .order_by(Unit.id)
    .with_for_update(skip_locked=True)
)
_COUNT = select(func.count()).select_from(_on_sale().subquery())
_HELD = (
    select(Unit.id)
    .where(Unit.order_id == bindparam("of"), Unit.status == bindparam("held_as"))
    .order_by(Unit.id)
    .with_for_update()
)
_CHANGE = update(Unit).where(Unit.id.in_(bindparam("ids", expanding=True)))
"""Writes whatever columns are given."""
_TAKE = _CHANGE.returning(_far_behind(), Unit.file_id)
_RELEASE = _CHANGE.returning(Unit.product_id)


_SIZES = (
    select(GoodsFile.size)
    .join(Unit, Unit.file_id == GoodsFile.id)
    .where(Unit.order_id == bindparam("of"), Unit.status.in_((UnitStatus.reserved, UnitStatus.sold)))
    .union_all(
        select(GoodsFile.size)
        .join(VersionFile, VersionFile.file_id == GoodsFile.id)
        .join(Order, Order.goods_version_id == VersionFile.version_id)
        .where(Order.id == bindparam("of"))
    )
)


def reserve(tx: Transaction, order: Order, wanted: int) -> None:
    """Take `wanted` units for the order, oldest first.

    Raises SoldOut when too few are left, Busy when too few are free only because another buyer holds them right now,
    MoreThanAMessage where they are files that can't go out together.
    """
    taken = _take_available(tx, order, wanted)
    if taken == wanted:
        return
    if order.kind in MINTED:
        _mint(tx, order, wanted - taken)
        return
    left = count_available(tx.session, order.product_id, wanted)
    if left + taken >= wanted and not tx.is_sqlite:
        raise Busy("Someone else is buying the last ones at this moment. Please try again.")
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
    # The rows are locked in id order first; an UPDATE by itself would take them in whatever order the plan has.
    oldest = {"of_product": order.product_id, "most": wanted}
    ids = tx.connection.execute(_OLDEST, oldest).scalars().all()
    if not ids:
        return 0
    taken = {"status": UnitStatus.reserved, "order_id": order.id}
    asked = {"ids": ids, "of_product": order.product_id, "last": ids[-1]}
    rows = tx.connection.execute(_TAKE, asked | taken).all()
    far_behind: int | None = rows[0][0]
    if far_behind is None:
        watch(tx, order.product_id)
    if any(file_id is not None for _, file_id in rows):
        files.require_one_message(file_sizes(tx.session, order.id))
    return len(ids)


def file_sizes(session: Session, order_id: str) -> Sequence[int]:
    """Return the bytes of each file of an order: of those its units are, and of those its product comes with."""
    return session.execute(_SIZES, {"of": order_id}).scalars().all()


def watch(tx: Transaction, product_id: int) -> None:
    """Have the stock of a product looked at in a moment, by `levels`. However many ask for it, it is one look."""
    jobs.enqueue(tx, [job_kinds.WATCH_STOCK.about("product", str(product_id), due_at=tx.now + _REST)])


def _mint(tx: Transaction, order: Order, count: int) -> None:
    row = {
        "product_id": order.product_id,
        "status": UnitStatus.reserved,
        "order_id": order.id,
        "created_at": tx.now,
    }
    tx.session.execute(insert(Unit), [dict(row) for _ in range(count)])


def _set_status(tx: Transaction, ids: Sequence[int], status: UnitStatus, **values: object) -> None:
    tx.connection.execute(_CHANGE, {"ids": ids, "status": status, **values})


def held(tx: Transaction, order_id: str, status: UnitStatus) -> Sequence[int]:
    """Lock the order's units in this status, in id order, and return their ids."""
    return tx.connection.execute(_HELD, {"of": order_id, "held_as": status}).scalars().all()


def release(tx: Transaction, order_id: str) -> None:
    """Put the order's reserved units back on sale."""
    if ids := held(tx, order_id, UnitStatus.reserved):
        back = {"ids": ids, "status": UnitStatus.available, "order_id": None}
        watch(tx, tx.connection.execute(_RELEASE, back).scalars().all()[0])


def complete(tx: Transaction, order: Order) -> None:
    """Reserve what the order lacks of its quantity. Raises as `reserve` does."""
    missing = order.quantity - len(held(tx, order.id, UnitStatus.reserved))
    if missing > 0:
        reserve(tx, order, missing)


def sell(tx: Transaction, order: Order) -> None:
    """Turn the order's reserved units into sold ones."""
    _set_status(tx, held(tx, order.id, UnitStatus.reserved), UnitStatus.sold, sold_at=tx.now)


def revoke(tx: Transaction, order_id: str) -> None:
    """Mark the order's sold units as revoked: they were seen by someone and are never sold again."""
    if ids := held(tx, order_id, UnitStatus.sold):
        _set_status(tx, ids, UnitStatus.revoked)


def numbered(session: Session, order_id: str) -> list[int]:
    """Return the ids of the order's sold units in the order in which the buyer counts them, from 1.

    A unit that was given for a faulty one has its number.
    """
    rows = select(Unit.id, Unit.replaces_id).where(Unit.order_id == order_id, Unit.status.in_(_WERE_SOLD))
    given_for = {unit_id: replaces_id for unit_id, replaces_id in session.execute(rows)}  # noqa: C416 - typed
    sold = given_for.keys() - {*given_for.values()}
    return sorted(sold, key=lambda unit_id: _first(unit_id, given_for))


_WERE_SOLD = (UnitStatus.sold, UnitStatus.replaced)


def _first(unit_id: int, given_for: Mapping[int, int | None]) -> int:
    while (earlier := given_for.get(unit_id)) is not None:
        unit_id = earlier
    return unit_id


def replace(tx: Transaction, order: Order, faulty_id: int) -> int:
    """Sell the order another unit in place of a faulty one, and return its id: the oldest that fits into its message.

    Raises as `reserve` does, MoreThanAMessage where there are others, and none of them fits.
    """
    _set_status(tx, [faulty_id], UnitStatus.replaced)
    room = files.room_beside(file_sizes(tx.session, order.id))
    asked = {"of_product": order.product_id, "most": 1, "room": room}
    new_id = tx.connection.execute(_OLDEST_THAT_FITS, asked).scalar_one_or_none()
    if new_id is None:
        _refuse_replacement(tx, order)
    _set_status(tx, [new_id], UnitStatus.sold, order_id=order.id, sold_at=tx.now, replaces_id=faulty_id)
    files.require_one_message(file_sizes(tx.session, order.id))
    watch(tx, order.product_id)
    return new_id


def _refuse_replacement(tx: Transaction, order: Order) -> NoReturn:
    free = tx.connection.execute(_OLDEST, {"of_product": order.product_id, "most": 1}).scalar_one_or_none()
    if free is not None:
        raise MoreThanAMessage("No file in stock fits into a message with the others of this order.")
    if count_available(tx.session, order.product_id, 1):
        raise Busy("Someone else is buying the last ones at this moment. Please try again.")
    raise SoldOut(f"{order.product_name} is sold out, so there is none to give. Restock it, or return the money.")


def largest_file(session: Session, product_id: int) -> int | None:
    """Return the bytes of the largest file that is a unit of the product and not sold; None if none is a file."""
    unsold = Unit.status.in_((UnitStatus.available, UnitStatus.reserved))
    sizes = select(func.max(GoodsFile.size)).join(Unit, Unit.file_id == GoodsFile.id)
    return session.execute(sizes.where(Unit.product_id == product_id, unsold)).scalar_one()


def count_available(session: Session, product_id: int, most: int = 1_000_000) -> int:
    """Count the units of a product that are on sale right now; counting stops at `most`."""
    return session.execute(_COUNT, {"of_product": product_id, "most": most}).scalar_one()
