"""The jobs of an order against a real HTTP Discord: each says its thing once, and the world may move on meanwhile."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from novacore import telemetry
from novacore.db.queries.orders import orders as order_queries
from novacore.db.unit_of_work import reading
from novacore.states import OrderStatus
from novacore.tasks.queue import runner
from novacore.tasks.queue.handlers import HANDLERS, Work
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import goods as deliverables
from novacore.workflows.orders.commands import Command
from tests.fixtures.servers.forked import Forked
from tests.fixtures.shops import KEY, OWNER, STAFF, MovableClock
from tests.tasks.jobs import lapse
from tests.tasks.town import Town
from tests.wire.faults import Answer, Drop, Hold
from tests.workflows.machine import lives

ROOT = Path(__file__).resolve().parents[2]
SEND = ("POST", "/channels/*/messages")


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """Log as the shop does, at its most talkative, and put everything back."""
    levels = {name: logging.getLogger(name).level for name in ("", *telemetry._LEVELS)}
    hooks = sys.excepthook, threading.excepthook
    telemetry.configure_logging(tmp_path, "DEBUG")
    yield tmp_path / "novacore.log"
    telemetry.configure_logging(None)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    sys.excepthook, threading.excepthook = hooks


def goods_messages(town: Town) -> list[str]:
    """The DMs that carry goods."""
    return [text for text in town.dms() if "SECRET-" in text]


def test_an_approved_order_is_delivered_once(town: Town) -> None:
    order = town.approved(quantity=2)
    town.work()
    (message,) = goods_messages(town)
    assert "SECRET-1-0" in message
    assert "SECRET-1-1" in message
    assert "the-guide-of-Game key" in message
    assert town.order(order.id).status is OrderStatus.delivered
    for job_id in range(1, 60):
        runner.run(town.runtime, job_id)
    assert len(goods_messages(town)) == 1


def test_whoever_let_two_orders_expire_reads_when_they_can_order_again(town: Town, time: MovableClock) -> None:
    town.place()
    town.work()
    time.move(hours=1)
    town.place()
    for hours in (23, 1):
        time.move(hours=hours)
        lives.note_open(town.shop)
        town.work()
    first, second = [told for told in town.dms() if "No payment reached us in time" in told]
    assert "one open order" not in first
    assert f"so you can order again <t:{int(time.at.timestamp()) + 6 * 3600}:R>" in second


def test_what_does_not_fit_goes_as_one_file_in_the_same_message(town: Town) -> None:
    town.approved(quantity=10)
    town.work()
    with_goods = [message for message in town.wire.dms(town.customer.id or 0) if "Here are your goods" in message.text]
    assert len(with_goods) == 1
    codes = with_goods[0].text + "".join(content.decode() for content in with_goods[0].files.values())
    assert all(f"SECRET-1-{n}" in codes for n in range(10))


@pytest.mark.parametrize("taken", [True, False], ids=["after the send", "before the send"])
def test_a_worker_killed_around_its_send_delivers_once(town: Town, shop_url: str, taken: bool) -> None:
    order = town.approved()
    (job_id,) = town.due("deliver_order")
    town.wire.world.nonce_window = 0  # Discord remembers for minutes only; the search must do without
    held = town.wire.fault(*SEND, Hold(taken=taken))
    arguments = [shop_url, KEY, town.wire.url, town.wire.token, str(job_id), str(town.places.staff_channel_id)]
    worker = Forked([sys.executable, "-m", "tests.tasks.one_job", *arguments], cwd=ROOT)
    held.wait_reached(timeout=60)
    assert len(goods_messages(town)) == (1 if taken else 0), "the kill hits the send in flight"
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(20)
    held.release()
    assert town.order(order.id).status is OrderStatus.approved
    lapse(town.shop.database, job_id)
    runner.run(town.runtime, job_id)
    assert len(goods_messages(town)) == 1
    assert town.order(order.id).status is OrderStatus.delivered


@pytest.mark.parametrize("fault", [Answer(503), Answer(500, taken=True), Drop(taken=False), Drop(taken=True)])
def test_a_discord_that_fails_for_a_moment_gets_the_goods_through_once(
    town: Town, time: MovableClock, fault: Answer | Drop
) -> None:
    order = town.approved()
    (job_id,) = town.due("deliver_order")
    town.wire.fault(*SEND, fault)
    for _ in range(6):
        runner.run(town.runtime, job_id)
        time.move(minutes=10)
    assert len(goods_messages(town)) == 1
    assert town.order(order.id).status is OrderStatus.delivered


def test_closed_dms_block_the_delivery_and_staff_hear_of_it_once(town: Town) -> None:
    town.wire.close_dms(town.customer.id or 0)
    order = town.approved()
    town.work()
    stored = town.order(order.id)
    assert (stored.status, stored.reason) == (OrderStatus.delivery_blocked, "Their DMs are closed to the shop.")
    assert town.dms() == []
    (alert,) = [text for text in town.staff_channel() if order.id in text and "Try the delivery again" in text]
    assert "Their DMs are closed to the shop." in alert


def test_blocked_goods_are_shown_in_the_shop_and_then_count_as_delivered(town: Town) -> None:
    town.wire.close_dms(town.customer.id or 0)
    order = town.approved()
    town.work()
    _, shown = deliverables.reveal(town.shop, town.customer, order.id)
    assert shown.items[-1].value == "SECRET-1-0"
    assert town.order(order.id).status is OrderStatus.delivered


def test_a_blocked_delivery_is_tried_again_when_the_dms_are_open(town: Town) -> None:
    town.wire.close_dms(town.customer.id or 0)
    order = town.approved()
    town.work()
    town.wire.close_dms(town.customer.id or 0, closed=False)
    orders.retry_delivery(town.shop, STAFF, order.id)
    town.work()
    assert len(goods_messages(town)) == 1
    assert town.order(order.id).status is OrderStatus.delivered


@pytest.mark.parametrize("away", ["left", "gone"])
def test_a_customer_who_is_gone_blocks_the_delivery(town: Town, away: str) -> None:
    order = town.approved()
    (job_id,) = town.due("deliver_order")
    if away == "left":
        town.wire.leave(town.customer.id or 0)
    else:
        town.wire.delete_account(town.customer.id or 0)
    runner.run(town.runtime, job_id)
    assert town.order(order.id).status is OrderStatus.delivery_blocked


def test_a_refund_waits_for_a_delivery_of_unknown_outcome(town: Town, time: MovableClock) -> None:
    order = town.approved()
    with pytest.raises(Exception, match="on their way right now"):
        orders.refund(town.shop, OWNER, order.id, lives.REASON)
    (job_id,) = town.due("deliver_order")
    town.wire.fault(*SEND, Drop(taken=True))
    runner.run(town.runtime, job_id)
    with pytest.raises(Exception, match="on their way right now"):
        orders.refund(town.shop, OWNER, order.id, lives.REASON)
    time.move(minutes=10)
    runner.run(town.runtime, job_id)
    assert orders.refund(town.shop, OWNER, order.id, lives.REASON).status is OrderStatus.refunded


def test_goods_that_were_shown_first_come_by_dm_all_the_same_and_once(town: Town) -> None:
    order = town.approved()
    deliverables.reveal(town.shop, town.customer, order.id)
    assert town.order(order.id).status is OrderStatus.delivered
    town.work()
    assert town.outcome("deliver_order") == ("done", "The goods are with the customer.")
    assert len(goods_messages(town)) == 1


def test_a_blocked_order_is_not_delivered_by_a_late_job(town: Town) -> None:
    order = town.approved()
    orders.delivery_blocked(town.shop, SYSTEM, order.id, lives.REASON)
    town.work()
    assert town.outcome("deliver_order")[1].startswith("Nothing to deliver: the order is approved, but")
    assert goods_messages(town) == []


NewEvent = Callable[[Town], None]


def cancelled(town: Town) -> None:
    """The customer cancels."""
    orders.cancel(town.shop, town.customer, town.place().id)


def rejected(town: Town) -> None:
    """Staff reject."""
    orders.reject(town.shop, STAFF, town.submit(town.place()).id, Given(reason="Wrong <@123> amount."))


def asked_again(town: Town) -> None:
    """Staff ask for another proof."""
    orders.ask_again(town.shop, STAFF, town.submit(town.place()).id, Given(reason="Wrong <@123> amount."))


def refunded(town: Town) -> None:
    """The owner gives the money back."""
    orders.refund(town.shop, OWNER, town.delivered().id, Given(reason="Wrong <@123> amount."))


@pytest.mark.parametrize("happening", [cancelled, rejected, asked_again, refunded])
def test_the_customer_is_told_once_and_nobody_is_pinged(town: Town, happening: NewEvent) -> None:
    happening(town)
    town.work()
    notes = [text for text in town.dms() if "amount." in text and "Order id" not in text.splitlines()[0]]
    assert town.outcome("tell_customer") == ("done", "The customer has been told.")
    if happening is not cancelled:
        assert notes
    for message in town.wire.dms(town.customer.id or 0):
        assert message.pinged_users == []


def close_dms_then(town: Town, decide: Callable[[str], object]) -> None:
    """The receipt gets through; later on the customer closes their DMs, and then staff decide."""
    order = town.submit(town.place())
    town.work()
    town.wire.close_dms(town.customer.id or 0)
    decide(order.id)
    town.work()


@pytest.mark.parametrize("command", [orders.ask_again, orders.reject])
def test_a_note_that_discord_refuses_is_flagged_for_staff(town: Town, command: Command) -> None:
    close_dms_then(town, lambda order_id: command(town.shop, STAFF, order_id, lives.REASON))
    assert town.outcome("tell_customer") == ("dead", "Their DMs are closed to the shop.")
    (card,) = town.staff_channel()
    assert "Closed DMs" in card


@pytest.mark.parametrize("job", [JobName.tell_customer, JobName.order_receipt])
def test_a_message_that_a_bug_has_stopped_is_an_alert_and_says_nothing_of_dms(
    town: Town, monkeypatch: pytest.MonkeyPatch, time: MovableClock, job: JobName
) -> None:
    def broken(_: Work) -> str:
        raise KeyError("x")

    monkeypatch.setitem(HANDLERS, job, broken)
    order = town.submit(town.place())
    orders.reject(town.shop, STAFF, order.id, lives.REASON)
    for _ in range(4):
        town.work()
        time.move(minutes=10)
    assert town.outcome(job)[0] == "dead"
    (alert,) = [text for text in town.staff_channel() if "did not work" in text]
    assert job.replace("_", " ") in alert
    with reading(town.shop.database) as session:
        facts = order_queries.review_facts(session, order.id, town.shop.terms.late_window)
    assert facts
    assert not facts.dms_closed


def test_nothing_secret_stands_in_any_log_job_event_or_send(town: Town, log_file: Path) -> None:
    order = town.delivered()
    logged = log_file.read_text()
    assert f" {order.id} novacore.db.unit_of_work: order approve by staff 2001: under_review -> approved" in logged
    rows = lives.snapshot(town.shop)
    written = repr([rows[table] for table in ("jobs", "job_attempts", "events", "sends", "cards", "shop_facts")])
    assert "deliver_order" in written
    for secret in ("SECRET-", "the-guide-of-", town.wire.token):
        assert secret not in written
        assert secret not in logged


def test_the_system_is_not_told_to_deliver_what_it_delivered(town: Town) -> None:
    order = town.delivered()
    with pytest.raises(Exception, match="Already done: NovaCore delivered the goods"):
        orders.delivered(town.shop, SYSTEM, order.id)
