"""A lost timer is replaced once, and looking for it costs little. Who looks: `tests/tasks/queue/test_sweep.py`."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from novacore.db.models import Job
from novacore.db.unit_of_work import reading, writing
from novacore.states import JobState
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.timers import lost_timers
from tests.fixtures.shops import MovableClock, ProductMaker
from tests.workflows.machine import lives

_TIMERS = Job.name == JobName.expire_order


@pytest.fixture
def overdue(shop: Shop, make_product: ProductMaker, time: MovableClock) -> str:
    """Place an order, lose its timer, and let its time be over; returns its id."""
    order = lives.place(shop, make_product())
    with writing(shop.database) as tx:
        tx.session.execute(delete(Job).where(_TIMERS))
    time.move(hours=25)
    return order.id


def test_of_two_sweeps_at_once_one_queues_the_new_timer(
    shop: Shop, overdue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_timers, "_lost", lambda *_: [overdue])  # both have looked before either has queued
    for _ in range(2):
        lost_timers.restore_expiries(shop)
    with reading(shop.database) as session:
        assert session.execute(select(func.count()).where(_TIMERS)).scalar_one() == 1


@pytest.mark.parametrize(("late", "found"), [(timedelta(minutes=5), 0), (timedelta(minutes=5, seconds=1), 1)])
def test_a_timer_has_five_minutes_to_come(
    shop: Shop, overdue: str, time: MovableClock, late: timedelta, found: int
) -> None:
    time.at += late - timedelta(hours=1)  # it is overdue by an hour
    assert lost_timers.restore_expiries(shop) == found


def test_only_an_unpaid_order_without_a_timer_of_its_own_gets_a_new_one(
    shop: Shop, overdue: str, make_product: ProductMaker, time: MovableClock
) -> None:
    paid = lives.submit(shop, lives.place(shop, make_product()))
    with writing(shop.database) as tx:
        wanted = [
            job_kinds.EXPIRE_ORDER.about("ticket", overdue, {}),
            job_kinds.ORDER_RECEIPT.about("order", overdue, {"event_id": 1}),
        ]
        for number, one in enumerate(wanted):
            jobs.enqueue(tx, [one], key=f"decoy:{number}")
    assert lost_timers.restore_expiries(shop) == 1
    assert "expire_order" in lives.jobs_of(shop, overdue)
    assert "expire_order" not in lives.jobs_of(shop, paid.id)
    assert lost_timers.restore_expiries(shop) == 0, "it has one now"


@pytest.mark.parametrize("state", ["dead", "done", "withdrawn"])
def test_one_that_died_is_replaced_once_an_hour(shop: Shop, overdue: str, time: MovableClock, state: str) -> None:
    for _ in range(2):
        assert lost_timers.restore_expiries(shop) == 1
        with writing(shop.database) as tx:
            tx.session.execute(update(Job).where(_TIMERS).values(state=JobState(state)))
        time.move(minutes=59)
        assert lost_timers.restore_expiries(shop) == 0
        time.move(minutes=1)
