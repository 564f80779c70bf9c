"""Staff hear of a proof when it comes, once more where it waits long, and then the owner; nothing is said twice."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from novacore.db.models import Job
from novacore.db.unit_of_work import reading, writing
from novacore.states import JobState
from novacore.tasks.queue import runner
from novacore.workflows.machine.arrows import Given
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.timers import slow_reviews
from tests.fixtures.shops import STAFF, MovableClock
from tests.tasks.help_desk import kill_in_flight
from tests.tasks.jobs import lapse
from tests.tasks.town import Town
from tests.wire.faults import Hold
from tests.wire.world.state import Message

SEND = ("POST", "/channels/*/messages")


def told(town: Town, channel_id: int = 0) -> list[Message]:
    """The messages about proofs that wait, in the staff channel or another one."""
    messages = town.wire.messages(channel_id or town.places.staff_channel_id)
    return [message for message in messages if "a long time" in message.text]


def wait(town: Town, time: MovableClock, minutes: int) -> None:
    """Let time go by, with a sweep after each five minutes."""
    for _ in range(minutes // 5):
        time.move(minutes=5)
        slow_reviews.queue_reminders(town.shop)
        town.work()


@pytest.mark.parametrize("is_on", [True, False])
def test_the_card_of_a_new_proof_calls_the_role_that_is_set(town: Town, is_on: bool) -> None:
    role_id = next(iter(town.places.staff_role_ids))
    if is_on:
        places = replace(town.places, review_ping_role_id=role_id)
        town = replace(town, runtime=replace(town.runtime, shop=replace(town.shop, places=places)))
    town.submit(town.place())
    town.work()
    (sent,) = town.wire.requests("POST", f"/channels/{town.places.staff_channel_id}/messages")
    assert (f"<@&{role_id}>" in repr(sent.body)) is is_on
    allowed = sent.body["allowed_mentions"]
    assert (allowed["parse"], allowed.get("roles", [])) == ([], [role_id] if is_on else [])


def test_of_proofs_that_wait_staff_hear_once_in_one_message_and_then_the_owner(town: Town, time: MovableClock) -> None:
    owner = town.wire.add_user("olga", roles=(town.places.owner_role_id,))
    first, second = town.submit(town.place()), town.submit(town.place())
    wait(town, time, 55)
    assert told(town) == []
    wait(town, time, 5)
    (reminder,) = told(town)
    assert "2 proofs of payment had been waiting a long time" in reminder.text
    assert first.id in reminder.text
    assert second.id in reminder.text
    orders.approve(town.shop, STAFF, first.id, Given())
    wait(town, time, 55)
    assert town.wire.dms(owner) == []
    wait(town, time, 5)
    (to_owner,) = town.wire.dms(owner)
    assert "1 proof of payment had been waiting a long time" in to_owner.text
    assert ":R>" not in reminder.text + to_owner.text, "nobody edits it, so it must not count on"
    wait(town, time, 240)
    assert (len(told(town)), len(town.wire.dms(owner))) == (1, 1)


def test_what_was_decided_meanwhile_is_not_worth_a_message(town: Town, time: MovableClock) -> None:
    order = town.submit(town.place())
    town.work()
    time.move(hours=1)
    slow_reviews.queue_reminders(town.shop)
    orders.approve(town.shop, STAFF, order.id, Given())
    town.work()
    assert town.outcome("remind_staff") == ("done", "All of them are decided by now.")
    assert told(town) == []


@pytest.mark.parametrize("taken", [True, False], ids=["after the send", "before the send"])
@pytest.mark.parametrize("name", ["remind_staff", "remind_owner"])
def test_a_worker_killed_with_a_reminder_in_flight_leaves_one(
    town: Town, shop_url: str, time: MovableClock, name: str, taken: bool
) -> None:
    town.submit(town.place())
    town.work()
    time.move(hours=2)
    slow_reviews.queue_reminders(town.shop)
    rows = select(Job.id).where(Job.name == name, Job.state == JobState.queued)
    with reading(town.shop.database) as session:
        job_id = session.execute(rows).scalar_one()
    town.wire.world.nonce_window = 0
    before = town.wire.requests(*SEND)
    kill_in_flight(town, shop_url, job_id, town.wire.fault(*SEND, Hold(taken=taken)))
    sent = len(town.wire.requests(*SEND)) - len(before)
    for _ in range(2):  # the second time it is killed after its act, before it was recorded as done
        lapse(town.shop.database, job_id)
        with writing(town.shop.database) as tx:
            job = tx.session.get_one(Job, job_id)
            job.state, job.finished_at, job.outcome = JobState.running, None, None
            tx.session.flush()
        runner.run(town.runtime, job_id)
    assert sent == 1
    assert len(town.wire.requests(*SEND)) - len(before) == (1 if taken else 2), "sent again only where it was not taken"
    assert town.outcome(name)[0] == "done"
