"""What people read who may not order any more for now."""

from dataclasses import replace

import pytest

from novacore.errors import LimitReached
from novacore.workflows.machine.shop import Shop
from tests.fixtures.shops import ProductMaker
from tests.workflows.machine import lives


def test_the_limit_of_one_open_order_is_said_in_the_singular(shop: Shop, make_product: ProductMaker) -> None:
    strict, product_id = replace(shop, terms=replace(shop.terms, max_open_orders=1)), make_product(units=2)
    lives.place(strict, product_id)
    with pytest.raises(LimitReached, match="You already have 1 open order, which is the most at one time") as refused:
        lives.place(strict, product_id)
    assert refused.value.sentence.endswith("Pay or cancel it first; `/orders` shows it.")


def test_the_limit_of_one_order_an_hour_is_said_in_the_singular(shop: Shop, make_product: ProductMaker) -> None:
    strict, product_id = replace(shop, terms=replace(shop.terms, max_orders_per_hour=1)), make_product(units=2)
    lives.place(strict, product_id)
    with pytest.raises(LimitReached, match="You have placed 1 order within an hour, which is the most") as refused:
        lives.place(strict, product_id)
    assert refused.value.sentence.endswith("Please try again in 60 minutes.")
