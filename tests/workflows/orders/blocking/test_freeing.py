"""“Free these and block”: what it takes back, whom it blocks, and what it never touches. On both databases."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from novacore.db.models import Event, Order, Person
from novacore.db.queries.orders import unpaid
from novacore.db.queries.orders.unpaid import Reserved
from novacore.db.unit_of_work import reading, writing
from novacore.errors import AlreadyDone, EvidenceUsed, NotAllowed, NotFound, Refusal, WrongState
from novacore.states import OrderStatus, ProductKind, UnitStatus
from novacore.workflows.machine.arrows import Given, Upload
from novacore.workflows.machine.fire import fire
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.blocking import blocks, freeing
from novacore.workflows.orders.blocking.freeing import Freed
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.stock.units import count_available
from tests.fixtures.shops import OTHER_STAFF, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives
from tests.workflows.orders.placing.unpaid_lives import QUARTER, leave_unpaid

ANN, BOB = Actor(71, "ann"), Actor(72, "bob")


@pytest.fixture
def scarce(shop: Shop, make_product: ProductMaker, time: MovableClock) -> int:
    """Make a product of eight units: ann and bob, who never pay, hold two each, and an honest stranger one."""
    other, product_id = make_product(ProductKind.unlimited, name="Guide"), make_product(units=8, name="Rare key")
    leave_unpaid(shop, other, time, [ANN, BOB])
    time.at += QUARTER
    for who in (ANN, BOB):
        lives.place(shop, product_id, who, quantity=2)
    lives.place(shop, product_id, STRANGER)
    return product_id


def order_of(shop: Shop, who: Actor) -> Order:
    """The newest order of someone."""
    rows = select(Order).where(Order.customer_id == who.id).order_by(Order.placed_at.desc()).limit(1)
    with reading(shop.database) as session:
        return session.execute(rows).scalar_one()


def on_sale(shop: Shop, product_id: int) -> int:
    """How many units of a product can be ordered."""
    with reading(shop.database) as session:
        return count_available(session, product_id)


def blocked(shop: Shop) -> list[int]:
    """Who is blocked."""
    with reading(shop.database) as session:
        rows = select(Person.id).where(Person.blocked_until.is_not(None)).order_by(Person.id)
        return [*session.execute(rows).scalars()]


def test_it_cancels_frees_blocks_and_says_so(shop: Shop, scarce: int, time: MovableClock) -> None:
    shown = freeing.load(shop, STAFF, scarce)
    assert [(one.customer_id, one.units, one.unpaid_ends) for one in sorted(shown.holdings, key=_who)] == [
        (71, 2, 2),
        (72, 2, 2),
    ]
    done = freeing.free_and_block(shop, STAFF, scarce, shown.as_of)
    assert (sum(one.units for one in done.holdings), done.blocked, done.to_check) == (4, [71, 72], 0)
    assert done.until == time.at + timedelta(days=7)
    assert (on_sale(shop, scarce), lives.units(shop, UnitStatus.reserved)) == (7, 1)
    for who in (ANN, BOB):
        order = order_of(shop, who)
        assert (order.status, order.unpaid_at) == (OrderStatus.cancelled, None)
        assert "never paid" in (order.reason or "")
        assert "tell_customer" in lives.jobs_of(shop, order.id)
    assert order_of(shop, STRANGER).status is OrderStatus.awaiting_payment
    with reading(shop.database) as session:
        assert session.get_one(Person, 71).block_reason == "Kept ordering Rare key without paying."
        noted = session.execute(select(Event).where(Event.trigger == "free_reserved")).scalar_one()
    assert (noted.subject_kind, noted.subject_id, noted.actor_id) == ("product", str(scarce), STAFF.id)
    assert noted.detail == {"orders": 2, "units": 4, "people": 2}


def _who(one: Any) -> int:
    return int(one.customer_id)


def test_the_second_press_hears_who_was_first(shop: Shop, scarce: int, time: MovableClock) -> None:
    as_of = freeing.load(shop, STAFF, scarce).as_of
    freeing.free_and_block(shop, STAFF, scarce, as_of)
    before = lives.snapshot(shop)
    with pytest.raises(AlreadyDone, match=r"^Already done: first staff has freed these and blocked the people\.$"):
        freeing.free_and_block(shop, OTHER_STAFF, scarce, as_of)
    with pytest.raises(WrongState, match="nobody who keeps ordering without paying holds any of it"):
        freeing.load(shop, OTHER_STAFF, scarce)
    assert lives.snapshot(shop) == before


def test_of_two_staff_at_once_one_does_it(shop: Shop, scarce: int, time: MovableClock) -> None:
    as_of = freeing.load(shop, STAFF, scarce).as_of

    def press(staff: Actor) -> Freed | Refusal:
        try:
            return freeing.free_and_block(shop, staff, scarce, as_of)
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(4) as pool:
        said = [*pool.map(press, (STAFF, OTHER_STAFF, OWNER, STAFF))]
    (done,) = [one for one in said if isinstance(one, Freed)]
    assert len(done.holdings) == 2
    assert sum(isinstance(one, AlreadyDone) for one in said) == 3
    assert on_sale(shop, scarce) == 7
    for who in (ANN, BOB):
        assert lives.events_of(shop, order_of(shop, who).id) == ["place", "cancel"]


def _pays(shop: Shop, time: MovableClock) -> None:
    lives.submit(shop, order_of(shop, ANN), ANN)


def _is_asked_again(shop: Shop, time: MovableClock) -> None:
    _pays(shop, time)
    orders.ask_again(shop, STAFF, order_of(shop, ANN).id, lives.REASON)


def _is_contested(shop: Shop, time: MovableClock) -> None:
    """Someone else has paid with their transaction id, which is public on a chain: their own proof is refused."""
    order, copied = order_of(shop, ANN), lives.reference()
    orders.submit_proof(shop, STRANGER, order_of(shop, STRANGER).id, lives.picture(), copied)
    orders.approve(shop, STAFF, order_of(shop, STRANGER).id, Given())
    with pytest.raises(EvidenceUsed):
        orders.submit_proof(shop, ANN, order.id, lives.picture(), copied)


def _is_forgiven(shop: Shop, time: MovableClock) -> None:
    blocks.forgive(shop, STAFF, ANN.id or 0)


def _orders_again(shop: Shop, time: MovableClock) -> None:
    order = order_of(shop, ANN)
    orders.cancel(shop, ANN, order.id)
    time.move(minutes=1)
    lives.place(shop, order.product_id, ANN, quantity=2)


MEANWHILE: dict[str, tuple[Callable[[Shop, MovableClock], None], OrderStatus, int]] = {
    "a proof came in": (_pays, OrderStatus.under_review, 1),
    "a better proof is awaited": (_is_asked_again, OrderStatus.awaiting_proof, 1),
    "a proof came second": (_is_contested, OrderStatus.awaiting_payment, 1),
    "staff have forgiven it": (_is_forgiven, OrderStatus.awaiting_payment, 0),
    "it is another order, which the page has not shown": (_orders_again, OrderStatus.awaiting_payment, 0),
}


@pytest.mark.parametrize("meanwhile", MEANWHILE)
def test_what_has_changed_since_the_question_stays(shop: Shop, scarce: int, time: MovableClock, meanwhile: str) -> None:
    happen, status, to_check = MEANWHILE[meanwhile]
    as_of = freeing.load(shop, STAFF, scarce).as_of
    happen(shop, time)
    done = freeing.free_and_block(shop, STAFF, scarce, as_of)
    assert (done.blocked, done.to_check, blocked(shop)) == ([72], to_check, [72])
    order = order_of(shop, ANN)
    assert order.status is status
    assert lives.units(shop, UnitStatus.reserved) == 2 + (order_of(shop, STRANGER).status is not OrderStatus.approved)


def test_units_with_a_proof_to_check_are_counted_by_themselves(shop: Shop, scarce: int, time: MovableClock) -> None:
    _pays(shop, time)
    with reading(shop.database) as session:
        found = unpaid.reserved(unpaid.holdings(session, scarce, time.at))
    assert found == Reserved(units=5, to_check=2, theirs=4, can_be_freed=2)


def test_an_order_whose_proof_comes_at_this_very_moment_stays(shop: Shop, scarce: int, time: MovableClock) -> None:
    as_of = freeing.load(shop, STAFF, scarce).as_of
    order, content = order_of(shop, ANN), lives.picture()
    given = Given(upload=Upload(content, 8, 8), reference=lives.reference())
    with ThreadPoolExecutor(1) as pool:
        with writing(shop.database) as tx:
            fire(shop, tx, ORDERS, order.id, "submit_proof", ANN, given)
            freed = pool.submit(freeing.free_and_block, shop, STAFF, scarce, as_of)
            if not shop.database.is_sqlite:  # which has one writer at a time
                assert freed.result(60).blocked == [72], "nobody is waited for"
        assert freed.result(60).blocked == blocked(shop) == [72]
    assert order_of(shop, ANN).status is OrderStatus.under_review


def test_what_happens_between_the_look_and_the_locks_counts(shop: Shop, scarce: int, time: MovableClock) -> None:
    as_of = freeing.load(shop, STAFF, scarce).as_of
    with _before_the_locks(shop, lambda: _pays(shop, time)):
        assert freeing.free_and_block(shop, STAFF, scarce, as_of).blocked == [72]
    assert order_of(shop, ANN).status is OrderStatus.under_review


@contextmanager
def _before_the_locks(shop: Shop, happen: Callable[[], None]) -> Iterator[None]:
    """Let something happen just before this thread locks its first rows; on SQLite, where it has all, before."""
    left = [happen]
    with ThreadPoolExecutor(1) as pool:

        def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if left and "FOR NO KEY UPDATE" in statement:
                pool.submit(left.pop()).result(60)

        if shop.database.is_sqlite:
            left.pop()()
        event.listen(shop.database.engine, "before_cursor_execute", look)
        yield
        event.remove(shop.database.engine, "before_cursor_execute", look)
    assert not left


def test_a_longer_block_stays(shop: Shop, scarce: int, time: MovableClock) -> None:
    until = blocks.block(shop, STAFF, ANN, "A quarrel.", "30")
    done = freeing.free_and_block(shop, STAFF, scarce, time.at)
    assert done.blocked == [71, 72]
    with reading(shop.database) as session:
        ann = session.get_one(Person, 71)
        assert (ann.blocked_until, ann.block_reason) == (until, "A quarrel.")


def test_nobody_frees_and_blocks_themselves(shop: Shop, scarce: int, time: MovableClock) -> None:
    ann = Actor(71, "ann", is_staff=True)
    assert freeing.free_and_block(shop, ann, scarce, time.at).blocked == [72]
    assert order_of(shop, ANN).status is OrderStatus.awaiting_payment


@pytest.mark.parametrize("minutes", [16, -2], ids=["late", "the clock was set back"])
def test_the_question_holds_for_a_quarter_of_an_hour(shop: Shop, scarce: int, time: MovableClock, minutes: int) -> None:
    as_of = freeing.load(shop, STAFF, scarce).as_of
    time.move(minutes=minutes)
    before = lives.snapshot(shop)
    with pytest.raises(WrongState, match=r"press \*\*Free these and block\*\* again"):
        freeing.free_and_block(shop, STAFF, scarce, as_of)
    assert lives.snapshot(shop) == before


@pytest.mark.parametrize("actor", [ANN, STRANGER])
def test_it_is_for_staff(shop: Shop, scarce: int, time: MovableClock, actor: Actor) -> None:
    for attempt in (
        lambda: freeing.load(shop, actor, scarce),
        lambda: freeing.free_and_block(shop, actor, scarce, time.at),
    ):
        with pytest.raises(NotAllowed, match="Only staff can free"):
            attempt()
    for unknown in (
        lambda: freeing.load(shop, STAFF, 999),
        lambda: freeing.free_and_block(shop, STAFF, 999, time.at),
    ):
        with pytest.raises(NotFound, match="can't find that product"):
            unknown()
