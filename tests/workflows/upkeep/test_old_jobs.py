"""Old jobs go, in parts; their keys, events, money and sends stay; and the shop sells meanwhile."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from novacore.db import schema
from novacore.db.engine import Database
from novacore.db.models import Event, Job, JobAttempt, LedgerEntry, Send, UsedKey
from novacore.db.unit_of_work import reading, writing
from novacore.states import AttemptOutcome, JobState, OrderStatus
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.jobs import JobName, enqueue
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.upkeep import old_jobs
from tests.db.migrations import first_release
from tests.fixtures.shops import STAFF, MovableClock, ProductMaker
from tests.workflows.machine import lives


def count(shop: Shop, model: Any, *conditions: Any) -> int:
    with reading(shop.database) as session:
        return session.execute(select(func.count()).select_from(model).where(*conditions)).scalar_one()


def finish_all(shop: Shop, state: JobState = JobState.done) -> None:
    """End every job, each with one try, as workers would have."""
    with writing(shop.database) as tx:
        unfinished = update(Job).where(Job.state.in_((JobState.queued, JobState.running)))
        tx.session.execute(unfinished.values(state=state, finished_at=tx.now, attempts=1))
        tried = select(JobAttempt.job_id)
        for job_id in tx.session.execute(select(Job.id).where(Job.id.not_in(tried))).scalars().all():
            tx.session.add(
                JobAttempt(job_id=job_id, number=1, worker="w", outcome=AttemptOutcome.done, started_at=tx.now)
            )


def of(order_id: str) -> Any:
    return Job.subject_id == order_id


def test_jobs_of_what_ended_long_ago_go_and_all_else_stays(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product = make_product(units=9)
    ended = lives.bring_to(shop, product, OrderStatus.delivered, time)
    cancelled = lives.bring_to(shop, product, OrderStatus.cancelled, time)
    waiting = lives.place(shop, product)
    finish_all(shop)
    time.move(days=60)
    young = lives.bring_to(shop, product, OrderStatus.cancelled, time)
    finish_all(shop)
    time.move(days=31)
    kept = {model: count(shop, model) for model in (Event, LedgerEntry, Send)}
    assert count(shop, Job, of(ended.id)) > 4
    gone = old_jobs.clear_away(shop)
    assert gone > count(shop, UsedKey) > 4, "what coalesces has no key to be kept"
    assert [count(shop, Job, of(one.id)) for one in (ended, cancelled)] == [0, 0]
    assert all(count(shop, Job, of(one.id)) for one in (waiting, young))
    assert count(shop, JobAttempt) == count(shop, Job)
    assert {model: count(shop, model) for model in kept} == kept
    assert old_jobs.clear_away(shop) == 0


def test_what_was_cleared_away_is_never_queued_again(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.delivered, time)
    with writing(shop.database) as tx:
        enqueue(tx, [job_kinds.EXPIRE_ORDER.about("order", order.id, {})], key=f"lost:{order.id}:x")
    finish_all(shop)
    with reading(shop.database) as session:
        delivery = session.execute(select(Job).where(of(order.id), Job.name == JobName.deliver_order)).scalar_one()
    time.move(days=91)
    old_jobs.clear_away(shop)
    with writing(shop.database) as tx:
        enqueue(
            tx,
            [job_kinds.DELIVER_ORDER.about("order", order.id, {"event_id": delivery.event_id or 0})],
            event_id=delivery.event_id,
        )
        enqueue(tx, [job_kinds.EXPIRE_ORDER.about("order", order.id, {})], key=f"lost:{order.id}:x")
        assert tx.wakes == []
    assert count(shop, Job, of(order.id)) == 0
    with writing(shop.database) as tx:  # a card may be shown again at any time, and new things may be asked for
        enqueue(tx, [job_kinds.REFRESH_CARDS.about("order", order.id)])
        enqueue(tx, [job_kinds.EXPIRE_ORDER.about("order", order.id, {})], key=f"lost:{order.id}:y")
        assert len(tx.wakes) == 2


def test_an_order_to_which_something_happened_lately_keeps_its_jobs(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.cancelled, time)
    finish_all(shop)
    time.move(days=89)
    orders.reinstate(shop, STAFF, order.id, lives.REASON)
    orders.reject(shop, STAFF, order.id, replace(lives.REASON, round=1))
    time.move(days=5)
    old_jobs.clear_away(shop)
    assert count(shop, Job, of(order.id), Job.state == JobState.done) > 0
    time.move(days=86)
    old_jobs.clear_away(shop)
    assert count(shop, Job, of(order.id), Job.state == JobState.done) == 0


def test_a_dead_job_can_be_tried_again_for_thirty_days_whatever_the_setting(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    hasty = replace(shop, terms=replace(shop.terms, retention=timedelta(days=1)))
    order = lives.bring_to(shop, make_product(), OrderStatus.cancelled, time)
    finish_all(shop, JobState.dead)
    time.move(days=30)
    old_jobs.clear_away(hasty)
    assert count(shop, Job, of(order.id), Job.state == JobState.dead) > 0
    time.move(days=2)
    old_jobs.clear_away(hasty)
    assert count(shop, Job, of(order.id), Job.state == JobState.dead) == 0


def test_it_goes_in_parts_and_goes_on_where_it_was_stopped(
    shop: Shop, make_product: ProductMaker, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_jobs, "PART", 2)
    monkeypatch.setattr(old_jobs, "_STEP", 5)
    order = lives.bring_to(shop, make_product(), OrderStatus.delivered, time)
    finish_all(shop)
    time.move(days=91)
    told: list[int] = []

    def stop(gone: int) -> None:
        told.append(gone)
        if len(told) == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        old_jobs.clear_away(shop, stop)
    assert told[0] <= 2 < told[1] <= 4
    assert count(shop, Job, of(order.id)) > 0
    old_jobs.clear_away(shop)
    assert count(shop, Job, of(order.id)) == 0


def test_it_is_queued_once_a_day(shop: Shop, time: MovableClock) -> None:
    assert [old_jobs.queue_daily(shop) for _ in range(2)] == [False, False], "a new shop has nothing old"
    for number in (1, 2):
        time.move(days=1)
        assert [old_jobs.queue_daily(shop) for _ in range(3)] == [True, False, False]
        assert count(shop, Job, Job.name == JobName.clear_away) == number


def test_the_shop_sells_while_old_jobs_go(
    shop: Shop, make_product: ProductMaker, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_jobs, "PART", 3)
    product = make_product(units=40)
    for _ in range(8):
        lives.bring_to(shop, product, OrderStatus.cancelled, time)
    finish_all(shop)
    time.move(days=91)
    sold: list[str] = []

    def sell(gone: int) -> None:
        """Between two parts someone buys in another thread, while the round is at work."""
        with ThreadPoolExecutor(1) as other:
            buyer = Actor(5000 + gone, "buyer")
            sold.append(other.submit(lives.place, shop, product, buyer).result(60).id)

    old_jobs.clear_away(shop, sell)
    assert len(sold) > 5
    assert all(count(shop, Job, of(order_id)) >= 2 for order_id in sold)


@pytest.fixture
def first(empty_database: Database, time: MovableClock) -> Iterator[Shop]:
    """Open a shop with the rows of the first release."""
    url = empty_database.engine.url.render_as_string(hide_password=False)
    first_release.upgrade_to(url, first_release.FIRST)
    first_release.restore(url)
    shop = first_release.open_first(url)
    with closing(shop.database):
        schema.migrate(shop.database)
        yield shop


def test_rows_of_the_first_release(first: Shop, time: MovableClock) -> None:
    finish_all(first)
    time.move(days=400)
    before = {model: count(first, model) for model in (Event, LedgerEntry, Send)}
    found = first_release.orders_by_state(first)
    assert old_jobs.clear_away(first) > 0
    for status, order in found.items():
        assert (count(first, Job, of(order.id)) == 0) is (not status.row.is_unfinished)
    assert {model: count(first, model) for model in before} == before
