"""Holding stock costs something: what a person may still do whose orders keep ending unpaid. On both databases."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from novacore.db.models import Event
from novacore.db.queries.orders.unpaid import WINDOW
from novacore.db.unit_of_work import reading
from novacore.errors import AlreadyDone, LimitReached, NotAllowed, Refusal
from novacore.states import OrderStatus, ProductKind
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop, Terms
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.blocking import blocks
from novacore.workflows.orders.placing import unpaid
from novacore.workflows.orders.placing.unpaid import Shares, held_back
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STAFF_BUYER, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives
from tests.workflows.orders.placing.unpaid_lives import DAY, QUARTER, counted_ends, expire_due, held_of, leave_unpaid

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def other(make_product: ProductMaker) -> int:
    """Something that never runs out, to be ordered and left unpaid."""
    return make_product(ProductKind.unlimited, name="Guide")


# ---- one order at a time, a quarter of the time, a pause that doubles


def test_two_unpaid_orders_lead_to_a_pause_then_to_one_order_with_a_quarter_of_the_time(
    shop: Shop, other: int, time: MovableClock
) -> None:
    leave_unpaid(shop, other, time, [CUSTOMER])
    again = int((time.at + QUARTER).timestamp())
    for refused in (lambda: lives.place(shop, other), lambda: unpaid.refuse_held_back(shop, CUSTOMER)):
        with pytest.raises(LimitReached, match=rf"^2 of your orders .* again <t:{again}:R> \(<t:{again}:f>\)\."):
            refused()
    time.at += QUARTER
    unpaid.refuse_held_back(shop, CUSTOMER)
    order = lives.place(shop, other)
    assert order.expires_at == time.at + QUARTER
    with reading(shop.database) as session:
        placed = select(Event.detail).where(Event.subject_id == order.id, Event.trigger == "place")
        assert session.execute(placed).scalar_one()["unpaid_ends"] == 2
    until = int((time.at - QUARTER + WINDOW).timestamp())
    for refused in (lambda: lives.place(shop, other), lambda: unpaid.refuse_held_back(shop, CUSTOMER)):
        with pytest.raises(LimitReached, match=rf"one open order at a time until <t:{until}:f>\. Please finish"):
            refused()
    assert lives.place(shop, other, STRANGER).expires_at == time.at + DAY
    time.move(hours=5)
    asked = orders.ask_again(shop, STAFF, lives.submit(shop, order).id, lives.REASON)
    assert asked.expires_at == time.at + QUARTER, "a made-up proof wins no more than that"


def test_the_pause_doubles_with_each_further_one_and_all_is_over_after_a_week(
    shop: Shop, other: int, time: MovableClock
) -> None:
    leave_unpaid(shop, other, time, [CUSTOMER])
    for pause in (QUARTER, 2 * QUARTER, 4 * QUARTER):
        time.at += pause - timedelta(seconds=1)
        with pytest.raises(LimitReached, match="there is a pause before the next one"):
            lives.place(shop, other)
        time.at += timedelta(seconds=1)
        lives.place(shop, other)
        time.at += QUARTER
        expire_due(shop, time)
    time.at += WINDOW
    assert [lives.place(shop, other).expires_at for _ in range(3)] == [time.at + DAY] * 3


@pytest.mark.parametrize(
    ("ended", "again", "until"),
    [
        ((0,), None, None),
        ((0, -1), 6, 167),
        ((0, -100), 6, 68),
        ((0, -165), 3, 3),  # after 3 hours one is left, and no pause
        ((0, -1, -2), 12, 167),
        ((0, -1, -2, -160), 12, 167),  # the oldest drops out after 8 hours: 12 with three, not 24 with four
        ((0, -150, -151, -152, -153, -154), 16, 18),  # after 16 hours three are left, whose 12 are over
        ((0,) * 12, 168, 168),
        ((0,) * 50, 168, 168),
    ],
)
def test_when_the_next_order_may_come(ended: tuple[int, ...], again: int | None, until: int | None) -> None:
    held = held_back(Terms(), [NOON + hours * HOUR for hours in ended])
    if again is None or until is None:
        assert held is None
    else:
        assert held is not None
        assert (held.next_order_at, held.until) == (NOON + again * HOUR, NOON + until * HOUR)


# ---- which orders count

End = Callable[[Shop, int, MovableClock], None]


def _expired(shop: Shop, product_id: int, time: MovableClock) -> None:
    lives.bring_to(shop, product_id, OrderStatus.expired, time)


def _rejected(shop: Shop, product_id: int, time: MovableClock) -> None:
    lives.bring_to(shop, product_id, OrderStatus.rejected, time)


def _cancelled(minutes: float, by: Actor = CUSTOMER) -> End:
    def cancel(shop: Shop, product_id: int, time: MovableClock) -> None:
        order = lives.place(shop, product_id)
        time.move(minutes=minutes)
        orders.cancel(shop, by, order.id)

    return cancel


def _reinstated(shop: Shop, product_id: int, time: MovableClock) -> None:
    orders.reinstate(shop, STAFF, lives.bring_to(shop, product_id, OrderStatus.expired, time).id, lives.REASON)


def _sent_late(shop: Shop, product_id: int, time: MovableClock) -> None:
    lives.submit(shop, lives.bring_to(shop, product_id, OrderStatus.expired, time))


def _expired_again(shop: Shop, product_id: int, time: MovableClock) -> None:
    order = lives.submit(shop, lives.bring_to(shop, product_id, OrderStatus.expired, time))
    orders.ask_again(shop, STAFF, order.id, lives.REASON)
    time.at += DAY
    orders.expire(shop, SYSTEM, order.id)


ENDS: dict[str, tuple[End, int]] = {
    "expired": (_expired, 1),
    "rejected": (_rejected, 1),
    "cancelled after more than 15 minutes": (_cancelled(15.1), 1),
    "cancelled within 15 minutes": (_cancelled(15), 0),
    "cancelled by staff": (_cancelled(300, by=STAFF), 0),
    "cancelled by staff who ordered it": (_cancelled(300, by=STAFF_BUYER), 1),
    "expired and reinstated": (_reinstated, 0),
    "expired, with a proof that nobody has looked at": (_sent_late, 1),
    "expired twice": (_expired_again, 1),
}


@pytest.mark.parametrize("end", ENDS)
def test_which_ends_count(shop: Shop, other: int, time: MovableClock, end: str) -> None:
    bring_about, counts = ENDS[end]
    bring_about(shop, other, time)
    assert counted_ends(shop, CUSTOMER, time) == counts
    time.at += WINDOW
    assert counted_ends(shop, CUSTOMER, time) == 0


def test_whoever_has_paid_before_is_exempt_whatever_became_of_it(
    shop: Shop, other: int, make_product: ProductMaker, time: MovableClock
) -> None:
    scarce = make_product(units=2)
    for status in (OrderStatus.delivered, OrderStatus.refunded):
        lives.bring_to(shop, other, status, time)
        leave_unpaid(shop, other, time, [CUSTOMER])
        assert counted_ends(shop, CUSTOMER, time) == 0
        order = lives.place(shop, scarce, quantity=2)
        assert order.expires_at == time.at + DAY
        assert not any(one.is_theirs for one in held_of(shop, scarce, time))
        orders.cancel(shop, CUSTOMER, order.id)


def test_a_first_payment_that_is_confirmed_ends_it(shop: Shop, other: int, time: MovableClock) -> None:
    leave_unpaid(shop, other, time, [CUSTOMER])
    time.at += QUARTER
    orders.approve(shop, STAFF, lives.submit(shop, lives.place(shop, other)).id, Given())
    assert [lives.place(shop, other).expires_at for _ in range(3)] == [time.at + DAY] * 3


# ---- forgiven


def test_staff_forgive_and_it_is_as_if_nothing_had_been(shop: Shop, other: int, time: MovableClock) -> None:
    leave_unpaid(shop, other, time, [CUSTOMER], count=3)
    assert blocks.forgive(shop, STAFF, CUSTOMER.id or 0) == 3
    with reading(shop.database) as session:
        event = session.execute(select(Event).order_by(Event.id.desc()).limit(1)).scalar_one()
    assert (event.subject_kind, event.subject_id, event.trigger) == ("person", str(CUSTOMER.id), "forgive")
    assert (event.actor_id, event.detail) == (STAFF.id, {"unpaid_ends": 3})
    assert lives.place(shop, other).expires_at == time.at + DAY
    with pytest.raises(AlreadyDone, match="no unpaid order counts against this person"):
        blocks.forgive(shop, OWNER, CUSTOMER.id or 0)
    leave_unpaid(shop, other, time, [CUSTOMER], count=1)
    assert counted_ends(shop, CUSTOMER, time) == 2, "what ends from now on counts"
    time.move(hours=-3)
    assert blocks.forgive(shop, STAFF, CUSTOMER.id or 0) == 2
    assert counted_ends(shop, CUSTOMER, time) == 0, "even what ended by a clock that was set back since"


@pytest.mark.parametrize(("actor", "said"), [(CUSTOMER, "Only staff can forgive"), (STAFF_BUYER, "are your own")])
def test_customers_forgive_nobody_and_staff_not_themselves(
    shop: Shop, other: int, time: MovableClock, actor: Actor, said: str
) -> None:
    leave_unpaid(shop, other, time, [CUSTOMER])
    before = lives.snapshot(shop)
    with pytest.raises(NotAllowed, match=said):
        blocks.forgive(shop, actor, CUSTOMER.id or 0)
    assert lives.snapshot(shop) == before


# ---- half of what is scarce


@pytest.mark.parametrize(
    ("stock", "held", "theirs", "most"),
    [
        (4, 0, 0, 3),  # three quarters are not over 75 %
        (4, 1, 0, 2),  # one more would be over it, most of it theirs
        (4, 2, 0, 2),  # two of four are not most of it
        (4, 2, 2, 1),
        (4, 3, 3, 0),
        (100, 90, 40, 10),  # most of it is not theirs
        (100, 80, 45, 5),  # half of the stock, together
        (2, 0, 0, 1),
        (1, 0, 0, 1),  # or nobody of them could ever buy the last one
        (1_000, 0, 0, 750),
    ],
)
def test_how_much_such_people_may_order(stock: int, held: int, theirs: int, most: int) -> None:
    shares = Shares(stock, held, theirs)
    assert max([count for count in range(1, stock - held + 1) if shares.allows(count)], default=0) == most


def test_such_people_leave_something_of_a_scarce_product_to_others(
    shop: Shop, other: int, make_product: ProductMaker, time: MovableClock
) -> None:
    scarce, ann, bob = make_product(units=4, name="Rare key"), Actor(71, "ann"), Actor(72, "bob")
    leave_unpaid(shop, other, time, [ann, bob])
    time.at += QUARTER
    with pytest.raises(
        LimitReached, match=r"of Rare key is reserved .*, so you can order 3 of it at most right now\. There"
    ):
        lives.place(shop, scarce, ann, quantity=4)
    lives.place(shop, scarce, ann, quantity=3)
    time.move(hours=1)
    ends = int((time.at + QUARTER - HOUR).timestamp())
    with pytest.raises(LimitReached, match=rf"keep the rest for other customers\. Please try again <t:{ends}:R>\.$"):
        lives.place(shop, scarce, bob)
    lives.place(shop, scarce, STRANGER)
    assert lives.place(shop, other, bob, quantity=9).quantity == 9, "what never runs out is left to nobody"


# ---- all at once


def test_of_many_presses_at_once_one_becomes_the_one_order(shop: Shop, other: int, time: MovableClock) -> None:
    leave_unpaid(shop, other, time, [CUSTOMER])
    time.at += QUARTER
    said = _at_once(lambda _: lives.place(shop, other).id, 8)
    assert sum(answer.startswith("NC-") for answer in said) == 1
    assert sum("one open order at a time" in answer for answer in said) == 7


def test_such_people_who_order_at_once_get_no_more_than_one_after_the_other(
    shop: Shop, other: int, make_product: ProductMaker, time: MovableClock
) -> None:
    scarce, people = make_product(units=8), [Actor(80 + number, "such") for number in range(8)]
    leave_unpaid(shop, other, time, people)
    time.at += QUARTER
    said = _at_once(lambda number: lives.place(shop, scarce, people[number]).id, len(people))
    assert sum(answer.startswith("NC-") for answer in said) == 6
    assert sum("Most of what is left" in answer for answer in said) == 2


def _at_once(press: Callable[[int], str], count: int) -> list[str]:
    def answer(number: int) -> str:
        try:
            return press(number)
        except Refusal as refusal:
            return refusal.sentence

    with ThreadPoolExecutor(count) as pool:
        return [*pool.map(answer, range(count))]


def test_refusals_name_times_that_discord_shows(shop: Shop, other: int, time: MovableClock) -> None:
    time.at += timedelta(microseconds=1)
    leave_unpaid(shop, other, time, [CUSTOMER])
    with pytest.raises(LimitReached) as refused:
        lives.place(shop, other)
    (named,) = {*re.findall(r"<t:(\d+):[Rf]>", refused.value.sentence)}
    assert datetime.fromtimestamp(int(named), UTC) >= time.at + QUARTER, "never too early"
