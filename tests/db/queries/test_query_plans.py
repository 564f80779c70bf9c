"""Every question of the shop is answered by an index, on both databases: as fast with a million orders as with ten.

The questions are not listed here. The functions of `novacore.db.queries` are found by themselves, and so is what the
commands, the workers and the sweep ask: all of it is watched while the real functions run, and then explained.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from novacore import clock
from novacore.crypto import GoodsCipher
from novacore.db import health, queries
from novacore.db.engine import Database
from novacore.db.models import Discount, Event, Job, Order, Proof, StockWait
from novacore.db.queries import sealed
from novacore.db.queries.desk.found_orders import Known
from novacore.db.queries.orders import contests
from novacore.db.queries.orders.amounts import Wanted
from novacore.db.queries.orders.own_orders import OwnOrders
from novacore.db.signs import sign_of_life
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import AlreadyDone, EvidenceUsed
from novacore.media.proofs import process
from novacore.states import AttemptOutcome, OrderStatus, ProductKind
from novacore.tasks.discord.calls import Calls
from novacore.tasks.queue import leases, sweep
from novacore.tasks.queue.handlers import Runtime
from novacore.tasks.queue.offload.offload import Inline
from novacore.tasks.queue.watch import dead_workers
from novacore.workflows.catalog import draft_page, draft_pictures, drafts, offers, products
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop, Terms
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import contests as contest_commands
from novacore.workflows.orders import proofs, vouches
from novacore.workflows.orders.blocking import blocks, freeing
from novacore.workflows.orders.timers.lost_timers import restore_expiries
from novacore.workflows.orders.timers.opening_hours import credit_downtime
from novacore.workflows.stock import previews, restock, stock_levels, waiting_list
from novacore.workflows.upkeep import told_deaths
from tests.db.queries import plans
from tests.fixtures.crowds import FIRST_CUSTOMER, Crowd, fill, order_id
from tests.fixtures.shops import ADDRESSES, CUSTOMER, KEY, OWNER, STAFF, MovableClock
from tests.wire.faults import wait_until
from tests.workflows import catalogue
from tests.workflows.machine import lives
from tests.workflows.orders.placing.unpaid_lives import QUARTER, leave_unpaid

CROWD = Crowd(categories=300, products=10_000, units=10_000, orders=10_000)

SAMPLES: dict[str, Callable[[Session], Any]] = {
    "amounts": lambda _: [19_990_000, 19_990_001],
    **dict.fromkeys(("batch_id", "category_id", "channel_id", "followed", "number"), lambda _: 7),
    **dict.fromkeys(("job_id", "product_id", "proof_id", "report_id"), lambda _: 7),
    "beginning": lambda _: "NC-20200101-1000",
    "by": lambda _: Known(references=["reference-7"], kinds=["reference:bitcoin"]),
    "column": lambda _: sealed.UNITS,
    "currency": lambda _: "USD",
    **dict.fromkeys(("customer_id", "person_id"), lambda _: FIRST_CUSTOMER + 7),
    "discount": lambda _: Discount(scope={"products": [7], "categories": [7]}),
    "day": lambda _: clock.now().date() - timedelta(days=3),
    "end": lambda _: clock.now() - timedelta(days=2, hours=-1),
    "span": lambda _: (clock.now() - timedelta(days=3), clock.now() - timedelta(days=2)),
    "first": lambda _: clock.now().date() - timedelta(days=3),
    "last": lambda _: clock.now().date() - timedelta(days=2),
    "key": lambda _: "own_7",
    "keys": lambda _: ["panel", "vouch"],
    "kind": lambda _: "review",
    "kinds": lambda _: ["reference_tron"],
    **dict.fromkeys(("known", "marks"), lambda _: [b"mark"]),
    "late": lambda _: timedelta(hours=1),
    "deaths": lambda _: [Event(trigger="job_died", detail={"job_id": 7}, at=clock.now())],
    "event": lambda _: Event(subject_kind="product", subject_id="7"),
    **dict.fromkeys(("limit", "most"), lambda _: 25),
    "low": lambda _: 19_600_000,
    "high": lambda _: 20_400_000,
    "method": lambda _: "usdt",
    "minor": lambda _: 1_999,
    "units": lambda _: 19_990_000,
    "list_page": lambda _: 1,
    "most_bytes": lambda _: 1_000_000,
    "now": lambda _: clock.now(),
    "name": lambda _: "name",
    "offset": lambda _: 50,
    "order": lambda session: session.get_one(Order, order_id(7)),
    "order_id": lambda _: order_id(7),
    **dict.fromkeys(("order_ids", "orders"), lambda _: [order_id(7), order_id(8)]),
    "pair": lambda session: contests.alerted_by(session, 7, 1)[1][0],
    "perceptual_hash": lambda _: 7 * 6_364_136_223_846,
    "proof": lambda session: session.get_one(Proof, 7),
    "references": lambda _: [f"{7:064x}"],
    "seen": lambda session: OwnOrders((session.get_one(Order, order_id(7)),), dms_closed=False),
    "round_": lambda _: 1,
    "since": lambda _: clock.now() - timedelta(days=62),
    "start": lambda _: clock.now() - timedelta(days=2),
    "ticket_id": lambda _: "7",
    "tickets": lambda _: ["7", "8"],
    "told": lambda session: session.get_one(Event, 2 * CROWD.orders),
    "wanted": lambda _: Wanted("usdt", 19_990_000, clock.now(), timedelta(hours=1)),
    "words": lambda _: "duct 77",
}
"""A value for each parameter that a named query may have, by the parameter's name."""

