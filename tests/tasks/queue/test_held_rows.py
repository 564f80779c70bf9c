"""What another session holds, a job waits for but a while: then it is "later", not a bug, and nothing is done twice."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from sqlalchemy import select, text, update

from novacore.crypto import GoodsCipher
from novacore.db.engine import Database
from novacore.db.limits import Limits
from novacore.db.models import Job, Order, ShopFact
from novacore.db.unit_of_work import reading, writing
from novacore.states import JobState, OrderStatus
from novacore.tasks.queue.handlers import HANDLERS, Runtime, Work
from novacore.tasks.queue.runner import run
from novacore.tasks.queue.sweep import sweep
from novacore.workflows.machine.shop import Shop
from tests.fixtures.shops import ADDRESSES, KEY, MovableClock
from tests.tasks.jobs import ANY, attempts, job_row, make_due, outcomes, queue_job
from tests.tasks.town import Town
from tests.workflows.machine import lives

LIMITS = Limits(lock=0.3, statement=0.6, idle=60.0)


@pytest.fixture
def shop(postgresql_shop_url: str) -> Iterator[Shop]:
    """Open a shop on PostgreSQL whose patience is soon over: SQLite locks no rows."""
    with closing(Database(postgresql_shop_url, limits=LIMITS)) as database:
        yield Shop(database, GoodsCipher([KEY]), ADDRESSES)


@pytest.fixture
def later(time: MovableClock) -> MovableClock:
    """Lend the clock under a name that Python's own module does not bear."""
    return time


@contextmanager
def held(shop: Shop, statement: Any) -> Iterator[None]:
    """Freeze another session in mid-transaction."""
    with shop.database.within(Limits(idle=600.0)).engine.connect() as holder:
        holder.execute(statement)
        yield
        holder.rollback()


def test_a_delivery_whose_order_is_held_goes_out_once_and_is_noted_later(town: Town) -> None:
    order = town.approved()
    (job_id,) = town.due("deliver_order")
    with held(town.shop, select(Order).where(Order.id == order.id).with_for_update()):
        run(town.runtime, job_id)
        assert town.order(order.id).status is OrderStatus.approved
        assert job_row(town.shop.database, job_id).state is JobState.queued
    (attempt,) = attempts(town.shop.database, job_id)
    assert attempt.outcome.value == "later"
    assert attempt.error == "Someone else was at the same rows (RowsHeld)."
    make_due(town.shop.database, job_id)
    run(town.runtime, job_id)
    assert town.order(order.id).status is OrderStatus.delivered
    assert len([text for text in town.dms() if "SECRET-" in text]) == 1


def test_other_goods_arrive_while_an_order_is_held(town: Town) -> None:
    first, second = town.place(), town.approved()
    with held(town.shop, select(Order).where(Order.id == first.id).with_for_update()):
        town.work()
        assert town.order(second.id).status is OrderStatus.delivered


def test_a_job_row_that_is_held_is_left_alone(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    database = runtime.shop.database
    held_id, free_id = queue_job(database), queue_job(database, subject="NC-2")
    monkeypatch.setitem(HANDLERS, ANY, lambda _: "Done.")
    with held(runtime.shop, select(Job).where(Job.id == held_id).with_for_update()):
        assert sweep(runtime) == 1
        for job_id in (held_id, free_id):
            run(runtime, job_id)
        assert job_row(database, free_id).state is JobState.done
    assert job_row(database, held_id).attempts == 0
    run(runtime, held_id)
    assert job_row(database, held_id).state is JobState.done


@pytest.mark.parametrize("name", ["rolled_up", "report_due", "last_sweep", "open_until", "bot_seen"])
def test_a_fact_that_is_held_holds_up_no_job(runtime: Runtime, later: MovableClock, name: str) -> None:
    sweep(runtime)
    lives.note_open(runtime.shop)
    later.move(days=1, minutes=1)
    job_id = queue_job(runtime.shop.database)
    with held(runtime.shop, update(ShopFact).where(ShopFact.name == name).values(value={"held": True})):
        assert sweep(runtime) >= 1
        with reading(runtime.shop.database) as session:
            assert session.get_one(Job, job_id).woken_at is not None


def sleep_too_long(shop: Shop) -> None:
    with writing(shop.database) as tx:
        tx.session.execute(text("SELECT pg_sleep(5)"))


def lose_the_line(shop: Shop) -> None:
    with writing(shop.database) as tx:
        tx.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


def stand_still(shop: Shop) -> None:
    """Ask nothing for longer than a transaction may stay open."""
    with writing(shop.database.within(Limits(idle=0.001))) as tx:
        tx.session.execute(text("SELECT 1"))
        time.sleep(0.3)
        tx.session.execute(text("SELECT 1"))


def read_for_too_long(shop: Shop) -> None:
    with reading(shop.database) as session:
        session.execute(text("SELECT pg_sleep(5)"))


@pytest.mark.parametrize(
    ("mishap", "said"),
    [
        (sleep_too_long, "The database took too long (TookTooLong)."),
        (read_for_too_long, "The database took too long (TookTooLong)."),
        (lose_the_line, "The database could not be reached (DatabaseAway)."),
        (stand_still, "The database could not be reached (DatabaseAway)."),
    ],
)
def test_no_limit_is_a_bug(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, mishap: Callable[[Shop], None], said: str
) -> None:
    def handler(work: Work) -> str:
        mishap(work.shop)
        return "Done."

    monkeypatch.setitem(HANDLERS, ANY, handler)
    job_id = queue_job(runtime.shop.database)
    run(runtime, job_id)
    assert outcomes(runtime.shop.database, job_id) == ["later"]
    assert job_row(runtime.shop.database, job_id).last_error == said
