"""Roles that are given back: what the daily look finds, and who is heard of; each with a timer that ends it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from novacore.db.models import Job
from novacore.db.unit_of_work import reading, writing
from novacore.states import JobState
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.orders.delivered import roles
from tests.fixtures.shops import MovableClock
from tests.tasks.orders.delivery.test_roles import PUT, has, settling, vip
from tests.tasks.town import Town
from tests.wire.faults import Answer

__all__ = ["vip"]


def test_the_daily_look_finds_who_came_back_unheard(town: Town, vip: int, time: MovableClock) -> None:
    town.delivered()
    town.wire.leave(town.customer.id or 0)
    town.wire.come_back(town.customer.id or 0)
    assert roles.queue_check(town.shop)
    town.work()
    assert has(town, vip)
    puts = len(town.wire.requests(*PUT))
    time.move(days=1)
    assert roles.queue_check(town.shop)
    town.work()
    assert len(town.wire.requests(*PUT)) == puts, "who has it is given nothing"
    time.move(seconds=10)
    town.work()
    assert town.outcome("check_roles")[0] == "done"


def look(town: Town, time: MovableClock) -> None:
    """The daily look sees everybody."""
    assert roles.queue_check(town.shop)
    for _ in range(2):
        town.work()
        time.move(seconds=10)


def come_back(town: Town, time: MovableClock) -> None:
    """The customer leaves the server and returns."""
    town.wire.leave(town.customer.id or 0)
    town.wire.come_back(town.customer.id or 0)
    roles.came_back(town.shop, town.customer.id or 0, time.at)
    town.work()


@pytest.mark.parametrize("give_back", [look, come_back])
def test_what_is_given_back_after_the_clock_was_ahead_ends_all_the_same(
    town: Town, vip: int, time: MovableClock, give_back: Callable[[Town, MovableClock], None]
) -> None:
    town.delivered()
    time.move(days=31)
    town.work()
    assert not has(town, vip)
    time.move(days=-31)
    give_back(town, time)
    assert has(town, vip)
    time.move(days=30)
    town.work()
    assert not has(town, vip)


def test_the_daily_look_replaces_the_timer_of_a_job_that_died(town: Town, vip: int, time: MovableClock) -> None:
    order = town.delivered()
    with writing(town.shop.database) as tx:
        tx.session.get_one(Job, settling(town).id).state = JobState.dead
    for _ in range(2):
        look(town, time)
        time.move(days=1)
    with reading(town.shop.database) as session:
        waiting = select(Job).where(Job.name == JobName.settle_role, Job.state == JobState.queued)
        assert [job.subject_id for job in session.execute(waiting).scalars()] == [order.id]
    time.move(days=28)
    town.work()
    assert not has(town, vip)


def test_what_goes_wrong_with_one_person_ends_no_daily_look(
    town: Town, vip: int, time: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    another = replace(town, customer=replace(town.customer, id=town.wire.add_user("another")))
    for each in (town, another):
        each.delivered()
        town.runtime.calls.remove_role(town.wire.guild_id, each.customer.id or 0, vip, "A slip.")
    town.wire.fault("GET", f"/guilds/*/members/{town.customer.id}", Answer(400), times=None)
    look(town, time)
    assert has(another, vip)
    assert "could not be looked at" in caplog.text
    assert town.outcome("check_roles")[0] == "done"