WHOLE = {
    "exports.count",
    "exports.pages",
    "products.named",
    "products.on_sale",
    "shop_window.found",
    "rollups.sums_between",
    *("sealed.locked_products", "sealed.rows"),
}
"""What reads a whole table because that is what it is asked for: a list of everything, in pages, by a job; what
someone types, looked for in the middle of every product's name (10,000 in a few milliseconds); how many products are on
sale, once at each start; products whose key is missing; and a rotation, through everything that is sealed."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def old_shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Open a shop with many products and orders; it is filled once."""
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("crowd")
        url = f"sqlite:///{folder / 'shop.db'}"
        (folder / "shop.db").write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
    else:
        server = request.getfixturevalue("postgresql")
        url = server.url(server.create_database(request.getfixturevalue("postgresql_template")))
    database = Database(url, pool_size=5)
    fill(database, CROWD)
    # The customer of these tests leaves orders open, in whatever states there are.
    yield Shop(database, GoodsCipher([KEY]), ADDRESSES, terms=Terms(max_open_orders=1_000))
    database.close()


def _functions(module: ModuleType) -> Iterator[Callable[..., Any]]:
    """Return the public functions of a module that ask a database."""
    for name, found in inspect.getmembers(module, inspect.isfunction):
        first = next(iter(inspect.signature(found).parameters), None)
        if not name.startswith("_") and found.__module__ == module.__name__ and first in {"session", "database"}:
            yield found


def _named_queries() -> list[Callable[..., Any]]:
    return [one for one in _every_query() if _name(one) not in WHOLE]


def _every_query() -> list[Callable[..., Any]]:
    names = [one.name for one in pkgutil.walk_packages(queries.__path__, f"{queries.__name__}.")]
    modules = [importlib.import_module(name) for name in names]
    return [one for module in modules for one in _functions(module)]


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}"


def _samples(function: Callable[..., Any], session: Session) -> dict[str, Any]:
    wanted = [*inspect.signature(function).parameters.values()][1:]
    unknown = [one.name for one in wanted if one.name not in SAMPLES and one.default is one.empty]
    assert not unknown, f"Cure: add a value for {unknown}, which {_name(function)} asks for, to SAMPLES in this file."
    return {one.name: SAMPLES[one.name](session) for one in wanted if one.name in SAMPLES}


def test_what_may_read_everything_is_among_the_queries() -> None:
    assert {_name(one) for one in _every_query()} >= WHOLE, "a folder that is not looked into would hold what it likes"


@pytest.mark.parametrize("function", _named_queries(), ids=_name)
def test_a_named_query_runs_on_an_index(old_shop: Shop, function: Callable[..., Any]) -> None:
    with reading(old_shop.database) as session:
        given = _samples(function, session)
        with plans.watching(old_shop.database.engine) as asked:
            first = next(iter(inspect.signature(function).parameters))
            answer = function(old_shop.database if first == "database" else session, **given)
            if isinstance(answer, Iterator):
                assert [*answer], "Cure: a sample for which there is something to be found."
    assert asked, "It asked nothing: give it samples for which there is something to be found."
    _refuse_scans(old_shop.database, asked)


def _refuse_scans(database: Database, asked: list[plans.Statement]) -> None:
    found = plans.full_scans(database, asked)
    assert not found, "Cure: an index that begins with what is asked, or a question that uses one.\n" + "\n".join(found)


def test_what_the_doctor_asks_runs_on_an_index(old_shop: Shop) -> None:
    now = clock.now()
    with plans.watching(old_shop.database.engine) as asked:
        health.due_jobs(old_shop.database, now)
        health.dead_jobs(old_shop.database, now - timedelta(days=1))
        told_deaths.count(old_shop.database, now - timedelta(days=1))
        health.blocked_orders(old_shop.database)
        health.noted_at(old_shop.database, "bot_seen")
    assert len(asked) >= 4
    _refuse_scans(old_shop.database, asked)


