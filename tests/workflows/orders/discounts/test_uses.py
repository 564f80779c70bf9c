"""Uses of a code: counted with the order, given back where it ends unpaid, and never one too many."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from novacore.db.models import DiscountUse, Order
from novacore.db.queries.orders.discounts import Overuse
from novacore.db.queries.orders.orders import review_facts
from novacore.db.unit_of_work import reading
from novacore.errors import PageChanged
from novacore.states import UnitStatus
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.discounts import codes
from novacore.workflows.orders.placing import agreeing
from novacore.workflows.stock import units
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows import discount_codes
from tests.workflows.machine import lives

BUYERS, USES = 200, 20


def test_two_hundred_buyers_for_a_code_with_twenty_uses(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=BUYERS)
    discount_codes.add(shop, uses=USES)
    start = threading.Barrier(BUYERS)

    def buy(number: int) -> str:
        start.wait(60)
        try:
            return discount_codes.buy(shop, product_id, Actor(50_000 + number, f"buyer {number}")).id
        except PageChanged as refusal:
            return refusal.sentence

    with ThreadPoolExecutor(BUYERS) as pool:
        said = [*pool.map(buy, range(BUYERS))]
    placed = {answer for answer in said if answer.startswith("NC-")}
    others = Counter(answer for answer in said if not answer.startswith("NC-"))
    assert len(placed) == USES
    assert len(others) == 1
    (sentence,) = others
    assert sentence.startswith("The code SUMMER has been used up. So nothing was ordered: without the code")
    assert discount_codes.held(shop) == USES
    assert lives.units(shop, UnitStatus.reserved) == USES
    with reading(shop.database) as session:
        assert session.execute(select(func.count()).where(Order.discount_minor == 100)).scalar_one() == USES


def test_one_person_at_eight_places_at_once(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=9)
    discount_codes.add(shop, per_person=2)

    def buy(_: int) -> bool:
        try:
            return bool(discount_codes.buy(shop, product_id))
        except PageChanged:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(buy, range(8))) == 2
    assert discount_codes.held(shop) == 2


def _cancel(shop: Shop, order: Order, _time: MovableClock) -> None:
    orders.cancel(shop, CUSTOMER, order.id)


def _expire(shop: Shop, order: Order, time: MovableClock) -> None:
    time.move(hours=25)
    orders.expire(shop, SYSTEM, order.id)


def _reject(shop: Shop, order: Order, _time: MovableClock) -> None:
    lives.submit(shop, order)
    orders.reject(shop, STAFF, order.id, lives.REASON)


Ending = Callable[[Shop, Order, MovableClock], None]
ENDS: list[Ending] = [_cancel, _expire, _reject]


@pytest.mark.parametrize("ending", ENDS)
def test_an_order_that_ends_unpaid_gives_its_use_back(
    shop: Shop, make_product: ProductMaker, time: MovableClock, ending: Ending
) -> None:
    product_id = make_product()
    discount_codes.add(shop, uses=1)
    order = discount_codes.buy(shop, product_id)
    with pytest.raises(PageChanged, match="used up"):
        discount_codes.buy(shop, product_id, STRANGER)
    ending(shop, order, time)
    assert discount_codes.held(shop) == 0
    assert discount_codes.buy(shop, product_id, STRANGER).discount_minor == 100
    assert discount_codes.held(shop) == 1


@pytest.mark.parametrize("ending", ENDS)
def test_an_order_that_comes_back_keeps_its_price_and_counts_again(
    shop: Shop, make_product: ProductMaker, time: MovableClock, ending: Ending
) -> None:
    product_id = make_product()
    discount_codes.add(shop, uses=1)
    order = discount_codes.buy(shop, product_id)
    ending(shop, order, time)
    discount_codes.buy(shop, product_id, STRANGER)
    again = orders.reinstate(shop, STAFF, order.id, lives.REASON)
    assert (again.total_minor, again.discount_minor) == (899, 100)
    assert discount_codes.held(shop) == 2, "staff see it in the list: one more than there were"
    orders.approve(shop, STAFF, order.id, Given())
    assert lives.ledger_of(shop, order.id) == [("received", 899)]


def test_a_late_proof_counts_again(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    discount_codes.add(shop, uses=1)
    order = discount_codes.buy(shop, make_product())
    _expire(shop, order, time)
    lives.submit(shop, order)
    assert discount_codes.held(shop) == 1


def test_a_refund_gives_back_the_money_and_not_the_use(shop: Shop, make_product: ProductMaker) -> None:
    discount_codes.add(shop, uses=1)
    order = lives.submit(shop, discount_codes.buy(shop, make_product()))
    orders.approve(shop, STAFF, order.id, Given())
    lives.end_jobs(shop, order.id)
    orders.refund(shop, OWNER, order.id, lives.REASON)
    assert lives.ledger_of(shop, order.id) == [("received", 899), ("returned", 899)]
    assert discount_codes.held(shop) == 1


def test_orders_without_a_code_leave_no_trace(shop: Shop, make_product: ProductMaker) -> None:
    discount_codes.add(shop)
    lives.place(shop, make_product())
    with reading(shop.database) as session:
        assert session.execute(select(func.count()).select_from(DiscountUse)).scalar_one() == 0


def test_ending_a_code_leaves_its_orders_as_they_are(shop: Shop, make_product: ProductMaker) -> None:
    discount_codes.add(shop)
    order = discount_codes.buy(shop, make_product())
    codes.end(shop, OWNER, "SUMMER")
    approved = orders.approve(shop, STAFF, lives.submit(shop, order).id, Given())
    assert (approved.total_minor, approved.discount_minor, approved.discount_code) == (899, 100, "SUMMER")
    assert lives.ledger_of(shop, order.id) == [("received", 899)]


def test_a_checkout_pressed_twice_is_one_use(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    discount_codes.add(shop, uses=1, per_person=1)
    checkout = orders.Checkout("the-same", product_id, 1, "btc", code="SUMMER")
    first, again = (orders.place(shop, CUSTOMER, checkout) for _ in range(2))
    assert first.id == again.id
    assert discount_codes.held(shop) == 1


@pytest.mark.parametrize("limit", [{"uses": 1}, {"per_person": 1}, {}], ids=["uses", "per-person", "last-unit"])
def test_a_second_press_that_looks_while_the_first_one_commits_is_the_same_order(
    shop: Shop, make_product: ProductMaker, monkeypatch: pytest.MonkeyPatch, limit: dict[str, Any]
) -> None:
    product_id = make_product(units=3 if limit else 1)
    discount_codes.add(shop, **limit)
    checkout = orders.Checkout("the-same", product_id, 1, "btc", code="SUMMER")
    placed: list[Order] = []
    look = agreeing.refuse_early if limit else units.refuse_if_gone

    def first_one_commits(*args: Any) -> None:
        if not placed:
            placed.append(Order())
            placed[0] = orders.place(shop, CUSTOMER, checkout)
        look(*args)

    monkeypatch.setattr(*((agreeing, "refuse_early") if limit else (units, "refuse_if_gone")), first_one_commits)
    assert orders.place(shop, CUSTOMER, checkout).id == placed[0].id
    assert discount_codes.held(shop) == 1


def test_staff_are_told_of_an_order_that_is_one_too_many_for_its_code(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=6)
    discount_codes.add(shop, uses=1)
    first = discount_codes.buy(shop, product_id)
    _expire(shop, first, time)
    second = lives.submit(shop, discount_codes.buy(shop, product_id, STRANGER), STRANGER)
    lives.submit(shop, first)
    assert overuse(shop, first) == Overuse(2, 1)
    assert overuse(shop, second) is None, "it never ended"
    assert overuse(shop, lives.place(shop, product_id)) is None
    orders.reject(shop, STAFF, second.id, lives.REASON)
    assert overuse(shop, first) is None


def test_one_persons_order_may_be_one_too_many(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product_id = make_product(units=6)
    discount_codes.add(shop, per_person=1)
    first = discount_codes.buy(shop, product_id)
    _expire(shop, first, time)
    discount_codes.buy(shop, product_id)
    lives.submit(shop, first)
    assert overuse(shop, first) == Overuse(2, 1, by_one_person=True)


def overuse(shop: Shop, order: Order) -> Overuse | None:
    """Return what staff are told of an order's code."""
    with reading(shop.database) as session:
        facts = review_facts(session, order.id, shop.terms.late_window)
    assert facts
    return facts.overuse
