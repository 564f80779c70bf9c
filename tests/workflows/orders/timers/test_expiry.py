"""A customer's time to pay: it ends when it should, never after a proof, and not while the shop was closed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from novacore.db.models import Order
from novacore.db.unit_of_work import reading
from novacore.errors import NotAllowed, WrongState
from novacore.states import OrderStatus
from novacore.workflows.machine import facts
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.timers import opening_hours
from tests.fixtures.shops import CUSTOMER, OWNER, MovableClock, ProductMaker
from tests.workflows.machine import lives


def stored(shop: Shop, order: Order) -> Order:
    with reading(shop.database) as session:
        return session.get_one(Order, order.id)


def test_an_order_expires_when_its_time_is_up_and_not_before(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.place(shop, make_product())
    time.move(hours=23, minutes=59)
    with pytest.raises(WrongState, match="still has time left"):
        orders.expire(shop, SYSTEM, order.id)
    time.move(minutes=1)
    assert orders.expire(shop, SYSTEM, order.id).status is OrderStatus.expired
    assert "tell_customer" in lives.jobs_of(shop, order.id)


def test_an_expired_order_has_no_deadline_any_more(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    """Staff would read "expired" and "expires" side by side, and after reinstating it a deadline in the past."""
    order = lives.bring_to(shop, make_product(), OrderStatus.expired, time)
    expired = stored(shop, order)
    assert (expired.expires_at, expired.expired_at) == (None, time.at)
    time.move(hours=1)
    again = orders.reinstate(shop, OWNER, order.id, lives.REASON)
    assert (again.expires_at, again.submitted_at, again.review_round) == (None, time.at, 1)
    time.move(days=30)
    with pytest.raises(WrongState):
        orders.expire(shop, SYSTEM, order.id)


def test_nobody_expires_an_order_by_hand(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    order = lives.place(shop, make_product())
    time.move(days=2)
    for actor in (CUSTOMER, OWNER):
        with pytest.raises(NotAllowed):
            orders.expire(shop, actor, order.id)


def test_an_order_with_a_proof_never_expires(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    order = lives.submit(shop, lives.place(shop, make_product()))
    time.move(days=400)
    with pytest.raises(WrongState):
        orders.expire(shop, SYSTEM, order.id)


def test_two_days_of_downtime_expire_nobody(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    opening_hours.credit_downtime(shop)
    order = lives.place(shop, make_product())
    time.move(hours=1)
    lives.note_open(shop)
    time.move(days=2)
    assert not opening_hours.is_awake(shop, time.at)
    assert opening_hours.credit_downtime(shop) == timedelta(days=2)
    assert opening_hours.is_awake(shop, time.at)
    assert order.expires_at
    assert stored(shop, order).expires_at == order.expires_at + timedelta(days=2)
    with pytest.raises(WrongState, match="still has time left"):
        orders.expire(shop, SYSTEM, order.id)
    assert lives.events_of(shop, order.id) == ["place", "extend_expiry"]
    assert "refresh_cards" in lives.jobs_of(shop, order.id)


def test_downtime_counts_from_the_order_for_one_placed_during_it(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    """The bot took the order while nothing swept: only the time since then is given back."""
    opening_hours.credit_downtime(shop)
    time.move(hours=10)
    order = lives.place(shop, make_product())
    time.move(hours=2)
    opening_hours.credit_downtime(shop)
    assert order.expires_at
    assert stored(shop, order).expires_at == order.expires_at + timedelta(hours=2)


def test_a_sweep_every_few_seconds_gives_nothing_back(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    opening_hours.credit_downtime(shop)
    order = lives.place(shop, make_product())
    for _ in range(5):
        time.move(seconds=100)
        assert opening_hours.credit_downtime(shop) == timedelta(0)
    assert stored(shop, order).expires_at == order.expires_at
    assert lives.noted(shop, opening_hours.LAST_SWEEP) == time.at


def test_a_paused_order_is_left_alone(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    opening_hours.credit_downtime(shop)
    order = lives.submit(shop, lives.place(shop, make_product()))
    time.move(days=3)
    opening_hours.credit_downtime(shop)
    assert stored(shop, order).expires_at is None


def test_nobodys_time_runs_out_while_the_bot_is_away(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    """Worker and beat go on, the bot is down for two days: nobody could have sent a proof."""
    facts.note(shop, facts.BOT_SEEN, {})
    opening_hours.credit_downtime(shop)
    order = lives.place(shop, make_product())
    for _ in range(4):
        time.move(hours=12)
        assert opening_hours.credit_downtime(shop) == timedelta(0)
        assert not opening_hours.is_awake(shop, time.at)
    facts.note(shop, facts.BOT_SEEN, {})
    assert opening_hours.credit_downtime(shop) == timedelta(days=2)
    assert order.expires_at
    assert stored(shop, order).expires_at == order.expires_at + timedelta(days=2)


def test_a_rehearsal_has_no_downtime(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    rehearsed = replace(shop, terms=replace(shop.terms, gives_downtime_back=False))
    opening_hours.credit_downtime(rehearsed)
    order = lives.place(rehearsed, make_product())
    time.move(days=2)
    assert opening_hours.credit_downtime(rehearsed) == timedelta(0)
    assert orders.expire(rehearsed, SYSTEM, order.id).status is OrderStatus.expired


def test_two_first_sweeps_at_once_both_go_through(shop: Shop) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert {*pool.map(lambda _: opening_hours.credit_downtime(shop), range(8))} == {timedelta(0)}
