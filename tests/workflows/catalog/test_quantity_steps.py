"""Steps by quantity: how the owner types them, what an order comes to by them, and which discount counts."""

import pytest

from novacore.db.models import Order
from novacore.errors import AlreadyDone, BadInput, NotAllowed, NotFound, PageChanged
from novacore.money.quantity_steps import in_words, parse_steps, read_steps, stored
from novacore.states import PaymentMethod
from novacore.workflows.catalog import products
from novacore.workflows.catalog.quantity_steps import set_steps
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.orders.discounts import pricing
from novacore.workflows.orders.placing.promise import promise_of
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, ProductMaker
from tests.workflows import discount_codes
from tests.workflows.catalogue import changing, product_of
from tests.workflows.machine import lives


@pytest.mark.parametrize(
    ("typed", "kept", "words"),
    [
        ("", None, ""),
        ("5: 10%", "5:10", "10% off 5 or more"),
        (" 2=1 ; 10 : 99% ,", "2:1,10:99", "1% off 2 or more, 99% off 10 or more"),
        ("5+: 5, 10+: 10", "5:5,10:10", "5% off 5 or more, 10% off 10 or more"),
        ("996:95,997:96,998:97,999:98,1000:99", "996:95,997:96,998:97,999:98,1000:99", None),
    ],
)
def test_what_the_owner_types(typed: str, kept: str | None, words: str | None) -> None:
    steps = parse_steps(typed)
    assert (stored(steps), read_steps(kept)) == (kept, steps)
    assert words is None or in_words(kept) == words
    assert len(kept or "") <= 60


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("5", "I can't read `5` as a step"),
        ("five: 5", "as a step"),
        ("5: 5.5", "as a step"),
        ("1: 5", "A step begins at 2 to 1000"),
        ("1001: 5", "A step begins at 2 to 1000"),
        ("5: 0", "gives 1 to 99 per cent"),
        ("5: 100", "as a step"),
        ("5: 5, 5: 6", "for more than the one before, and give more"),
        ("10: 5, 5: 6", "for more than the one before, and give more"),
        ("5: 6, 10: 6", "for more than the one before, and give more"),
        ("2:1,3:2,4:3,5:4,6:5,7:6", "5 steps at most"),
    ],
)
def test_what_cannot_be_a_step(typed: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        parse_steps(typed)


def press(shop: Shop, product_id: int, quantity: int, seen: str | None = None, code: str = "") -> Order:
    """Press a way to pay."""
    checkout = Checkout(lives.reference(), product_id, quantity, PaymentMethod.btc, seen, code)
    return orders.place(shop, CUSTOMER, checkout)


def test_who_orders_more_pays_less_for_each(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=20)
    assert set_steps(shop, OWNER, product_id, "3: 10, 5: 20") == ("Game key", "10% off 3 or more, 20% off 5 or more")
    placed = [press(shop, product_id, quantity) for quantity in (2, 3, 6)]
    assert [(one.total_minor, one.discount_minor) for one in placed] == [(1998, 0), (2697, 300), (4795, 1199)]
    assert [one.discount_label for one in placed] == [None, "10% off 3 or more", "20% off 5 or more"]
    assert {one.discount_code for one in placed} == {None}
    assert discount_codes.held(shop) == 0


@pytest.mark.parametrize(
    ("price", "quantity", "steps", "total"), [(1, 5, "5: 90%", 1), (1, 10, "10: 99%", 1), (50, 2, "2: 99%", 1)]
)
def test_something_is_left_to_pay_of_the_smallest_prices(
    shop: Shop, make_product: ProductMaker, price: int, quantity: int, steps: str, total: int
) -> None:
    product_id = make_product(price=price, units=quantity)
    set_steps(shop, OWNER, product_id, steps)
    assert pricing.without_code(product_of(shop, product_id), quantity).total_minor == total


def test_a_step_that_no_order_can_reach_is_refused_and_not_promised(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    with pytest.raises(BadInput, match=r"hold 10 of it at most, so nobody would get 20% off 11 or more"):
        set_steps(shop, OWNER, product_id, "5: 10, 11: 20")
    assert product_of(shop, product_id).quantity_steps is None
    assert in_words("5:10,11:20", most=10) == "10% off 5 or more"


def test_a_page_from_before_a_step_is_shown_again(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=9)
    seen = promise_of(product_of(shop, product_id))
    set_steps(shop, OWNER, product_id, "3: 10")
    with pytest.raises(PageChanged):
        press(shop, product_id, 3, seen)
    assert press(shop, product_id, 2, seen).total_minor == 1998
    product = product_of(shop, product_id)
    seen = promise_of(product, pricing.without_code(product, 3))
    set_steps(shop, OWNER, product_id, "")
    with pytest.raises(PageChanged):
        press(shop, product_id, 3, seen)


def test_one_order_has_the_larger_discount(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=20)
    set_steps(shop, OWNER, product_id, "2: 10, 5: 20")
    discount_codes.add(shop, percent=15, uses=1)
    price = pricing.look(shop, CUSTOMER, product_of(shop, product_id), 5, "summer")
    assert (price.discount_minor, price.code) == (999, "")
    assert price.note.startswith("The code SUMMER would take $7.49 off. You get $9.99 off for ordering so many")
    assert press(shop, product_id, 5, code="SUMMER").discount_code is None
    assert discount_codes.held(shop) == 0, "the code can be used another time"
    order = press(shop, product_id, 2, code="SUMMER")
    assert (order.discount_minor, order.discount_code) == (300, "SUMMER")


def test_an_edit_of_the_product_leaves_its_steps(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    draft_id = changing(shop, product_id, price="12")
    set_steps(shop, OWNER, product_id, "3: 10")
    products.save(shop, OWNER, draft_id)
    assert (product_of(shop, product_id).price_minor, product_of(shop, product_id).quantity_steps) == (1200, "3:10")


def test_who_may_set_steps_and_of_what(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    with pytest.raises(NotAllowed, match="Only the owner can set prices by quantity"):
        set_steps(shop, STAFF, product_id, "3: 10")
    with pytest.raises(NotFound):
        set_steps(shop, OWNER, 999, "3: 10")
    with pytest.raises(AlreadyDone):
        set_steps(shop, OWNER, product_id, "")
    assert product_of(shop, product_id).quantity_steps is None
