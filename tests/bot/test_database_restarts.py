"""PostgreSQL is killed and started again while people press: each is answered, and what was done was done once."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import pytest
from sqlalchemy import event, func, select

from novacore.bot import command_threads
from novacore.bot.desk import Desk
from novacore.crypto import GoodsCipher
from novacore.db import schema
from novacore.db.engine import Database
from novacore.db.models import Event, Order, Unit
from novacore.db.unit_of_work import reading
from novacore.errors import AlreadyDone, OutcomeUnknown
from novacore.states import PaymentMethod, UnitStatus
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from tests.fixtures.servers.postgresql import PostgresServer
from tests.fixtures.shops import ADDRESSES, KEY, ProductMaker

PATIENCE = 60.0
RESTARTS = 3
PEOPLE = 4
UNITS = 5


@pytest.fixture
def shop(own_postgresql: PostgresServer) -> Iterator[Shop]:
    """Open a shop on a server that this test alone uses."""
    with closing(Database(own_postgresql.url(own_postgresql.create_database()), pool_size=4)) as database:
        schema.migrate(database)
        yield Shop(database, GoodsCipher([KEY]), ADDRESSES)


async def test_orders_are_placed_and_cancelled_once_through_restarts(
    shop: Shop, own_postgresql: PostgresServer, make_product: ProductMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_threads, "AWAY_SECONDS", PATIENCE)
    product, over, lost = make_product(units=UNITS), asyncio.Event(), list[str]()
    event.listen(shop.database.engine, "handle_error", lambda context: lost.append(str(context.original_exception)))
    desk = Desk(shop, None)  # type: ignore[arg-type]
    buying = [asyncio.create_task(_buy_until(over, desk, 1_000_000 * number, product)) for number in range(PEOPLE)]
    for _ in range(RESTARTS):
        await asyncio.sleep(0.5)
        await asyncio.to_thread(own_postgresql.kill)
        await asyncio.to_thread(own_postgresql.start)
    over.set()
    pages = sum(await asyncio.gather(*buying))
    await desk.close()
    assert lost, "nobody has met the server while it was away"
    _nothing_was_done_twice(shop, pages)


async def _buy_until(over: asyncio.Event, desk: Desk, first_id: int, product: int) -> int:
    """Place an order and cancel it, again and again; return how many pages of the shop became an order.

    A new customer each time: one and the same may cancel ten orders, and a fast machine gets further.
    """
    pages = 0
    while not over.is_set():
        who = Actor(first_id + pages + 1, "customer")
        checkout = Checkout(f"{who.id}:{pages}", product, 1, PaymentMethod.paypal)
        order = await _insist(desk, orders.place, who, checkout)
        with suppress(AlreadyDone):
            await _insist(desk, orders.cancel, who, order.id)
        pages += 1
    return pages


async def _insist(desk: Desk, command: Callable[..., Order], *args: object) -> Order:
    """Press again, as people do who are told that it cannot be said whether it was saved."""
    while True:
        with suppress(OutcomeUnknown):
            return await desk.run(command, *args)


def _nothing_was_done_twice(shop: Shop, pages: int) -> None:
    with reading(shop.database) as session:
        rows = select(Event.trigger, Event.subject_id).where(Event.subject_kind == "order")
        happened = Counter(map(tuple, session.execute(rows)))
        assert set(happened.values()) == {1}
        assert Counter(trigger for trigger, _ in happened) == {"place": pages, "cancel": pages}
        free = select(func.count()).where(Unit.status == UnitStatus.available, Unit.order_id.is_(None))
        assert session.execute(free).scalar_one() == UNITS