def test_the_lives_of_orders_run_on_an_index(old_shop: Shop, time: MovableClock) -> None:
    product = 7
    with plans.watching(old_shop.database.engine) as asked:
        offers.add_codes(old_shop, OWNER, product, [f"CODE-{number}" for number in range(30)])
        for status in OrderStatus:
            if status is not OrderStatus.new:
                _finish(old_shop, lives.bring_to(old_shop, product, status, time))
        rejected = lives.bring_to(old_shop, product, OrderStatus.rejected, time)
        orders.reinstate(old_shop, STAFF, rejected.id, lives.REASON)
        delivered = lives.bring_to(old_shop, product, OrderStatus.delivered, time)
        vouches.write(old_shop, CUSTOMER, delivered.id, "5", "")
        _finish(old_shop, delivered)
        with pytest.raises(AlreadyDone):
            orders.refund(
                old_shop, OWNER, lives.bring_to(old_shop, product, OrderStatus.refunded, time).id, lives.REASON
            )
        _contest(old_shop, product)
    assert len(asked) > 30
    _refuse_scans(old_shop.database, asked)


def _contest(shop: Shop, product: int) -> None:
    """Send a proof that has paid already, and have staff told of it."""
    used = lives.picture(), lives.reference()
    first, second = (lives.place(shop, product) for _ in range(2))
    orders.approve(shop, STAFF, orders.submit_proof(shop, CUSTOMER, first.id, *used).id, Given())
    with pytest.raises(EvidenceUsed):
        orders.submit_proof(shop, CUSTOMER, second.id, *used)
    contest_commands.next_alert(shop, 0)
    contest_commands.take_untold(shop, 0)


def test_what_is_asked_about_unpaid_orders_runs_on_an_index(old_shop: Shop, time: MovableClock) -> None:
    product, ann = 8, Actor(71, "ann")
    with plans.watching(old_shop.database.engine) as asked:
        offers.add_codes(old_shop, OWNER, product, [f"RARE-{number}" for number in range(8)])
        leave_unpaid(old_shop, product, time, [ann])
        time.at += QUARTER
        orders.cancel(old_shop, ann, lives.place(old_shop, product, ann).id)
        lives.place(old_shop, product, ann)
        freeing.load(old_shop, STAFF, product)
        freeing.free_and_block(old_shop, STAFF, product, time.at)
        with pytest.raises(AlreadyDone):
            freeing.free_and_block(old_shop, STAFF, product, time.at)
        blocks.forgive(old_shop, STAFF, 71)
    assert len(asked) > 20
    _refuse_scans(old_shop.database, asked)


def _finish(shop: Shop, order: Order) -> None:
    """Bring it to its end, and compare its picture with all others."""
    if order.status.row.awaits_customer:
        orders.cancel(shop, CUSTOMER, order.id)
    if order.status is OrderStatus.under_review:
        found = proofs.unprocessed(shop, order.id)
        assert found is not None
        assert found.original is not None
        proofs.record_picture(shop, found.id, process(found.original))
        proofs.record_likenesses(shop, found.id, proofs.find_alike(shop, found.id, 7))
        orders.reject(shop, STAFF, order.id, lives.REASON)


def test_what_comes_into_stock_and_who_waits_for_it_run_on_an_index(old_shop: Shop, time: MovableClock) -> None:
    product = 9
    with writing(old_shop.database) as tx:
        waiting = [{"product_id": product, "customer_id": n, "asked_at": tx.now} for n in range(2_000)]
        tx.session.execute(insert(StockWait), waiting)
    with plans.watching(old_shop.database.engine) as asked:
        waiting_list.take_back(old_shop, CUSTOMER, product)
        batch_id = previews.stage_file(old_shop, OWNER, product, "codes.txt", b"NEW-1\nNEW-2").batch_id or 0
        restock.confirm(old_shop, OWNER, batch_id)
        restock.fill_next(old_shop, batch_id)
        waiting_list.call_some(old_shop, 0)
        waiting_list.wait_on(old_shop, product, 1)
        waiting_list.told(old_shop, product, 2)
        restock.withdraw(old_shop, OWNER, batch_id)
        restock.discard(old_shop, OWNER, previews.stage_file(old_shop, OWNER, product, "a.txt", b"NEW-3").batch_id or 0)
        stock_levels.set_threshold(old_shop, OWNER, product, 7)
        stock_levels.review(old_shop, product)
    assert len(asked) > 20
    _refuse_scans(old_shop.database, asked)


