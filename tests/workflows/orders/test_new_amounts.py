"""A new amount in the coin: once the promise is over, for the buyer alone, with its claim and its event."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import delete, select

from novacore.db.event_kinds.orders import NEW_AMOUNT
from novacore.db.models import AmountClaim, Event, Job, Order
from novacore.db.unit_of_work import reading, writing
from novacore.errors import NotFound, WrongState
from novacore.states import PaymentMethod
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import new_amounts
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.payments import rates
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives


@pytest.fixture
def order(shop: Shop, make_product: ProductMaker, time: MovableClock) -> Order:
    """An order of $20 in Bitcoin at $50,000."""
    product_id = make_product(price=2000)
    rates.set_rate(shop, OWNER, "btc", "50000")
    return orders.place(shop, CUSTOMER, Checkout("one", product_id, 1, PaymentMethod.btc))


def _reread(shop: Shop, order: Order) -> Order:
    with reading(shop.database) as session:
        return session.get_one(Order, order.id)


def _claims(shop: Shop) -> list[tuple[str, int]]:
    with reading(shop.database) as session:
        rows = session.execute(select(AmountClaim.order_id, AmountClaim.amount).order_by(AmountClaim.amount))
        return [(order_id, amount) for order_id, amount in rows]


def test_the_customer_gets_one_when_the_promise_is_over(shop: Shop, order: Order, time: MovableClock) -> None:
    time.move(minutes=60)
    rates.set_rate(shop, OWNER, "btc", "40000")
    with writing(shop.database) as tx:
        tx.session.execute(delete(Job))
    new_amounts.renew(shop, CUSTOMER, order.id)
    now = _reread(shop, order)
    assert (order.coin_amount, now.coin_amount, now.coin_amount_before) == (40_000, 50_000, 40_000)
    assert (now.coin_rate, now.coin_changed_at, now.version) == ("40000", time.at, order.version + 1)
    assert now.coin_holds_until == time.at + shop.terms.rate_hold
    assert _claims(shop) == [(order.id, 40_000), (order.id, 50_000)], "a payment of the old one may be on its way"
    with reading(shop.database) as session:
        event = session.execute(select(Event).where(Event.trigger == "new_amount")).scalar_one()
        jobs = session.execute(select(Job.name).where(Job.event_id == event.id)).scalars().all()
    told = NEW_AMOUNT.read(event.detail)
    assert (told["amount"], told["before"]) == ("0.00050000 BTC", "0.00040000 BTC")
    assert event.target is None, "no state has moved"
    assert jobs == ["refresh_cards"]


def test_a_yes_to_cancelling_counts_for_the_amount_that_they_saw(shop: Shop, order: Order, time: MovableClock) -> None:
    time.move(minutes=60)
    rates.set_rate(shop, OWNER, "btc", "40000")
    renewed = new_amounts.renew(shop, CUSTOMER, order.id)
    with pytest.raises(WrongState, match="has changed since you were asked"):
        orders.cancel_as_asked(shop, CUSTOMER, order.id, order.version)
    for stranger in (STRANGER, STAFF):
        with pytest.raises(NotFound):
            orders.cancel_as_asked(shop, stranger, order.id, renewed.version)
    assert _reread(shop, order).status == "awaiting_payment"
    orders.cancel_as_asked(shop, CUSTOMER, order.id, renewed.version)
    assert _reread(shop, order).status == "cancelled"


def test_at_an_unchanged_price_the_amount_stays_and_holds_for_longer(
    shop: Shop, order: Order, time: MovableClock
) -> None:
    time.move(minutes=61)
    rates.set_rate(shop, OWNER, "btc", "50000.00")
    new_amounts.renew(shop, CUSTOMER, order.id)
    now = _reread(shop, order)
    assert (now.coin_amount, now.coin_amount_before, now.coin_changed_at) == (40_000, None, None)
    assert (now.coin_holds_until, now.version) == (time.at + shop.terms.rate_hold, order.version + 1)
    assert _claims(shop) == [(order.id, 40_000)]
    with reading(shop.database) as session:
        told = session.execute(select(Event.trigger).where(Event.subject_id == order.id).order_by(Event.id)).scalars()
        assert [*told][-1] == "keep_amount"
    with pytest.raises(WrongState, match="holds until"):
        new_amounts.renew(shop, CUSTOMER, order.id)


def test_a_tail_is_kept_at_an_unchanged_price(shop: Shop, order: Order, time: MovableClock) -> None:
    second = orders.place(shop, STRANGER, Checkout("two", order.product_id, 1, PaymentMethod.btc))
    assert second.coin_amount == 40_001
    orders.cancel(shop, CUSTOMER, order.id)
    time.move(minutes=61)
    new_amounts.renew(shop, STRANGER, second.id)
    assert _reread(shop, second).coin_amount == 40_001
    assert _claims(shop) == [(second.id, 40_001)]


def test_each_amount_that_was_asked_for_is_the_whole_price(shop: Shop, order: Order, time: MovableClock) -> None:
    for price in ("40000", "41000"):
        time.move(minutes=61)
        rates.set_rate(shop, OWNER, "btc", price)
        new_amounts.renew(shop, CUSTOMER, order.id)
    lives.submit(shop, order)
    orders.approve_amount(shop, STAFF, order.id, Given(), "0.0004 BTC")
    assert lives.ledger_of(shop, order.id) == [("received", 2000)]


def test_a_price_that_comes_back_gives_the_amount_of_before(shop: Shop, order: Order, time: MovableClock) -> None:
    for price, units in (("40000", 50_000), ("50000", 40_000)):
        time.move(minutes=61)
        rates.set_rate(shop, OWNER, "btc", price)
        new_amounts.renew(shop, CUSTOMER, order.id)
        now = _reread(shop, order)
        assert (now.coin_amount, now.coin_is_unique) == (units, True)
    assert _claims(shop) == [(order.id, 40_000), (order.id, 50_000)]


def test_nobody_else_is_asked_for_an_amount_that_may_be_on_its_way(
    shop: Shop, order: Order, time: MovableClock
) -> None:
    time.move(minutes=61)
    rates.set_rate(shop, OWNER, "btc", "40000")
    new_amounts.renew(shop, CUSTOMER, order.id)
    rates.set_rate(shop, OWNER, "btc", "50000")
    other = orders.place(shop, STRANGER, Checkout("two", order.product_id, 1, PaymentMethod.btc))
    assert other.coin_amount == 40_001
    orders.cancel(shop, CUSTOMER, order.id)
    assert _claims(shop) == [(other.id, 40_001)], "with the order both of its claims end"


def test_nobody_is_offered_one_where_the_promise_lasts_as_long_as_the_order(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(price=2000)
    rates.set_rate(shop, OWNER, "btc", "50000")
    brief = replace(shop, terms=replace(shop.terms, order_expiry=shop.terms.rate_hold))
    order = orders.place(brief, CUSTOMER, Checkout("brief", product_id, 1, PaymentMethod.btc))
    assert not new_amounts.can_have_one(order)
    with pytest.raises(WrongState, match="holds until"):
        new_amounts.renew(brief, CUSTOMER, order.id)


def test_nobody_gets_one_while_the_promise_holds(shop: Shop, order: Order, time: MovableClock) -> None:
    time.move(minutes=59)
    rates.set_rate(shop, OWNER, "btc", "60000")
    with pytest.raises(WrongState, match="holds until"):
        new_amounts.renew(shop, CUSTOMER, order.id)
    assert _reread(shop, order).coin_amount == 40_000


@pytest.mark.parametrize("who", [STRANGER, STAFF, OWNER])
def test_it_is_the_buyers_alone(shop: Shop, order: Order, time: MovableClock, who: Actor) -> None:
    time.move(minutes=61)
    with pytest.raises(NotFound):
        new_amounts.renew(shop, who, order.id)


def _with_a_proof(shop: Shop, order: Order) -> None:
    orders.submit_proof(shop, CUSTOMER, order.id, lives.picture(1), "ab" * 32)


def _asked_again(shop: Shop, order: Order) -> None:
    _with_a_proof(shop, order)
    orders.ask_again(shop, STAFF, order.id, lives.REASON)


def _cancelled(shop: Shop, order: Order) -> None:
    orders.cancel(shop, CUSTOMER, order.id)


@pytest.mark.parametrize("before", [_with_a_proof, _asked_again, _cancelled])
def test_who_may_have_paid_gets_none(
    shop: Shop, order: Order, time: MovableClock, before: Callable[[Shop, Order], None]
) -> None:
    before(shop, order)
    time.move(minutes=61)
    with pytest.raises(WrongState, match="can't have a new amount"):
        new_amounts.renew(shop, CUSTOMER, order.id)


def test_without_a_rate_nothing_changes(shop: Shop, order: Order, time: MovableClock) -> None:
    time.move(hours=23)
    rates.set_rate(shop, OWNER, "ltc", "80")
    time.move(minutes=61)
    with pytest.raises(WrongState, match=r"no current price for Bitcoin"):
        new_amounts.renew(shop, CUSTOMER, order.id)
    assert _claims(shop) == [(order.id, 40_000)]
