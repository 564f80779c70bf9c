"""What orders ask for in a coin: frozen when they are placed, and no two of one coin alike while both may be paid."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, select

from novacore import clock
from novacore.db.models import AmountClaim, Order
from novacore.db.unit_of_work import reading, writing
from novacore.errors import BadInput, NotAllowed
from novacore.money.coins import format_coin
from novacore.states import OrderStatus, PaymentMethod, ProductKind, RateSource
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.payments import coin_amounts, rates
from tests.fixtures.shops import OWNER, STAFF, MovableClock, ProductMaker
from tests.workflows.machine import lives

BTC, USDT = PaymentMethod.btc, PaymentMethod.usdt
AT_ONCE = 40
"""Orders whose claims meet each other in threads; the others have theirs by then."""
REASON = Given(reason="As agreed.")


def _place(shop: Shop, product_id: int, method: str = BTC, number: int = 0) -> Order:
    buyer = Actor(1001 + number, f"buyer {number}")
    return orders.place(shop, buyer, Checkout(f"checkout-{number}", product_id, 1, method))


def _asked(order: Order) -> str:
    assert order.coin_amount is not None
    assert order.paid_by.unit is not None
    return format_coin(order.coin_amount, order.paid_by.unit)


def _claims(shop: Shop) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    with reading(shop.database) as session:
        for claim in session.execute(select(AmountClaim).order_by(AmountClaim.amount)).scalars():
            found.setdefault(claim.order_id, []).append(claim.amount)
    return found


def _reread(shop: Shop, order: Order) -> Order:
    with reading(shop.database) as session:
        return session.get_one(Order, order.id)


# ---- what is asked for


def test_an_order_freezes_the_amount_with_its_rate(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product_id = make_product(price=1999)
    rates.set_rate(shop, OWNER, "Btc", "$64,250.10")
    set_at = time.at
    time.move(hours=2)
    order = _reread(shop, _place(shop, product_id))
    rates.set_rate(shop, OWNER, "bitcoin", "70000")
    assert _asked(order) == "0.00031113 BTC"
    assert (order.coin_rate, order.coin_rate_source, order.coin_rate_at) == ("64250.1", RateSource.owner, set_at)
    assert order.coin_holds_until == time.at + timedelta(minutes=60)
    assert order.coin_is_unique
    assert _reread(shop, order).coin_amount == order.coin_amount


def test_without_a_rate_an_order_is_placed_all_the_same(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(price=1999)
    order = _place(shop, product_id)
    assert (order.status, order.coin_amount, order.coin_is_unique) == (OrderStatus.awaiting_payment, None, None)
    rates.set_rate(shop, OWNER, "btc", "64250.10")
    time.move(hours=24, seconds=1)
    assert _place(shop, product_id, number=1).coin_amount is None, "the owner's word is too old"
    rates.set_rate(replace(shop, terms=replace(shop.terms, currency="EUR")), OWNER, "btc", "60000")
    assert _place(shop, product_id, number=2).coin_amount is None, "it is the price in another currency"
    assert _claims(shop) == {}


def test_tether_is_a_dollar_unless_the_owner_says_otherwise(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(price=1999)
    first = _place(shop, product_id, USDT)
    assert (_asked(first), first.coin_rate_source, first.coin_holds_until) == ("19.99 USDT", RateSource.par, None)
    rates.set_rate(shop, OWNER, "usdt", "0.9987")
    assert _asked(_place(shop, product_id, USDT, number=1)) == "20.016021 USDT"


def test_paypal_asks_for_no_coin(shop: Shop, make_product: ProductMaker) -> None:
    assert _place(shop, make_product(), PaymentMethod.paypal).coin_amount is None


@pytest.mark.parametrize(("coin", "price"), [("doge", "1"), ("paypal", "1"), ("btc", "much"), ("btc", "0")])
def test_a_rate_that_makes_no_sense_is_refused(shop: Shop, coin: str, price: str) -> None:
    with pytest.raises(BadInput):
        rates.set_rate(shop, OWNER, coin, price)


@pytest.mark.parametrize(("price", "is_odd"), [("49", True), ("50", False), ("150", False), ("150.01", True)])
def test_a_price_is_asked_about_where_it_is_far_off_the_one_of_this_week(
    shop: Shop, time: MovableClock, price: str, is_odd: bool
) -> None:
    rates.set_rate(shop, OWNER, "ltc", "100")
    time.move(days=7)
    if is_odd:
        with pytest.raises(BadInput, match=r"your last price for LTC, \$100\.00, so nothing was changed"):
            rates.set_rate(shop, OWNER, "ltc", price)
        time.move(seconds=1)  # by now the last one says nothing
    assert rates.set_rate(shop, OWNER, "ltc", price)[1].price == Decimal(price)


def test_only_the_owner_sets_and_sees_rates(shop: Shop) -> None:
    for attempt in (lambda: rates.set_rate(shop, STAFF, "btc", "1"), lambda: rates.known(shop, STAFF)):
        with pytest.raises(NotAllowed):
            attempt()
    rates.set_rate(shop, OWNER, "eth", "3000")
    seen = {one.method: one for one in rates.known(shop, OWNER)}
    assert seen[PaymentMethod.eth].used == seen[PaymentMethod.eth].owners
    assert seen[PaymentMethod.btc].used is None
    assert seen[USDT].used is not None
    assert seen[USDT].owners is None


# ---- no two alike


def _claim_at_once(shop: Shop, first: Order, count: int) -> list[Order]:
    """Have as many orders like the first one claim their amounts as `place` does, the last at once; return them all."""
    columns = {column.key: getattr(first, column.key) for column in Order.__table__.columns}
    more = [columns | {"id": f"NC-20260301-{n:06}", "checkout_key": str(n)} for n in range(1, count)]
    with writing(shop.database) as tx:
        tx.session.execute(insert(Order), more)

    def claim(order_ids: Sequence[str]) -> None:
        with writing(shop.database) as tx:
            for order_id in order_ids:
                order = tx.session.get_one(Order, order_id)
                coin_amounts.write(tx, order, coin_amounts.claim(tx, order, order.coin_amount or 0))

    ids = [row["id"] for row in more]
    claim(ids[:-AT_ONCE])
    with ThreadPoolExecutor(4) as threads:
        [*threads.map(lambda order_id: claim([order_id]), ids[-AT_ONCE:])]
    with reading(shop.database) as session:
        return [*session.execute(select(Order).order_by(Order.id)).scalars()]


def test_500_orders_of_300_dollars_all_differ(shop: Shop, make_product: ProductMaker) -> None:
    rates.set_rate(shop, OWNER, "btc", "60000")
    placed = _claim_at_once(shop, _place(shop, make_product(price=30_000)), 500)
    amounts = {order.coin_amount for order in placed}
    assert amounts == {*range(500_000, 500_500)}, "each its own, and at most 0.1 % more"
    assert all(order.coin_is_unique for order in placed)
    assert _claims(shop) == {order.id: [order.coin_amount] for order in placed}


def test_small_orders_differ_as_far_as_five_cents_allow(shop: Shop, make_product: ProductMaker) -> None:
    rates.set_rate(shop, OWNER, "btc", "100000")
    placed = _claim_at_once(shop, _place(shop, make_product(price=100)), 60)
    unique = [order for order in placed if order.coin_is_unique]
    assert {order.coin_amount for order in unique} == {*range(1000, 1051)}, "five cents are 50 of 1000 units"
    assert [order.coin_amount for order in placed if not order.coin_is_unique] == [1000] * 9
    assert {*_claims(shop)} == {order.id for order in unique}


def test_orders_that_are_placed_at_once_differ(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(ProductKind.unlimited, price=1999)
    with ThreadPoolExecutor(4) as threads:
        placed = [*threads.map(lambda number: _place(shop, product_id, USDT, number), range(8))]
    asked = {_asked(order) for order in placed}
    assert asked == {"19.99 USDT", *(f"19.99{n} USDT" for n in range(1, 8))}
    assert _claims(shop) == {order.id: [order.coin_amount] for order in placed}


def test_the_shortest_tail_goes_first_and_coins_are_apart(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(ProductKind.unlimited, price=1999)
    rates.set_rate(shop, OWNER, "eth", "1")
    asked = [_asked(_place(shop, product_id, USDT, number)) for number in range(3)]
    assert asked == ["19.99 USDT", "19.991 USDT", "19.992 USDT"]
    assert _asked(_place(shop, product_id, PaymentMethod.eth, 3)) == "19.99 ETH"


# ---- when a claim ends


def _submit(shop: Shop, order: Order) -> Order:
    content, reference = lives.picture(7), "ab" * 32
    return orders.submit_proof(shop, Actor(order.customer_id, "buyer"), order.id, content, reference)


@pytest.mark.parametrize("end", [orders.approve, orders.reject])
def test_a_claim_ends_with_the_decision(end: Callable[..., Order], shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(ProductKind.unlimited, price=1999)
    first = _place(shop, product_id, USDT)
    _submit(shop, first)
    assert {*_claims(shop)} == {first.id}
    end(shop, STAFF, first.id, REASON)
    assert _claims(shop) == {}
    assert _asked(_place(shop, product_id, USDT, number=1)) == "19.99 USDT"


def test_a_cancelled_order_comes_back_without_the_amount_that_another_has_by_now(
    shop: Shop, make_product: ProductMaker
) -> None:
    product_id = make_product(ProductKind.unlimited, price=1999)
    first = _place(shop, product_id, USDT)
    orders.cancel(shop, STAFF, first.id, REASON)
    second = _place(shop, product_id, USDT, number=1)
    assert second.coin_amount == first.coin_amount
    assert _reread(shop, orders.reinstate(shop, STAFF, first.id, REASON)).coin_is_unique is False
    orders.reject(shop, STAFF, first.id, REASON)
    orders.cancel(shop, STAFF, second.id, REASON)
    assert _reread(shop, orders.reinstate(shop, STAFF, first.id, REASON)).coin_is_unique is True
    assert {*_claims(shop)} == {first.id}


def test_an_expired_order_keeps_its_amount_for_as_long_as_a_proof_counts(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(ProductKind.unlimited, price=1999)
    first, second = _place(shop, product_id, USDT), _place(shop, product_id, USDT, number=1)
    time.move(hours=25)
    for order in (first, second):
        orders.expire(shop, SYSTEM, order.id)
    assert {*_claims(shop)} == {first.id, second.id}
    _submit(shop, second)
    time.move(days=7, seconds=1)
    assert _asked(_place(shop, product_id, USDT, number=2)) == "19.99 USDT", "nobody can pay the first one any more"
    coin_amounts.tidy(shop)
    assert first.id not in _claims(shop)
    assert second.id in _claims(shop), "a proof that came in time is under review"


@pytest.mark.parametrize("is_taken", [True, False])
def test_a_late_proof_claims_again_what_was_cleared_away(
    shop: Shop, make_product: ProductMaker, time: MovableClock, is_taken: bool
) -> None:
    product_id = make_product(ProductKind.unlimited, price=1999)
    order = _place(shop, product_id, USDT)
    time.move(hours=25)
    orders.expire(shop, SYSTEM, order.id)
    time.move(days=7, seconds=1)
    coin_amounts.tidy(shop)
    other = _place(shop, product_id, USDT, number=1) if is_taken else None
    patient = replace(shop, terms=replace(shop.terms, late_window=timedelta(days=30)))
    submitted = _reread(shop, _submit(patient, order))
    assert (submitted.status, submitted.coin_is_unique) == (OrderStatus.under_review, not is_taken)
    assert _claims(shop) == {(other or order).id: [order.coin_amount]}


def test_claims_that_have_lapsed_are_cleared_away(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    order = _place(shop, make_product(), USDT)
    time.move(hours=25)
    orders.expire(shop, SYSTEM, order.id)
    coin_amounts.tidy(shop)
    assert {*_claims(shop)} == {order.id}
    time.move(days=7, seconds=1)
    coin_amounts.tidy(shop)
    assert _claims(shop) == {}


def test_a_euro_shop_knows_five_cents_by_the_price_of_tether(shop: Shop) -> None:
    euros = replace(shop, terms=replace(shop.terms, currency="EUR"))
    rates.set_rate(euros, OWNER, "usdt", "0,9")
    with reading(shop.database) as session:
        assert rates.dollar_rate(session, "EUR", clock.now()) == Decimal("0.9")
        assert rates.dollar_rate(session, "GBP", clock.now()) is None
