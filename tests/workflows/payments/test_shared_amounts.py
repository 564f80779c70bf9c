"""Two orders that ask for the same amount of a coin: staff read so on both, for as long as both may be paid."""

from sqlalchemy import delete, select, update

from novacore import clock
from novacore.db.models import AmountClaim, Job, Order
from novacore.db.queries.orders import orders as order_queries
from novacore.db.queries.orders.amounts import shared
from novacore.db.unit_of_work import reading, writing
from novacore.states import PaymentMethod, ProductKind
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import new_amounts
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.payments import rates
from tests.fixtures.shops import OWNER, STAFF, MovableClock, ProductMaker

BTC, USDT = PaymentMethod.btc, PaymentMethod.usdt
REASON = Given(reason="As agreed.")


def _place(shop: Shop, product_id: int, method: str = BTC, number: int = 0) -> Order:
    buyer = Actor(1001 + number, f"buyer {number}")
    return orders.place(shop, buyer, Checkout(f"checkout-{number}", product_id, 1, method))


def _shared(shop: Shop, *asked: Order) -> list[bool]:
    late = shop.terms.late_window
    with reading(shop.database) as session:
        found = shared(session, [one.id for one in asked], clock.now(), late)
        facts = [order_queries.review_facts(session, one.id, late) for one in asked]
    flags = [one.id in found for one in asked]
    assert [one.shares_amount for one in facts if one] == flags, "the card says so, too"
    return flags


def _ask_alike(shop: Shop, order: Order, like: Order) -> None:
    """Let an order ask for the amount of another one without a claim, as where no tail is free."""
    with writing(shop.database) as tx:
        tx.session.execute(delete(AmountClaim).where(AmountClaim.order_id == order.id))
        alike = {"coin_amount": like.coin_amount, "coin_is_unique": False}
        tx.session.execute(update(Order).where(Order.id == order.id).values(alike))


def test_both_orders_of_one_amount_say_so_for_as_long_as_the_other_may_be_paid(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(ProductKind.unlimited, price=1999)
    holder, alike = (_place(shop, product_id, USDT, number) for number in range(2))
    assert _shared(shop, holder, alike) == [False, False]
    _ask_alike(shop, alike, holder)
    assert _shared(shop, holder, alike) == [True, True], "whoever came first as well"
    orders.cancel(shop, STAFF, holder.id, REASON)
    assert _shared(shop, holder, alike) == [False, False]
    later = _place(shop, product_id, USDT, number=2)
    assert later.coin_amount == holder.coin_amount
    assert _shared(shop, alike, later) == [True, True], "a claim doesn't make it the only one"
    time.move(hours=25)
    orders.expire(shop, SYSTEM, alike.id)
    assert _shared(shop, alike, later) == [True, True], "a late proof may still come"
    time.move(days=7, seconds=1)
    assert _shared(shop, alike, later) == [False, False]


def test_an_order_shares_the_amount_that_another_one_asked_for_before(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(ProductKind.unlimited, price=2000)
    rates.set_rate(shop, OWNER, "btc", "50000")
    first, second = _place(shop, product_id), _place(shop, product_id, number=1)
    time.move(minutes=61)
    rates.set_rate(shop, OWNER, "btc", "40000")
    new_amounts.renew(shop, Actor(first.customer_id, "buyer"), first.id)
    _ask_alike(shop, second, first)
    assert _shared(shop, first, second) == [False, True], "the first one asks for another amount by now"
    with writing(shop.database) as tx:
        tx.session.execute(delete(AmountClaim))  # as where the old amount was shared already
    assert _shared(shop, first, second) == [False, True], "what it asked before stands in its row, too"
    orders.cancel(shop, STAFF, first.id, REASON)
    assert _shared(shop, first, second) == [False, False]


def test_the_card_of_the_first_order_hears_of_a_second_one(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(ProductKind.unlimited, price=1)
    rates.set_rate(shop, OWNER, "btc", "1000000")
    first = _place(shop, product_id)
    with writing(shop.database) as tx:
        tx.session.execute(delete(Job))
    placed = [_place(shop, product_id, number=number) for number in range(1, 10)]
    assert [one.coin_is_unique for one in placed] == [True] * 5 + [False] * 4, "five cents are 5 units"
    with reading(shop.database) as session:
        told = session.execute(select(Job.name).where(Job.subject_id == first.id)).scalars().all()
    assert {*told} == {"refresh_cards"}
