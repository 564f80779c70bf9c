"""The shop in production as these tests break it: real servers, real worker processes, the stand-in for Discord.

One `Works` serves all cases of a module: whatever a case killed or stopped stands again before the next one begins.
"""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from itertools import count, cycle
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql
from sqlalchemy import func, make_url, select

from novacore.crypto import GoodsCipher
from novacore.db import schema
from novacore.db.engine import Database
from novacore.db.models import JobAttempt, Order, ShopFact
from novacore.db.unit_of_work import reading
from novacore.errors import EvidenceUsed
from novacore.states import AttemptOutcome, OrderStatus, PaymentMethod, ProductKind
from novacore.tasks.queue.celery_app import make_app
from novacore.tasks.queue.dispatch import start_waking
from novacore.workflows.catalog import offers
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.orders.discounts import codes as discounts
from novacore.workflows.orders.discounts.codes import NewCode
from novacore.workflows.payments import rates
from tests.fixtures.servers.postgresql import PostgresServer
from tests.fixtures.servers.redis_server import RedisServer
from tests.fixtures.shops import ADDRESSES, KEY, OWNER, STAFF
from tests.stories.live import CELERY, LiveShop, Process
from tests.wire.faults import Hold, Slow, wait_until
from tests.wire.stand_in import Wire
from tests.workflows import own_methods
from tests.workflows.machine import lives
from tests.workflows.stock.test_unit_files import stock

PACED = (CELERY[0], "-A", "tests.faults.paced")
COMMANDS = {
    "discord-1": ("worker", "-Q", "discord", "-n", "first@%h", "-c", "8", "-l", "info"),
    "discord-2": ("worker", "-Q", "discord", "-n", "second@%h", "-c", "8", "-l", "info"),
    "media": ("worker", "-Q", "media", "-n", "media@%h", "-c", "1", "-l", "info"),
    "beat": ("beat",),
}
"""What production is made of, the bot left out: what it does here, the tests do themselves."""

SEND = ("POST", "/channels/*/messages")
LATENCY = 0.04
"""Seconds that Discord takes before it stores a message, and again before it answers."""

CODE = "STORM"
STOCK = 4000
"""Units in stock, more than all cases sell."""

FILES = 8
"""So many of them, the first ones, are files."""


