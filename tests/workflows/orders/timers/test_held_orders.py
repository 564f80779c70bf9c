"""Time is given back while someone holds an order, or the sweep's own row: nothing is waited for, or lost."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from novacore.crypto import GoodsCipher
from novacore.db.engine import Database
from novacore.db.limits import Limits
from novacore.db.models import Order, ShopFact
from novacore.db.unit_of_work import reading
from novacore.states import ProductKind
from novacore.workflows.catalog import offers
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.timers import opening_hours
from tests.fixtures.shops import ADDRESSES, KEY, OWNER, MovableClock
from tests.workflows.machine import lives


def stored(shop: Shop, order: Order) -> Order:
    with reading(shop.database) as session:
        return session.get_one(Order, order.id)


@pytest.fixture
def postgresql_shop(postgresql_shop_url: str) -> Iterator[Shop]:
    """Open a shop on PostgreSQL: SQLite locks no rows."""
    with closing(Database(postgresql_shop_url)) as database:
        yield Shop(database, GoodsCipher([KEY]), ADDRESSES)


@contextmanager
def held(shop: Shop, statement: Any) -> Iterator[None]:
    """Let another session hold rows."""
    with shop.database.engine.connect() as holder:
        holder.execute(statement)
        yield
        holder.rollback()


def test_an_order_that_someone_holds_is_owed_its_time_and_gets_it_when_it_is_free(
    postgresql_shop: Shop, time: MovableClock
) -> None:
    shop = postgresql_shop
    opening_hours.credit_downtime(shop)
    product = new_product(shop)
    first, second = (lives.place(shop, product, Actor(n, "x")) for n in (1, 2))
    assert first.expires_at
    ends = first.expires_at + timedelta(days=2)
    time.move(days=2)
    with held(shop, select(Order).where(Order.id == first.id).with_for_update()):
        assert opening_hours.credit_downtime(shop) == timedelta(days=2)
        assert [stored(shop, one).expires_at for one in (first, second)] == [first.expires_at, ends]
        assert opening_hours.is_awake(shop, time.at, second.id)
        assert not opening_hours.is_awake(shop, time.at, first.id), "its time may not be called up yet"
        time.move(seconds=5)
        assert opening_hours.credit_downtime(shop) == timedelta(0)
        time.move(hours=3)
        assert opening_hours.credit_downtime(shop) == timedelta(hours=3)
    time.move(seconds=5)
    for _ in range(2):
        opening_hours.credit_downtime(shop)
        assert opening_hours.is_awake(shop, time.at, first.id)
        assert [stored(shop, one).expires_at for one in (first, second)] == [ends + timedelta(hours=3)] * 2
    assert lives.events_of(shop, first.id).count("extend_expiry") == 1
    assert lives.events_of(shop, second.id).count("extend_expiry") == 2


def test_an_order_that_moves_on_while_it_is_owed_time_is_owed_none(postgresql_shop: Shop, time: MovableClock) -> None:
    shop = postgresql_shop
    opening_hours.credit_downtime(shop)
    order = lives.place(shop, new_product(shop))
    time.move(days=2)
    with held(shop, select(Order).where(Order.id == order.id).with_for_update()):
        opening_hours.credit_downtime(shop)
    lives.submit(shop, order)
    opening_hours.credit_downtime(shop)
    assert opening_hours.is_awake(shop, time.at, order.id)
    assert "extend_expiry" not in lives.events_of(shop, order.id)


@pytest.mark.parametrize("fact", [opening_hours.LAST_SWEEP, opening_hours.OPEN_UNTIL])
def test_what_another_sweep_holds_is_left_to_it(postgresql_shop: Shop, time: MovableClock, fact: str) -> None:
    shop = postgresql_shop
    opening_hours.credit_downtime(shop)
    time.move(days=2)
    shut = shop.database.within(Limits(lock=0.001))
    with held(shop, update(ShopFact).where(ShopFact.name == fact).values(value={})):
        credited = opening_hours.credit_downtime(replace(shop, database=shut))
        assert credited == (timedelta(0) if fact == opening_hours.OPEN_UNTIL else timedelta(days=2))
    assert opening_hours.credit_downtime(shop) == timedelta(days=2) - credited


def new_product(shop: Shop) -> int:
    draft = offers.NewProduct("Games", "Game key", "A key.", ProductKind.unique, 999)
    product_id = offers.add_product(shop, OWNER, draft)
    offers.add_codes(shop, OWNER, product_id, ["SECRET-1", "SECRET-2"])
    return product_id
