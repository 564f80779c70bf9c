"""What each arrow says and has done afterwards, when, and which timers it takes back: as `design` says."""

from collections.abc import Container
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from novacore.db.models import Event, Job, Order, Ticket
from novacore.db.unit_of_work import reading, writing
from novacore.states import JobState, OrderStatus, ProductKind, TicketStatus
from novacore.workflows.machine import jobs
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.policy import SYSTEM, Who
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.tickets import attributes
from novacore.workflows.tickets import commands as tickets
from novacore.workflows.tickets.table import TICKETS
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, MovableClock, ProductMaker
from tests.tasks.jobs import asked
from tests.workflows.machine import design, lives, ticket_lives
from tests.workflows.machine.design import EXPIRY, IDLE, NOW, jobs_of_order, jobs_of_ticket
from tests.workflows.machine.written import misfits_of_event, misfits_of_job


def steps(table: Any) -> list[tuple[str, str]]:
    """Every trigger that is listed, from every state it leaves, but for the one with which a life begins."""
    listed: Container[str] = design.ORDERS if table is ORDERS else design.TICKETS
    found = [(arrow.trigger, source) for arrow in table.arrows for source in arrow.sources if arrow.trigger in listed]
    return [step for step in found if step[1] != table.initial]


def start_with(shop: Shop, kind: str, subject_id: str, timers: AbstractSet[str]) -> None:
    """Leave these timers in the queue, and nothing else."""
    with writing(shop.database) as tx:
        tx.session.execute(delete(Job))
        due_at = tx.now + timedelta(hours=90)
        waiting = [asked(JobName(name), kind, subject_id, due_at) for name in timers]
        jobs.enqueue(tx, waiting, key=f"before:{subject_id}")


def queued(shop: Shop, subject: Order | Ticket, time: MovableClock, shown: timedelta = NOW) -> dict[str, timedelta]:
    """What the last event of the subject has asked for, and in how long, the refreshing of its cards left out."""
    with reading(shop.database) as session:
        newest = select(Event).where(Event.subject_id == subject.id).order_by(Event.id.desc()).limit(1)
        event = session.execute(newest).scalar_one()
        assert not misfits_of_event(event.subject_kind, event.trigger, event.detail)
        rows = select(Job).where(Job.event_id == event.id, Job.state == JobState.queued)
        found = {job.name: job for job in session.execute(rows).scalars()}
    refresh = found.pop("refresh_cards" if isinstance(subject, Order) else "refresh_ticket")
    assert refresh.due_at - time.at == shown
    for job in found.values():
        assert (job.subject_id, job.payload) == (subject.id, {"event_id": event.id})
        assert not misfits_of_job(job.name, job.payload)
    return {name: job.due_at - time.at for name, job in found.items()}


def said(shop: Shop, subject_id: str) -> set[str]:
    """What the last event of the subject says."""
    with reading(shop.database) as session:
        newest = select(Event.detail).where(Event.subject_id == subject_id).order_by(Event.id.desc()).limit(1)
        return {*session.execute(newest).scalar_one()}


def taken_back(shop: Shop) -> set[str]:
    """The timers that were withdrawn."""
    with reading(shop.database) as session:
        return {*session.execute(select(Job.name).where(Job.state == JobState.withdrawn)).scalars()}


@pytest.mark.parametrize("kind", [ProductKind.unique, ProductKind.by_hand])
@pytest.mark.parametrize(("trigger", "source"), [step for step in steps(ORDERS) if step[0] != "fulfil"])
def test_what_an_order_has_done_afterwards(
    shop: Shop, make_product: ProductMaker, time: MovableClock, trigger: str, source: str, kind: ProductKind
) -> None:
    order = lives.bring_to(shop, make_product(kind), OrderStatus[source], time)
    lives.prepare(shop, order, trigger, time)
    start_with(shop, "order", order.id, EXPIRY)
    actor = SYSTEM if Who.system in ORDERS.arrow(trigger).who else CUSTOMER if trigger == "submit_proof" else OWNER
    after = lives.take(shop, trigger, order, actor)
    by_hand = kind is ProductKind.by_hand
    shown = NOW if by_hand else design.ORDERS[trigger].shown
    assert queued(shop, after, time, shown) == jobs_of_order(trigger, by_hand=by_hand)
    assert taken_back(shop) == design.ORDERS[trigger].takes_back
    assert said(shop, order.id) == {"round", *design.ORDERS[trigger].says}


