"""The block list and the limits: who may order until when, and how many within an hour, on both databases."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from novacore import clock
from novacore.db.models import Event, Person
from novacore.db.queries import people
from novacore.db.unit_of_work import reading
from novacore.errors import AlreadyDone, BadInput, Blocked, LimitReached, NotAllowed, Refusal
from novacore.states import OrderStatus, ProductKind
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.blocking import blocks
from tests.fixtures.shops import CUSTOMER, OTHER_STAFF, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives


def person(shop: Shop, who: Actor = CUSTOMER) -> Person | None:
    """The person as they are stored."""
    with reading(shop.database) as session:
        return session.get(Person, who.id or 0)


def last_event(shop: Shop) -> Event:
    """The newest event of the shop."""
    with reading(shop.database) as session:
        return session.execute(select(Event).order_by(Event.id.desc()).limit(1)).scalar_one()


def test_a_blocked_person_cannot_order_and_hears_until_when(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product = make_product()
    until = blocks.block(shop, STAFF, CUSTOMER, "Charged back twice.", "7")
    assert until == time.at + timedelta(days=7)
    for refused in (lambda: lives.place(shop, product), lambda: blocks.refuse_blocked(shop, CUSTOMER)):
        with pytest.raises(Blocked, match=r"until 08 March 2026, 12:00 UTC") as why:
            refused()
        assert "Charged back" not in why.value.sentence
    lives.place(shop, product, STRANGER)
    time.move(days=7)
    blocks.refuse_blocked(shop, CUSTOMER)
    lives.place(shop, product)


def test_open_orders_of_a_blocked_person_go_on(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.awaiting_payment, time)
    blocks.block(shop, STAFF, CUSTOMER, "A quarrel.", "30")
    lives.submit(shop, order)
    assert orders.approve(shop, STAFF, order.id, Given()).status is OrderStatus.approved


def test_a_block_is_lifted_once_and_both_are_noted(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    blocks.block(shop, STAFF, CUSTOMER, "A quarrel.", "3 days")
    event = last_event(shop)
    assert (event.subject_kind, event.subject_id, event.trigger) == ("person", str(CUSTOMER.id), "block")
    assert event.detail == {"reason": "A quarrel.", "until": (time.at + timedelta(days=3)).isoformat()}
    stored = person(shop)
    assert stored is not None
    assert (stored.block_reason, stored.blocked_by, stored.blocked_at) == ("A quarrel.", STAFF.id, time.at)
    blocks.unblock(shop, OWNER, CUSTOMER.id or 0)
    assert (last_event(shop).trigger, last_event(shop).actor_kind) == ("unblock", "owner")
    with pytest.raises(AlreadyDone, match="nothing blocks this person"):
        blocks.unblock(shop, STAFF, CUSTOMER.id or 0)
    lives.place(shop, make_product())


def test_blocking_again_changes_reason_and_end(shop: Shop, time: MovableClock) -> None:
    blocks.block(shop, STAFF, CUSTOMER, "First.", "3")
    blocks.block(shop, OTHER_STAFF, CUSTOMER, "Second.", "10")
    stored = person(shop)
    assert stored is not None
    assert (stored.blocked_until, stored.block_reason) == (time.at + timedelta(days=10), "Second.")


@pytest.mark.parametrize("target", [OTHER_STAFF, OWNER, STAFF])
@pytest.mark.parametrize("actor", [STAFF, OWNER])
def test_nobody_blocks_staff_or_the_owner(shop: Shop, actor: Actor, target: Actor) -> None:
    before = lives.snapshot(shop)
    with pytest.raises(NotAllowed, match="can't be blocked"):
        blocks.block(shop, actor, target, "A quarrel.", "3")
    assert lives.snapshot(shop) == before


def test_customers_block_nobody(shop: Shop) -> None:
    with pytest.raises(NotAllowed, match="Only staff can block people"):
        blocks.block(shop, CUSTOMER, STRANGER, "A quarrel.", "3")
    with pytest.raises(NotAllowed, match="Only staff can unblock people"):
        blocks.unblock(shop, CUSTOMER, STRANGER.id or 0)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("1", datetime(2026, 3, 2, 12, tzinfo=UTC)),
        (" 14 days ", datetime(2026, 3, 15, 12, tzinfo=UTC)),
        ("2d", datetime(2026, 3, 3, 12, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, 23, tzinfo=UTC)),
        ("2026-07-31", datetime(2026, 7, 31, 22, tzinfo=UTC)),
    ],
)
def test_an_end_is_days_or_a_last_day_in_the_shops_zone(
    shop: Shop, time: MovableClock, text: str, until: datetime
) -> None:
    here = replace(shop, terms=replace(shop.terms, zone=ZoneInfo("Europe/Berlin")))
    assert blocks.block(here, STAFF, CUSTOMER, "A quarrel.", text) == until
    assert time.at < until


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "for ever", "2026-02-28", "9999", "9999-12-31", "2100-01-01", "31.12.2026", "٧", "1" * 400]
)
def test_an_end_that_is_none_is_refused(shop: Shop, time: MovableClock, text: str) -> None:
    with pytest.raises(BadInput) as why:
        blocks.block(shop, STAFF, CUSTOMER, "A quarrel.", text)
    assert "like 7" in why.value.sentence
    stored = person(shop)
    assert stored is None or stored.blocked_until is None, time.at


def test_a_block_has_a_reason(shop: Shop) -> None:
    with pytest.raises(BadInput, match="Please give a reason"):
        blocks.block(shop, STAFF, CUSTOMER, "  ", "3")


def test_the_list_has_who_is_blocked_now_the_next_to_end_first(shop: Shop, time: MovableClock) -> None:
    for number in range(12):
        blocks.block(shop, STAFF, Actor(5000 + number, f"p{number}"), "A quarrel.", str(20 - number))
    blocks.unblock(shop, STAFF, 5011)
    time.move(days=10)
    with reading(shop.database) as session:
        total, page = people.blocked(session, clock.now(), limit=3, offset=2)
    assert (total, [one.id for one in page]) == (10, [5007, 5006, 5005])


# ---- orders an hour


def hasty(shop: Shop, most: int) -> Shop:
    """The same shop with such a limit."""
    return replace(shop, terms=replace(shop.terms, max_orders_per_hour=most, max_open_orders=50))


def test_a_person_places_so_many_orders_an_hour(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    here, product = hasty(shop, 3), make_product(ProductKind.unlimited)
    for minutes in (0, 10, 10):
        time.move(minutes=minutes)
        orders.cancel(here, CUSTOMER, lives.place(here, product).id)
    with pytest.raises(LimitReached, match=r"3 orders within an hour, .* in 40 minutes\."):
        lives.place(here, product)
    lives.place(here, product, STRANGER)
    time.move(minutes=39, seconds=30)
    with pytest.raises(LimitReached, match="in 1 minute"):
        lives.place(here, product)
    time.move(seconds=30)
    lives.place(here, product)


def test_ten_presses_at_once_do_not_pass_the_limit(shop: Shop, make_product: ProductMaker) -> None:
    here, product = hasty(shop, 3), make_product(ProductKind.unlimited)
    said: list[str] = []

    def press(number: int) -> None:
        try:
            said.append(lives.place(here, product, key=f"k{number}").id)
        except Refusal as refusal:
            said.append(refusal.sentence)

    threads = [threading.Thread(target=press, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(said) == 10
    assert sum(answer.startswith("NC-") for answer in said) == 3
