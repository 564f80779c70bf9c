"""Two owners press at the same moment: money goes back once, a unit is replaced once, and the books agree."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from novacore.db.models import Order, Unit
from novacore.db.queries.orders import orders as queries
from novacore.db.unit_of_work import reading
from novacore.errors import Refusal
from novacore.states import OrderStatus, UnitStatus
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import after_sale
from novacore.workflows.orders import commands as orders
from tests.fixtures.shops import OWNER, MovableClock, ProductMaker
from tests.workflows.machine import lives

OWNERS = [Actor(OWNER.id, OWNER.name, is_owner=True), Actor(4321, "second owner", is_owner=True)]
Act = Callable[[Shop, Actor, Order], Order]


def give_back(shop: Shop, actor: Actor, order: Order) -> Order:
    """Return all that is left."""
    return after_sale.return_money(shop, actor, order.id, order.version, "", "We are sorry.")


def refund(shop: Shop, actor: Actor, order: Order) -> Order:
    """End the order."""
    return orders.refund(shop, actor, order.id, Given(reason="We are sorry."))


def replace(shop: Shop, actor: Actor, order: Order) -> Order:
    """Give another unit."""
    return after_sale.replace_unit(shop, actor, order.id, order.version, "", "It does not work.")


def at_once(shop: Shop, order: Order, acts: list[Act], each: int = 3) -> list[str]:
    """Have each owner do each of it at the same moment; what they were told, "done" for what was done."""
    presses = [(act, owner) for act in acts for owner in OWNERS for _ in range(each)]
    start = Barrier(len(presses))

    def press(one: tuple[Act, Actor]) -> str:
        start.wait()
        try:
            one[0](shop, one[1], order)
        except Refusal as refusal:
            return refusal.sentence
        return "done"

    with ThreadPoolExecutor(len(presses)) as pool:
        return [*pool.map(press, presses)]


@pytest.mark.parametrize("acts", [[give_back], [refund], [give_back, refund]])
def test_money_goes_back_once(shop: Shop, make_product: ProductMaker, time: MovableClock, acts: list[Act]) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.delivered, time)
    told = at_once(shop, order, acts)
    assert told.count("done") in ({1} if len(acts) == 1 else {1, 2})
    with reading(shop.database) as session:
        money = queries.money(session, order.id)
    assert money.received == money.returned > 0


def test_a_unit_is_replaced_once_or_the_order_is_refunded(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(units=9), OrderStatus.delivered, time)
    told = at_once(shop, order, [replace, refund])
    assert told.count("done") == 1, "a refund waits for the new unit to arrive; after a refund there is none to give"
    with reading(shop.database) as session:
        ended = session.get_one(Order, order.id).status is OrderStatus.refunded
        counts = select(Unit.status, func.count()).where(Unit.order_id == order.id).group_by(Unit.status)
        units = {status: count for status, count in session.execute(counts)}  # noqa: C416 - typed
    assert units == ({UnitStatus.revoked: 1} if ended else {UnitStatus.replaced: 1, UnitStatus.sold: 1})