def test_what_a_new_order_and_work_by_hand_have_done_afterwards(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(ProductKind.by_hand)
    order = lives.place(shop, product_id)
    assert queued(shop, order, time) == jobs_of_order("place")
    order = lives.bring_to(shop, product_id, OrderStatus.approved, time)
    start_with(shop, "order", order.id, EXPIRY)
    assert queued(shop, orders.fulfil(shop, STAFF, order.id), time) == jobs_of_order("fulfil")
    assert taken_back(shop) == set()


@pytest.mark.parametrize(("trigger", "source"), steps(TICKETS))
def test_what_a_ticket_has_done_afterwards(shop: Shop, time: MovableClock, trigger: str, source: str) -> None:
    ticket = ticket_lives.bring_to(shop, TicketStatus[source], time)
    ticket_lives.prepare(shop, ticket, trigger, time)
    start_with(shop, "ticket", ticket.id, IDLE)
    after = ticket_lives.take(shop, trigger, ticket, SYSTEM if Who.system in TICKETS.arrow(trigger).who else STAFF)
    assert queued(shop, after, time) == jobs_of_ticket(trigger)
    assert taken_back(shop) == design.TICKETS[trigger].takes_back
    assert said(shop, ticket.id) == {"round", *design.TICKETS[trigger].says}


def test_what_a_new_ticket_and_one_in_its_second_round_have_done_next(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.open_one(shop, time)
    assert queued(shop, ticket, time) == jobs_of_ticket("open_ticket")
    tickets.channel_lost(shop, SYSTEM, ticket.id)
    tickets.reopen(shop, STAFF, ticket.id)
    start_with(shop, "ticket", ticket.id, set())
    assert queued(shop, ticket_lives.ready(shop, ticket), time) == {
        **jobs_of_ticket("channel_ready"),
        "link_transcript": NOW,
    }


def test_a_ticket_that_was_rated_invites_nobody_again(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, TicketStatus.closed, time)
    attributes.rate(shop, CUSTOMER, ticket.id, "5", "")
    ticket_lives.ready(shop, tickets.reopen(shop, STAFF, ticket.id))
    ticket_lives.keep(shop, tickets.close(shop, STAFF, ticket.id, lives.REASON))
    start_with(shop, "ticket", ticket.id, set())
    assert queued(shop, tickets.archived(shop, SYSTEM, ticket.id), time) == {"send_transcript": NOW}


def test_timers_of_another_subject_stay(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    """An order and a ticket may even bear the same id."""
    order = lives.place(shop, make_product())
    start_with(shop, "ticket", order.id, EXPIRY)
    orders.cancel(shop, CUSTOMER, order.id)
    ticket = ticket_lives.bring_to(shop, TicketStatus.awaiting_customer, time)
    start_with(shop, "order", ticket.id, IDLE)
    tickets.customer_replied(shop, SYSTEM, ticket.id, Given(message_id=ticket_lives.fresh_id()))
    assert taken_back(shop) == set()


def test_each_reply_of_staff_leaves_one_pair_of_timers(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, TicketStatus.awaiting_staff, time)
    for _ in range(3):
        time.move(hours=1)
        tickets.staff_replied(shop, SYSTEM, ticket.id, Given(message_id=ticket_lives.fresh_id()))
    with reading(shop.database) as session:
        rows = select(Job.name, Job.due_at).where(Job.state == JobState.queued, Job.name.in_(IDLE))
        assert sorted((name, at - time.at) for name, at in session.execute(rows)) == [
            ("idle_close", timedelta(hours=72)), ("warn_idle", timedelta(hours=24)),
        ]  # fmt: skip
