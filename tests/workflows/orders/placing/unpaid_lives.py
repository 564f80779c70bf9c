"""People whose orders keep ending unpaid, for the tests next to it: each end by its arrow, as in the shop."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from novacore.db.models import Order
from novacore.db.queries.orders import unpaid
from novacore.db.queries.orders.unpaid import Holding
from novacore.db.unit_of_work import reading
from novacore.states import OrderStatus
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from tests.fixtures.shops import MovableClock
from tests.workflows.machine import lives

DAY = timedelta(hours=24)
QUARTER = timedelta(hours=6)


def expire_due(shop: Shop, time: MovableClock) -> None:
    """Let every order expire whose time is up, as the sweep does."""
    due = select(Order.id).where(Order.status == OrderStatus.awaiting_payment, Order.expires_at <= time.at)
    with reading(shop.database) as session:
        ids = session.execute(due.order_by(Order.id)).scalars().all()
    for order_id in ids:
        orders.expire(shop, SYSTEM, order_id)


def leave_unpaid(shop: Shop, product_id: int, time: MovableClock, people: Sequence[Actor], count: int = 2) -> None:
    """Let each of them order so many, one each, and never pay. It takes a day; the last end is this very moment."""
    for person in people:
        for _ in range(count):
            lives.place(shop, product_id, person)
    time.at += DAY
    expire_due(shop, time)


def held_of(shop: Shop, product_id: int, time: MovableClock) -> Sequence[Holding]:
    """What unpaid orders hold of a product right now."""
    with reading(shop.database) as session:
        return unpaid.holdings(session, product_id, time.at)


def counted_ends(shop: Shop, person: Actor, time: MovableClock) -> int:
    """How many unpaid orders count against someone right now."""
    with reading(shop.database) as session:
        return len(unpaid.ends(session, person.id or 0, time.at))
