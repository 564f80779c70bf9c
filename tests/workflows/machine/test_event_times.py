"""When something happened: two events of one order are never in the wrong order, whoever waited for whom."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from time import sleep

from sqlalchemy import select, text

from novacore.db.event_kinds.tickets import WARN
from novacore.db.models import Event, Job, Order
from novacore.db.unit_of_work import reading, writing
from novacore.states import ActorKind, OrderStatus
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from tests.fixtures.shops import STAFF, MovableClock, ProductMaker
from tests.workflows.machine import lives


def until(is_so: Callable[[], bool]) -> None:
    """Wait for a state, generously."""
    for _ in range(3_000):
        if is_so():
            return
        sleep(0.01)
    raise AssertionError("It never came to that.")


def someone_waits(shop: Shop) -> bool:
    """Tell whether a command waits for what another one holds."""
    if shop.database.is_sqlite:
        return bool(shop.database._line._waiting)
    with reading(shop.database) as session:
        return bool(session.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())


def times(shop: Shop, order_id: str) -> list[datetime]:
    """When the events of this order happened, in the order in which they were recorded."""
    with reading(shop.database) as session:
        return [*session.execute(select(Event.at).where(Event.subject_id == order_id).order_by(Event.id)).scalars()]


def test_whoever_waited_for_an_order_writes_a_later_time(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.under_review, time)
    with ThreadPoolExecutor() as pool:
        with writing(shop.database) as tx:
            tx.session.execute(select(Order.id).where(Order.id == order.id).with_for_update())
            approving = pool.submit(orders.approve, shop, STAFF, order.id, Given())
            until(lambda: someone_waits(shop))
            time.move(minutes=1)
            record(tx, NewEvent("order", order.id, WARN({"round": 1}), SYSTEM, ActorKind.system))
        approving.result()
    assert times(shop, order.id)[-2:] == [time.at, time.at]
    with reading(shop.database) as session:
        asked = session.execute(select(Job.created_at).where(Job.name == "deliver_order")).scalar_one()
    assert asked == time.at, "the rest of what was written has that time, too"


def test_an_event_is_no_earlier_than_the_one_before_it_though_the_clock_is(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order, other = (lives.bring_to(shop, make_product(), OrderStatus.under_review, time) for _ in range(2))
    late = time.at
    time.move(hours=-1)
    orders.approve(shop, STAFF, order.id, Given())
    new = lives.place(shop, make_product())
    assert times(shop, order.id)[-1] == late
    assert times(shop, new.id) == [time.at]
    assert times(shop, other.id) == sorted(times(shop, other.id))
