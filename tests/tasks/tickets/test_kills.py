"""Workers killed with a ticket's message in flight: the next one sends it where it was not sent, and never twice."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from novacore.db.models import Job, Ticket
from novacore.db.unit_of_work import reading
from novacore.states import JobState
from novacore.tasks.queue import runner
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.tickets import attributes
from novacore.workflows.tickets import commands as tickets
from tests.fixtures.shops import STAFF
from tests.tasks.help_desk import (
    channel_of,
    closing,
    kill_in_flight,
    open_ticket,
    opened,
    says,
    stored,
)
from tests.tasks.jobs import lapse, make_due
from tests.tasks.town import Town
from tests.wire.faults import Hold
from tests.wire.world.world import World

SEND = ("POST", "/channels/*/messages")
EDIT = ("PATCH", "/channels/*/messages/*")


def _with_channel(town: Town) -> Ticket:
    ticket = open_ticket(town)
    _run(town, "create_ticket_channel")
    return stored(town, ticket.id)


def _closed(town: Town) -> Ticket:
    ticket = opened(town)
    says(town, ticket, town.customer.id or 0, "What was said before")
    closing(town, ticket)
    town.work()
    return stored(town, ticket.id)


def _reopened(town: Town) -> Ticket:
    ticket = _closed(town)
    tickets.reopen(town.shop, STAFF, ticket.id)
    _run(town, "create_ticket_channel")
    return stored(town, ticket.id)


def _failed(town: Town) -> Ticket:
    return tickets.channel_failed(town.shop, SYSTEM, open_ticket(town).id, Given(reason="There is no room."))


def _run(town: Town, name: str) -> None:
    (job_id,) = town.due(name)
    runner.run(town.runtime, job_id)


BEFORE: dict[str, Callable[[Town], Ticket]] = {
    "post_ticket_card": _with_channel,
    "link_transcript": _reopened,
    "invite_rating": _closed,
    "tell_ticket_customer": _failed,
    "alert_ticket_staff": _failed,
}
"""How a ticket comes to owe the message of each job."""


@pytest.mark.parametrize("taken", [True, False], ids=["after the send", "before the send"])
@pytest.mark.parametrize("name", BEFORE)
def test_a_worker_killed_with_a_message_in_flight_leaves_one(town: Town, shop_url: str, name: str, taken: bool) -> None:
    BEFORE[name](town)
    job_id = _owed(town, name)
    town.wire.world.nonce_window = 0
    before = _messages(town)
    kill_in_flight(town, shop_url, job_id, town.wire.fault(*SEND, Hold(taken=taken)))
    assert _messages(town) == before + taken
    lapse(town.shop.database, job_id)
    runner.run(town.runtime, job_id)
    assert _messages(town) == before + 1
    assert town.outcome(name)[0] == "done"


@pytest.mark.parametrize("taken", [True, False], ids=["after the edit", "before the edit"])
def test_a_worker_killed_while_it_edits_the_card_leaves_it_true(town: Town, shop_url: str, taken: bool) -> None:
    ticket = opened(town)
    attributes.claim(town.shop, STAFF, ticket.id)
    job_id = _owed(town, "refresh_ticket")
    kill_in_flight(town, shop_url, job_id, town.wire.fault(*EDIT, Hold(taken=taken)))
    lapse(town.shop.database, job_id)
    runner.run(town.runtime, job_id)
    (card,) = town.wire.messages(channel_of(ticket))
    assert STAFF.name in card.text
    assert town.outcome("refresh_ticket")[0] == "done"


def _owed(town: Town, name: str) -> int:
    """Make the newest job of this name due, and return it."""
    rows = select(Job.id).where(Job.name == name, Job.state == JobState.queued).order_by(Job.id.desc())
    with reading(town.shop.database) as session:
        job_id = session.execute(rows).scalars().first()
    assert job_id
    make_due(town.shop.database, job_id)
    return job_id


def _messages(town: Town) -> int:
    """Count every message at Discord."""

    def count(world: World) -> int:
        return sum(len(channel.messages) for channel in world.channels.values())

    return town.wire.ask(count)