def test_what_the_owner_does_with_products_runs_on_an_index(old_shop: Shop, time: MovableClock) -> None:
    with plans.watching(old_shop.database.engine) as asked:
        draft_id = catalogue.written(old_shop, options=drafts.Options(ProductKind.unlimited))
        drafts.set_goods(old_shop, OWNER, draft_id, "guide: how to")
        _give_picture(old_shop, draft_id)
        draft_page.load(old_shop, OWNER, draft_id)
        product_id = products.save(old_shop, OWNER, draft_id)
        time.move(hours=25)
        drafts.tidy(old_shop)
        changed = catalogue.changing(old_shop, product_id, name="Another name")
        _give_picture(old_shop, changed)
        products.save(old_shop, OWNER, changed)
        products.remove(old_shop, OWNER, product_id)
        products.bring_back(old_shop, OWNER, product_id)
        products.standing(old_shop, OWNER, product_id)
        drafts.discard(old_shop, OWNER, catalogue.written(old_shop))
    assert len(asked) > 20
    _refuse_scans(old_shop.database, asked)


def _give_picture(shop: Shop, draft_id: int) -> None:
    drafts.fill(shop, OWNER, draft_id, draft_page.load(shop, OWNER, draft_id).typed, catalogue.PICTURE)
    assert draft_pictures.keep(shop, draft_id, 1, b"picture")


def test_what_the_workers_and_the_sweep_ask_runs_on_an_index(old_shop: Shop) -> None:
    database = old_shop.database
    with plans.watching(database.engine) as asked:
        credit_downtime(old_shop)
        restore_expiries(old_shop)
        with writing(database) as tx:
            tx.session.execute(update(Job).where(Job.id <= 5).values(due_at=tx.now))
        with writing(database) as tx:
            sweep._wake_batch(tx, 30.0)
        for number, end in enumerate((_finish_job, _put_back, _bury, _let_lapse), 1):
            _work(database, number, end)
        if database.is_sqlite:  # where one process has the shop to itself
            with writing(database) as tx:
                assert dead_workers.release(tx, "worker@") == 1
        _let_die(old_shop, 5)
    assert len(asked) >= 10
    _refuse_scans(database, asked)


def _let_die(shop: Shop, job_id: int) -> None:
    with closing(sign_of_life.show(shop.database, 30.0)) as sign, writing(shop.database) as tx:
        name = str(sign.name)
        assert leases.claim(tx, job_id, "worker@here", 30.0, name)
    with closing(sign_of_life.show(shop.database, 30.0, patience=0.0)) as sign:
        wait_until(lambda: sign.dead({name}), 60.0, "the end of the sign")
        calls = Calls.rest("unused", "http://127.0.0.1:9/api/v10")
        assert dead_workers.take_back(Runtime(shop, calls, Inline(), "test", sign=sign)) == 1


def _work(database: Database, job_id: int, end: Callable[[Transaction, leases.ClaimedJob], None]) -> None:
    with writing(database) as tx:
        job = leases.claim(tx, job_id, "worker@here", 30.0)
        assert job is not None
        leases.hold(tx, job, 30.0)
        leases.past(tx, job)
        end(tx, job)


def _finish_job(tx: Transaction, job: leases.ClaimedJob) -> None:
    leases.finish(tx, job, "Done.")


def _put_back(tx: Transaction, job: leases.ClaimedJob) -> None:
    leases.put_back(tx, job, tx.now, AttemptOutcome.later, "Discord is away.")


def _bury(tx: Transaction, job: leases.ClaimedJob) -> None:
    leases.bury(tx, job, AttemptOutcome.never, "It was refused.")


def _let_lapse(_tx: Transaction, _job: leases.ClaimedJob) -> None:
    """Leave it to whoever comes next."""


@pytest.mark.parametrize(
    "scan",
    [
        "SELECT * FROM orders WHERE reason = 'none'",
        "SELECT count(*) FROM units",
        "SELECT o.id FROM orders AS o WHERE o.quantity > 7 ORDER BY o.total_minor LIMIT 5",
        "UPDATE jobs SET attempts = 1 WHERE last_error = 'x'",
        "SELECT id FROM products WHERE description = 'x' ORDER BY id LIMIT 25",
        "SELECT count(*) FROM (SELECT id FROM events WHERE actor_name = 'x') AS found",
    ],
)
def test_the_rule_can_fail(old_shop: Shop, scan: str) -> None:
    with plans.watching(old_shop.database.engine) as asked, old_shop.database.engine.connect() as connection:
        connection.exec_driver_sql(scan)
        connection.rollback()
    assert len(plans.full_scans(old_shop.database, asked)) == 1
    with pytest.raises(AssertionError, match="Cure: an index"):
        _refuse_scans(old_shop.database, asked)


def test_a_page_along_an_index_is_no_full_scan(old_shop: Shop) -> None:
    with plans.watching(old_shop.database.engine) as asked, old_shop.database.engine.connect() as connection:
        connection.exec_driver_sql("SELECT id FROM orders ORDER BY placed_at DESC LIMIT 5")
        connection.exec_driver_sql("SELECT * FROM events ORDER BY id DESC LIMIT 5")
    assert len(asked) == 2
    _refuse_scans(old_shop.database, asked)
