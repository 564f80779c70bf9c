"""Tickets that wait, over HTTP: reminders, the end for lack of a reply, and what happened while the bot was away."""

import pytest
from sqlalchemy import delete

from novacore.db.models import Job, Ticket
from novacore.db.unit_of_work import writing
from novacore.states import TicketStatus
from novacore.tasks.queue import runner
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.tickets import commands as tickets
from novacore.workflows.tickets import conversation
from tests.fixtures.shops import STAFF, MovableClock
from tests.tasks.help_desk import channel_of, open_ticket, opened, says, staff_member, stored, ticket_channels
from tests.tasks.jobs import make_due
from tests.tasks.town import Town
from tests.wire.faults import Answer, Drop
from tests.workflows.machine import ticket_lives

T = TicketStatus
SEND = ("POST", "/channels/*/messages")


def waiting(town: Town) -> Ticket:
    """A ticket in which staff have answered."""
    ticket = opened(town)
    says(town, ticket, staff_member(town), "Have you tried turning it off and on again?")
    town.work()
    return stored(town, ticket.id)


def reminders(town: Town, ticket: Ticket) -> list[str]:
    """The reminders in the channel."""
    return [one.text for one in town.wire.messages(channel_of(ticket)) if "waiting for your reply" in one.text]


def test_the_customer_is_reminded_once_and_called(town: Town, time: MovableClock) -> None:
    ticket = waiting(town)
    time.move(hours=23, minutes=59)
    town.work()
    assert reminders(town, ticket) == []
    time.move(minutes=1)
    town.work()
    (reminder,) = [one for one in town.wire.messages(channel_of(ticket)) if "waiting for your reply" in one.text]
    assert reminder.pinged_users == [town.customer.id]
    assert stored(town, ticket.id).warned_at == time.at


def test_without_a_reply_it_closes_with_its_transcript(town: Town, time: MovableClock) -> None:
    ticket = waiting(town)
    time.move(hours=24)
    town.work()
    time.move(hours=48)
    town.work()
    closed = stored(town, ticket.id)
    assert (closed.status, closed.reason) == (T.closed, "There was no reply for 72 hours.")
    assert ticket_channels(town) == []
    assert any("There was no reply" in text for text in town.dms())


def test_one_that_waits_for_staff_never_closes(town: Town, time: MovableClock) -> None:
    ticket = waiting(town)
    says(town, ticket, town.customer.id or 0, "Yes, I have.")
    time.move(days=400)
    town.work()
    assert stored(town, ticket.id).status is T.awaiting_staff
    assert reminders(town, ticket) == []


@pytest.mark.parametrize("hours", [24, 72])
def test_a_reply_that_nobody_heard_counts(town: Town, time: MovableClock, hours: int) -> None:
    """The bot was down when the customer answered."""
    ticket = waiting(town)
    says(town, ticket, town.customer.id or 0, "Yes, I have.", heard=False)
    time.move(hours=hours)
    town.work()
    now = stored(town, ticket.id)
    assert (now.status, now.warned_at) == (T.awaiting_staff, None)
    assert reminders(town, ticket) == []
    assert ticket_channels(town) == ["ticket-0001"]


def test_a_reply_of_staff_that_nobody_heard_gives_the_time_again(town: Town, time: MovableClock) -> None:
    ticket = waiting(town)
    says(town, ticket, staff_member(town, "colleague"), "Hello?", heard=False)
    time.move(hours=24)
    town.work()
    assert reminders(town, ticket) == []
    time.move(hours=24)
    town.work()
    assert len(reminders(town, ticket)) == 1


def test_after_a_long_time_away_the_customer_is_reminded_before_the_end(town: Town, time: MovableClock) -> None:
    ticket = waiting(town)
    time.move(days=30)
    town.work()
    assert len(reminders(town, ticket)) == 1
    assert stored(town, ticket.id).status is T.awaiting_customer
    time.move(hours=47, minutes=59)
    town.work()
    assert stored(town, ticket.id).status is T.awaiting_customer
    time.move(minutes=1)
    town.work()
    assert stored(town, ticket.id).status is T.closed


