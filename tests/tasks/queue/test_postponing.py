"""A job that is put off again and again leaves one row, however often; everything else that happened to it stays."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from novacore.db.models import Job, JobAttempt, Order
from novacore.db.unit_of_work import Wake, reading, writing
from novacore.states import AttemptOutcome, JobState, OrderStatus
from novacore.tasks.queue import leases, runner
from novacore.tasks.queue.leases import ClaimedJob, Past
from novacore.tasks.queue.sweep import sweep
from novacore.workflows.machine import facts
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.shop import Shop
from tests.fixtures.shops import MovableClock
from tests.tasks.jobs import attempts, job_row, lapse, outcomes, queue_job
from tests.tasks.town import Town

_O = AttemptOutcome


def claim(shop: Shop, job_id: int) -> ClaimedJob:
    with writing(shop.database) as tx:
        job = leases.claim(tx, job_id, "worker-1", 90.0)
    assert job is not None
    return job


def end(shop: Shop, job_id: int, outcome: AttemptOutcome, why: str = "Not yet.") -> None:
    job = claim(shop, job_id)
    with writing(shop.database) as tx:
        leases.put_back(tx, job, tx.now, outcome, why)


def test_putting_off_again_and_again_is_one_row(shop: Shop, time: MovableClock) -> None:
    job_id, began = queue_job(shop.database), time.at
    for number in range(50):
        end(shop, job_id, _O.postponed, f"Not yet, for the {number}. time.")
        time.move(seconds=10)
    (attempt,) = attempts(shop.database, job_id)
    assert (attempt.number, attempt.started_at, attempt.error) == (1, began, "Not yet, for the 49. time.")
    assert attempt.finished_at == began + timedelta(seconds=490)
    row = job_row(shop.database, job_id)
    assert (row.attempts, row.fence, row.state) == (1, 50, JobState.queued)
    job = claim(shop, job_id)
    with writing(shop.database) as tx:
        leases.finish(tx, job, "Done.")
    assert outcomes(shop.database, job_id) == ["postponed", "done"]


@pytest.mark.parametrize("coalesced", [JobName.call_waiting, JobName.refresh_cards])
def test_a_coalesced_job_gives_up_its_key_once(shop: Shop, coalesced: JobName) -> None:
    job_id = queue_job(shop.database, coalesced)
    for _ in range(5):
        end(shop, job_id, _O.postponed)
    assert job_row(shop.database, job_id).dedupe_key.count("#") == 1


@pytest.mark.parametrize("other", [_O.later, _O.bug, _O.stopped])
def test_what_happened_in_between_stays_in_its_order(shop: Shop, other: AttemptOutcome) -> None:
    job_id = queue_job(shop.database)
    for outcome in (other, _O.postponed, _O.postponed, other, _O.postponed, _O.postponed, _O.postponed, other):
        end(shop, job_id, outcome)
    assert outcomes(shop.database, job_id) == [other, "postponed", other, "postponed", other]
    assert [one.number for one in attempts(shop.database, job_id)] == [1, 2, 3, 4, 5]


def test_an_outage_of_last_week_is_over_once_the_job_was_put_off(shop: Shop, time: MovableClock) -> None:
    job_id = queue_job(shop.database)
    end(shop, job_id, _O.later)
    for _ in range(3):
        time.move(days=2)
        end(shop, job_id, _O.postponed)
    time.move(days=1)
    end(shop, job_id, _O.later)
    job = claim(shop, job_id)
    with writing(shop.database) as tx:
        assert leases.past(tx, job) == Past(0, 1, time.at)


def test_an_attempt_that_was_killed_after_a_postponed_one_is_known(shop: Shop) -> None:
    job_id = queue_job(shop.database)
    for _ in range(3):
        end(shop, job_id, _O.postponed)
    claim(shop, job_id)
    lapse(shop.database, job_id)
    job = claim(shop, job_id)
    assert (job.killed, job.earlier_attempt_unknown) == (1, True)
    assert outcomes(shop.database, job_id) == ["postponed", "killed", "running"]


MANY = 900
"""With a card for each, fewer than one sweep wakes."""


def test_a_bot_that_is_away_for_half_a_day_over_overdue_orders_adds_one_row_an_order(
    town: Town, time: MovableClock, woken: list[Wake]
) -> None:
    facts.note(town.shop, facts.BOT_SEEN, {})
    sweep(town.runtime)
    first = town.place().id
    orders = {first, *copies(town.shop, first, MANY - 1)}
    town.work()
    before = rows(town.shop)
    time.move(hours=25)  # nobody has paid, and the bot is gone
    woken.clear()
    for _ in range(12 * 4):
        sweep(town.runtime)
        time.move(minutes=15)
    assert timers_in(woken) == [], "there is nothing to do for anyone"
    facts.note(town.shop, facts.BOT_SEEN, {})
    sweep(town.runtime)
    assert len(timers_in(woken)) == MANY, "now each order is looked at"
    for job_id in timers_in(woken)[:20]:
        runner.run(town.runtime, job_id)
    added = rows(town.shop) - before
    assert (len(added), {*added.values()}) == (20, {1})
    with reading(town.shop.database) as session:
        waiting = select(Order.id).where(Order.status == OrderStatus.awaiting_payment)
        assert {*session.execute(waiting).scalars()} == orders, "and has got its time"


def timers_in(woken: list[Wake]) -> list[int]:
    """Return the timers of orders among what was woken."""
    return [wake.job_id for wake in woken if wake.name == JobName.expire_order]


def copies(shop: Shop, order_id: str, count: int) -> list[str]:
    """Store an order and its timer so many times more, without the work of placing each; return the new ids."""
    ids = [f"NC-COPY-{number:06}" for number in range(count)]
    with writing(shop.database) as tx:
        order, timer = (
            dict(tx.session.execute(select(table).where(*which)).mappings().one())
            for table, which in (
                (Order.__table__, (Order.id == order_id,)),
                (Job.__table__, (Job.subject_id == order_id, Job.name == JobName.expire_order)),
            )
        )
        del timer["id"]
        tx.session.execute(insert(Order), [order | {"id": one, "checkout_key": one} for one in ids])
        tx.session.execute(insert(Job), [timer | {"subject_id": one, "dedupe_key": one} for one in ids])
    return ids


def rows(shop: Shop) -> Counter[str]:
    """Count the attempts of each order."""
    jobs_of = select(Job.subject_id).join(JobAttempt, JobAttempt.job_id == Job.id).where(Job.subject_kind == "order")
    with reading(shop.database) as session:
        return Counter(session.execute(jobs_of).scalars())
