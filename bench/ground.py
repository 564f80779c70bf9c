"""What the measurements stand on: a shop with many orders under review, on either database."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert

from novacore import clock
from novacore.crypto import GoodsCipher, new_key
from novacore.db import schema
from novacore.db.engine import Database
from novacore.db.models import Order, Person, Proof, Unit
from novacore.db.unit_of_work import writing
from novacore.states import OrderStatus, PaymentMethod, ProductKind, ProofState, UnitStatus
from novacore.wallets.addresses import PaymentAddress
from novacore.workflows.catalog import offers
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from tests.fixtures.servers.postgresql import PostgresServer, new_server

OWNER = Actor(1, "owner", is_owner=True)
STAFF = Actor(2, "staff", is_staff=True)
CUSTOMER_ID = 1000
"""The first customer; each order has one of its own."""


@contextmanager
def sqlite_url() -> Iterator[str]:
    """Lend the URL of a SQLite file."""
    with tempfile.TemporaryDirectory(prefix="novacore-bench-") as folder:
        yield f"sqlite:///{Path(folder) / 'shop.db'}"


@contextmanager
def postgres() -> Iterator[tuple[PostgresServer, str]]:
    """Lend a server and the URL of an empty database on it."""
    with new_server() as server:
        yield server, server.url(server.create_database())


@contextmanager
def open_shop(url: str, connections: int = 32) -> Iterator[Shop]:
    """Open a migrated shop that takes any number of orders."""
    database = Database(url, pool_size=connections)
    schema.migrate(database)
    try:
        yield Shop(database, GoodsCipher([new_key()]), {PaymentMethod.btc: PaymentAddress("bc1q", "Bitcoin")})
    finally:
        database.close()


def add_product(shop: Shop) -> int:
    """Put a product with codes on sale; returns its id."""
    return offers.add_product(shop, OWNER, NewProduct("Games", "Key", "", ProductKind.unique, 999))


def order_id(number: int) -> str:
    """Return the id of the `number`th order of `fill`; SQL can write it too: `'NC-20260101-' || lpad(n, 6, '0')`."""
    return f"NC-20260101-{number:06d}"


def fill(shop: Shop, product_id: int, count: int) -> None:
    """Store orders under review, each of a customer of its own with one reserved unit, without taking the arrows."""
    now = clock.now()
    with writing(shop.database) as tx:
        tx.session.execute(insert(Person), [_person(number, now) for number in range(count)])
        tx.session.execute(insert(Order), [_order(number, product_id) for number in range(count)])
        tx.session.execute(insert(Unit), [_unit(number, product_id) for number in range(count)])
        tx.session.execute(insert(Proof), [_proof(number) for number in range(count)])


def _person(number: int, now: datetime) -> dict[str, object]:
    return {"id": CUSTOMER_ID + number, "name": "customer", "first_seen_at": now}


def _order(number: int, product_id: int) -> dict[str, object]:
    return {
        "id": order_id(number),
        "status": OrderStatus.under_review,
        "version": 1,
        "checkout_key": str(number),
        "customer_id": CUSTOMER_ID + number,
        "product_id": product_id,
        "product_name": "Key",
        "kind": ProductKind.unique,
        "warranty_days": 0,
        "quantity": 1,
        "unit_price_minor": 999,
        "total_minor": 999,
        "currency": "USD",
        "method": PaymentMethod.btc,
        "pay_address": "bc1q",
        "pay_network": "Bitcoin",
        "placed_at": clock.now(),
        "submitted_at": clock.now(),
        "review_round": 1,
    }


def _proof(number: int) -> dict[str, object]:
    return {
        "order_id": order_id(number),
        "round": 1,
        "state": ProofState.processed,
        "sha256": f"{number:064x}",
        "size": 1_000,
        "submitted_at": clock.now(),
    }


def _unit(number: int, product_id: int) -> dict[str, object]:
    return {
        "product_id": product_id,
        "status": UnitStatus.reserved,
        "order_id": order_id(number),
        "created_at": clock.now(),
    }
