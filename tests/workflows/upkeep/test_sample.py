"""The sample shop: everything there is to sell, once, and never among real goods."""

import pytest
from sqlalchemy import select

from novacore.db.models import Product
from novacore.db.queries.catalog import shop_window as queries
from novacore.db.unit_of_work import reading
from novacore.errors import Refusal
from novacore.states import GoodsType, OrderStatus, ProductKind, UnitStatus
from novacore.workflows.catalog import offers
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop, Terms
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.goods import goods_of
from novacore.workflows.upkeep import sample
from tests.fixtures.shops import OWNER, STAFF, MovableClock, ProductMaker
from tests.workflows import catalogue
from tests.workflows.machine import lives


def test_it_has_every_kind_and_every_type_of_goods_each_with_a_picture(shop: Shop) -> None:
    assert sample.fill(shop) == len(sample.SAMPLES)
    assert {one.type for one in sample.SAMPLES} == set(GoodsType)
    assert {one.kind for one in sample.SAMPLES} == set(ProductKind)
    with reading(shop.database) as session:
        shelves = [queries.products(session, category.id) for category in queries.categories(session)]
        products = [row for shelf in shelves for row in shelf]
        assert len(products) == len(sample.SAMPLES)
        for row in products:
            page = queries.product(session, row.id)
            assert page
            assert page.picture
            assert page.picture[1].startswith(b"\x89PNG")
        assert any(row.is_sold_out for row in products)
        assert any(row.available == 1 for row in products)


def test_every_sample_can_be_bought(shop: Shop) -> None:
    sample.fill(shop)
    with reading(shop.database) as session:
        products = [row for c in queries.categories(session) for row in queries.products(session, c.id)]
    for row in products:
        if row.is_sold_out:
            continue
        order = lives.submit(shop, lives.place(shop, row.id))
        orders.approve(shop, STAFF, order.id, Given())
        values = [item.value for item in goods_of(shop, order.id).items]
        assert values, row.name
        assert not any("{" in value for value in values)


def test_it_is_refused_where_there_are_orders_or_products(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    with pytest.raises(Refusal, match="products already"):
        sample.fill(shop)
    assert lives.place(shop, product_id).status is OrderStatus.awaiting_payment
    with pytest.raises(Refusal, match="has orders"):
        sample.fill(shop)
    with reading(shop.database) as session:
        assert len(session.execute(select(Product.id)).all()) == 1


def test_prices_fit_a_currency_without_cents(shop: Shop) -> None:
    yen = Shop(shop.database, shop.cipher, shop.addresses, Terms(currency="JPY"))
    sample.fill(yen)
    with reading(shop.database) as session:
        (games,) = [c for c in queries.categories(session) if c.name == "Games"]
        prices = {row.name: (row.price_minor, row.currency) for row in queries.products(session, games.id)}
    assert prices["Starfall Odyssey key"] == (19, "JPY")


def test_samples_are_taken_out_again_and_what_was_sold_stays(shop: Shop, time: MovableClock) -> None:
    sample.fill(shop)
    sold = lives.bring_to(shop, 1, OrderStatus.delivered, time)
    held = lives.place(shop, 2)
    mine = offers.add_product(shop, OWNER, NewProduct("Mine", "Mine", "", ProductKind.unique, 500))
    offers.add_codes(shop, OWNER, mine, ["MINE-1"])
    offers.add_codes(shop, OWNER, 3, ["MINE-2"])
    before = lives.units(shop, UnitStatus.sold)
    gone = sample.remove(shop)
    assert gone.kept == ("Founder's badge",)
    assert len(gone.products) == len(sample.SAMPLES) - 1
    assert lives.units(shop, UnitStatus.sold) == before
    assert lives.units(shop, UnitStatus.reserved) == 1
    assert lives.units(shop, UnitStatus.available) == 2, "the owner's own codes"
    assert goods_of(shop, sold.id).items
    assert catalogue.order_of(shop, held.id).status is OrderStatus.awaiting_payment
    assert {one.name for one in _on_sale(shop)} == {"Mine", "Founder's badge"}
    assert sample.remove(shop).products == ()
    assert "have changed or restocked" in gone.told()


def test_products_of_another_import_are_no_samples(shop: Shop) -> None:
    other = Actor(sample.SAMPLER.id, "Import of the old shop", is_owner=True)
    offers.add_product(shop, other, NewProduct("Old", "Old", "", ProductKind.unlimited, 500))
    assert sample.remove(shop) == sample.Removed((), ())
    assert len(_on_sale(shop)) == 1


def _on_sale(shop: Shop) -> list[Product]:
    with reading(shop.database) as session:
        return [*session.execute(select(Product).where(Product.is_on_sale, ~Product.is_deleted)).scalars()]
