"""Tickets that are taken up again, over HTTP: a new channel with what was said before, and ratings."""

from novacore.states import TicketStatus
from novacore.tasks.queue import runner
from novacore.tasks.tickets.channel import CUSTOMER_GONE
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.tickets import commands as tickets
from tests.fixtures.shops import STAFF, MovableClock
from tests.tasks.help_desk import (
    channel_of,
    closing,
    kept,
    open_ticket,
    opened,
    says,
    stored,
    ticket_channels,
    transcripts_at,
)
from tests.tasks.town import Town

T = TicketStatus


def test_a_reopened_ticket_has_a_new_channel_with_what_was_said_before(town: Town) -> None:
    ticket = opened(town)
    says(town, ticket, town.customer.id or 0, "The first part")
    closing(town, ticket)
    town.work()
    tickets.reopen(town.shop, town.customer, ticket.id)
    town.work()
    again = stored(town, ticket.id)
    assert (again.status, again.round) == (T.awaiting_staff, 2)
    assert again.channel_id != ticket.channel_id
    assert ticket_channels(town) == ["ticket-0001"]
    (page,) = [content for one in town.wire.messages(channel_of(again)) for content in one.files.values()]
    assert page == kept(town, ticket, 1).html
    says(town, again, town.customer.id or 0, "The second part")
    closing(town, again)
    town.work()
    assert "The second part" in kept(town, ticket, 2).text
    assert "The first part" not in kept(town, ticket, 2).text
    assert len(transcripts_at(town, "staff")) == 2


def test_reopened_before_the_old_channel_went_keeps_the_new_one(town: Town) -> None:
    ticket = opened(town)
    closing(town, ticket)
    (job_id,) = town.due("archive_ticket")
    runner.run(town.runtime, job_id)
    tickets.reopen(town.shop, STAFF, ticket.id)
    town.work()
    again = stored(town, ticket.id)
    assert (again.status, ticket_channels(town)) == (T.awaiting_staff, ["ticket-0001"])
    assert again.channel_id in town.wire.channel_ids().values()


def test_one_that_never_had_a_channel_says_nothing_of_what_was_said_before(town: Town) -> None:
    ticket = open_ticket(town)
    tickets.channel_failed(town.shop, SYSTEM, ticket.id, Given(reason="No room."))
    town.work()
    tickets.reopen(town.shop, STAFF, ticket.id)
    town.work()
    (card,) = town.wire.messages(channel_of(stored(town, ticket.id)))
    assert ", reopened" in card.text
    assert "time" not in card.text.split(", reopened")[1].split("\n")[0]


def test_whoever_has_left_the_server_opens_no_channel_from_their_messages(town: Town) -> None:
    ticket = opened(town)
    closing(town, ticket)
    town.work()
    town.wire.ask(lambda world: world.members.pop(town.customer.id or 0))
    tickets.reopen(town.shop, town.customer, ticket.id)
    town.work()
    now = stored(town, ticket.id)
    assert (now.status, now.reason, ticket_channels(town)) == (T.failed, CUSTOMER_GONE, [])
    assert any(CUSTOMER_GONE in text for text in town.staff_channel())


def test_the_customer_is_asked_for_a_rating_once_a_round_until_they_rate(town: Town, time: MovableClock) -> None:
    ticket = opened(town)
    closing(town, ticket)
    town.work()
    time.move(minutes=1)
    town.work()
    assert len([text for text in town.dms() if "How was our help" in text]) == 1
