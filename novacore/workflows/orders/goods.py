"""Goods: typed items, encrypted at rest, put together for the one order that paid for them.

Nothing here logs, and no text of an error holds what was decrypted.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore.crypto import GoodsCipher
from novacore.db.event_kinds.orders import REVEAL
from novacore.db.models import Event, GoodsVersion, Order, Unit
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import NovaCoreError, WrongState
from novacore.states import ActorKind, GoodsType, OrderStatus, UnitStatus
from novacore.workflows.goods import files
from novacore.workflows.goods.files import FileHead
from novacore.workflows.goods.items import GoodsItem, open_items
from novacore.workflows.machine import loading
from novacore.workflows.machine.fire import NewEvent, fire, record
from novacore.workflows.machine.policy import SYSTEM, Actor, Permission, Who
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.rules import by_hand
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.stock import units

_REVEAL = Permission(frozenset({Who.buyer}), "look at these goods")

ONE_LOOK = timedelta(hours=1)


class GoodsIncomplete(NovaCoreError):
    """The order holds another number of units than it was paid for: nothing goes out until someone has looked."""


@dataclass(frozen=True, slots=True)
class Goods:
    """What the buyer of an order gets. `files` are without their bytes (`goods.files.read`)."""

    items: list[GoodsItem] = field(repr=False)
    files: list[FileHead] = field(repr=False)

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(one.size for one in self.files)


def goods_of(shop: Shop, order_id: str) -> Goods:
    """Return everything the order's buyer gets: the product's items as frozen at `place`, then each unit's own code.

    Raises GoodsUnreadable (no key fits) and GoodsIncomplete.
    """
    with reading(shop.database) as session:
        return _everything(shop.cipher, session, session.get_one(Order, order_id))


def size_of_files(shop: Shop, actor: Actor, order_id: str) -> int:
    """Return the bytes of the files that "Show my goods" would show this person: nothing is opened for that."""
    with reading(shop.database) as session:
        buyer = session.execute(select(Order.customer_id).where(Order.id == order_id)).scalar_one_or_none()
        return sum(units.file_sizes(session, order_id)) if buyer == actor.id else 0


def _everything(cipher: GoodsCipher, session: Session, order: Order) -> Goods:
    shared = session.execute(
        select(GoodsVersion.content, GoodsVersion.unit_type).where(GoodsVersion.id == order.goods_version_id)
    ).one_or_none()
    items = open_items(cipher, shared[0]) if shared else []
    own = _own(cipher, session, order, GoodsType(shared[1]) if shared else GoodsType.code)
    # The units' own come first among the files, so that the buyer counts them as staff do.
    own_files = files.of_ids(cipher, session, [one for one in own if isinstance(one, int)])
    return Goods(
        [*items, *(one for one in own if isinstance(one, GoodsItem))],
        [*own_files, *files.of_version(cipher, session, order.goods_version_id)],
    )


def _own(cipher: GoodsCipher, session: Session, order: Order, kind: GoodsType) -> list[GoodsItem | int]:
    """Return what each unit is, in the order in which the buyer counts them: a code, or the id of a file."""
    mine = select(Unit.id, Unit.content).where(Unit.order_id == order.id, Unit.status == UnitStatus.sold)
    contents: dict[int, bytes | None] = {unit_id: content for unit_id, content in session.execute(mine)}  # noqa: C416
    if len(contents) != order.quantity:
        raise GoodsIncomplete(f"Order {order.id} holds {len(contents)} units and was paid for {order.quantity}.")
    counted = (contents[unit_id] for unit_id in units.numbered(session, order.id))
    values = [cipher.open(content) for content in counted if content]
    names = [order.product_name]
    if len(values) != 1:
        names = [f"{order.product_name} ({n} of {len(values)})" for n in range(1, len(values) + 1)]
    return [
        int(value["file"]) if isinstance(value, dict) else GoodsItem(name, kind, value)
        for name, value in zip(names, values, strict=True)
    ]


def replacement(shop: Shop, order_id: str, unit_id: int) -> Goods | None:
    """Return the unit that was given for a faulty one, named as in all of the goods; None if it is theirs no more.

    Raises GoodsUnreadable and GoodsIncomplete.
    """
    with reading(shop.database) as session:
        counted = units.numbered(session, order_id)
        order = session.get_one(Order, order_id)
        if unit_id not in counted or not order.status.row.has_goods:
            return None
        kind = select(GoodsVersion.unit_type).where(GoodsVersion.id == order.goods_version_id)
        unit_type = GoodsType(session.execute(kind).scalar_one_or_none() or GoodsType.code)
        new = _own(shop.cipher, session, order, unit_type)[counted.index(unit_id)]
        if isinstance(new, int):
            return Goods([], files.of_ids(shop.cipher, session, [new]))
        return Goods([new], [])


def reveal(shop: Shop, actor: Actor, order_id: str) -> tuple[Order, Goods]:
    """Show the buyer, and only the buyer, the goods. Recorded before it is shown; it counts as delivered.

    So hold the room for their files before (`size_of_files`). Raises NotFound for anybody who is not the buyer or
    staff, NotAllowed for staff, WrongState before the approval and where there is nothing to show; GoodsUnreadable and
    GoodsIncomplete leave the order as it was.
    """
    with writing(shop.database) as tx:
        order, _ = loading.locked(tx, ORDERS, _REVEAL, actor, order_id)
        if not order.status.row.has_goods:
            raise WrongState(f"There are no goods to show: this order is {order.status.row.label}.")
        if by_hand(order):
            raise WrongState("Staff do this one by hand, so there is nothing to show here.")
        goods = _everything(shop.cipher, tx.session, order)
        _record_reveal(tx, order, actor)
        if order.status is not OrderStatus.delivered:
            order = fire(shop, tx, ORDERS, order.id, "delivered", SYSTEM)
    return order, goods


def _record_reveal(tx: Transaction, order: Order, actor: Actor) -> None:
    """Write down that the goods are shown. One event stands for every look of an hour, while nothing else happens."""
    rows = select(Event).where(Event.subject_kind == ORDERS.name, Event.subject_id == order.id)
    newest = tx.session.execute(rows.order_by(Event.id.desc()).limit(1)).scalar_one_or_none()
    if newest is not None and newest.trigger == "reveal" and tx.now - newest.at < ONE_LOOK:
        return
    what = REVEAL({"round": order.review_round})
    record(tx, NewEvent(ORDERS.name, order.id, what, actor, ActorKind.customer))
