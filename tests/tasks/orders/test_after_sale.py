"""After the sale: one notice, the role, the invitation; a refund takes back what it can."""

from dataclasses import replace

import discord
import pytest

from novacore.db.unit_of_work import writing
from novacore.states import SendState
from novacore.tasks.discord.calls import SentMessage
from novacore.tasks.queue import runner
from novacore.workflows.machine import jobs
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.orders import commands as orders
from tests.fixtures.shops import OWNER, MovableClock
from tests.tasks.jobs import make_due, queue_job, sends
from tests.tasks.town import Town
from tests.wire.faults import Drop
from tests.workflows.machine import lives


def notices(town: Town) -> list[str]:
    """The public log."""
    return [message.text for message in town.wire.messages(town.places.public_log_channel_id)]


def test_a_delivered_order_is_announced_once_with_nothing_personal_but_the_mention(town: Town) -> None:
    order = town.delivered()
    (notice,) = notices(town)
    assert f"<@{town.customer.id}>" in notice
    assert "1 × Game key" in notice
    for private in (order.id, "$9.99", "SECRET-"):
        assert private not in notice
    assert town.wire.messages(town.places.public_log_channel_id)[0].pinged_users == []


def test_a_refund_strikes_the_notice(town: Town) -> None:
    order = town.delivered()
    orders.refund(town.shop, OWNER, order.id, lives.REASON)
    town.work()
    (notice,) = notices(town)
    assert "~~" in notice


def test_what_the_owner_wants_in_the_notice_is_in_it_also_when_it_is_struck(town: Town) -> None:
    terms = replace(town.shop.terms, log_mentions=False, log_amounts=True)
    town = replace(town, runtime=replace(town.runtime, shop=replace(town.shop, terms=terms)))
    order = town.delivered()
    (notice,) = notices(town)
    assert "Someone bought **1 × Game key** for $9.99" in notice
    orders.refund(town.shop, OWNER, order.id, lives.REASON)
    town.work()
    (notice,) = notices(town)
    assert "~~🛍️ Someone bought **1 × Game key** for $9.99~~" in notice
    assert str(town.customer.id) not in notice


def test_a_notice_killed_between_send_and_record_is_posted_once(town: Town, time: MovableClock) -> None:
    town.wire.world.nonce_window = 0.0
    town.wire.fault("POST", f"/channels/{town.places.public_log_channel_id}/messages", Drop(taken=True))
    town.delivered()
    assert len(notices(town)) == 1, "it was posted, and we do not know"
    for _ in range(3):
        time.move(minutes=10)
        town.work()
    assert len(notices(town)) == 1
    assert town.outcome("announce_purchase") == ("done", "The purchase is in the public log.")


def test_every_delivered_order_has_one_notice_and_no_other_has(town: Town) -> None:
    first, second = town.delivered(), town.delivered()
    town.submit(town.place())
    town.work()
    for order in (first, second):
        runner.run(town.runtime, queue_job(town.shop.database, JobName.announce_purchase, order.id))
    assert len(notices(town)) == 2


def test_a_notice_that_someone_deleted_stays_deleted(town: Town) -> None:
    order = town.delivered()
    channel = town.places.public_log_channel_id
    town.wire.delete_message(channel, town.wire.messages(channel)[0].id)
    orders.refund(town.shop, OWNER, order.id, lives.REASON)
    town.work()
    assert notices(town) == []
    assert town.outcome("strike_announcement")[1].startswith("Someone deleted the notice")


