"""A customer is reminded once that their order is about to expire, whatever is killed; not once the proof is there."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from novacore.db.models import Job, Order
from novacore.db.unit_of_work import reading, writing
from novacore.states import JobState, OrderStatus
from novacore.tasks.queue import runner
from novacore.workflows.orders import commands as orders
from tests.fixtures.shops import STAFF, MovableClock
from tests.tasks.help_desk import kill_in_flight
from tests.tasks.jobs import lapse, make_due
from tests.tasks.town import Town
from tests.wire.faults import Hold
from tests.wire.world.state import Message
from tests.workflows.machine import lives

SEND = ("POST", "/channels/*/messages")


def reminders(town: Town) -> list[Message]:
    """What the customer was reminded of."""
    found = town.wire.dms(town.customer.id or 0)
    return [one for one in found if "time to pay ends" in one.text or "send another proof ends" in one.text]


def pass_hours(town: Town, time: MovableClock, hours: float) -> None:
    """Let time go by in an open shop, and work."""
    time.move(hours=hours)
    lives.note_open(town.shop)
    town.work()


def test_one_reminder_comes_two_hours_before_the_end_and_its_button_goes_with_the_proof(
    town: Town, time: MovableClock
) -> None:
    order = town.place()
    pass_hours(town, time, 21.9)
    assert reminders(town) == []
    pass_hours(town, time, 0.1)
    (reminder,) = reminders(town)
    assert town.outcome("remind_unpaid") == ("done", "The customer has been reminded.")
    assert "Your time to pay ends" in reminder.text
    assert reminder.custom_ids == [f"nc:order:submit_proof:{order.id}"]
    town.submit(order)
    orders.ask_again(town.shop, STAFF, order.id, lives.REASON)
    pass_hours(town, time, 23)
    assert len(reminders(town)) == 1, "once for each order"
    assert "was reminded before" in town.outcome("remind_unpaid")[1], "nothing was sent this time"
    town.submit(order)
    town.work()
    assert [one.custom_ids for one in town.wire.dms(town.customer.id or 0) if one.id == reminder.id] == [[]]


def test_a_reminder_says_no_more_how_long_there_is_to_pay_once_the_order_has_expired(
    town: Town, time: MovableClock
) -> None:
    order = town.place()
    pass_hours(town, time, 22)
    (reminder,) = reminders(town)
    pass_hours(town, time, 3)
    assert town.order(order.id).status is OrderStatus.expired
    (now,) = [one for one in town.wire.dms(town.customer.id or 0) if one.id == reminder.id]
    assert "This was a reminder" in now.text
    assert now.custom_ids == [], "the note that the time is over has the button"
    button = [f"nc:order:submit_proof:{order.id}"]
    assert [one.id for one in town.wire.dms(town.customer.id or 0) if one.custom_ids == button]


def test_whoever_sends_the_proof_is_not_reminded(town: Town, time: MovableClock) -> None:
    order = town.submit(town.place())
    with reading(town.shop.database) as session:
        rows = select(Job.state).where(Job.subject_id == order.id, Job.name == "remind_unpaid")
        assert session.execute(rows).scalar_one() is JobState.withdrawn
    pass_hours(town, time, 23)
    assert reminders(town) == []


@pytest.mark.parametrize(("hours", "wanted"), [(3, False), (4, True)])
def test_nobody_is_reminded_of_an_order_they_have_just_placed(town: Town, hours: int, wanted: bool) -> None:
    short = replace(town.shop, terms=replace(town.shop.terms, order_expiry=timedelta(hours=hours)))
    order = lives.place(short, town.product_id, town.customer)
    assert ("remind_unpaid" in lives.jobs_of(short, order.id)) is wanted


def test_a_reminder_waits_where_the_customer_was_given_more_time(town: Town, time: MovableClock) -> None:
    order = town.place()
    town.work()
    with writing(town.shop.database) as tx:
        later = time.at + timedelta(hours=30)
        tx.session.execute(update(Order).where(Order.id == order.id).values(expires_at=later))
    pass_hours(town, time, 22)
    assert town.outcome("remind_unpaid") == ("queued", "The customer was given more time.")
    pass_hours(town, time, 6)
    assert len(reminders(town)) == 1


def test_a_reminder_that_comes_too_late_is_none(town: Town, time: MovableClock) -> None:
    town.place()
    town.work()
    time.move(hours=25)
    lives.note_open(town.shop)
    (job_id,) = town.due("remind_unpaid")
    runner.run(town.runtime, job_id)
    assert town.outcome("remind_unpaid")[1] == "Its time is up: too late to remind anybody."
    assert reminders(town) == []


@pytest.mark.parametrize("taken", [True, False], ids=["after the send", "before the send"])
def test_a_worker_killed_with_a_reminder_in_flight_leaves_one(town: Town, shop_url: str, taken: bool) -> None:
    order = town.place()
    town.work()
    lives.note_open(town.shop)
    with writing(town.shop.database) as tx:
        soon = tx.now + timedelta(hours=1)
        tx.session.execute(update(Order).where(Order.id == order.id).values(expires_at=soon))
        job_id = tx.session.execute(select(Job.id).where(Job.name == "remind_unpaid")).scalar_one()
    make_due(town.shop.database, job_id)
    town.wire.world.nonce_window = 0
    kill_in_flight(town, shop_url, job_id, town.wire.fault(*SEND, Hold(taken=taken)))
    assert len(reminders(town)) == taken
    for _ in range(2):  # the second time it is killed after its act, before it was recorded as done
        lapse(town.shop.database, job_id)
        with writing(town.shop.database) as tx:
            again = {"state": JobState.running, "finished_at": None, "outcome": None}
            tx.session.execute(update(Job).where(Job.id == job_id).values(again))
        runner.run(town.runtime, job_id)
        assert len(reminders(town)) == 1
