"""What the shop window counts, and where it stops counting."""

import pytest
from sqlalchemy import update

from novacore.bot.lookups import orders as order_lookups
from novacore.db.models import Product
from novacore.db.queries.catalog import shop_window
from novacore.db.queries.catalog.shop_window import COUNTED_TO
from novacore.db.unit_of_work import reading, writing
from novacore.errors import NotFound
from novacore.messages.catalog.window import product_page, shop_panel
from novacore.states import ProductKind
from novacore.workflows.machine.shop import Shop
from tests.fixtures.crowds import Crowd, fill
from tests.fixtures.shops import ProductMaker
from tests.messages.payloads import options_of, words_of

CROWD = Crowd(categories=60, products=600, units=600, orders=0)


def _text(shop: Shop, product_id: int) -> str:
    return words_of(product_page(order_lookups.product(shop, product_id)))


@pytest.mark.parametrize(
    ("units", "said"), [(0, "Sold out"), (3, "Only 3 left"), (100, "100 left"), (101, "100+ left")]
)
def test_units_are_counted_as_far_as_people_read(shop: Shop, make_product: ProductMaker, units: int, said: str) -> None:
    product_id = make_product(ProductKind.shared, units=units)
    assert said in _text(shop, product_id)


def test_a_count_that_was_cut_off_is_told_from_a_whole_one(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(ProductKind.shared, units=COUNTED_TO + 50)
    with reading(shop.database) as session:
        found = shop_window.product(session, product_id)
    assert found is not None
    assert found.available == COUNTED_TO + 1


def test_categories_come_in_pages_that_miss_none_and_repeat_none(shop: Shop) -> None:
    fill(shop.database, CROWD)
    pages = [order_lookups.categories(shop, page) for page in range(4)]
    assert [len(found) for found, *_ in pages] == [25, 25, 10, 0]
    assert {total for _, total, *_ in pages} == {60}
    ids = [one.id for found, *_ in pages for one in found]
    assert len({*ids}) == 60


def test_products_come_in_pages_that_miss_none_and_repeat_none(shop: Shop) -> None:
    fill(shop.database, Crowd(categories=1, products=60, units=60, orders=0))
    pages = [order_lookups.shelf(shop, 1, page) for page in range(4)]
    assert [len(products) for _, products in pages] == [25, 25, 10, 0]
    assert {category.products for category, _ in pages} == {60}
    assert len({one.id for _, products in pages for one in products}) == 60


def test_a_list_of_categories_counts_as_far_as_people_read_and_a_category_exactly(shop: Shop) -> None:
    fill(shop.database, Crowd(categories=1, products=250, units=0, orders=0))
    listed, *_ = order_lookups.categories(shop)
    assert listed[0].products == COUNTED_TO + 1
    assert options_of(shop_panel(listed))[0]["description"] == "100+ products"
    category, _ = order_lookups.shelf(shop, 1)
    assert category.products == 250


def test_a_category_without_anything_on_sale_is_not_shown(shop: Shop) -> None:
    fill(shop.database, Crowd(categories=2, products=4, units=4, orders=0))
    with writing(shop.database) as tx:
        tx.session.execute(update(Product).where(Product.id == 1).values(is_deleted=True))
        tx.session.execute(update(Product).where(Product.id == 3).values(is_on_sale=False))
    found, total, *_ = order_lookups.categories(shop)
    assert ([one.products for one in found], total) == ([2], 1)
    with pytest.raises(NotFound, match="Nothing is on sale there"):
        order_lookups.shelf(shop, 2)