def test_a_reminder_that_cannot_be_sent_does_not_keep_the_ticket_for_ever(town: Town, time: MovableClock) -> None:
    ticket = waiting(town)
    town.wire.fault("POST", f"/channels/{ticket.channel_id}/messages", Answer(403, 50013), times=None)
    for _ in range(20):
        time.move(hours=12)
        town.work()
        if stored(town, ticket.id).status is T.closed:
            break
    assert town.outcome("warn_idle")[0] == "dead"
    assert stored(town, ticket.id).status is T.closed


@pytest.mark.parametrize("fault", [Answer(503), Answer(500, taken=True), Drop(taken=False), Drop(taken=True)])
def test_the_reminder_goes_out_once_through_a_bad_moment(town: Town, time: MovableClock, fault: Answer | Drop) -> None:
    ticket = waiting(town)
    town.wire.fault(*SEND, fault)
    time.move(hours=24)
    for _ in range(4):
        town.work()
        time.move(minutes=10)
    assert len(reminders(town, ticket)) == 1


@pytest.mark.parametrize("name", ["warn_idle", "idle_close", "check_ticket"])
def test_a_look_into_the_channel_that_fails_is_taken_again(town: Town, time: MovableClock, name: str) -> None:
    ticket = waiting(town)
    time.move(hours=72)
    conversation.reconcile(town.shop)
    (job_id,) = town.due(name)
    town.wire.fault("GET", "/channels/*/messages", Answer(503))
    runner.run(town.runtime, job_id)
    assert town.outcome(name) == ("queued", "Discord is not well (status 503).")
    assert stored(town, ticket.id).status is T.awaiting_customer
    make_due(town.shop.database, job_id)
    runner.run(town.runtime, job_id)
    told = {
        "warn_idle": ("done", "The customer has been reminded."),
        "idle_close": ("queued", "The reminder goes first."),
        "check_ticket": ("done", "All is well: the ticket is waiting for the customer's reply."),
    }
    assert town.outcome(name) == told[name]


@pytest.mark.parametrize("name", ["warn_idle", "idle_close", "check_ticket"])
def test_a_channel_that_was_deleted_meanwhile_closes_the_ticket(town: Town, time: MovableClock, name: str) -> None:
    ticket = waiting(town)
    town.wire.delete_channel(channel_of(ticket))
    time.move(hours=72)
    conversation.reconcile(town.shop)
    (job_id,) = town.due(name)
    runner.run(town.runtime, job_id)
    assert town.outcome(name) == ("done", "Someone deleted the channel.")
    now = stored(town, ticket.id)
    assert (now.status, now.reason) == (T.closed, "Its channel was deleted.")
    town.work()
    assert len([text for text in town.staff_channel() if "deleted by hand" in text]) == 1


# ---- the bot comes back


def test_replies_while_the_bot_was_away_are_heard_at_its_return(town: Town) -> None:
    ticket = opened(town)
    says(town, ticket, town.customer.id or 0, "Hello?", heard=False)
    says(town, ticket, staff_member(town), "Hello! How can we help?", heard=False)
    conversation.reconcile(town.shop)
    town.work()
    assert stored(town, ticket.id).status is T.awaiting_customer
    assert town.outcome("check_ticket") == ("done", "All is well: the ticket is waiting for the customer's reply.")


NOTICES = {"pinned": 6, "joined": 7, "boosted": 8, "thread": 18, "command": 20, "menu": 23, "poll over": 46, "new": 99}
"""What Discord tells in a person's name, by its type; one that nobody knows yet, too."""


@pytest.mark.parametrize("kind", NOTICES.values(), ids=NOTICES)
def test_staff_who_pin_a_message_have_not_answered_it(town: Town, time: MovableClock, kind: int) -> None:
    ticket = opened(town)
    asked = says(town, ticket, town.customer.id or 0, "Hello?")
    before = stored(town, ticket.id)
    town.wire.notice(staff_member(town), channel_of(ticket), kind, about=asked)
    for _ in range(4):
        conversation.reconcile(town.shop)
        town.work()
        time.move(hours=24)
    assert town.outcome("check_ticket")[1].startswith("All is well")
    now = stored(town, ticket.id)
    assert (now.status, now.version, now.last_message_id) == (T.awaiting_staff, before.version, asked)
    assert reminders(town, ticket) == []


