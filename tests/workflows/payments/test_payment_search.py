"""`/find-payment`: from an amount that came in to the order that asks for it."""

import pytest
from sqlalchemy import delete, insert, update

from novacore.db.models import AmountClaim, Order
from novacore.db.unit_of_work import writing
from novacore.errors import BadInput, NotAllowed
from novacore.messages.orders.staff.found_payments import found_payments
from novacore.states import PaymentMethod, ProductKind
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import new_amounts
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.orders.payment_search import find_payment
from novacore.workflows.payments import rates
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, MovableClock, ProductMaker
from tests.messages.payloads import words_of
from tests.workflows.machine import lives

BTC, USDT = PaymentMethod.btc, PaymentMethod.usdt


def _place(shop: Shop, product_id: int, number: int, method: PaymentMethod = USDT) -> Order:
    return orders.place(shop, Actor(1001 + number, "buyer"), Checkout(f"c-{number}", product_id, 1, method))


def _found(shop: Shop, typed: str) -> tuple[list[str], list[str]]:
    found = find_payment(shop, STAFF, typed)
    return [one.id for one in found.exact], [one.id for one in found.near]


def test_an_amount_names_its_order_and_then_those_near_it(shop: Shop, make_product: ProductMaker) -> None:
    product_id, dear = make_product(price=1999), make_product(price=2100)
    first, second, third = (_place(shop, product_id, number) for number in range(3))
    _place(shop, dear, 3)
    assert _found(shop, "19.991 USDT") == ([second.id], [first.id, third.id])
    assert _found(shop, "19.991") == ([second.id], [first.id, third.id])
    assert _found(shop, "19.70 usdt") == ([], [first.id, second.id, third.id]), "an exchange kept its fee"
    assert _found(shop, "19.50 USDT") == ([], []), "more than 2 % off"
    assert _found(shop, "19.991 BTC") == ([], [])


def test_an_order_that_was_decided_is_found_by_its_very_amount_alone(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(price=1999)
    paid, expired = _place(shop, product_id, 0), _place(shop, product_id, 1)
    orders.submit_proof(shop, CUSTOMER, paid.id, lives.picture(1), "ab" * 32)
    orders.approve(shop, STAFF, paid.id, lives.REASON)
    time.move(hours=25)
    orders.expire(shop, SYSTEM, expired.id)
    assert _found(shop, "19.99") == ([paid.id], [expired.id]), "a late proof may still come"
    time.move(days=8)
    later = _place(shop, product_id, 2)
    assert _found(shop, "19.98") == ([], [later.id]), "no late proof counts any more"


def test_the_amount_of_before_finds_the_order_too(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    rates.set_rate(shop, OWNER, "btc", "50000")
    order = _place(shop, make_product(price=2000), 0, BTC)
    time.move(minutes=61)
    rates.set_rate(shop, OWNER, "btc", "25000")
    new_amounts.renew(shop, CUSTOMER, order.id)
    assert _found(shop, "0.0004 BTC") == _found(shop, "0.0008 BTC") == ([order.id], [])
    unclaimed = delete(AmountClaim).where(AmountClaim.amount == order.coin_amount)
    with writing(shop.database) as tx:  # as where no tail was free
        kept = tx.session.execute(unclaimed.returning(AmountClaim.order_id)).scalars().all()
    assert kept == [order.id]
    assert _found(shop, "0.0004 BTC") == ([order.id], []), "its row says so as well"
    with writing(shop.database) as tx:
        tx.session.execute(insert(AmountClaim).values(method=BTC, amount=order.coin_amount, order_id=order.id))
    time.move(minutes=61)
    rates.set_rate(shop, OWNER, "btc", "20000")
    new_amounts.renew(shop, CUSTOMER, order.id)
    for typed in ("0.0004 BTC", "0.0008 BTC", "0.001 BTC"):
        assert _found(shop, typed) == ([order.id], []), "each of the three"
    assert _found(shop, "0.000395 BTC") == ([], [order.id])


def test_an_order_near_by_its_old_amount_goes_before_those_that_are_farther_off(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id, dearer = make_product(price=2000), make_product(ProductKind.unlimited, price=2010)
    rates.set_rate(shop, OWNER, "btc", "50000")
    renewed = _place(shop, product_id, 0, BTC)
    time.move(minutes=61)
    rates.set_rate(shop, OWNER, "btc", "25000")
    new_amounts.renew(shop, CUSTOMER, renewed.id)
    rates.set_rate(shop, OWNER, "btc", "50000", sure=True)
    others = [_place(shop, dearer, number, BTC) for number in range(1, 7)]
    found = find_payment(shop, STAFF, "0.00039999 BTC")
    assert [one.id for one in found.near] == [renewed.id, *(one.id for one in others[:4])]
    assert (found.exact, found.more_near) == ([], 2)


def test_a_payment_that_lost_two_percent_on_its_way_finds_its_order(shop: Shop, make_product: ProductMaker) -> None:
    order = _place(shop, make_product(price=1999), 0)
    assert _found(shop, "19.5902 USDT") == ([], [order.id]), "19.99 less 2 %"
    assert _found(shop, "19.5901 USDT") == ([], [])


def test_orders_that_may_still_be_paid_come_before_those_that_are_closed(
    shop: Shop, make_product: ProductMaker
) -> None:
    product_id = make_product(ProductKind.unlimited, price=1999)
    open_one = _place(shop, product_id, 0)
    for number in range(1, 7):
        closed = _place(shop, product_id, number)
        with writing(shop.database) as tx:
            same = update(Order).where(Order.id == closed.id)
            tx.session.execute(same.values(coin_amount=open_one.coin_amount))
        orders.cancel(shop, STAFF, closed.id, lives.REASON)
    found = find_payment(shop, STAFF, "19.99 USDT")
    assert found.exact[0].id == open_one.id
    assert (len(found.exact), found.more_exact) == (5, 2)
    assert found.shared == frozenset(), "the others are closed"


def test_an_amount_of_money_finds_the_orders_of_this_price(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(price=1999, units=9)
    first, paypal, cancelled, expired = (
        _place(shop, product_id, number, method)
        for number, method in enumerate((USDT, PaymentMethod.paypal, USDT, USDT))
    )
    orders.cancel(shop, Actor(cancelled.customer_id, "buyer"), cancelled.id)
    time.move(hours=25)
    orders.expire(shop, SYSTEM, expired.id)
    assert sorted(_found(shop, "$19.99")[0]) == sorted(one.id for one in (first, paypal, expired))
    assert _found(shop, "19,99 USD") == _found(shop, "$19.99")
    assert _found(shop, "$20") == ([], [])
    assert "No order of this price" in words_of(found_payments("$20", find_payment(shop, STAFF, "$20")))
    with pytest.raises(BadInput, match="is in another currency"):
        find_payment(shop, STAFF, "\u20ac19.99")
    time.move(days=8)
    assert expired.id not in _found(shop, "$19.99")[0], "no late proof counts any more"


@pytest.mark.parametrize("typed", ["", "much", "1,234 USDT", "1 DOGE", "0", "0.0000001 USDT"])
def test_what_is_no_amount_is_refused(shop: Shop, typed: str) -> None:
    with pytest.raises(BadInput):
        find_payment(shop, STAFF, typed)


def test_customers_find_nothing(shop: Shop) -> None:
    with pytest.raises(NotAllowed):
        find_payment(shop, CUSTOMER, "19.99")
