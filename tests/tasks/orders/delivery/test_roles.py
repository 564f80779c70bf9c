"""Roles that come with products, against a real HTTP Discord: given, ended, given back, refused; killed or not."""

from datetime import timedelta

import discord
import pytest
from sqlalchemy import select

from novacore.db.models import Job, Order, Product
from novacore.db.unit_of_work import reading, writing
from novacore.states import JobState, OrderStatus
from novacore.tasks.queue import runner
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.delivered import roles
from tests.fixtures.shops import OWNER, MovableClock
from tests.tasks.jobs import lapse, make_due
from tests.tasks.town import Town
from tests.wire.faults import Answer, Drop
from tests.workflows.machine import lives

PUT, DELETE = ("PUT", "/guilds/*/members/*/roles/*"), ("DELETE", "/guilds/*/members/*/roles/*")


def sells(town: Town, role_id: int, days: int | None = 30) -> int:
    """Let the product come with a role; returns the role."""
    with writing(town.shop.database) as tx:
        product = tx.session.get_one(Product, town.product_id)
        product.role_id, product.role_name, product.role_days = role_id, "VIP", days
    return role_id


@pytest.fixture
def vip(town: Town) -> int:
    """A role of the server, which comes with the product for 30 days."""
    return sells(town, town.wire.add_role("VIP"))


def has(town: Town, role_id: int) -> bool:
    """Whether the customer has it."""
    return role_id in town.wire.roles_of(town.customer.id or 0)


def refund(town: Town, order: Order) -> None:
    """The owner refunds, and the jobs run."""
    orders.refund(town.shop, OWNER, order.id, lives.REASON)
    town.work()


def settling(town: Town) -> Job:
    """The job of the newest order's role."""
    rows = select(Job).where(Job.name == JobName.settle_role).order_by(Job.id.desc()).limit(1)
    with reading(town.shop.database) as session:
        return session.execute(rows).scalar_one()


def warnings(town: Town) -> list[str]:
    """What staff are told of roles."""
    return [text for text in town.staff_channel() if "can't be given or taken" in text]


def test_it_comes_after_the_goods_and_goes_when_its_time_is_up(town: Town, vip: int, time: MovableClock) -> None:
    order = town.approved()
    (deliver,) = town.due("deliver_order")
    runner.run(town.runtime, deliver)
    assert not has(town, vip), "the goods come first"
    assert any("With it comes the role **VIP** for 30 days" in text for text in town.dms())
    town.work()
    assert has(town, vip)
    job = settling(town)
    assert (job.state, job.at_once, job.due_at) == (JobState.queued, False, time.at + timedelta(days=30))
    time.move(days=29)
    town.work()
    assert has(town, vip)
    time.move(days=1)
    town.work()
    assert not has(town, vip)
    assert settling(town).state is JobState.done
    assert town.order(order.id).status is OrderStatus.delivered


def test_for_ever_has_no_end(town: Town, time: MovableClock) -> None:
    vip = sells(town, town.wire.add_role("VIP"), None)
    town.delivered()
    assert has(town, vip)
    assert settling(town).state is JobState.done
    time.move(days=4000)
    town.work()
    assert has(town, vip)


def test_another_order_keeps_it_until_the_time_of_both_is_up(town: Town, vip: int, time: MovableClock) -> None:
    town.delivered()
    time.move(days=20)
    town.delivered()
    time.move(days=39)
    town.work()
    assert has(town, vip)
    time.move(days=1)
    town.work()
    assert not has(town, vip)


def test_a_refund_takes_it_unless_another_order_gives_it(town: Town, vip: int, time: MovableClock) -> None:
    first, second = town.delivered(), town.delivered()
    refund(town, first)
    assert has(town, vip)
    time.move(days=30)
    town.work()
    assert not has(town, vip), "the other one gave thirty days"
    third = town.delivered()
    assert has(town, vip)
    refund(town, third)
    assert not has(town, vip)
    assert town.order(second.id).status is OrderStatus.delivered


