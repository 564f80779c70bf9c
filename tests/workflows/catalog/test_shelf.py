"""The owner's order of categories and products: customers see what was put there, also by two owners at once."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import select

from novacore.db.models import Category, Event, Product
from novacore.db.queries.catalog import products as owners_lists
from novacore.db.queries.catalog import shop_window
from novacore.db.unit_of_work import reading, writing
from novacore.errors import AlreadyDone, BadInput, Busy, NotAllowed, NotFound
from novacore.states import ProductKind
from novacore.workflows.catalog import offers, products, shelf
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.machine import panel
from novacore.workflows.machine.shop import Shop
from tests.fixtures.shops import OWNER, STAFF, ProductMaker
from tests.workflows.catalogue import changing, product_of
from tests.workflows.machine import lives

NAMES = ("Alpha", "Beta", "Gamma", "Delta")


@pytest.fixture
def four(make_product: ProductMaker) -> dict[str, int]:
    """Four products of one category, by name."""
    return {name: make_product(name=name, units=1) for name in NAMES}


def added(shop: Shop, name: str, category: str) -> int:
    """Put a product on sale in a category of its own."""
    return offers.add_product(shop, OWNER, NewProduct(category, name, "", ProductKind.by_hand, 500))


def seen(shop: Shop, product_id: int) -> list[str]:
    """Return the names of a product's category, as customers see them."""
    with reading(shop.database) as session:
        return [one.name for one in shop_window.products(session, product_of(shop, product_id).category_id)]


def categories_of(shop: Shop) -> list[str]:
    """Return the names of the categories, as customers and as the owner see them."""
    with reading(shop.database) as session:
        customers = [one.name for one in shop_window.categories(session)]
        _, owners = owners_lists.shelves(session, limit=25, offset=0)
    assert customers == [one.name for one in owners]
    return customers


def test_what_was_never_moved_stands_by_name(shop: Shop, four: dict[str, int]) -> None:
    assert seen(shop, four["Alpha"]) == ["Alpha", "Beta", "Delta", "Gamma"]


def test_a_product_is_put_anywhere(shop: Shop, four: dict[str, int]) -> None:
    place = shelf.move_product(shop, OWNER, four["Gamma"], 1)
    assert (place.name, place.position, place.of) == ("Gamma", 1, 4)
    assert seen(shop, four["Alpha"]) == ["Gamma", "Alpha", "Beta", "Delta"]
    assert shelf.move_product(shop, OWNER, four["Alpha"], 100).position == 4
    assert seen(shop, four["Alpha"]) == ["Gamma", "Beta", "Delta", "Alpha"]
    assert shelf.shift_product(shop, OWNER, four["Delta"], -1).position == 2
    assert seen(shop, four["Alpha"]) == ["Gamma", "Delta", "Beta", "Alpha"]
    assert "refresh_panel" in lives.jobs_of(shop, panel.NAME)


def test_what_comes_new_or_from_elsewhere_stands_last(
    shop: Shop, four: dict[str, int], make_product: ProductMaker
) -> None:
    shelf.move_product(shop, OWNER, four["Gamma"], 1)
    make_product(name="Aardvark", units=1)
    products.save(shop, OWNER, changing(shop, added(shop, "Aaron", "Other"), category="games"))
    assert seen(shop, four["Alpha"]) == ["Gamma", "Alpha", "Beta", "Delta", "Aardvark", "Aaron"]


def test_a_removed_one_takes_no_place(shop: Shop, four: dict[str, int]) -> None:
    products.remove(shop, OWNER, four["Alpha"])
    assert shelf.move_product(shop, OWNER, four["Gamma"], 2).of == 3
    assert seen(shop, four["Beta"]) == ["Beta", "Gamma", "Delta"]
    with pytest.raises(BadInput, match="removed"):
        shelf.move_product(shop, OWNER, four["Alpha"], 1)
    products.bring_back(shop, OWNER, four["Alpha"])
    assert sorted(seen(shop, four["Beta"])) == sorted(NAMES)


def test_categories_are_put_in_order_and_new_ones_come_last(shop: Shop) -> None:
    for name in ("Games", "Cards", "Movies"):
        added(shop, name, name)
    assert categories_of(shop) == ["Cards", "Games", "Movies"]
    with reading(shop.database) as session:
        ids = dict(iter(session.execute(select(Category.name, Category.id))))
    assert shelf.move_category(shop, OWNER, ids["Movies"], 1).position == 1
    assert shelf.shift_category(shop, OWNER, ids["Cards"], 1).position == 3
    added(shop, "Apps", "Apps")
    assert categories_of(shop) == ["Movies", "Games", "Cards", "Apps"]


def test_what_is_refused_changes_nothing(shop: Shop, four: dict[str, int]) -> None:
    with pytest.raises(AlreadyDone, match="position 1 of 4"):
        shelf.shift_product(shop, OWNER, four["Alpha"], -1)
    with pytest.raises(BadInput, match="counted from 1"):
        shelf.move_product(shop, OWNER, four["Beta"], 0)
    with pytest.raises(NotAllowed):
        shelf.move_product(shop, STAFF, four["Beta"], 1)
    with pytest.raises(NotAllowed):
        shelf.move_category(shop, STAFF, 1, 1)
    with pytest.raises(NotFound):
        shelf.move_product(shop, OWNER, 999_999, 1)
    with pytest.raises(NotFound):
        shelf.move_category(shop, OWNER, 999_999, 1)
    with reading(shop.database) as session:
        assert session.execute(select(Event.id).where(Event.trigger.in_(("move_product", "move_category")))).all() == []
        assert {*session.execute(select(Product.position)).scalars()} == {0}


def test_who_edits_a_product_and_who_moves_it_wait_for_each_other_in_one_order(
    shop: Shop, four: dict[str, int]
) -> None:
    def move() -> int:
        return shelf.move_product(shop, OWNER, four["Gamma"], 1).position

    with ThreadPoolExecutor(1) as pool:
        with writing(shop.database) as tx:
            tx.session.execute(select(Product.id).where(Product.id == four["Gamma"]).with_for_update(key_share=True))
            moving = pool.submit(move)
            with suppress(TimeoutError):
                moving.result(1)  # until it waits for us
            panel.touch(tx)
        assert moving.result(60) == 1


def test_two_owners_at_once_lose_nothing(shop: Shop, four: dict[str, int]) -> None:
    draw = random.Random(7)
    moves = [(draw.choice([*four.values()]), draw.randint(1, 4)) for _ in range(16)]

    def move(one: tuple[int, int]) -> None:
        with suppress(AlreadyDone, Busy):
            shelf.move_product(shop, OWNER, *one)

    with ThreadPoolExecutor(4) as pool:
        [*pool.map(move, moves)]
    with reading(shop.database) as session:
        positions = [*session.execute(select(Product.position)).scalars()]
    assert sorted(positions) == [1, 2, 3, 4]
    assert sorted(seen(shop, four["Alpha"])) == sorted(NAMES)
