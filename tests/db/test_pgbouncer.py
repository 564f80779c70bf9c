"""The shop behind pgbouncer that pools by transaction: each transaction may get another connection of the server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from novacore.crypto import GoodsCipher
from novacore.db import schema
from novacore.db.engine import Database
from novacore.db.unit_of_work import reading
from novacore.states import OrderStatus, PaymentMethod
from novacore.tasks.discord.calls import Calls
from novacore.tasks.queue.handlers import Runtime
from novacore.tasks.queue.offload.offload import Inline
from novacore.tasks.queue.sweep import sweep
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from tests.fixtures.servers.pgbouncer import Pgbouncer
from tests.fixtures.servers.postgresql import PostgresServer
from tests.fixtures.shops import ADDRESSES, CUSTOMER, KEY, ProductMaker

ROUNDS = 12
"""psycopg prepares a statement by name when it has met it five times."""


@pytest.fixture
def shop(pgbouncer_shop_url: str) -> Iterator[Shop]:
    """Open the shop behind the pooler, for `make_product` as well."""
    with closing(Database(pgbouncer_shop_url, pool_size=4)) as database:
        yield Shop(database, GoodsCipher([KEY]), ADDRESSES)


def test_orders_sweeps_and_exports_go_on_for_as_long_as_they_like(shop: Shop, make_product: ProductMaker) -> None:
    product = make_product(units=40)
    runtime = Runtime(shop, Calls.rest("unused", "http://127.0.0.1:9/api/v10"), Inline(), "worker-1")

    def buy(number: int) -> OrderStatus:
        buyer = replace(CUSTOMER, id=5000 + number)
        order = orders.place(shop, buyer, Checkout(f"k{number}", product, 1, PaymentMethod.paypal))
        sweep(runtime)
        return orders.cancel(shop, buyer, order.id).status

    with ThreadPoolExecutor(4) as people:
        assert set(people.map(buy, range(4 * ROUNDS))) == {OrderStatus.cancelled}


def test_no_statement_is_prepared_by_name(shop: Shop, postgresql_shop_url: str) -> None:
    with closing(Database(postgresql_shop_url, pool_size=1)) as straight:
        assert _prepared(straight) > 0
    assert _prepared(shop.database) == 0


def test_a_pooler_is_noticed_where_the_address_says_nothing_of_it(pgbouncer_shop_url: str) -> None:
    silent = pgbouncer_shop_url.replace("&pgbouncer=true", "")
    assert silent != pgbouncer_shop_url
    with closing(Database(silent, pool_size=1)) as database:
        assert _prepared(database) == 0


def _prepared(database: Database) -> int:
    """Ask the same often enough to be worth preparing, and return how many statements the connection knows by name."""
    counted = text("SELECT count(*) FROM pg_prepared_statements")
    with reading(database) as session:
        return max(int(session.execute(counted).scalar_one()) for _ in range(ROUNDS))


def test_several_processes_migrate_together(pgbouncer: Pgbouncer, postgresql: PostgresServer) -> None:
    name = postgresql.create_database()

    def migrate(_: int) -> None:
        with closing(Database(pgbouncer.url(name), pool_size=1)) as database:
            schema.migrate(database)
            schema.require_current(database)

    with ThreadPoolExecutor(4) as processes:
        list(processes.map(migrate, range(4)))
    postgresql.drop_database(name)


def test_another_process_opens_it_the_same_way(shop: Shop) -> None:
    """Exports are written by a child process, which is given the address of the engine."""
    url = shop.database.engine.url.render_as_string(hide_password=False)
    with closing(Database(url)) as database:
        assert database.is_pooled


def test_the_pooler_of_these_tests_breaks_prepared_statements(pgbouncer: Pgbouncer) -> None:
    """Else the tests above would hold nothing."""
    with ExitStack() as stack:
        connections = [psycopg.connect(pgbouncer.plain_url("postgres"), prepare_threshold=0) for _ in range(2)]
        for one in connections:
            stack.callback(one.close)
        with pytest.raises((psycopg.errors.DuplicatePreparedStatement, psycopg.errors.InvalidSqlStatementName)):
            _take_turns(connections)


def _take_turns(connections: list[psycopg.Connection[Any]]) -> None:
    for _ in range(ROUNDS):
        for one in connections:
            one.execute("SELECT 1")
            one.commit()
