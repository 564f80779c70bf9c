"""The whole ticket table: every state x every trigger x kind of actor, against `tests.workflows.machine.design`."""

import pytest

from novacore.errors import AlreadyDone, BadInput, NotAllowed, NotFound, Refusal, WrongState
from novacore.states import TicketStatus
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Who
from novacore.workflows.machine.shop import Shop
from novacore.workflows.tickets import commands as tickets
from novacore.workflows.tickets.table import TICKETS
from tests.fixtures.shops import CUSTOMER, OWNER, REVIEWER, REVIEWER_BUYER, STAFF, STAFF_BUYER, STRANGER, MovableClock
from tests.workflows.machine import design, lives, ticket_lives

ACTORS = {
    "customer": CUSTOMER,
    "another customer": STRANGER,
    "staff": STAFF,
    "staff who is the customer": STAFF_BUYER,
    "reviewer": REVIEWER,
    "reviewer who is the customer": REVIEWER_BUYER,
    "owner": OWNER,
    "system": SYSTEM,
}

STATES = tuple(status for status in TicketStatus if status is not TicketStatus.new)


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("trigger", design.TICKETS)
def test_every_actor_at_every_trigger_in_every_state(
    shop: Shop, time: MovableClock, trigger: str, status: TicketStatus
) -> None:
    row, ticket = design.TICKETS[trigger], None
    for name, actor in ACTORS.items():
        if ticket is None:  # whoever is refused leaves it as it is, for the next one
            ticket = ticket_lives.bring_to(shop, status, time)
            ticket_lives.prepare(shop, ticket, trigger, time)
        if status in row.sources and name in row.who:
            before = lives.jobs_of(shop, ticket.id)
            after = ticket_lives.take(shop, trigger, ticket, actor)
            assert ticket_lives.stored(shop, ticket.id).status is row.target, name
            assert (after.status, after.version) == (row.target, ticket.version + 1), name
            assert lives.events_of(shop, ticket.id)[-1] == trigger
            assert {*row.jobs, "refresh_ticket"} <= lives.jobs_of(shop, ticket.id)
            assert lives.jobs_of(shop, ticket.id) - before <= {*row.jobs, "refresh_ticket", "link_transcript"}
            ticket_lives.put_away(shop, ticket.id)
            ticket = None
        else:
            with pytest.raises(Refusal) as refusal:
                ticket_lives.take(shop, trigger, ticket, actor)
            check_refusal(refusal.value, name in row.who, name)
            now = ticket_lives.stored(shop, ticket.id)
            assert (now.status, now.version) == (status, ticket.version), name


def check_refusal(refusal: Refusal, may: bool, name: str) -> None:
    """A stranger learns nothing; who may not hears that; who may hears about the state."""
    assert refusal.sentence.endswith((".", "!")), refusal.sentence
    assert " order" not in refusal.sentence, refusal.sentence
    if name in {"another customer", "reviewer"}:
        assert isinstance(refusal, NotFound)
        assert refusal.sentence == "I can't find that ticket."
    elif may:
        assert isinstance(refusal, WrongState), refusal
    else:
        assert isinstance(refusal, (NotAllowed, NotFound)), refusal


def test_the_table_has_just_the_arrows_of_the_design() -> None:
    found = {arrow.trigger: (set(arrow.sources), arrow.target) for arrow in TICKETS.arrows}
    expected = {trigger: (set(row.sources), row.target) for trigger, row in design.TICKETS.items()}
    assert found == expected | {"open_ticket": ({TicketStatus.new}, TicketStatus.opening)}


def test_people_fire_only_what_the_design_lets_them() -> None:
    people = {Who.buyer, Who.staff, Who.owner}
    theirs = {trigger for trigger, row in design.TICKETS.items() if {*row.who} - {"system"}}
    assert {arrow.trigger for arrow in TICKETS.arrows if arrow.who & people} == {"open_ticket", *theirs}


@pytest.mark.parametrize("trigger", ["close", "channel_failed", "archive_failed"])
@pytest.mark.parametrize("reason", [None, "", "  \n", "\0"])
def test_an_end_needs_a_reason(shop: Shop, time: MovableClock, trigger: str, reason: str | None) -> None:
    row = design.TICKETS[trigger]
    ticket = ticket_lives.bring_to(shop, row.sources[0], time)
    actor = STAFF if trigger == "close" else SYSTEM
    with pytest.raises(BadInput, match="give a reason"):
        getattr(tickets, trigger)(shop, actor, ticket.id, Given(reason=reason))
    assert ticket_lives.stored(shop, ticket.id).version == ticket.version


def test_the_second_press_hears_who_was_first(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, TicketStatus.closing, time)
    with pytest.raises(AlreadyDone, match=r"Already done: first staff closed this ticket\. It is being closed now\."):
        tickets.close(shop, OWNER, ticket.id, Given(reason="again"))


def test_the_customer_does_not_learn_who_of_the_staff_it_was(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, TicketStatus.closing, time)
    with pytest.raises(WrongState, match="our staff closed this ticket"):
        tickets.reopen(shop, CUSTOMER, ticket.id)


def test_a_customer_who_tries_to_close_is_refused_with_a_sentence(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, TicketStatus.awaiting_staff, time)
    with pytest.raises(NotAllowed, match=r"^Only staff can close this ticket\.$"):
        tickets.close(shop, CUSTOMER, ticket.id, Given(reason="I want"))


def test_nothing_is_closed_before_its_transcript_is_stored(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, TicketStatus.closing, time)
    with pytest.raises(WrongState, match="not stored yet"):
        tickets.archived(shop, SYSTEM, ticket.id)
    ticket_lives.keep(shop, ticket)
    assert tickets.archived(shop, SYSTEM, ticket.id).status is TicketStatus.closed


def test_a_press_on_a_card_of_an_earlier_round_does_nothing(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, TicketStatus.closed, time)
    ticket = ticket_lives.ready(shop, tickets.reopen(shop, STAFF, ticket.id))
    with pytest.raises(WrongState, match="the newest card of this ticket"):
        tickets.close(shop, STAFF, ticket.id, Given(reason="x", round=1))
    assert tickets.close(shop, STAFF, ticket.id, Given(reason="x", round=2)).status is TicketStatus.closing


def test_there_is_no_such_ticket(shop: Shop) -> None:
    with pytest.raises(NotFound, match="can't find that ticket"):
        tickets.close(shop, STAFF, "T-999999", Given(reason="x"))
