"""How much is left: staff hear of each step down once, and a step up arms the next one."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select

from novacore.db.models import Job, Product
from novacore.db.unit_of_work import reading
from novacore.errors import BadInput, NotAllowed, NotFound
from novacore.states import JobState, OrderStatus, ProductKind, StockLevel
from novacore.workflows.catalog import offers
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.stock import previews, restock, stock_levels
from novacore.workflows.stock.stock_levels import level_of
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, MovableClock, ProductMaker
from tests.workflows.machine import lives


def queued(shop: Shop, name: str) -> int:
    """How many such jobs wait."""
    rows = select(Job.id).where(Job.name == name, Job.state == JobState.queued)
    with reading(shop.database) as session:
        return len(session.execute(rows).all())


def forget_jobs(shop: Shop) -> None:
    """Start with an empty queue, so that what one command asks for can be told from the rest."""
    with shop.database.engine.execution_options(writes=True).begin() as connection:
        connection.execute(delete(Job))


def buy(shop: Shop, product_id: int, count: int) -> None:
    """Buy so many, and have the stock looked at."""
    for _ in range(count):
        order = lives.place(shop, product_id)
        orders.approve(shop, STAFF, lives.submit(shop, order).id, Given())
    stock_levels.review(shop, product_id)


@pytest.mark.parametrize(
    ("left", "threshold", "level"),
    [(0, 5, "out"), (1, 5, "low"), (5, 5, "low"), (6, 5, "plenty"), (0, 0, "out"), (1, 0, "plenty")],
)
def test_what_so_many_mean(left: int, threshold: int, level: str) -> None:
    assert level_of(left, threshold) is StockLevel(level)


def test_staff_hear_once_of_each_step_down(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product_id = make_product(units=7)
    assert stock_levels.review(shop, product_id) is StockLevel.plenty
    buy(shop, product_id, 1)
    assert queued(shop, "alert_low_stock") == 0
    buy(shop, product_id, 2)
    assert queued(shop, "alert_low_stock") == 1
    buy(shop, product_id, 3)
    stock_levels.review(shop, product_id)
    assert queued(shop, "alert_low_stock") == 1
    buy(shop, product_id, 1)
    assert stock_levels.review(shop, product_id) is StockLevel.out
    assert queued(shop, "alert_low_stock") == 2


def test_a_restock_arms_it_again(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=6)
    stock_levels.review(shop, product_id)
    for round_ in (1, 2):
        order = lives.place(shop, product_id, key=f"round-{round_}")
        stock_levels.review(shop, product_id)
        assert queued(shop, "alert_low_stock") == round_
        orders.cancel(shop, CUSTOMER, order.id, Given())
        stock_levels.review(shop, product_id)
    offers.add_codes(shop, OWNER, product_id, ["MORE"])
    assert stock_levels.review(shop, product_id) is StockLevel.plenty


def test_a_product_that_was_never_stocked_alerts_nobody(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    stock_levels.review(shop, product_id)
    offers.add_codes(shop, OWNER, product_id, ["A", "B"])
    assert stock_levels.review(shop, product_id) is StockLevel.low
    assert queued(shop, "alert_low_stock") == 0


def test_switched_off(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=2)
    stock_levels.set_threshold(shop, OWNER, product_id, 0)
    stock_levels.review(shop, product_id)
    buy(shop, product_id, 2)
    with reading(shop.database) as session:
        assert session.get_one(Product, product_id).stock_level is StockLevel.out
    assert queued(shop, "alert_low_stock") == 0


def test_a_higher_threshold_is_looked_at_at_once(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=20)
    stock_levels.review(shop, product_id)
    stock_levels.set_threshold(shop, OWNER, product_id, 30)
    assert queued(shop, "watch_stock") == 1
    assert stock_levels.review(shop, product_id) is StockLevel.low
    assert queued(shop, "alert_low_stock") == 1


@pytest.mark.parametrize("kind", [ProductKind.unlimited, ProductKind.by_hand])
def test_what_never_sells_out(shop: Shop, make_product: ProductMaker, kind: ProductKind) -> None:
    product_id = make_product(kind)
    lives.place(shop, product_id)
    assert stock_levels.review(shop, product_id) is None
    assert queued(shop, "alert_low_stock") == 0


def test_a_sale_far_from_the_end_asks_for_no_look(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product_id = make_product(units=18)
    forget_jobs(shop)
    lives.place(shop, product_id, key="one")
    lives.place(shop, product_id, key="two")
    assert queued(shop, "watch_stock") == 0
    lives.place(shop, product_id, key="three")  # 15 are left: 5 and the slack
    assert queued(shop, "watch_stock") == 1


def test_many_sales_are_one_look(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=3)
    for n in range(3):
        lives.place(shop, product_id, key=str(n))
    assert queued(shop, "watch_stock") == 1
    assert queued(shop, "refresh_panel") == 1


def test_what_comes_back_and_what_is_withdrawn_is_looked_at(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=1)
    stock_levels.review(shop, product_id)
    order = lives.bring_to(shop, product_id, OrderStatus.awaiting_payment, time)
    stock_levels.review(shop, product_id)
    orders.cancel(shop, CUSTOMER, order.id, Given())
    assert stock_levels.review(shop, product_id) is StockLevel.low
    restock.withdraw(shop, OWNER, 1)
    assert stock_levels.review(shop, product_id) is StockLevel.out
    assert queued(shop, "alert_low_stock") == 2


def looks_asked_for(shop: Shop) -> list[tuple[str, datetime]]:
    """The products whose stock is to be looked at, and when."""
    rows = select(Job.subject_id, Job.due_at).where(Job.name == "watch_stock", Job.state == JobState.queued)
    with reading(shop.database) as session:
        return [(subject_id, due_at) for subject_id, due_at in session.execute(rows.order_by(Job.id))]


def end(shop: Shop, order_id: str, how: str) -> None:
    """Let an order end unpaid."""
    if how == "reject":
        orders.submit_proof(shop, CUSTOMER, order_id, lives.picture(), lives.reference())
        orders.reject(shop, STAFF, order_id, lives.REASON)
    elif how == "expire":
        orders.expire(shop, SYSTEM, order_id)
    else:
        orders.cancel(shop, CUSTOMER, order_id)


@pytest.mark.parametrize("how", ["cancel", "expire", "reject"])
def test_units_that_come_back_ask_for_one_look_at_their_product(
    shop: Shop, make_product: ProductMaker, time: MovableClock, how: str
) -> None:
    """Without it the panel says sold out for ever, and nobody who waits is called."""
    make_product(units=1, name="Another")
    product_id = make_product(units=40)
    placed = [lives.place(shop, product_id, quantity=2) for _ in range(2)]
    time.move(hours=25 if how == "expire" else 1)
    forget_jobs(shop)
    for order in placed:
        end(shop, order.id, how)
    assert looks_asked_for(shop) == [(str(product_id), time.at + timedelta(seconds=2))]


def test_an_order_that_holds_no_units_any_more_asks_for_no_look(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(units=40), OrderStatus.expired, time)
    orders.reinstate(shop, STAFF, order.id, lives.REASON)
    forget_jobs(shop)
    orders.reject(shop, STAFF, order.id, lives.REASON)
    assert looks_asked_for(shop) == []


def test_thresholds_that_are_none_and_people_who_may_not(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    for threshold in (-1, 10_001):
        with pytest.raises(BadInput, match="0 switches the alert off"):
            stock_levels.set_threshold(shop, OWNER, product_id, threshold)
    with pytest.raises(NotAllowed, match="Only the owner"):
        stock_levels.set_threshold(shop, STAFF, product_id, 3)
    with pytest.raises(NotFound):
        stock_levels.set_threshold(shop, OWNER, 99_999, 3)


def test_what_sells_out_in_the_moment_it_comes_is_told_all_the_same(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    batch_id = previews.stage_file(shop, OWNER, product_id, "codes.txt", b"ONLY-1").batch_id or 0
    restock.confirm(shop, OWNER, batch_id)
    restock.fill_next(shop, batch_id)
    lives.place(shop, product_id)
    assert stock_levels.review(shop, product_id) is StockLevel.out
    assert queued(shop, "alert_low_stock") == 1
