"""Whatever changes a product takes its row, then the panel's job, then that of its news. Raced on PostgreSQL alone."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest
from sqlalchemy import select, text

from novacore.db.models import Job, Product, ProductNews
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.states import StockLevel
from novacore.states.goods import NewsKind
from novacore.workflows.catalog import sales
from novacore.workflows.machine import panel
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock import news, stock_levels
from tests.fixtures.shops import MovableClock, ProductMaker

PATIENCE = 60.0
"""Seconds that are never needed where nothing is broken."""

Hold = Callable[[Transaction, int], object]


@pytest.fixture
def shop_url(postgresql_shop_url: str) -> str:
    """Race on PostgreSQL: SQLite has one writer at a time."""
    return postgresql_shop_url


def somebody_waits(shop: Shop) -> bool:
    """Whether a transaction waits for another one."""
    with reading(shop.database) as session:
        return bool(session.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())


def hold_the_product(tx: Transaction, product_id: int) -> None:
    """Begin as whoever edits a product."""
    tx.session.execute(select(Product.id).where(Product.id == product_id).with_for_update(key_share=True))
    news.touch(tx, product_id)


def then_the_panel(tx: Transaction, _product_id: int) -> None:
    """Go on with the panel, which is last for whoever has the product."""
    panel.touch(tx)


def hold_the_panel(tx: Transaction, _product_id: int) -> None:
    """Begin as whoever adds a product."""
    panel.touch(tx)


def then_the_news(tx: Transaction, product_id: int) -> None:
    """Go on with its news."""
    news.touch(tx, product_id)


RACES: dict[str, tuple[Hold, Callable[[Shop, int], object], Hold]] = {
    "a sale that begins": (hold_the_product, sales.change, then_the_panel),
    "stock that is looked at": (hold_the_panel, stock_levels.review, then_the_news),
}
"""What one does first, what another one does meanwhile, and what the first one does then."""


@pytest.mark.parametrize("race", RACES)
def test_two_who_change_a_product_wait_for_each_other_in_one_order(
    shop: Shop, make_product: ProductMaker, time: MovableClock, race: str
) -> None:
    first, meanwhile, then = RACES[race]
    product_id = make_product(units=3)
    with writing(shop.database) as tx:
        tx.session.get_one(Product, product_id).stock_level = StockLevel.out
        told = {"product_id": product_id, "day": time.at.date(), "kind": NewsKind.new, "asked_at": time.at}
        tx.session.add(ProductNews(**told))
    with ThreadPoolExecutor(1) as pool:
        with writing(shop.database) as tx:
            first(tx, product_id)
            other = pool.submit(meanwhile, shop, product_id)
            for _ in range(int(PATIENCE * 50)):
                if other.done() or somebody_waits(shop):
                    break
                sleep(0.02)
            then(tx, product_id)
        other.result(PATIENCE)
    with reading(shop.database) as session:
        names = {*session.execute(select(Job.name).order_by(Job.name)).scalars()}
    assert {"refresh_panel", "show_news"} <= names