def test_a_refund_in_the_middle_leaves_a_timer_for_what_is_left(town: Town, vip: int, time: MovableClock) -> None:
    first = town.delivered()
    for _ in range(2):
        time.move(days=10)
        town.delivered()
    time.move(days=35)
    town.work()  # by now every order's own timer waits for the end of all three
    refund(town, first)
    assert has(town, vip)
    time.move(days=15)
    town.work()
    assert not has(town, vip)


@pytest.mark.parametrize("fault", [Drop(), Drop(taken=True), Answer(503), Answer(500, taken=True)])
def test_a_worker_that_dies_around_the_grant_gives_it_in_the_end(
    town: Town, vip: int, time: MovableClock, fault: Drop | Answer
) -> None:
    town.approved()
    town.wire.fault("PUT", f"/guilds/*/members/*/roles/{vip}", fault)
    town.work()
    for _ in range(4):
        time.move(minutes=10)
        town.work()
    assert has(town, vip)
    assert settling(town).due_at > time.at + timedelta(days=29)


def test_a_worker_killed_right_after_the_grant_leaves_the_timer(
    town: Town, vip: int, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The process is gone: nothing is recorded."""

    def die(*_: object) -> None:
        raise Killed

    town.approved()
    with monkeypatch.context() as patch:
        patch.setattr(roles, "note_given", die)
        with pytest.raises(Killed):
            town.work()
    assert has(town, vip)
    assert settling(town).state is JobState.running
    lapse(town.shop.database, settling(town).id)
    runner.run(town.runtime, settling(town).id)
    time.move(days=30)
    town.work()
    assert not has(town, vip)


def test_a_role_above_the_bots_is_told_once_and_given_when_that_is_put_right(town: Town, time: MovableClock) -> None:
    vip = sells(town, town.wire.add_role("VIP", position=200))
    first, second = town.delivered(), town.delivered()
    assert not has(town, vip)
    for _ in range(3):
        time.move(hours=1)
        town.work()
    assert len(warnings(town)) == 1
    assert settling(town).state is JobState.queued
    town.wire.move_role(vip, 1)
    assert roles.try_again(town.shop) == 2
    town.work()
    assert has(town, vip)
    assert roles.refused(town.shop) == {}
    assert {town.order(one.id).status for one in (first, second)} == {OrderStatus.delivered}


def test_without_manage_roles_it_is_tried_again_by_itself(town: Town, vip: int, time: MovableClock) -> None:
    town.wire.permit_bot(discord.Permissions(view_channel=True, send_messages=True, attach_files=True))
    town.delivered()
    assert not has(town, vip)
    assert len(warnings(town)) == 1
    town.wire.permit_bot(discord.Permissions.all())
    time.move(hours=1)
    town.work()
    assert has(town, vip)


def test_a_role_that_got_power_meanwhile_is_not_given(town: Town, vip: int, time: MovableClock) -> None:
    town.wire.move_role(vip, 1, discord.Permissions(ban_members=True).value)
    town.delivered()
    assert not has(town, vip)
    assert "Ban Members" in warnings(town)[0]
    town.wire.move_role(vip, 1)
    time.move(hours=1)
    town.work()
    assert has(town, vip)


def test_the_shops_own_role_is_never_given_for_money(town: Town) -> None:
    (staff,) = town.places.staff_role_ids
    sells(town, staff, None)
    town.delivered()
    assert not has(town, staff)
    assert "one of the shop's own roles" in warnings(town)[0]


def test_a_role_that_is_the_shops_own_by_now_is_never_taken(town: Town, time: MovableClock) -> None:
    (staff,) = town.places.staff_role_ids
    sells(town, staff)
    town.delivered()
    town.runtime.calls.add_role(town.wire.guild_id, town.customer.id or 0, staff, "They help out.")
    time.move(days=30)
    town.work()
    assert has(town, staff)
    assert settling(town).state is JobState.done
    assert town.wire.requests(*DELETE) == []


def test_someone_who_left_says_nothing_about_a_refused_role(town: Town, time: MovableClock) -> None:
    vip = sells(town, town.wire.add_role("VIP", position=200))
    town.delivered()
    town.wire.leave(town.customer.id or 0)
    time.move(hours=1)
    town.work()
    assert [*roles.refused(town.shop)] == [vip]
    town.wire.come_back(town.customer.id or 0)
    roles.came_back(town.shop, town.customer.id or 0, time.at)
    time.move(hours=1)
    town.work()
    assert len(warnings(town)) == 1


def test_a_role_that_is_gone_is_told_and_costs_nothing_at_its_end(town: Town, vip: int, time: MovableClock) -> None:
    order = town.approved()
    town.wire.delete_role(vip)
    town.work()
    assert "gone from the server" in warnings(town)[0]
    refund(town, order)
    time.move(hours=1)
    town.work()
    assert settling(town).state is JobState.done
    assert len(warnings(town)) == 1


def test_another_role_takes_the_place_of_one_that_is_gone(town: Town, vip: int, time: MovableClock) -> None:
    order, later = town.delivered(), town.approved()
    town.wire.delete_role(vip)
    town.work()
    assert len(warnings(town)) == 1
    club = sells(town, town.wire.add_role("Club"), 3)
    assert roles.try_again(town.shop) >= 1
    town.work()
    assert has(town, club)
    assert [town.order(one.id).role_id for one in (order, later)] == [club, club]
    assert town.order(order.id).role_days == 30, "what was bought"
    time.move(days=60)
    town.work()
    assert not has(town, club)


def test_a_gone_role_of_long_ago_is_found_by_the_daily_look(town: Town, time: MovableClock) -> None:
    vip = sells(town, town.wire.add_role("VIP"), None)
    town.delivered()
    town.wire.delete_role(vip)
    club = sells(town, town.wire.add_role("Club"), None)
    for _ in range(2):
        assert roles.queue_check(town.shop)
        town.work()
        time.move(days=1)
    assert has(town, club)


def test_a_role_above_the_bots_is_taken_when_that_is_put_right(town: Town, vip: int, time: MovableClock) -> None:
    order = town.delivered()
    town.wire.move_role(vip, 200)
    refund(town, order)
    assert has(town, vip)
    assert len(warnings(town)) == 1
    town.wire.move_role(vip, 1)
    time.move(hours=1)
    town.work()
    assert not has(town, vip)


def test_someone_who_left_gets_it_back_when_they_return_in_time(town: Town, vip: int, time: MovableClock) -> None:
    town.delivered()
    town.wire.leave(town.customer.id or 0)
    time.move(days=3)
    town.work()
    town.wire.come_back(town.customer.id or 0)
    assert not has(town, vip)
    assert roles.came_back(town.shop, town.customer.id or 0, time.at) == 1
    town.work()
    assert has(town, vip)
    town.wire.leave(town.customer.id or 0)
    time.move(days=27)
    town.work()
    town.wire.come_back(town.customer.id or 0)
    assert roles.came_back(town.shop, town.customer.id or 0, time.at) == 0


def test_a_purchase_of_someone_who_has_left_waits_for_their_return(town: Town, vip: int, time: MovableClock) -> None:
    order = town.approved()
    (deliver,) = town.due("deliver_order")
    runner.run(town.runtime, deliver)
    town.wire.leave(town.customer.id or 0)
    town.work()
    assert town.order(order.id).status is OrderStatus.delivered
    assert warnings(town) == []
    town.wire.come_back(town.customer.id or 0)
    roles.came_back(town.shop, town.customer.id or 0, time.at)
    town.work()
    assert has(town, vip)


def test_a_purchase_without_a_role_asks_discord_nothing_more(town: Town) -> None:
    town.delivered()
    given = [one.path for one in town.wire.requests(*PUT)]
    assert len(given) == 1
    assert given[0].endswith(str(town.places.customer_role_id))
    assert town.wire.requests("GET", "/guilds/*/roles") == []


def test_being_run_again_changes_nothing(town: Town, vip: int) -> None:
    town.delivered()
    job = settling(town)
    make_due(town.shop.database, job.id)
    runner.run(town.runtime, job.id)
    assert has(town, vip)
    assert settling(town).due_at == job.due_at
    assert town.wire.requests(*DELETE) == []
