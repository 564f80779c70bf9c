"""Figures of the staff: who decided how much and how fast, what became of tickets; counted alike on both databases."""

import pytest

from novacore.db.queries.desk.staff_figures import StaffRow
from novacore.errors import BadInput, NotAllowed
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.reports import staff
from novacore.workflows.reports.periods import Choice
from novacore.workflows.tickets import attributes
from novacore.workflows.tickets import commands as tickets
from tests.fixtures.shops import CUSTOMER, OTHER_STAFF, OWNER, STAFF, MovableClock, ProductMaker
from tests.workflows.machine import lives, ticket_lives


def figures(shop: Shop, choice: Choice = Choice.today) -> dict[str, StaffRow]:
    """What the owner reads, by name."""
    return {one.name: one for one in staff.figures(shop, OWNER, choice).rows}


def decide(shop: Shop, product: int, time: MovableClock, minutes: int, who: Actor, verb: str = "approve") -> None:
    """Send a proof, and have it decided on after so many minutes."""
    order = lives.submit(shop, lives.place(shop, product))
    time.move(minutes=minutes)
    orders.take(shop, who, order.id, verb, Given(reason="Because."))


def test_decisions_are_counted_with_the_middle_of_their_waits(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product = make_product(units=50)
    for minutes, verb in ((1, "approve"), (9, "reject"), (3, "approve")):
        decide(shop, product, time, minutes, STAFF, verb)
    for minutes in (10, 2, 4, 100):
        decide(shop, product, time, minutes, OWNER)
    found = figures(shop)
    assert {name: (one.did, one.decisions, one.median) for name, one in found.items()} == {
        STAFF.name: ({"approve": 2, "reject": 1}, 3, 180.0),
        "owner": ({"approve": 4}, 4, 420.0),
    }
    assert [one.name for one in staff.figures(shop, OWNER, Choice.today).rows] == ["owner", STAFF.name]


def test_a_second_proof_is_waited_for_from_its_own_time(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.submit(shop, lives.place(shop, make_product()))
    time.move(minutes=10)
    orders.ask_again(shop, STAFF, order.id, Given(reason="Too small."))
    time.move(minutes=30)
    lives.submit(shop, order)
    time.move(minutes=2)
    orders.approve(shop, STAFF, order.id, Given())
    assert figures(shop)[STAFF.name].median == 360.0


def test_only_the_days_that_are_asked_for_count(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product = make_product(units=50)
    decide(shop, product, time, 1, STAFF)
    time.move(days=1)
    decide(shop, product, time, 1, OTHER_STAFF)
    assert {*figures(shop)} == {OTHER_STAFF.name}
    assert {*figures(shop, Choice.yesterday)} == {STAFF.name}
    assert {*figures(shop, Choice.last_7_days)} == {STAFF.name, OTHER_STAFF.name}
    typed = staff.figures(shop, OWNER, Choice.today, "2026-03-01", "2026-03-01")
    assert [one.name for one in typed.rows] == [STAFF.name]
    with pytest.raises(BadInput):
        staff.figures(shop, OWNER, Choice.today, "yesterday")


def test_tickets_count_for_whoever_claimed_closed_and_was_rated(shop: Shop, time: MovableClock) -> None:
    for number, stars in enumerate(("5", "4", "")):
        ticket = ticket_lives.ready(shop, ticket_lives.open_one(shop, time, Actor(7000 + number, "asker")))
        attributes.claim(shop, STAFF, ticket.id)
        tickets.close(shop, OTHER_STAFF, ticket.id, Given(reason="Done."))
        ticket_lives.keep(shop, ticket)
        tickets.take(shop, SYSTEM, ticket.id, "archived", Given())
        if stars:
            attributes.rate(shop, Actor(7000 + number, "asker"), ticket.id, stars, "")
    found = figures(shop)
    assert (found[STAFF.name].did, found[OTHER_STAFF.name].did) == ({"claim": 3}, {"close": 3})
    assert (found[STAFF.name].ratings, found[STAFF.name].stars) == (2, 9)
    assert (found[STAFF.name].decisions, found[STAFF.name].median, found[OTHER_STAFF.name].ratings) == (0, None, 0)


def test_people_are_called_what_they_were_called_last(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product = make_product(units=50)
    for name in ("Sam", "Samantha"):
        decide(shop, product, time, 1, Actor(STAFF.id, name, is_staff=True), "approve" if name == "Sam" else "reject")
    assert {name: one.decisions for name, one in figures(shop).items()} == {"Samantha": 2}


@pytest.mark.parametrize("who", [CUSTOMER, STAFF])
def test_nobody_but_the_owner_sees_them(shop: Shop, who: Actor) -> None:
    with pytest.raises(NotAllowed, match="Only the owner"):
        staff.figures(shop, who, Choice.today)


def test_a_quiet_time_has_no_rows(shop: Shop, time: MovableClock) -> None:
    assert figures(shop) == {}