@pytest.mark.parametrize("kind", NOTICES.values(), ids=NOTICES)
def test_a_customer_of_whom_discord_tells_something_has_not_replied(town: Town, time: MovableClock, kind: int) -> None:
    ticket = waiting(town)
    town.wire.notice(town.customer.id or 0, channel_of(ticket), kind)
    time.move(hours=24)
    town.work()
    assert len(reminders(town, ticket)) == 1
    time.move(hours=48)
    town.work()
    assert stored(town, ticket.id).status is T.closed


def test_more_replies_than_one_page_are_heard(town: Town) -> None:
    ticket = opened(town)
    for number in range(130):
        town.wire.say(town.customer.id or 0, channel_of(ticket), f"message {number}")
    last = says(town, ticket, staff_member(town), "I read all of it.", heard=False)
    conversation.reconcile(town.shop)
    town.work()
    now = stored(town, ticket.id)
    assert (now.status, now.last_message_id) == (T.awaiting_customer, last)


@pytest.mark.parametrize("gone", ["left", "deleted"])
def test_a_customer_who_is_gone_at_the_return_has_the_ticket_closed(town: Town, gone: str) -> None:
    ticket = waiting(town)
    if gone == "left":
        town.wire.leave(town.customer.id or 0)
    else:
        town.wire.delete_account(town.customer.id or 0)
    conversation.reconcile(town.shop)
    town.work()
    now = stored(town, ticket.id)
    assert (now.status, now.reason) == (T.closed, "The customer has left the server.")
    assert ticket_channels(town) == []
    assert len([text for text in town.staff_channel() if "is closed" in text]) == 1


def test_all_is_well_where_nothing_happened(town: Town) -> None:
    ticket = waiting(town)
    conversation.reconcile(town.shop)
    town.work()
    now = stored(town, ticket.id)
    assert (now.status, now.version) == (T.awaiting_customer, ticket.version)


def test_one_that_is_being_closed_is_left_to_its_own_job(town: Town) -> None:
    ticket = waiting(town)
    tickets.close(town.shop, STAFF, ticket.id, ticket_lives.REASON)
    conversation.reconcile(town.shop)
    (job_id,) = town.due("check_ticket")
    runner.run(town.runtime, job_id)
    assert town.outcome("check_ticket") == ("done", "Nothing to look after: the ticket is being closed.")


def test_a_late_timer_finds_the_ticket_closed(town: Town, time: MovableClock) -> None:
    ticket = waiting(town)
    time.move(hours=72)
    jobs = town.due("warn_idle", "idle_close")
    tickets.customer_left(town.shop, SYSTEM, ticket.id)
    for job_id in jobs:
        runner.run(town.runtime, job_id)
    assert reminders(town, ticket) == []
    assert stored(town, ticket.id).status is T.closing


@pytest.mark.parametrize("name", ["create_ticket_channel", "archive_ticket", "idle_close"])
def test_a_job_that_is_gone_is_queued_again_at_the_return(town: Town, time: MovableClock, name: str) -> None:
    ticket = open_ticket(town) if name == "create_ticket_channel" else waiting(town)
    if name == "archive_ticket":
        tickets.close(town.shop, STAFF, ticket.id, ticket_lives.REASON)
    with writing(town.shop.database) as tx:
        tx.session.execute(delete(Job).where(Job.name.in_((name, "warn_idle"))))
    for _ in range(2):
        conversation.reconcile(town.shop)
        town.work()
    time.move(hours=72)
    town.work()
    closed = {"create_ticket_channel": T.awaiting_staff, "archive_ticket": T.closed, "idle_close": T.closed}
    assert stored(town, ticket.id).status is closed[name]


def test_a_job_that_lives_is_not_queued_twice(town: Town) -> None:
    ticket = waiting(town)
    assert conversation.restore_job(town.shop, ticket) is None
