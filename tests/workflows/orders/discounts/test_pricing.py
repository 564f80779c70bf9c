"""What a code takes off which order, and the sentence where it takes nothing."""

from dataclasses import replace
from typing import Any

import pytest

from novacore.errors import BadInput, CodeRefused, PageChanged
from novacore.states import ProductKind
from novacore.workflows.catalog import offers
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.orders.discounts import codes, pricing
from novacore.workflows.orders.discounts.pricing import Price
from novacore.workflows.payments import rates
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows import discount_codes, own_methods
from tests.workflows.catalogue import product_of
from tests.workflows.machine import lives


def look(shop: Shop, product_id: int, quantity: int = 1, typed: str = "SUMMER") -> Price:
    """Ask what so many would cost."""
    return pricing.look(shop, CUSTOMER, product_of(shop, product_id), quantity, typed)


@pytest.mark.parametrize(
    ("given", "quantity", "off"),
    [
        ({"percent": 10}, 1, 100),  # 99.9 cents
        ({"percent": 10}, 2, 200),
        ({"percent": 1}, 1, 10),
        ({"percent": 99}, 3, 2967),
        ({"amount": "5"}, 1, 500),
        ({"amount": "5"}, 3, 500),
        ({"amount": "9.98"}, 1, 998),
        ({"percent": 10, "least_quantity": 2}, 2, 200),
        ({"percent": 10, "least_total": "19.98"}, 2, 200),
    ],
)
def test_what_a_code_takes_off(
    shop: Shop, make_product: ProductMaker, given: dict[str, Any], quantity: int, off: int
) -> None:
    product_id = make_product(price=999)
    discount_codes.add(shop, **given)
    price = look(shop, product_id, quantity)
    assert (price.full_minor, price.discount_minor) == (999 * quantity, off)
    order = discount_codes.buy(shop, product_id, quantity=quantity)
    assert (order.total_minor, order.discount_minor) == (999 * quantity - off, off)
    assert (order.discount_code, order.discount_label) == ("SUMMER", price.label)
    assert order.unit_price_minor * order.quantity - order.discount_minor == order.total_minor


@pytest.mark.parametrize("typed", ["SUMMER", "summer", " Sum mer\u200b", "sUmMeR"])
def test_a_code_is_known_in_any_case(shop: Shop, make_product: ProductMaker, typed: str) -> None:
    discount_codes.add(shop, "Summer")
    assert look(shop, make_product(), 1, typed).code == "SUMMER"


@pytest.mark.parametrize("typed", ["", "  ", "\u200b"])
def test_nothing_typed_is_no_code(shop: Shop, make_product: ProductMaker, typed: str) -> None:
    assert look(shop, make_product(), 2, typed) == Price(1998, "USD")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"least_quantity": 2}, "is for 2 or more in one order"),
        ({"least_total": "10"}, r"is for orders of \$10.00 or more, and yours comes to \$9.99"),
        ({"amount": "9.99"}, r"gives \$9.99 off, and your order comes to \$9.99: nothing would be left to pay"),
        ({"amount": "500"}, "nothing would be left to pay"),
        ({"product_id": 2}, "isn't for Game key"),
        ({"category_id": 2}, "isn't for Game key"),
    ],
)
def test_an_order_that_a_code_is_not_for(
    shop: Shop, make_product: ProductMaker, given: dict[str, Any], said: str
) -> None:
    product_id = make_product(price=999)
    make_product(name="Another")
    other_category(shop)
    discount_codes.add(shop, **given)
    before = lives.snapshot(shop)
    with pytest.raises(CodeRefused, match=said):
        look(shop, product_id)
    with pytest.raises(PageChanged, match=r"So nothing was ordered: without the code your order comes to \$9.99"):
        discount_codes.buy(shop, product_id)
    assert lives.snapshot(shop) == before


def other_category(shop: Shop) -> None:
    """Put a product on a second shelf."""
    offers.add_product(shop, OWNER, offers.NewProduct("Music", "Song", "A song.", ProductKind.unlimited, 100))


def test_a_code_that_takes_nothing_off(shop: Shop, make_product: ProductMaker) -> None:
    discount_codes.add(shop, percent=1)
    with pytest.raises(CodeRefused, match=r"takes nothing off an order of \$0.01"):
        look(shop, make_product(price=1))


