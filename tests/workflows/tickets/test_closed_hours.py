"""Time in which the shop was closed: each waiting ticket gets back what it lost, and nothing else is put off."""

from datetime import datetime, timedelta

from sqlalchemy import select

from novacore.db.models import Job, Ticket
from novacore.db.unit_of_work import reading, writing
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.tickets import closed_hours
from novacore.workflows.tickets import commands as tickets
from tests.fixtures.shops import CUSTOMER, OWNER, STRANGER, MovableClock
from tests.workflows.machine import ticket_lives

GAP = timedelta(hours=1)


def timers(shop: Shop) -> dict[tuple[str, str], datetime]:
    """When each queued job comes due, by its ticket and name."""
    with reading(shop.database) as session:
        rows = session.execute(select(Job.subject_id, Job.name, Job.due_at).where(Job.state == "queued")).all()
        return {(subject_id, name): due_at for subject_id, name, due_at in rows}


def end_of(shop: Shop, ticket: Ticket) -> datetime | None:
    return ticket_lives.stored(shop, ticket.id).closes_at


def waits(shop: Shop, time: MovableClock, actor: Actor) -> Ticket:
    """Return a ticket that waits for its customer from now on; it took an hour to come to that."""
    ticket = ticket_lives.ready(shop, ticket_lives.open_one(shop, time, actor))
    return tickets.staff_replied(shop, SYSTEM, ticket.id, Given(message_id=ticket_lives.fresh_id()))


def test_each_ticket_gets_back_what_it_lost_and_no_more(shop: Shop, time: MovableClock) -> None:
    for_long = waits(shop, time, CUSTOMER)
    for_a_while = waits(shop, time, STRANGER)
    time.move(minutes=15)
    with_staff = ticket_lives.ready(shop, tickets.open_ticket(shop, OWNER, ticket_lives.draft()))
    ends, before = [end_of(shop, one) for one in (for_long, for_a_while)], timers(shop)
    with writing(shop.database) as tx:
        assert closed_hours.give_back(tx, GAP) == 2
    lost = {for_long.id: GAP, for_a_while.id: timedelta(minutes=15)}
    assert end_of(shop, for_long) == (ends[0] or time.at) + GAP
    assert end_of(shop, for_a_while) == (ends[1] or time.at) + timedelta(minutes=15)
    assert end_of(shop, with_staff) is None
    assert timers(shop) == {
        (ticket_id, name): due + (lost.get(ticket_id, timedelta(0)) if name == "warn_idle" else timedelta(0))
        for (ticket_id, name), due in before.items()
    }
    assert {ticket_id for ticket_id, name in before if name == "warn_idle"} >= {for_long.id, for_a_while.id}
