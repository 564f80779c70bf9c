"""Units: taken, given back, sold and never sold twice, by one or by two hundred at once."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, func, select, update

from novacore.db.models import EvidenceClaim, Order, Person, Product, Unit
from novacore.db.unit_of_work import reading, writing
from novacore.errors import BadInput, Blocked, LimitReached, NotFound, SoldOut
from novacore.states import OrderStatus, ProductKind, UnitStatus
from novacore.workflows.catalog import offers
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.placing.quantities import parse_quantity
from novacore.workflows.stock import units as stock
from tests.fixtures.locks import may_deadlock
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives

BUYERS, UNITS = 200, 20


def test_two_hundred_buyers_for_twenty_units(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=UNITS)
    start = threading.Barrier(BUYERS)

    def buy(number: int) -> str:
        start.wait(60)
        try:
            return lives.place(shop, product_id, Actor(50_000 + number, f"buyer {number}")).id
        except SoldOut as refusal:
            return refusal.sentence

    with ThreadPoolExecutor(BUYERS) as pool:
        said = [*pool.map(buy, range(BUYERS))]
    placed = {answer for answer in said if answer.startswith("NC-")}
    others = Counter(answer for answer in said if not answer.startswith("NC-"))
    assert len(placed) == UNITS
    assert others == {"Sorry, Game key is sold out.": BUYERS - UNITS}
    with reading(shop.database) as session:
        held = select(Unit.order_id, func.count()).where(Unit.status == "reserved").group_by(Unit.order_id)
        assert {order_id: count for order_id, count in session.execute(held)} == dict.fromkeys(placed, 1)  # noqa: C416


def test_buyers_of_several_units_never_wait_for_each_other(shop: Shop, make_product: ProductMaker) -> None:
    """Orders of one to five units at once on the same shelf: no deadlock, and no unit in two hands."""
    product_id = make_product(units=60)

    def buy(number: int) -> int:
        try:
            return lives.place(shop, product_id, Actor(60_000 + number, "buyer"), quantity=1 + number % 5).quantity
        except SoldOut:
            return 0

    with ThreadPoolExecutor(24) as pool:
        sold = sum(pool.map(buy, range(48)))
    assert sold == lives.units(shop, UnitStatus.reserved)
    assert lives.units(shop, UnitStatus.available) == 60 - sold < 5


def test_one_checkout_pressed_twice_at_once_is_one_order(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=10)
    with ThreadPoolExecutor(8) as pool:
        placed = {*pool.map(lambda _: lives.place(shop, product_id, key="the-same").id, range(8))}
    assert len(placed) == 1
    assert lives.units(shop, UnitStatus.reserved) == 1


def test_the_limit_of_open_orders_holds_when_all_come_at_once(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=20)

    def buy(_: int) -> str:
        try:
            return lives.place(shop, product_id).id
        except LimitReached as refusal:
            return refusal.sentence

    with ThreadPoolExecutor(8) as pool:
        said = [*pool.map(buy, range(8))]
    assert sum(answer.startswith("NC-") for answer in said) == shop.terms.max_open_orders == 3
    assert any("You already have 3 open orders" in answer for answer in said)


def test_the_oldest_units_go_first(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=3)
    order = lives.place(shop, product_id, quantity=2)
    with reading(shop.database) as session:
        rows = session.execute(select(Unit.status).where(Unit.product_id == product_id).order_by(Unit.id)).scalars()
        assert [*rows] == ["reserved", "reserved", "available"]
        assert session.get_one(Order, order.id).total_minor == 2 * 999


def test_which_reads_may_lock_rows_from_both_ends() -> None:
    """Every test fails in which such a read, or such a DELETE, was made; these are the kinds."""
    units = select(Unit).where(Unit.order_id == "x", Unit.status == UnitStatus.sold)
    assert may_deadlock(units.with_for_update())
    assert may_deadlock(select(Unit).with_for_update())
    assert may_deadlock(select(Unit).where(Unit.id > 3).with_for_update())
    assert may_deadlock(select(EvidenceClaim).where(EvidenceClaim.kind == "picture").with_for_update())
    assert may_deadlock(delete(Unit).where(Unit.order_id == "x", Unit.id > 3))
    assert may_deadlock(delete(Unit).where(Unit.id.not_in([3])))
    one_claim = select(EvidenceClaim).where(EvidenceClaim.kind == "picture", EvidenceClaim.value == "x")
    for fine in (
        units,
        units.order_by(Unit.id).with_for_update(),
        units.with_for_update(skip_locked=True),
        select(Unit.status).where(Unit.id == 3).with_for_update(key_share=True),
        one_claim.with_for_update(),
        delete(Unit).where(Unit.order_id == "x"),
        delete(Unit).where(Unit.id.in_([3, 4])),
        delete(Unit).where(Unit.id == 3, Unit.sold_at < func.now()),
    ):
        assert not may_deadlock(fine), fine


@pytest.mark.parametrize("end", [OrderStatus.cancelled, OrderStatus.expired, OrderStatus.rejected])
def test_an_order_that_ends_unpaid_gives_its_units_back(
    shop: Shop, make_product: ProductMaker, time: MovableClock, end: OrderStatus
) -> None:
    lives.bring_to(shop, make_product(units=2), end, time)
    assert lives.units(shop, UnitStatus.available) == 2


def test_approved_units_are_sold_and_refunded_ones_are_never_sold_again(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    lives.bring_to(shop, make_product(units=2), OrderStatus.refunded, time)
    assert lives.units(shop, UnitStatus.revoked) == 1
    assert lives.units(shop, UnitStatus.available) == 1


def test_a_reinstated_order_takes_its_units_again_at_the_approval(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(units=1), OrderStatus.rejected, time)
    orders.reinstate(shop, STAFF, order.id, lives.REASON)
    assert lives.units(shop, UnitStatus.reserved) == 0
    assert orders.approve(shop, STAFF, order.id, Given()).status is OrderStatus.approved
    assert lives.units(shop, UnitStatus.sold) == 1


def test_a_late_approval_is_refused_while_the_units_are_with_someone_else(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=1)
    order = lives.bring_to(shop, product_id, OrderStatus.expired, time)
    late = lives.submit(shop, order)
    assert late.is_late
    rival = lives.place(shop, product_id, STRANGER)
    with pytest.raises(SoldOut, match="Restock and try again, or reject it and return the money"):
        orders.approve(shop, STAFF, order.id, Given())
    orders.cancel(shop, STRANGER, rival.id)
    assert orders.approve(shop, STAFF, order.id, Given()).status is OrderStatus.approved


def test_goods_without_a_count_never_run_out_and_reuse_what_came_back(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(ProductKind.unlimited)
    first = lives.place(shop, product_id, quantity=3)
    orders.cancel(shop, CUSTOMER, first.id)
    lives.place(shop, product_id, quantity=5)
    assert lives.units(shop, UnitStatus.reserved) == 5
    assert lives.units(shop, UnitStatus.available) == 0


def test_too_few_left_is_told_with_the_number(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=2)
    with pytest.raises(SoldOut, match="only 2 of Game key are left"):
        lives.place(shop, product_id, quantity=3)
    plenty = make_product(units=20)
    with pytest.raises(BadInput, match="10 of Game key at most"):
        lives.place(shop, plenty, quantity=11)
    assert lives.place(shop, plenty, quantity=10).quantity == 10


@pytest.mark.parametrize("quantity", [0, -1])
def test_nothing_cannot_be_ordered(shop: Shop, make_product: ProductMaker, quantity: int) -> None:
    with pytest.raises(BadInput, match="at least one"):
        lives.place(shop, make_product(), quantity=quantity)


def test_what_is_off_sale_or_unknown_cannot_be_ordered(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    with writing(shop.database) as tx:
        tx.session.execute(update(Product).values(is_deleted=True))
    with pytest.raises(SoldOut, match="not on sale any more"):
        lives.place(shop, product_id)
    with pytest.raises(NotFound):
        lives.place(shop, 999_999)


def test_a_blocked_person_cannot_order_until_the_block_ends(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product()
    orders.cancel(shop, CUSTOMER, lives.place(shop, product_id).id)
    with writing(shop.database) as tx:
        until = time.at.replace(hour=20)
        tx.session.execute(update(Person).where(Person.id == CUSTOMER.id).values(blocked_until=until))
    with pytest.raises(Blocked):
        lives.place(shop, product_id)
    time.move(hours=9)
    assert lives.place(shop, product_id).status is OrderStatus.awaiting_payment


def test_an_order_keeps_what_was_agreed(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(price=999)
    order = lives.place(shop, product_id)
    with writing(shop.database) as tx:
        tx.session.execute(update(Product).values(price_minor=5000, name="New name", warranty_days=0))
    with reading(shop.database) as session:
        kept = session.get_one(Order, order.id)
    assert (kept.total_minor, kept.product_name, kept.warranty_days) == (999, "Game key", 30)
    assert (kept.pay_address, kept.pay_network) == ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "Bitcoin")


def test_the_same_code_cannot_be_stocked_twice(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    offers.add_codes(shop, OWNER, product_id, ["ONE", "TWO"])
    with pytest.raises(BadInput, match="in stock already or was sold"):
        offers.add_codes(shop, OWNER, product_id, ["THREE", "ONE "])
    with reading(shop.database) as session:
        assert stock.count_available(session, product_id) == 2


@pytest.mark.parametrize("text", ["0", "-1", "1000000000", "1e9", "abc", "", "1.5", "١", "0000", "10001", "9" * 5000])
def test_a_quantity_must_be_a_plain_number(text: str) -> None:
    with pytest.raises(BadInput, match="is not a quantity I can use"):
        parse_quantity(text)


def test_a_quantity_is_read(shop: Shop) -> None:
    assert [parse_quantity(text) for text in ("1", " 10 ", "007", "1000", "9999")] == [1, 10, 7, 1000, 9999]


def test_nobody_but_the_owner_adds_stock(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    for actor in (CUSTOMER, STAFF, SYSTEM):
        with pytest.raises(Exception, match="Only the owner can add stock"):
            offers.add_codes(shop, actor, product_id, ["X"])