def test_a_refund_while_the_notice_is_being_posted_strikes_it_all_the_same(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = town.approved()
    for job_id in town.due("deliver_order"):
        runner.run(town.runtime, job_id)
    send = town.runtime.calls.send

    def refund_first(channel_id: int, *rest: object) -> SentMessage:
        if channel_id == town.places.public_log_channel_id:
            orders.refund(town.shop, OWNER, order.id, lives.REASON)
            for job_id in town.due("strike_announcement"):
                runner.run(town.runtime, job_id)
            assert town.outcome("strike_announcement") == ("done", "The purchase was never announced.")
        return send(channel_id, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(town.runtime.calls, "send", refund_first)
    town.work()
    (notice,) = notices(town)
    assert "~~" in notice
    assert town.outcome("announce_purchase") == ("done", "The notice in the public log is struck.")


def test_a_notice_of_a_killed_attempt_is_struck_though_the_order_was_refunded(town: Town) -> None:
    order = town.approved()
    for job_id in town.due("deliver_order"):
        runner.run(town.runtime, job_id)
    (announce,) = town.due("announce_purchase")
    town.wire.fault("POST", f"/channels/{town.places.public_log_channel_id}/messages", Drop(taken=True))
    runner.run(town.runtime, announce)
    assert "~~" not in notices(town)[0]
    orders.refund(town.shop, OWNER, order.id, lives.REASON)
    with writing(town.shop.database) as tx:
        jobs.withdraw(tx, [JobName.strike_announcement], "order", order.id)
    make_due(town.shop.database, announce)
    town.work()
    assert "~~" in notices(town)[0]


def test_a_notice_that_was_cut_off_before_its_send_leaves_no_doubt_after_a_refund(town: Town) -> None:
    order = town.approved()
    for job_id in town.due("deliver_order"):
        runner.run(town.runtime, job_id)
    (announce,) = town.due("announce_purchase")
    town.wire.fault("POST", f"/channels/{town.places.public_log_channel_id}/messages", Drop(taken=False))
    runner.run(town.runtime, announce)
    orders.refund(town.shop, OWNER, order.id, lives.REASON)
    make_due(town.shop.database, announce)
    town.work()
    assert notices(town) == []
    assert {each.state for each in sends(town.shop.database) if each.purpose == "announcement"} == {SendState.abandoned}


def test_the_role_comes_with_the_first_delivery_and_goes_with_the_last_refund(town: Town) -> None:
    role, customer = town.places.customer_role_id, town.customer.id or 0
    first, second = town.delivered(), town.delivered()
    assert role in town.wire.roles_of(customer)
    orders.refund(town.shop, OWNER, first.id, lives.REASON)
    town.work()
    assert role in town.wire.roles_of(customer), "another order is still delivered"
    orders.refund(town.shop, OWNER, second.id, lives.REASON)
    town.work()
    assert role not in town.wire.roles_of(customer)


def test_a_role_that_comes_late_is_what_their_orders_say_by_then(town: Town) -> None:
    role, customer = town.places.customer_role_id, town.customer.id or 0
    order = town.approved()
    for job_id in town.due("deliver_order"):
        runner.run(town.runtime, job_id)
    (grant,) = town.due("grant_customer_role")
    orders.refund(town.shop, OWNER, order.id, lives.REASON)
    (withdraw,) = town.due("withdraw_customer_role")
    for job_id in (withdraw, grant):
        runner.run(town.runtime, job_id)
    assert role not in town.wire.roles_of(customer), "a job that was late gives nothing that was taken"


def test_a_bot_that_may_not_give_the_role_tells_staff_once(town: Town) -> None:
    town.wire.permit_bot(discord.Permissions(view_channel=True, send_messages=True, read_message_history=True,
                                             attach_files=True))  # fmt: skip
    town.delivered()
    town.delivered()
    (alert,) = [text for text in town.staff_channel() if "lacks a permission" in text]
    assert "drag the bot's role **above** the customers' role" in alert


def test_a_customer_who_left_the_server_is_no_fault(town: Town) -> None:
    town.approved()
    for job_id in town.due():
        runner.run(town.runtime, job_id)
    town.wire.leave(town.customer.id or 0)
    town.work()
    assert town.outcome("grant_customer_role") == ("done", "They have left the server.")


def test_the_buyer_is_asked_for_a_vouch_some_time_later_and_once(town: Town, time: MovableClock) -> None:
    order = town.delivered()
    assert not any("vouch" in text.lower() for text in town.dms())
    time.move(hours=2)
    town.work()
    town.work()
    assert len([text for text in town.dms() if "vouch" in text.lower()]) == 1
    assert town.outcome("invite_vouch") == ("done", "The buyer has been asked for a vouch.")
    assert order.id


def test_nobody_is_asked_about_a_refunded_order(town: Town, time: MovableClock) -> None:
    order = town.delivered()
    orders.refund(town.shop, OWNER, order.id, lives.REASON)
    time.move(hours=3)
    town.work()
    assert town.outcome("invite_vouch") == ("done", "It was refunded meanwhile; nobody is asked.")