@pytest.mark.parametrize("typed", ["SUMER", "x", "S" * 30, "'; DROP", "SUMMER;", "❤️"])
def test_a_code_that_there_is_not(shop: Shop, make_product: ProductMaker, typed: str) -> None:
    discount_codes.add(shop)
    with pytest.raises(CodeRefused, match="We don't know the code `"):
        look(shop, make_product(), typed=typed)


def test_a_code_counts_until_its_moment(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product_id = make_product(units=5)
    discount_codes.add(shop, until="2026-03-01")
    time.move(hours=11, minutes=59)
    assert look(shop, product_id).discount_minor
    time.move(minutes=1)
    with pytest.raises(CodeRefused, match="SUMMER ended <t:1772409600:R>"):
        look(shop, product_id)
    with pytest.raises(PageChanged, match="ended"):
        discount_codes.buy(shop, product_id)


def test_a_code_for_some_products_and_categories(shop: Shop, make_product: ProductMaker) -> None:
    first, second = make_product(), make_product(name="Another")
    discount_codes.add(shop, product_id=first)
    assert look(shop, first).discount_minor
    with pytest.raises(CodeRefused):
        look(shop, second)
    codes.widen(shop, OWNER, "summer", second, None)
    assert look(shop, second).discount_minor
    other_category(shop)
    codes.widen(shop, OWNER, "summer", None, 2)
    assert look(shop, 3).discount_minor == 10


def test_what_is_for_one_person_is_for_each_of_them(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=5)
    discount_codes.add(shop, per_person=1)
    discount_codes.buy(shop, product_id)
    with pytest.raises(CodeRefused, match="You have used the code SUMMER already"):
        look(shop, product_id)
    with pytest.raises(PageChanged, match="You have used the code SUMMER already"):
        discount_codes.buy(shop, product_id)
    assert discount_codes.buy(shop, product_id, STRANGER).discount_minor


def test_an_ended_code_says_so(shop: Shop, make_product: ProductMaker) -> None:
    discount_codes.add(shop)
    codes.end(shop, OWNER, "summer")
    with pytest.raises(CodeRefused, match="The code SUMMER has ended"):
        look(shop, make_product())
    discount_codes.add(shop, percent=50)
    assert look(shop, make_product()).label == "SUMMER (50% off)"


def test_amounts_of_another_currency_count_no_longer(shop: Shop, make_product: ProductMaker) -> None:
    euros = replace(shop, terms=replace(shop.terms, currency="EUR"))
    product_id = make_product()
    discount_codes.add(euros, amount="1")
    with pytest.raises(BadInput, match="isn't for"):
        look(shop, product_id)


def test_the_coins_amount_is_that_of_what_is_left_to_pay(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=5, price=2000)
    rates.set_rate(shop, OWNER, "btc", "50000")
    discount_codes.add(shop, percent=50)
    first, second = (discount_codes.buy(shop, product_id, actor) for actor in (CUSTOMER, STRANGER))
    assert first.total_minor == second.total_minor == 1000
    assert first.coin_amount == 20_000, "ten dollars"
    assert second.coin_amount == 20_001, "no two orders ask for the same amount"
    assert first.pay_instructions == second.pay_instructions


def test_the_owners_own_instructions_name_what_is_left_to_pay(shop: Shop, make_product: ProductMaker) -> None:
    method = own_methods.add(shop)
    discount_codes.add(shop, percent=50)
    checkout = Checkout("k", make_product(price=2000), 1, method, code="SUMMER")
    order = orders.place(shop, CUSTOMER, checkout)
    assert "$10.00" in (order.pay_instructions or "")
    assert "$20.00" not in (order.pay_instructions or "")


def test_an_approval_without_an_amount_books_what_was_left_to_pay(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(price=2000)
    discount_codes.add(shop, percent=50)
    order = lives.submit(shop, discount_codes.buy(shop, product_id))
    with pytest.raises(BadInput, match=r"the price is \$10.00"):
        orders.approve_amount(shop, STAFF, order.id, Given(), "30.00", "")
    orders.approve(shop, STAFF, order.id, Given())
    assert lives.ledger_of(shop, order.id) == [("received", 1000)]
