"""After the sale: one notice, the role, the invitation; a refund takes back what it can."""

import discord
import pytest

from novacore.db.unit_of_work import writing
from novacore.tasks import runner
from novacore.tasks.gateway import SentMessage
from novacore.workflows import jobs, orders
from novacore.workflows.jobs import JobName
from tests.fixtures.shops import OWNER, MovableClock
from tests.tasks.jobs import make_due
from tests.tasks.town import Town
from tests.wire.faults import Drop
from tests.workflows import lives


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


def test_a_refund_while_the_notice_is_being_posted_strikes_it_all_the_same(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = town.approved()
    for job_id in town.due("deliver_order"):
        runner.run(town.runtime, job_id)
    send = town.runtime.gateway.send

    def refund_first(channel_id: int, *rest: object) -> SentMessage:
        if channel_id == town.places.public_log_channel_id:
            orders.refund(town.shop, OWNER, order.id, lives.REASON)
            for job_id in town.due("strike_announcement"):
                runner.run(town.runtime, job_id)
            assert town.outcome("strike_announcement") == ("done", "The purchase was never announced.")
        return send(channel_id, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(town.runtime.gateway, "send", refund_first)
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
        jobs.withdraw(tx, JobName.strike_announcement, "order", order.id)
    make_due(town.shop.database, announce)
    town.work()
    assert "~~" in notices(town)[0]


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


def test_a_bot_that_may_not_give_the_role_tells_staff_once(town: Town) -> None:
    town.wire.permit_bot(discord.Permissions(view_channel=True, send_messages=True, read_message_history=True,
                                             attach_files=True))  # fmt: skip
    town.delivered()
    alerts = [text for text in town.staff_channel() if "lacks a permission" in text]
    assert len(alerts) == 1


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
