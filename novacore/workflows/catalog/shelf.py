"""The order of categories and of a category's products, as the owner puts them. What was never moved stands by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Select, Table, bindparam, func, select, update

from novacore.db.event_kinds.kind import Detailed
from novacore.db.event_kinds.products import MOVE_CATEGORY, MOVE_PRODUCT
from novacore.db.models import Category, Product
from novacore.db.unit_of_work import Transaction, writing
from novacore.errors import AlreadyDone, BadInput, NotFound
from novacore.states import ActorKind
from novacore.workflows.machine import panel
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import PRODUCT_MISSING, Actor, require_owner
from novacore.workflows.machine.shop import Shop

CATEGORY_MISSING = "I can't find that category. `/product list` shows them all."


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: `position` of so many, counted from 1."""

    name: str
    position: int
    of: int


def move_product(shop: Shop, actor: Actor, product_id: int, position: int) -> Place:
    """Put a product at this position of its category, counted from 1; past the end is the end.

    Raises NotAllowed, NotFound, BadInput, AlreadyDone where it stands there.
    """
    return _move_product(shop, actor, product_id, to=position)


def shift_product(shop: Shop, actor: Actor, product_id: int, steps: int) -> Place:
    """Move a product so many places on (negative: towards the top). Raises NotAllowed, NotFound, AlreadyDone."""
    return _move_product(shop, actor, product_id, steps=steps)


def move_category(shop: Shop, actor: Actor, category_id: int, position: int) -> Place:
    """Put a category at this position, counted from 1. Raises as `move_product` does."""
    return _move_category(shop, actor, category_id, to=position)


def shift_category(shop: Shop, actor: Actor, category_id: int, steps: int) -> Place:
    """Move a category so many places on. Raises as `shift_product` does."""
    return _move_category(shop, actor, category_id, steps=steps)


def _move_product(shop: Shop, actor: Actor, product_id: int, *, to: int | None = None, steps: int = 0) -> Place:
    require_owner(actor, "put products in order")
    with writing(shop.database) as tx:
        _lock_shelf_of(tx, product_id)  # before the panel, as whatever changes one product does
        panel.touch(tx)  # two owners who move something at once do it one after the other
        product = tx.session.get(Product, product_id)
        if product is None:
            raise NotFound(PRODUCT_MISSING)
        if product.is_deleted:
            raise BadInput("This product is removed. Bring it back first: `/product list` shows it.")
        row = _shelf_of(tx, product.category_id)
        place = _moved(row, product_id, to, steps, product.name)
        mine = select(Product.id, Product.position).where(Product.category_id == product.category_id)
        _write(tx, Product, mine.where(Product.is_deleted.is_(False)), row)
        _record(tx, actor, "product", product_id, MOVE_PRODUCT({"name": place.name, "position": place.position}))
        return place


def _move_category(shop: Shop, actor: Actor, category_id: int, *, to: int | None = None, steps: int = 0) -> Place:
    require_owner(actor, "put categories in order")
    with writing(shop.database) as tx:
        panel.touch(tx)
        category = tx.session.get(Category, category_id)
        if category is None:
            raise NotFound(CATEGORY_MISSING)
        row = [*tx.session.execute(select(Category.id).order_by(Category.position, Category.name)).scalars()]
        place = _moved(row, category_id, to, steps, category.name)
        _write(tx, Category, select(Category.id, Category.position), row)
        _record(tx, actor, "category", category_id, MOVE_CATEGORY({"name": place.name, "position": place.position}))
        return place


def _lock_shelf_of(tx: Transaction, product_id: int) -> None:
    """Lock the products of its category by id. Not against orders and units, which point at them."""
    category = select(Product.category_id).where(Product.id == product_id).scalar_subquery()
    rows = select(Product.id).where(Product.category_id == category, Product.is_deleted.is_(False))
    tx.session.execute(rows.order_by(Product.id).with_for_update(key_share=True)).all()


def _shelf_of(tx: Transaction, category_id: int) -> list[int]:
    mine = Product.category_id == category_id, Product.is_deleted.is_(False)
    rows = select(Product.id).where(*mine).order_by(Product.position, Product.name, Product.id)
    return [*tx.session.execute(rows).scalars()]


def _moved(row: list[int], moving: int, to: int | None, steps: int, name: str) -> Place:
    """Move it within the row of ids, and say where it is now."""
    before = row.index(moving)
    after = before + steps if to is None else to - 1
    if after < 0 and to is not None:
        raise BadInput("Positions are counted from 1, which is the top.")
    after = min(max(after, 0), len(row) - 1)
    if after == before:
        raise AlreadyDone(f"Already done: it stands at position {before + 1} of {len(row)}.")
    row.insert(after, row.pop(before))
    return Place(name, after + 1, len(row))


def _write(tx: Transaction, model: type[Product | Category], known: Select[int, int], row: Sequence[int]) -> None:
    """Number what stands in another place than its number says. `known` selects ids and positions."""
    there = tx.session.execute(known.order_by(model.id).with_for_update(key_share=True))
    before, numbers = dict(iter(there)), {one: number for number, one in enumerate(row, 1)}
    changed = [{"its_id": one, "place": number} for one, number in sorted(numbers.items()) if before[one] != number]
    if changed:
        table = cast(Table, model.__table__)
        moved = update(table).where(table.c.id == bindparam("its_id")).values(position=bindparam("place"))
        tx.connection.execute(moved, changed)


def last_of(tx: Transaction, category_id: int) -> int:
    """Return the position of what comes new into a category: at the end, or by name where nothing was ever moved."""
    last = select(func.max(Product.position)).where(Product.category_id == category_id)
    return _after(tx.session.execute(last).scalar_one_or_none())


def last_category(tx: Transaction) -> int:
    """Return the position of a new category, likewise."""
    return _after(tx.session.execute(select(func.max(Category.position))).scalar_one_or_none())


def _after(last: int | None) -> int:
    return last + 1 if last else 0


def _record(tx: Transaction, actor: Actor, kind: str, row_id: int, what: Detailed) -> None:
    record(tx, NewEvent(kind, str(row_id), what, actor, ActorKind.owner))
