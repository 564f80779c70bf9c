"""What changes a ticket without moving it: who may, what it says the second time, and what the event keeps."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from novacore.db.models import Event, Ticket
from novacore.db.unit_of_work import reading
from novacore.errors import AlreadyDone, BadInput, LimitReached, NotAllowed, NotFound, Refusal, WrongState
from novacore.states import OPEN_TICKET_STATUSES, TALKING, TicketKind, TicketPriority, TicketStatus
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.tickets import attributes
from novacore.workflows.tickets import commands as tickets
from tests.fixtures.shops import CUSTOMER, OTHER_STAFF, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives, ticket_lives

T = TicketStatus
Change = Callable[[Shop, Actor, str], Ticket]

CHANGES: dict[str, tuple[Change, tuple[Actor, ...], tuple[TicketStatus, ...]]] = {
    "claim": (attributes.claim, (STAFF, OWNER), OPEN_TICKET_STATUSES),
    "transfer": (
        lambda shop, actor, ticket_id: attributes.transfer(shop, actor, ticket_id, OTHER_STAFF),
        (STAFF, OWNER),
        OPEN_TICKET_STATUSES,
    ),
    "priority": (
        lambda shop, actor, ticket_id: attributes.set_priority(shop, actor, ticket_id, "urgent"),
        (STAFF, OWNER),
        OPEN_TICKET_STATUSES,
    ),
    "ask_close": (attributes.ask_close, (CUSTOMER,), TALKING),
    "rate": (
        lambda shop, actor, ticket_id: attributes.rate(shop, actor, ticket_id, "4", "Quick."),
        (CUSTOMER,),
        (T.closed,),
    ),
}


@pytest.mark.parametrize("status", [one for one in T if one is not T.new])
@pytest.mark.parametrize("name", CHANGES)
def test_every_change_in_every_state_by_everybody(
    shop: Shop, time: MovableClock, name: str, status: TicketStatus
) -> None:
    (change, who, states), ticket = CHANGES[name], None
    for actor in (CUSTOMER, STRANGER, STAFF, OWNER, SYSTEM):
        if ticket is None:  # whoever is refused leaves it as it is, for the next one
            ticket = ticket_lives.bring_to(shop, status, time)
        if actor in who and status in states:
            after = change(shop, actor, ticket.id)
            assert (after.status, after.version) == (status, ticket.version + 1)
            assert lives.events_of(shop, ticket.id)[-1] == name
            assert "refresh_ticket" in lives.jobs_of(shop, ticket.id)
            ticket_lives.put_away(shop, ticket.id)
            ticket = None
        else:
            with pytest.raises(Refusal) as refusal:
                change(shop, actor, ticket.id)
            expected = WrongState if actor in who else NotFound if actor is STRANGER else NotAllowed
            assert isinstance(refusal.value, expected), (actor, refusal.value)
            assert ticket_lives.stored(shop, ticket.id).version == ticket.version


def detail(shop: Shop, ticket_id: str) -> dict[str, object]:
    """What the newest event of a ticket says."""
    with reading(shop.database) as session:
        rows = select(Event.detail).where(Event.subject_id == ticket_id).order_by(Event.id.desc()).limit(1)
        return dict(session.execute(rows).scalar_one())


def test_a_ticket_has_one_carer_at_a_time(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, T.awaiting_staff, time)
    with pytest.raises(WrongState, match="Nobody has claimed"):
        attributes.release(shop, STAFF, ticket.id)
    assert attributes.claim(shop, STAFF, ticket.id).claimed_by == STAFF.id
    with pytest.raises(AlreadyDone, match="You have claimed"):
        attributes.claim(shop, STAFF, ticket.id)
    with pytest.raises(AlreadyDone, match="first staff has claimed"):
        attributes.claim(shop, OTHER_STAFF, ticket.id)
    moved = attributes.transfer(shop, STAFF, ticket.id, OTHER_STAFF)
    assert (moved.claimed_by, moved.claimed_name) == (OTHER_STAFF.id, "second staff")
    assert detail(shop, ticket.id) == {"from_id": STAFF.id, "to_id": OTHER_STAFF.id, "round": 1}
    with pytest.raises(AlreadyDone, match="second staff has this ticket already"):
        attributes.transfer(shop, STAFF, ticket.id, OTHER_STAFF)
    freed = attributes.release(shop, OWNER, ticket.id)
    assert (freed.claimed_by, freed.claimed_name) == (None, None)


@pytest.mark.parametrize("to", [CUSTOMER, STRANGER, SYSTEM])
def test_a_ticket_is_handed_on_to_staff_only(shop: Shop, time: MovableClock, to: Actor) -> None:
    ticket = ticket_lives.bring_to(shop, T.awaiting_staff, time)
    with pytest.raises(BadInput, match="to staff only"):
        attributes.transfer(shop, STAFF, ticket.id, to)


def test_priorities_are_words_that_there_are(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, T.awaiting_staff, time)
    assert attributes.set_priority(shop, STAFF, ticket.id, "high").priority is TicketPriority.high
    with pytest.raises(AlreadyDone):
        attributes.set_priority(shop, STAFF, ticket.id, "high")
    for word in ("", "HIGH", "very high"):
        with pytest.raises(BadInput, match="low, normal, high, urgent"):
            attributes.set_priority(shop, STAFF, ticket.id, word)


@pytest.mark.parametrize("actor", [CUSTOMER, STAFF, OWNER])
def test_an_order_of_the_customer_is_linked(
    shop: Shop, make_product: ProductMaker, time: MovableClock, actor: Actor
) -> None:
    product = make_product()
    order, strangers = lives.place(shop, product), lives.place(shop, product, STRANGER)
    ticket = ticket_lives.bring_to(shop, T.awaiting_staff, time)
    with pytest.raises(NotFound, match="can't find that order"):
        attributes.link_order(shop, actor, ticket.id, strangers.id)
    linked = attributes.link_order(shop, actor, ticket.id, order.id)
    assert (linked.order_id, linked.order_key) == (order.id, order.id)
    with pytest.raises(AlreadyDone):
        attributes.link_order(shop, actor, ticket.id, order.id)
    with pytest.raises(BadInput):
        attributes.link_order(shop, actor, ticket.id, "")


def test_no_two_open_tickets_come_to_be_about_one_order(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.place(shop, make_product())
    tickets.open_ticket(shop, CUSTOMER, ticket_lives.draft(TicketKind.other, order.id))
    second = ticket_lives.open_one(shop, time)
    with pytest.raises(LimitReached, match="another open ticket"):
        attributes.link_order(shop, CUSTOMER, second.id, order.id)
    assert ticket_lives.stored(shop, second.id).order_id is None


def test_a_wish_to_close_is_made_once_and_ends_with_the_round(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, T.awaiting_customer, time)
    assert attributes.ask_close(shop, CUSTOMER, ticket.id).asked_close_at == time.at
    with pytest.raises(AlreadyDone, match="staff know"):
        attributes.ask_close(shop, CUSTOMER, ticket.id)
    assert ticket_lives.stored(shop, ticket.id).status is T.awaiting_customer


def test_a_ticket_is_rated_once_also_after_it_was_reopened(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, T.closed, time)
    rated = attributes.rate(shop, CUSTOMER, ticket.id, " 5 ", "Thanks\0!")
    assert (rated.rating, rated.comment, rated.rated_at) == (5, "Thanks!", time.at)
    with pytest.raises(AlreadyDone, match="rated this ticket already"):
        attributes.rate(shop, CUSTOMER, ticket.id, "1", "")
    ticket = ticket_lives.ready(shop, tickets.reopen(shop, STAFF, ticket.id))
    tickets.close(shop, STAFF, ticket.id, ticket_lives.REASON)
    ticket_lives.keep(shop, ticket)
    before = lives.events_of(shop, ticket.id).count("archived")
    tickets.archived(shop, SYSTEM, ticket.id)
    assert before == 1
    with pytest.raises(AlreadyDone):
        attributes.rate(shop, CUSTOMER, ticket.id, "1", "")
    assert ticket_lives.stored(shop, ticket.id).rating == 5


@pytest.mark.parametrize(("stars", "words"), [("0", ""), ("6", ""), ("five", ""), ("", ""), ("5", "x" * 1001)])
def test_a_rating_that_cannot_be_used(shop: Shop, time: MovableClock, stars: str, words: str) -> None:
    ticket = ticket_lives.bring_to(shop, T.closed, time)
    with pytest.raises(BadInput):
        attributes.rate(shop, CUSTOMER, ticket.id, stars, words)
    assert ticket_lives.stored(shop, ticket.id).rated_at is None
