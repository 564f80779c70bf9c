"""Sale prices and first days: by the clock, on pages and orders, also late, early, and after a clock was set back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from novacore import clock
from novacore.db.models import Job, Order
from novacore.db.queries.catalog import shop_window
from novacore.db.queries.catalog.shop_window import ProductRow
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import AlreadyDone, BadInput, NotAllowed, NotFound, PageChanged, SoldOut
from novacore.states import JobState, PaymentMethod
from novacore.workflows.catalog import products, sales
from novacore.workflows.catalog.quantity_steps import set_steps
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.orders.discounts import pricing
from novacore.workflows.orders.placing import agreeing
from novacore.workflows.orders.placing.promise import promise_of
from novacore.workflows.stock import waiting_list
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, MovableClock, ProductMaker
from tests.workflows import discount_codes
from tests.workflows.catalogue import changing, events_of, product_of
from tests.workflows.machine import lives


def in_hours(hours: float) -> str:
    """Return a moment as the owner types it; the tests' shop lives in UTC."""
    return (clock.now() + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M")


def shown(shop: Shop, product_id: int) -> ProductRow:
    """Return a product as its page shows it now."""
    with reading(shop.database) as session:
        found = shop_window.product(session, product_id)
    assert found is not None
    return found


def on_the_shelf(shop: Shop) -> list[str]:
    """Return what customers see of the first category."""
    with reading(shop.database) as session:
        shelves = shop_window.categories(session)
        return [one.name for shelf in shelves for one in shop_window.products(session, shelf.id)]


def press(shop: Shop, product_id: int, quantity: int = 1, seen: str | None = None, code: str = "") -> Order:
    """Press a way to pay."""
    return orders.place(
        shop, CUSTOMER, Checkout(lives.reference(), product_id, quantity, PaymentMethod.btc, seen, code)
    )


def due(shop: Shop, product_id: int) -> list[Job]:
    """Return what is queued for the next moment of a product."""
    mine = Job.name == JobName.change_shelf, Job.subject_id == str(product_id), Job.state == JobState.queued
    with reading(shop.database) as session:
        return [*session.execute(select(Job).where(*mine)).scalars()]


def test_a_sale_price_counts_in_its_time_and_orders_keep_it(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=9, price=1000)
    sales.set_sale(shop, OWNER, product_id, "7", in_hours(1), in_hours(3))
    before = press(shop, product_id)
    time.move(hours=1)
    during = press(shop, product_id, 2)
    assert (shown(shop, product_id).price_minor, shown(shop, product_id).before_sale_minor) == (700, 1000)
    time.move(hours=2)
    after = press(shop, product_id)
    assert (shown(shop, product_id).price_minor, shown(shop, product_id).before_sale_minor) == (1000, None)
    told = [(one.unit_price_minor, one.before_sale_minor, one.total_minor) for one in (before, during, after)]
    assert told == [(1000, None, 1000), (700, 1000, 1400), (1000, None, 1000)]


@pytest.mark.parametrize(("units", "quantity"), [(0, 1), (1, 9), (9, 99)])
def test_a_forged_press_learns_nothing_of_a_product_before_its_first_day(
    shop: Shop, make_product: ProductMaker, units: int, quantity: int
) -> None:
    product_id = make_product(units=units, name="Secret")
    sales.set_first_day(shop, OWNER, product_id, in_hours(5))
    with pytest.raises(SoldOut, match="this product is not on sale any more"):
        press(shop, product_id, quantity)


def test_a_sale_that_ends_while_a_code_is_waited_for_mixes_no_prices(
    shop: Shop, make_product: ProductMaker, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    product_id = make_product(units=9, price=1000)
    sales.set_sale(shop, OWNER, product_id, "7", "", in_hours(1))
    agree = agreeing.agree

    def waited(tx: Transaction, *rest: Any) -> Any:
        price = agree(tx, *rest)
        time.move(hours=2)
        tx.read_clock_again()
        return price

    monkeypatch.setattr(agreeing, "agree", waited)
    with pytest.raises(PageChanged, match="has just changed"):
        press(shop, product_id, 2)


@pytest.mark.parametrize("hours", [1, 3])
def test_a_page_from_before_the_change_orders_nothing(
    shop: Shop, make_product: ProductMaker, time: MovableClock, hours: int
) -> None:
    """Neither a page from before the sale, nor one from before its end."""
    product_id = make_product(units=5, price=1000)
    sales.set_sale(shop, OWNER, product_id, "7", in_hours(1), in_hours(3))
    time.move(hours=hours - 0.5)
    row = shown(shop, product_id)
    seen = promise_of(row, pricing.without_code(row, 2))
    time.move(hours=1)
    with pytest.raises(PageChanged, match="has just changed"):
        press(shop, product_id, 2, seen)
    with reading(shop.database) as session:
        assert session.execute(select(Order.id)).all() == []
    row = shown(shop, product_id)
    assert press(shop, product_id, 2, promise_of(row)).unit_price_minor == row.price_minor


def test_codes_and_steps_count_from_the_sale_price(shop: Shop, make_product: ProductMaker) -> None:
    """A sale price is a price: of code and steps the larger one comes off it, as off any other."""
    product_id = make_product(units=20, price=1000)
    sales.set_sale(shop, OWNER, product_id, "5", "", "")
    set_steps(shop, OWNER, product_id, "4: 20")
    discount_codes.add(shop, percent=10)
    by_code, by_step = press(shop, product_id, 2, None, "SUMMER"), press(shop, product_id, 4)
    assert (by_code.total_minor, by_code.discount_minor) == (900, 100)
    assert (by_step.total_minor, by_step.discount_minor) == (1600, 400)
    both = pricing.look(shop, CUSTOMER, shown(shop, product_id), 4, "SUMMER")
    assert (both.discount_minor, both.code) == (400, "")


def test_a_sale_ends_early_and_by_an_edit(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(price=1000)
    sales.set_sale(shop, OWNER, product_id, "7", "", in_hours(5))
    seen = promise_of(shown(shop, product_id))
    sales.end_sale(shop, OWNER, product_id)
    with pytest.raises(PageChanged):
        press(shop, product_id, 1, seen)
    with pytest.raises(AlreadyDone, match="no sale price"):
        sales.end_sale(shop, OWNER, product_id)
    sales.set_sale(shop, OWNER, product_id, "7", "", "")
    products.save(shop, OWNER, changing(shop, product_id, price="7"))
    row = shown(shop, product_id)
    assert (row.price_minor, row.before_sale_minor, row.sale_price_minor) == (700, None, None)
    told = [one.trigger for one in events_of(shop, product_id)][-4:]
    assert told == ["set_sale", "end_sale", "set_sale", "edit_product"]


def test_an_edit_shows_and_keeps_the_ordinary_price(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(price=1000)
    sales.set_sale(shop, OWNER, product_id, "7", "", "")
    products.save(shop, OWNER, changing(shop, product_id, description="New words"))
    assert (product_of(shop, product_id).price_minor, shown(shop, product_id).price_minor) == (1000, 700)


@pytest.mark.parametrize(
    ("price", "begins", "until", "said"),
    [
        ("10", "", "", "has to be lower"),
        ("10.01", "", "", "has to be lower"),
        ("0", "", "", "more than zero"),
        ("seven", "", "", "seven"),
        ("7", "soon", "", "the day on which the sale begins"),
        ("7", "", "2020-01-01", "end in the future"),
        ("7", "", "2026-13-01", "the last day"),
        ("7", "2199-01-02", "2199-01-01", "end after it begins"),
        ("7", "2199-01-02 10:00+02:00", "", "begins"),
    ],
)
def test_what_cannot_be_a_sale(
    shop: Shop, make_product: ProductMaker, price: str, begins: str, until: str, said: str
) -> None:
    product_id = make_product(price=1000)
    with pytest.raises(BadInput, match=said):
        sales.set_sale(shop, OWNER, product_id, price, begins, until)
    assert product_of(shop, product_id).sale_price_minor is None
    assert due(shop, product_id) == []


def test_only_the_owner_and_only_what_is_there(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(price=1000)
    acts: list[Callable[[Shop, Actor, int], object]] = [
        sales.end_sale,
        lambda shop, actor, number: sales.set_sale(shop, actor, number, "7", "", ""),
        lambda shop, actor, number: sales.set_first_day(shop, actor, number, ""),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act(shop, STAFF, product_id)
        with pytest.raises(NotFound):
            act(shop, OWNER, 999_999)
    products.remove(shop, OWNER, product_id)
    with pytest.raises(BadInput, match="removed"):
        sales.set_sale(shop, OWNER, product_id, "7", "", "")


def test_days_are_those_of_the_shop(shop: Shop, make_product: ProductMaker) -> None:
    """A last day counts whole; a first day that has begun means at once."""
    product_id = make_product(price=1000)
    today = clock.now().date()
    sales.set_sale(shop, OWNER, product_id, "7", today.isoformat(), today.isoformat())
    found = product_of(shop, product_id)
    assert found.sale_from is None
    assert found.sale_until is not None
    assert found.sale_until.date() == today + timedelta(days=1)


# ---- the first day


def test_before_its_first_day_nobody_sees_or_orders_it(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=3, name="Secret")
    make_product(units=3, name="Other")
    page = promise_of(shown(shop, product_id))
    sales.set_first_day(shop, OWNER, product_id, in_hours(2))
    assert on_the_shelf(shop) == ["Other"]
    assert not shown(shop, product_id).is_on_sale
    for seen in (None, page):
        with pytest.raises(SoldOut, match="not on sale"):
            press(shop, product_id, 1, seen)
    with pytest.raises(NotFound):
        waiting_list.ask(shop, CUSTOMER, product_id)
    assert products.standing(shop, OWNER, product_id).product.comes_at is not None
    time.move(hours=2)
    assert on_the_shelf(shop) == ["Other", "Secret"]
    assert press(shop, product_id).product_name == "Secret"


def test_the_first_day_is_taken_back(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    sales.set_first_day(shop, OWNER, product_id, in_hours(2))
    with pytest.raises(AlreadyDone):
        sales.set_first_day(shop, OWNER, product_id, in_hours(2))
    sales.set_first_day(shop, OWNER, product_id, "")
    assert shown(shop, product_id).is_on_sale
    with pytest.raises(AlreadyDone, match="on sale already"):
        sales.set_first_day(shop, OWNER, product_id, "")
    for typed in ("2020-01-01", "tomorrow", "' OR 1=1"):
        with pytest.raises(BadInput, match="has to be in the future"):
            sales.set_first_day(shop, OWNER, product_id, typed)


# ---- what follows


def test_each_moment_has_its_job_and_the_next_follows_from_it(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(price=1000)
    sales.set_sale(shop, OWNER, product_id, "7", in_hours(1), in_hours(3))
    found = product_of(shop, product_id)
    (job,) = due(shop, product_id)
    assert job.due_at == found.sale_from
    time.move(hours=1)
    assert sales.change(shop, product_id) == found.sale_until
    assert sales.change(shop, product_id) == found.sale_until  # killed after the act, and done again
    time.move(hours=30)  # the shop was down meanwhile
    assert sales.change(shop, product_id) is None
    assert "refresh_panel" in lives.jobs_of(shop, "shop")


def test_moments_that_come_again_get_their_jobs_again(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    """The clock ran ahead over the first day; as it is set back, that day is still to come."""
    product_id = make_product()
    sales.set_first_day(shop, OWNER, product_id, in_hours(2))
    time.move(hours=5)
    assert sales.change(shop, product_id) is None
    with writing(shop.database) as tx:
        tx.session.execute(delete(Job).where(Job.name == JobName.change_shelf))
    assert due(shop, product_id) == []
    assert shown(shop, product_id).is_on_sale
    time.move(hours=-5)
    assert not shown(shop, product_id).is_on_sale
    assert sales.plan_again(shop) == 1
    (job,) = due(shop, product_id)
    assert job.due_at == product_of(shop, product_id).on_sale_from


def test_a_removed_product_on_sale_stays_gone(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product_id = make_product(price=1000)
    sales.set_sale(shop, OWNER, product_id, "7", in_hours(1), "")
    products.remove(shop, OWNER, product_id)
    time.move(hours=2)
    sales.change(shop, product_id)
    assert on_the_shelf(shop) == []
    products.bring_back(shop, OWNER, product_id)
    assert shown(shop, product_id).price_minor == 700


def test_a_product_that_is_gone_for_good_asks_for_nothing(shop: Shop) -> None:
    assert sales.change(shop, 999_999) is None