class Works:
    """The servers, the processes, and the customers who have paid. Leave it as a context, and everything ends."""

    def __init__(self, wire: Wire, folder: Path, postgresql: PostgresServer, redis: RedisServer) -> None:
        self.wire, self.postgresql, self.redis = wire, postgresql, redis
        url = postgresql.url(postgresql.create_database())
        self._address = make_url(url)
        self.database = Database(url)
        self.shop = Shop(self.database, GoodsCipher([KEY]), ADDRESSES)
        settings = {"DATABASE_URL": url, "CELERY_BROKER_URL": redis.url, "SECRET_KEY": KEY}
        self._live = LiveShop(wire, folder, settings)
        self._stack = ExitStack()
        self.processes: dict[str, Process] = {}
        self._ways: Iterator[str] = iter(())
        self._codes = cycle(("", "", CODE, CODE.lower()))
        self._numbers = count()
        self.contested: set[str] = set()
        """Orders whose proof someone else has sent as well."""

    def __enter__(self) -> Self:
        self._stack.enter_context(self._live)
        self._stack.callback(self.database.close)
        schema.migrate(self.database)
        draft = NewProduct("Games", "Game key", "A key.", ProductKind.unique, 999)
        self.product_id = offers.add_product(self.shop, OWNER, draft)
        stock(self.shop, self.product_id, {f"SECRET-{n:05}.zip": b"PK %d" % n for n in range(FILES)})
        for first in range(FILES, STOCK, 500):
            codes = [f"SECRET-{n:05}" for n in range(first, min(first + 500, STOCK))]
            offers.add_codes(self.shop, OWNER, self.product_id, codes)
        rates.set_rate(self.shop, OWNER, "btc", "64250.10")
        discounts.add(self.shop, OWNER, NewCode(CODE, percent=10, uses=STOCK, per_person=1))
        self._ways = cycle((PaymentMethod.btc.value, own_methods.add(self.shop)))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        for process in self.processes.values():
            process.kill()  # how they end is tested elsewhere; here it would only take its time
        self._stack.close()

    # The processes.

    def fix(self) -> None:
        """Start what does not run, and let Discord be well, and as slow as it is."""
        self.wire.faults.clear()
        self.wire.world.nonce_window = 180.0
        self.wire.fault(*SEND, Slow(LATENCY), times=None)
        self.wire.fault(*SEND, Slow(LATENCY, taken=True), times=None)
        for name in COMMANDS:
            self.replace(name)
        for name in COMMANDS:
            if name != "beat":
                self.processes[name].wait_for("ready.")

    def replace(self, name: str) -> None:
        """Start this process again if it has ended."""
        standing = self.processes.get(name)
        if standing is None or standing.popen.poll() is not None:
            self.processes[name] = self.start(*COMMANDS[name])

    def start(self, *arguments: str) -> Process:
        """Start one more Celery command."""
        return self._live.start(*PACED, *arguments)

    def busiest(self) -> str:
        """Name the worker for Discord that has the most in flight, as soon as one has anything."""
        wait_until(lambda: any(self._in_flight().values()), 60.0, "a worker with something in flight")
        in_flight = self._in_flight()
        return max(in_flight, key=lambda each: in_flight[each])

    def _in_flight(self) -> dict[str, int]:
        rows = select(JobAttempt.worker, func.count()).where(JobAttempt.outcome == AttemptOutcome.running)
        with reading(self.database) as session:
            found = {worker.rpartition(":")[2]: n for worker, n in session.execute(rows.group_by(JobAttempt.worker))}
        return {name: found.get(str(self.processes[name].popen.pid), 0) for name in ("discord-1", "discord-2")}

    @contextmanager
    def paused(self, *names: str) -> Iterator[None]:
        """Let these processes stand still for the block."""
        for name in names:
            self.processes[name].popen.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for name in names:
                self.processes[name].popen.send_signal(signal.SIGCONT)

    @contextmanager
    def paused_at_work(self) -> Iterator[None]:
        """Let a worker stand still for the block that has work in hand as it stands."""
        name = self.busiest()
        with ExitStack() as standing:
            standing.enter_context(self.paused(name))
            while not self._in_flight()[name]:  # it was done just before
                standing.close()
                name = self.busiest()
                standing.enter_context(self.paused(name))
            yield

    @contextmanager
    def waking(self) -> Iterator[None]:
        """Let this process wake the workers after each commit, as the bot does."""
        stop_waking = start_waking(make_app(self.redis.url))
        try:
            yield
        finally:
            stop_waking()

    # The books.

    def noted(self, fact: str) -> datetime:
        """Return when this fact was noted last."""
        with reading(self.database) as session:
            return session.get_one(ShopFact, fact).at

    def status(self, order_id: str) -> OrderStatus:
        """Return where an order is now."""
        with reading(self.database) as session:
            return session.get_one(Order, order_id).status

    # The customers.

    def paid(self, count: int) -> list[str]:
        """Let so many people order, pay and be approved; returns the orders. The sweep finds them, or see `waking`."""
        return [self._approved() for _ in range(count)]

    def placed(self, method: str | None = None) -> tuple[Actor, str]:
        """Let someone order who does not pay yet, by the next of the ways to pay; returns them and the order.

        Every second one has a discount code.
        """
        customer = Actor(self.wire.add_user("customer"), "customer")
        way, code = method or next(self._ways), next(self._codes)
        checkout = Checkout(f"checkout-{customer.id}", self.product_id, 1, way, code=code)
        return customer, orders.place(self.shop, customer, checkout).id

    def _approved(self) -> str:
        """Approve every third while another proof is awaited; have what paid for every fourth sent again by others."""
        method = next(self._ways)
        customer, order_id = self.placed(method)
        number, reference = next(self._numbers), lives.reference()
        orders.submit_proof(self.shop, customer, order_id, lives.picture(), reference)
        if number % 3 == 0:
            orders.take(self.shop, STAFF, order_id, "ask_again", lives.REASON)
        orders.approve(self.shop, STAFF, order_id, Given())
        if number % 4 == 0:
            self._contest(method, reference)
            self.contested.add(order_id)
        return order_id

    def _contest(self, method: str, reference: str) -> None:
        """Let someone send a proof that has paid for another's order, and go."""
        mallory, order_id = self.placed(method)
        with suppress(EvidenceUsed):
            orders.submit_proof(self.shop, mallory, order_id, lives.picture(), reference)
            raise AssertionError("a payment pays once")
        orders.cancel(self.shop, mallory, order_id)

    # What breaks besides processes.

    @contextmanager
    def frozen(self, statement: str) -> Iterator[None]:
        """Let a session stand still in mid-transaction for the block, with what this statement has locked."""
        with psycopg.connect(self._plain_url) as session:
            assert session.execute(sql.SQL(statement)).rowcount > 0
            yield
            session.execute("SELECT 1")  # it was there the whole time
            session.rollback()

    @property
    def _plain_url(self) -> str:
        return f"postgresql://postgres@/{self._address.database}?host={self.postgresql.folder}"

    def cut_transactions(self, held: Hold, patience: float) -> int:
        """Cut every transaction that is open while one of them waits to write its event; returns how many were.

        The log of events is held shut until one waits, `patience` seconds at most: the moment is sure to come, for what
        was held at Discord goes on only then.
        """
        server = self._plain_url
        with psycopg.connect(server) as holder, psycopg.connect(server, autocommit=True) as cutter:
            holder.execute("LOCK TABLE events IN SHARE MODE")
            ours = (holder.info.backend_pid,)
            held.release()
            wait_until(lambda: _number(cutter.execute(_WAITING, ours)), patience, "a transaction at its event")
            return _number(cutter.execute(_CUT, ours))


_OPEN = "FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
_WAITING = f"SELECT count(*) {_OPEN} AND pid <> %s AND wait_event_type = 'Lock' AND query ILIKE 'INSERT INTO events%%'"
_CUT = f"SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) {_OPEN} AND pid NOT IN (%s, pg_backend_pid())"


def _number(found: psycopg.Cursor) -> int:
    row = found.fetchone()
    return int(row[0]) if row else 0
