"""Another proof is awaited: staff may still approve by the one they have, whatever else happens at that moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from novacore.db.models import Order
from novacore.db.unit_of_work import reading
from novacore.errors import Busy, LimitReached, Refusal, WrongState
from novacore.states import OrderStatus, UnitStatus
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives

W = OrderStatus.awaiting_proof
Act = Callable[[Shop, Order], object]


def stored(shop: Shop, order: Order) -> Order:
    """The order as it is now."""
    with reading(shop.database) as session:
        return session.get_one(Order, order.id)


def test_staff_approve_by_the_proof_they_have(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    order = lives.bring_to(shop, make_product(), W, time)
    approved = orders.approve(shop, STAFF, order.id, Given(round=order.review_round))
    assert (approved.status, approved.expires_at) == (OrderStatus.approved, None)
    assert lives.ledger_of(shop, order.id) == [("received", 999)]
    assert lives.units(shop, UnitStatus.sold) == 1
    assert "expire_order" not in lives.jobs_of(shop, order.id)


def test_only_a_proof_leads_there(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.awaiting_payment, time)
    for trigger in ("ask_again", "approve"):
        with pytest.raises(WrongState, match="it is waiting for payment"):
            orders.take(shop, STAFF, order.id, trigger, lives.REASON)
    assert stored(shop, order).version == order.version


def test_an_order_that_was_reinstated_without_a_proof_is_not_asked_for_another(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.awaiting_payment, time)
    orders.cancel(shop, CUSTOMER, order.id, Given())
    orders.reinstate(shop, STAFF, order.id, lives.REASON)
    before = lives.snapshot(shop)
    with pytest.raises(WrongState, match="No proof was ever sent"):
        orders.ask_again(shop, STAFF, order.id, lives.REASON)
    assert lives.snapshot(shop) == before
    assert orders.approve(shop, STAFF, order.id, Given()).status is OrderStatus.approved


def test_it_counts_as_an_open_order(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product_id = make_product(units=9)
    for _ in range(shop.terms.max_open_orders):
        lives.bring_to(shop, product_id, W, time)
    with pytest.raises(LimitReached):
        lives.place(shop, product_id)


@pytest.mark.parametrize("end", ["cancel", "expire"])
def test_its_units_go_back_on_sale_when_it_ends(
    shop: Shop, make_product: ProductMaker, time: MovableClock, end: str
) -> None:
    product_id = make_product(units=1)
    order = lives.bring_to(shop, product_id, W, time)
    assert lives.units(shop, UnitStatus.reserved) == 1
    lives.prepare(shop, order, end, time)
    orders.take(shop, CUSTOMER if end == "cancel" else SYSTEM, order.id, end)
    assert lives.place(shop, product_id, STRANGER).status is OrderStatus.awaiting_payment


# ---- at the same moment


def approve(shop: Shop, order: Order) -> object:
    """Staff find the proof good enough after all."""
    return orders.approve(shop, STAFF, order.id, Given(round=order.review_round))


def approve_too(shop: Shop, order: Order) -> object:
    """So does the owner."""
    return orders.approve(shop, OWNER, order.id, Given(round=order.review_round))


def expire(shop: Shop, order: Order) -> object:
    """The time for another proof is up."""
    return orders.expire(shop, SYSTEM, order.id)


def submit(shop: Shop, order: Order) -> object:
    """The customer sends another proof."""
    return lives.submit(shop, order)


def cancel(shop: Shop, order: Order) -> object:
    """The customer gives up."""
    return orders.cancel(shop, CUSTOMER, order.id)


def at_once(shop: Shop, order: Order, acts: list[Act]) -> list[str]:
    """Do all of it at the same moment; "done" for what was done, and the refusal's name for the rest."""
    start = Barrier(len(acts))

    def take(act: Act) -> str:
        start.wait()
        try:
            act(shop, order)
        except Refusal as refusal:
            return type(refusal).__name__
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return [*pool.map(take, acts)]


ENDS: dict[str, tuple[Act, set[OrderStatus]]] = {
    "expire": (expire, {OrderStatus.approved, OrderStatus.expired}),
    "submit": (submit, {OrderStatus.approved, OrderStatus.under_review}),
    "cancel": (cancel, {OrderStatus.approved, OrderStatus.cancelled}),
}


@pytest.mark.parametrize("what", ENDS)
def test_of_an_approval_and_what_comes_at_the_same_moment_one_happens(
    shop: Shop, make_product: ProductMaker, time: MovableClock, what: str
) -> None:
    """The books agree with whichever was first: money and a sold unit, or neither."""
    rival, ends = ENDS[what]
    product_id = make_product(units=9)
    asked = [lives.bring_to(shop, product_id, W, time) for _ in range(3)]
    if what == "expire":
        time.move(hours=25)
    for order in asked:
        told = at_once(shop, order, [approve, rival, approve_too])
        assert told.count("done") == 1, told
        assert Busy.__name__ not in told
        now = stored(shop, order)
        assert now.status in ends
        assert (now.status is OrderStatus.approved) == (told[1] != "done")
        assert now.expires_at is None
        assert len(lives.ledger_of(shop, order.id)) == (now.status is OrderStatus.approved)
        assert "expire_order" not in lives.jobs_of(shop, order.id) or now.status is OrderStatus.expired
    sold = sum(stored(shop, order).status is OrderStatus.approved for order in asked)
    assert lives.units(shop, UnitStatus.sold) == sold
    assert lives.units(shop, UnitStatus.reserved) == sum(stored(shop, one).status.row.is_open for one in asked)
