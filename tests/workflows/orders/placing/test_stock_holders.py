"""Two accounts try to keep a product from everybody for ten days; a hundred honest buyers take a hundred units."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from novacore.errors import LimitReached
from novacore.states import UnitStatus
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.placing.unpaid import MOST_SECOND_THOUGHTS
from tests.fixtures.shops import MovableClock, ProductMaker
from tests.workflows.machine import lives
from tests.workflows.orders.placing.unpaid_lives import DAY, QUARTER, counted_ends, expire_due

ANN, BOB, HONEST = Actor(71, "ann"), Actor(72, "bob"), Actor(73, "carol")
UNITS = 4
STEP, TEN_DAYS = QUARTER, timedelta(days=10)

Wants = Callable[[Shop, Actor, MovableClock], bool]


def always(_shop: Shop, _who: Actor, _time: MovableClock) -> bool:
    """Order whenever something is on sale."""
    return True


def while_it_is_free(shop: Shop, who: Actor, time: MovableClock) -> bool:
    """Order only while no rule holds them back, then wait for a week to pass."""
    return counted_ends(shop, who, time) < 2


@pytest.mark.parametrize(
    ("wants", "hours"),
    [
        (always, 96),  # two free orders of a day each, then never again
        (while_it_is_free, 144),  # and two more of each account that has waited for a week
    ],
)
def test_two_accounts_cannot_keep_four_units_from_an_honest_buyer(
    shop: Shop, make_product: ProductMaker, time: MovableClock, wants: Wants, hours: int
) -> None:
    product_id, ends, sold_out = make_product(units=UNITS), time.at + TEN_DAYS, timedelta()
    while time.at < ends:
        expire_due(shop, time)
        for who in (ANN, BOB):
            if lives.units(shop, UnitStatus.available) and wants(shop, who, time):
                take_all(shop, product_id, who)
        if not lives.units(shop, UnitStatus.available):
            sold_out += STEP
        time.at += STEP
    assert sold_out == timedelta(hours=hours)


def take_all(shop: Shop, product_id: int, who: Actor) -> None:
    """Order as many as the shop allows."""
    for quantity in range(lives.units(shop, UnitStatus.available), 0, -1):
        try:
            lives.place(shop, product_id, who, quantity)
        except LimitReached as refusal:
            if "at most right now" not in refusal.sentence:
                return
        else:
            return


def test_after_four_days_an_honest_buyer_finds_one_at_any_time(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=UNITS)
    for who in (ANN, ANN, BOB, BOB):
        take_all(shop, product_id, who)
        time.at += DAY
        expire_due(shop, time)
    for _ in range(6):
        for who in (ANN, BOB):
            take_all(shop, product_id, who)
        honest = lives.place(shop, product_id, HONEST)
        assert honest.expires_at == time.at + DAY
        orders.cancel(shop, HONEST, honest.id)
        time.at += QUARTER
        expire_due(shop, time)


def test_cancelling_and_ordering_again_holds_nothing_for_ever(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=UNITS)
    for who in (ANN, BOB):
        for _ in range(MOST_SECOND_THOUGHTS + 2):  # 2.8 hours for each of them
            order = lives.place(shop, product_id, who, UNITS)
            time.move(minutes=14)
            orders.cancel(shop, who, order.id)
        with pytest.raises(LimitReached, match="there is a pause"):
            lives.place(shop, product_id, who)


def test_a_hundred_new_buyers_take_a_hundred_units(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product_id = make_product(units=100)
    for number in range(100):
        order = lives.place(shop, product_id, Actor(5_000 + number, "new"))
        assert order.expires_at == time.at + DAY
    assert lives.units(shop, UnitStatus.reserved) == 100
