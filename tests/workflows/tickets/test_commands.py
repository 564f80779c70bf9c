"""Opening and reopening tickets: whose order, one at a time, not too often; and ten presses at once."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from novacore.db.models import Job, Ticket
from novacore.db.unit_of_work import reading
from novacore.errors import BadInput, LimitReached, NotAllowed, NotFound, Refusal, WrongState
from novacore.states import TicketKind, TicketStatus
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.tickets import attributes
from novacore.workflows.tickets import commands as tickets
from novacore.workflows.tickets.commands import TicketForm
from tests.fixtures.shops import CUSTOMER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives, ticket_lives


def count(shop: Shop) -> int:
    """How many tickets there are."""
    with reading(shop.database) as session:
        return session.execute(select(func.count()).select_from(Ticket)).scalar_one()


def test_a_ticket_keeps_what_was_written_and_asks_for_its_channel(shop: Shop, time: MovableClock) -> None:
    ticket = tickets.open_ticket(shop, CUSTOMER, TicketForm(TicketKind.other, " Hi \0", "Two\nlines"))
    assert (ticket.id, ticket.number, ticket.status) == ("T-000001", 1, TicketStatus.opening)
    assert (ticket.subject, ticket.description, ticket.order_id) == ("Hi", "Two\nlines", None)
    assert lives.jobs_of(shop, ticket.id) == {"create_ticket_channel", "refresh_ticket"}


def test_numbers_go_up_without_gaps(shop: Shop, time: MovableClock) -> None:
    first = tickets.open_ticket(shop, CUSTOMER, ticket_lives.draft())
    with pytest.raises(LimitReached):
        tickets.open_ticket(shop, CUSTOMER, ticket_lives.draft())
    second = tickets.open_ticket(shop, STRANGER, ticket_lives.draft())
    assert (first.number, second.number) == (1, 2)


@pytest.mark.parametrize("kind", [TicketKind.product_issue, TicketKind.refund_request])
def test_some_kinds_need_an_order(shop: Shop, time: MovableClock, kind: TicketKind) -> None:
    with pytest.raises(BadInput, match="give the id of the order"):
        tickets.open_ticket(shop, CUSTOMER, ticket_lives.draft(kind, "  "))
    assert count(shop) == 0


@pytest.mark.parametrize("kind", TicketKind)
def test_the_order_must_be_their_own_and_a_strangers_reads_like_a_missing_one(
    shop: Shop, make_product: ProductMaker, time: MovableClock, kind: TicketKind
) -> None:
    theirs = lives.place(shop, make_product(), STRANGER)
    said = []
    for text in (theirs.id, "NC-20260301-AAAAAA", "nonsense", "NC-20260301-AAAAAA'; DROP TABLE orders"):
        with pytest.raises(NotFound) as refusal:
            tickets.open_ticket(shop, CUSTOMER, ticket_lives.draft(kind, text))
        said.append(refusal.value.sentence)
    assert set(said) == {"I can't find that order. Please check the order id."}
    assert count(shop) == 0


@pytest.mark.parametrize("kind", TicketKind)
def test_an_order_of_their_own_is_linked_however_it_is_typed(
    shop: Shop, make_product: ProductMaker, time: MovableClock, kind: TicketKind
) -> None:
    order = lives.place(shop, make_product())
    ticket = tickets.open_ticket(shop, CUSTOMER, ticket_lives.draft(kind, f" `{order.id.lower()}` "))
    assert ticket.order_id == order.id


@pytest.mark.parametrize(
    ("subject", "description", "why"),
    [
        ("", "x", "write a subject"),
        ("x", " ", "write a description"),
        ("x" * 101, "x", "under 100"),
        ("x", "y" * 1501, "1500"),
    ],
)
def test_what_cannot_be_used_is_refused_with_how_to_fix_it(
    shop: Shop, time: MovableClock, subject: str, description: str, why: str
) -> None:
    with pytest.raises(BadInput, match=why):
        tickets.open_ticket(shop, CUSTOMER, TicketForm(TicketKind.other, subject, description))


def test_the_shop_itself_opens_no_ticket(shop: Shop, time: MovableClock) -> None:
    with pytest.raises(NotAllowed):
        tickets.open_ticket(shop, SYSTEM, ticket_lives.draft())


def test_a_second_ticket_about_the_same_is_pointed_to_the_first(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.open_one(shop, time)
    with pytest.raises(LimitReached, match="being opened right now"):
        ticket_lives.open_one(shop, time)
    ticket = ticket_lives.ready(shop, ticket)
    with pytest.raises(LimitReached, match=f"<#{ticket.channel_id}>"):
        ticket_lives.open_one(shop, time)
    tickets.close(shop, STAFF, ticket.id, ticket_lives.REASON)
    with pytest.raises(LimitReached, match="just being closed"):
        ticket_lives.open_one(shop, time)
    assert count(shop) == 1


def test_another_kind_or_another_order_is_another_ticket(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product = make_product()
    first, second = lives.place(shop, product), lives.place(shop, product)
    for kind, order_id in (
        (TicketKind.other, ""),
        (TicketKind.other, first.id),
        (TicketKind.product_issue, first.id),
        (TicketKind.product_issue, second.id),
    ):
        tickets.open_ticket(shop, CUSTOMER, ticket_lives.draft(kind, order_id))
        time.move(minutes=5)
    assert count(shop) == 4


def test_a_person_waits_a_little_before_the_next_one(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.place(shop, make_product())
    tickets.open_ticket(shop, CUSTOMER, ticket_lives.draft())
    time.move(minutes=4, seconds=59)
    another = ticket_lives.draft(TicketKind.product_issue, order.id)
    with pytest.raises(LimitReached, match=f"another one <t:{int(time.at.timestamp()) + 1}:R>"):
        tickets.open_ticket(shop, CUSTOMER, another)
    time.move(seconds=1)
    assert tickets.open_ticket(shop, CUSTOMER, another).number == 2


def test_one_whose_channel_could_not_be_made_costs_a_minute(shop: Shop, time: MovableClock) -> None:
    ticket_lives.bring_to(shop, TicketStatus.failed, time)
    assert tickets.open_ticket(shop, CUSTOMER, ticket_lives.draft()).number == 2


def at_once(times: int, what: Callable[[int], object]) -> list[object]:
    """Do something in that many threads at the same moment; what each got, a refusal included."""
    results: list[object] = [None] * times
    barrier = threading.Barrier(times)

    def run(number: int) -> None:
        barrier.wait()
        try:
            results[number] = what(number)
        except Refusal as refusal:
            results[number] = refusal

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_ten_presses_at_once_are_one_ticket_and_nine_pointers(shop: Shop, time: MovableClock) -> None:
    results = at_once(10, lambda _: tickets.open_ticket(shop, CUSTOMER, ticket_lives.draft()))
    assert len([one for one in results if isinstance(one, Ticket)]) == 1
    refused = [one for one in results if isinstance(one, LimitReached)]
    assert len(refused) == 9
    assert all("being opened right now" in one.sentence for one in refused)
    assert count(shop) == 1
    with reading(shop.database) as session:
        jobs = session.execute(select(func.count()).where(Job.name == "create_ticket_channel")).scalar_one()
    assert jobs == 1


def test_ten_people_at_once_get_ten_numbers(shop: Shop, time: MovableClock) -> None:
    people = [Actor(5000 + number, f"person {number}") for number in range(10)]
    results = at_once(10, lambda number: tickets.open_ticket(shop, people[number], ticket_lives.draft()))
    assert sorted(one.number for one in results if isinstance(one, Ticket)) == list(range(1, 11))


def test_staff_and_customer_reopen_at_once_and_it_is_opened_once(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, TicketStatus.closed, time)
    results = at_once(6, lambda number: tickets.reopen(shop, (STAFF, CUSTOMER)[number % 2], ticket.id))
    assert len([one for one in results if isinstance(one, Ticket)]) == 1
    assert all(isinstance(one, WrongState) for one in results if not isinstance(one, Ticket))
    assert ticket_lives.stored(shop, ticket.id).round == 2


def test_two_closed_ones_about_the_same_are_not_both_reopened(shop: Shop, time: MovableClock) -> None:
    first = ticket_lives.bring_to(shop, TicketStatus.closed, time)
    second = ticket_lives.bring_to(shop, TicketStatus.closed, time)
    results = at_once(2, lambda number: tickets.reopen(shop, STAFF, (first, second)[number].id))
    assert len([one for one in results if isinstance(one, Ticket)]) == 1
    assert len([one for one in results if isinstance(one, LimitReached)]) == 1


# ---- reopening


def test_a_customer_reopens_for_seven_days_and_staff_any_time(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, TicketStatus.closed, time)
    time.move(days=7, seconds=1)
    with pytest.raises(WrongState, match="more than 7 days ago"):
        tickets.reopen(shop, CUSTOMER, ticket.id)
    time.move(days=900)
    assert tickets.reopen(shop, STAFF, ticket.id).status is TicketStatus.opening


def test_a_customer_reopens_in_the_last_second(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, TicketStatus.closed, time)
    time.move(days=7)
    again = tickets.reopen(shop, CUSTOMER, ticket.id)
    assert (again.status, again.round, again.channel_id) == (TicketStatus.opening, 2, None)
    assert (again.reason, again.closed_at, again.closes_at, again.asked_close_at) == (None, None, None, None)


def test_one_that_is_open_about_the_same_stands_in_the_way(shop: Shop, time: MovableClock) -> None:
    old = ticket_lives.bring_to(shop, TicketStatus.closed, time)
    new = ticket_lives.ready(shop, ticket_lives.open_one(shop, time))
    with pytest.raises(LimitReached, match=f"<#{new.channel_id}>"):
        tickets.reopen(shop, CUSTOMER, old.id)


def test_a_customer_tries_again_once_a_minute_and_staff_at_once(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, TicketStatus.opening, time)
    tickets.channel_failed(shop, SYSTEM, ticket.id, ticket_lives.REASON)
    until = int(time.at.timestamp()) + 60
    time.move(seconds=59)
    with pytest.raises(LimitReached, match=f"try again <t:{until}:R>"):
        tickets.reopen(shop, CUSTOMER, ticket.id)
    with pytest.raises(LimitReached, match=f"try again <t:{until}:R>"):
        tickets.open_ticket(shop, CUSTOMER, ticket_lives.draft())
    assert tickets.reopen(shop, STAFF, ticket.id).status is TicketStatus.opening


def test_a_failed_one_is_tried_again_by_its_customer(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, TicketStatus.failed, time)
    assert ticket.reason == "because of the test"
    again = tickets.reopen(shop, CUSTOMER, ticket.id)
    assert (again.status, again.reason) == (TicketStatus.opening, None)


def test_a_strangers_ticket_reads_like_a_missing_one(shop: Shop, time: MovableClock) -> None:
    ticket = ticket_lives.bring_to(shop, TicketStatus.closed, time)
    said = []
    for ticket_id in (ticket.id, "T-777777"):
        with pytest.raises(NotFound) as refusal:
            tickets.reopen(shop, STRANGER, ticket_id)
        said.append(refusal.value.sentence)
    with pytest.raises(NotFound) as rated:
        attributes.rate(shop, STRANGER, ticket.id, "5", "")
    assert {*said, rated.value.sentence} == {"I can't find that ticket."}
