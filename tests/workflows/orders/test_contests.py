"""Proofs that come second: refused as ever, kept within bounds, on record at both orders, and in nobody's way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from sqlalchemy import delete, select, text

from novacore.db.models import Contest, ContestedProof, ContestedProofFile, Event, Job, Order
from novacore.db.queries.orders import contests as contest_queries
from novacore.db.queries.orders import orders as order_queries
from novacore.db.unit_of_work import reading, writing
from novacore.errors import EvidenceUsed, NotFound, WrongState
from novacore.media.proofs import process
from novacore.states import OrderStatus, PaymentMethod
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import contests
from novacore.workflows.orders.blocking import blocks
from novacore.workflows.orders.commands import Checkout
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives

SECOND = STRANGER
WRITTEN = {"contested_proofs", "contested_proof_files", "contests", "events", "jobs"}
"""The tables in which a contested proof leaves something."""


@dataclass(frozen=True)
class Paid:
    """An order that was paid, and what paid for it."""

    order: Order
    picture: bytes
    reference: str


def paid(shop: Shop, product_id: int, actor: Actor = CUSTOMER) -> Paid:
    """An approved order whose goods are on their way."""
    order, picture, reference = lives.place(shop, product_id, actor), lives.picture(), lives.reference()
    orders.submit_proof(shop, actor, order.id, picture, reference)
    return Paid(orders.approve(shop, STAFF, order.id, Given()), picture, reference)


def refused(shop: Shop, order: Order, picture: bytes, reference: str, actor: Actor = SECOND) -> str:
    """Send a proof that came second; what its sender reads."""
    with pytest.raises(EvidenceUsed, match="already used for another order, so it can't pay") as refusal:
        orders.submit_proof(shop, actor, order.id, picture, reference, process(picture))
    return refusal.value.sentence


def kept(shop: Shop) -> list[ContestedProof]:
    """Every contested proof, the oldest first."""
    with reading(shop.database) as session:
        return [*session.execute(select(ContestedProof).order_by(ContestedProof.id)).scalars()]


def pairs(shop: Shop) -> list[tuple[str, str]]:
    """The orders that claim one payment: the refused one first."""
    with reading(shop.database) as session:
        rows = select(Contest.order_id, Contest.paid_order_id).order_by(Contest.order_id, Contest.paid_order_id)
        return [(one, other) for one, other in session.execute(rows)]


def forget_jobs(shop: Shop) -> None:
    """Leave nothing to be done."""
    with writing(shop.database) as tx:
        tx.session.execute(delete(Job))


def wanted(shop: Shop) -> set[tuple[str, str]]:
    """What is to be done: the jobs by name and subject."""
    with reading(shop.database) as session:
        return {(name, subject) for name, subject in session.execute(select(Job.name, Job.subject_id))}


def alerts(shop: Shop) -> int:
    """How many jobs there are that tell staff."""
    with reading(shop.database) as session:
        return len(session.execute(select(Job.id).where(Job.name == "alert_contests")).all())


@pytest.mark.parametrize(("same_picture", "same_reference"), [(True, False), (False, True), (True, True)])
def test_a_proof_that_comes_second_is_on_record_at_both_orders_and_changes_neither(
    shop: Shop, make_product: ProductMaker, same_picture: bool, same_reference: bool
) -> None:
    product_id = make_product()
    first, second = paid(shop, product_id), lives.place(shop, product_id, SECOND)
    picture = first.picture if same_picture else lives.picture()
    reference = first.reference if same_reference else lives.reference()
    forget_jobs(shop)
    before = lives.snapshot(shop)
    assert "NC-" not in refused(shop, second, picture, reference), "the sender learns nothing of the other order"
    after = lives.snapshot(shop)
    assert {name for name in after if after[name] != before[name]} == WRITTEN
    (proof,) = kept(shop)
    assert (proof.order_id, proof.customer_id, proof.reference) == (second.id, SECOND.id, reference)
    assert (proof.picture_of == first.order.id, proof.reference_of == first.order.id) == (same_picture, same_reference)
    with reading(shop.database) as session:
        file = session.get_one(ContestedProofFile, proof.id)
        assert (file.original, file.picture) == (picture, process(picture).picture)
        rows = select(Event).where(Event.trigger == "contested").order_by(Event.id)
        told = [(one.subject_id, one.detail["other_order_id"], one.target) for one in session.execute(rows).scalars()]
        mine, others = (
            order_queries.review_facts(session, one.id, shop.terms.late_window) for one in (second, first.order)
        )
    assert wanted(shop) == {("alert_contests", "contests")}, "no card of either order is touched"
    assert told == [(second.id, first.order.id, None), (first.order.id, second.id, None)]
    assert mine
    assert others
    assert [(one.order_id, one.status, one.came_first) for one in mine.contested] == [
        (first.order.id, OrderStatus.approved, True)
    ]
    assert [(one.order_id, one.came_first) for one in others.contested] == [(second.id, False)]


def test_an_order_that_was_reviewed_before_shows_it_on_its_card(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    first, second = paid(shop, product_id), lives.submit(shop, lives.place(shop, product_id, SECOND), SECOND)
    orders.ask_again(shop, STAFF, second.id, lives.REASON)
    forget_jobs(shop)
    refused(shop, second, lives.picture(), first.reference)
    assert wanted(shop) == {("alert_contests", "contests"), ("refresh_cards", second.id)}


def test_what_was_sent_is_kept_once_however_it_is_written(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    first = orders.place(shop, CUSTOMER, Checkout("first", product_id, 1, PaymentMethod.eth))
    orders.submit_proof(shop, CUSTOMER, first.id, lives.picture(), "ab" * 32)
    orders.approve(shop, STAFF, first.id, Given())
    second = orders.place(shop, SECOND, Checkout("second", product_id, 1, PaymentMethod.eth))
    said = {
        refused(shop, second, lives.picture(), written)
        for written in (
            "0x" + "AB" * 32,
            "ab" * 32,
            f"  0X{'ab' * 16}\n{'aB' * 16} ",
            f"https://etherscan.io/tx/0x{'ab' * 32}",
        )
    }
    assert len(said) == 1
    assert [proof.reference for proof in kept(shop)] == ["0x" + "ab" * 32]
    assert lives.events_of(shop, second.id).count("contested") == 1


def test_five_a_day_and_person_are_kept_and_nothing_of_the_sixth(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=9)
    first = paid(shop, product_id)
    both = [lives.place(shop, product_id, SECOND) for _ in range(2)]
    for number in range(contests.PER_DAY):
        time.move(minutes=10)
        refused(shop, both[number % 2], first.picture, lives.reference())
    before = lives.snapshot(shop)
    refused(shop, both[0], first.picture, lives.reference())
    assert lives.snapshot(shop) == before
    assert (len(kept(shop)), len(pairs(shop)), alerts(shop)) == (contests.PER_DAY, 2, 1)
    other = Actor(1003, "someone else")
    refused(shop, lives.place(shop, product_id, other), first.picture, lives.reference(), other)
    assert len(kept(shop)) == contests.PER_DAY + 1, "what one person sends takes nothing from another"
    time.move(hours=23, minutes=25)
    refused(shop, both[0], first.picture, lives.reference())
    assert len(kept(shop)) == contests.PER_DAY + 2, "a day later the first one has made room"


def test_a_picture_of_one_order_with_the_transaction_of_another_concerns_both(
    shop: Shop, make_product: ProductMaker
) -> None:
    product_id = make_product(units=5)
    one, other = paid(shop, product_id), paid(shop, product_id, Actor(1003, "third"))
    second = lives.place(shop, product_id, SECOND)
    refused(shop, second, one.picture, other.reference)
    assert pairs(shop) == sorted([(second.id, one.order.id), (second.id, other.order.id)])
    assert [lives.events_of(shop, order.id).count("contested") for order in (second, one.order, other.order)] == [
        2,
        1,
        1,
    ]
    assert alerts(shop) == 1


def _rejected(shop: Shop, order: Order, _time: MovableClock) -> None:
    orders.reject(shop, STAFF, order.id, lives.REASON)


def _cancelled(shop: Shop, order: Order, _time: MovableClock) -> None:
    orders.ask_again(shop, STAFF, order.id, lives.REASON)
    orders.cancel(shop, CUSTOMER, order.id)


def _expired(shop: Shop, order: Order, time: MovableClock) -> None:
    orders.ask_again(shop, STAFF, order.id, lives.REASON)
    time.move(hours=25)
    orders.expire(shop, SYSTEM, order.id)


@pytest.mark.parametrize("end", [_rejected, _cancelled, _expired])
def test_what_never_paid_is_nothing_to_contest(
    shop: Shop, make_product: ProductMaker, time: MovableClock, end: Callable[[Shop, Order, MovableClock], None]
) -> None:
    product_id = make_product()
    order, picture, reference = lives.place(shop, product_id), lives.picture(), lives.reference()
    orders.submit_proof(shop, CUSTOMER, order.id, picture, reference)
    end(shop, order, time)
    second = lives.place(shop, product_id, SECOND)
    taken = orders.submit_proof(shop, SECOND, second.id, picture, reference)
    assert taken.status is OrderStatus.under_review
    assert (kept(shop), pairs(shop)) == ([], [])


def test_a_payment_that_was_returned_has_still_paid_for_its_order(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product()
    first = paid(shop, product_id)
    lives.end_jobs(shop, first.order.id)
    orders.refund(shop, OWNER, first.order.id, lives.REASON)
    second = lives.place(shop, product_id, SECOND)
    refused(shop, second, lives.picture(), first.reference)
    assert pairs(shop) == [(second.id, first.order.id)]


def test_staff_can_give_the_one_who_really_paid_their_goods(shop: Shop, make_product: ProductMaker) -> None:
    """As the alert says. The refused proof claims nothing for their order, so nothing is in the way."""
    product_id = make_product()
    first, second = paid(shop, product_id), lives.place(shop, product_id, SECOND)
    refused(shop, second, lives.picture(), first.reference)
    orders.cancel(shop, STAFF, second.id, lives.REASON)
    orders.reinstate(shop, STAFF, second.id, lives.REASON)
    assert orders.approve(shop, STAFF, second.id, Given()).status is OrderStatus.approved


LOOKS = {
    PaymentMethod.paypal: ("4AB1O345CD678901E", "4AB10345CD67890IE"),
    PaymentMethod.sol: (
        "5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW",
        "5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCjjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW",
    ),
}


@pytest.mark.parametrize("method", LOOKS)
@pytest.mark.parametrize("first_typed", [0, 1])
def test_an_id_that_only_looks_like_one_that_paid_pays_for_nothing(
    shop: Shop, make_product: ProductMaker, method: PaymentMethod, first_typed: int
) -> None:
    """Staff compare by eye: O and 0, or a small letter for a large one, would get the goods a second time."""
    product_id = make_product(units=5)
    typed, forged = LOOKS[method][first_typed], LOOKS[method][1 - first_typed]
    first, pending, late = (
        orders.place(shop, actor, Checkout(f"{actor.id}", product_id, 1, method))
        for actor in (CUSTOMER, SECOND, Actor(1003, "third"))
    )
    orders.submit_proof(shop, CUSTOMER, first.id, lives.picture(), typed)
    orders.submit_proof(shop, SECOND, pending.id, lives.picture(), forged)
    orders.approve(shop, STAFF, first.id, Given())
    with pytest.raises(WrongState, match=f"looks just like this one already paid for order {first.id}"):
        orders.approve(shop, STAFF, pending.id, Given())
    refused(shop, late, lives.picture(), forged, Actor(1003, "third"))
    assert pairs(shop) == [(late.id, first.id)]


def test_whoever_sends_it_it_is_kept(shop: Shop, make_product: ProductMaker) -> None:
    """The same customer by mistake, and one who has been blocked since."""
    product_id = make_product(units=5)
    first = paid(shop, product_id)
    own, blocked = lives.place(shop, product_id), lives.place(shop, product_id, SECOND)
    blocks.block(shop, STAFF, SECOND, "Cheats.", "7")
    refused(shop, own, lives.picture(), first.reference, CUSTOMER)
    refused(shop, blocked, lives.picture(), first.reference)
    assert pairs(shop) == sorted([(own.id, first.order.id), (blocked.id, first.order.id)])


def test_what_is_refused_for_another_reason_is_not_kept(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product()
    first, second = paid(shop, product_id), lives.place(shop, product_id, SECOND)
    time.move(hours=25)
    orders.expire(shop, SYSTEM, second.id)
    time.move(days=8)
    before = lives.snapshot(shop)
    with pytest.raises(WrongState, match="expired more than 7 days ago"):
        orders.submit_proof(shop, SECOND, second.id, first.picture, first.reference)
    with pytest.raises(NotFound):
        orders.submit_proof(shop, Actor(1003, "third"), second.id, first.picture, first.reference)
    assert lives.snapshot(shop) == before


@pytest.mark.parametrize("distinct", [1, 8])
def test_proofs_sent_at_once_are_counted_one_by_one(shop: Shop, make_product: ProductMaker, distinct: int) -> None:
    product_id = make_product()
    first, second = paid(shop, product_id), lives.place(shop, product_id, SECOND)
    references = [lives.reference() for _ in range(distinct)]
    with ThreadPoolExecutor(8) as pool:
        said = pool.map(lambda n: refused(shop, second, first.picture, references[n % distinct]), range(8))
        assert len(set(said)) == 1
    expected = min(distinct, contests.PER_DAY)
    assert len(kept(shop)) == expected
    assert lives.events_of(shop, first.order.id).count("contested") == expected
    assert (pairs(shop), alerts(shop)) == ([(second.id, first.order.id)], 1)


def test_an_order_that_someone_works_on_is_not_waited_for(shop: Shop, make_product: ProductMaker) -> None:
    """Nor does it wait: its row is left alone. SQLite has one lock for everything, so there is nothing to see there."""
    product_id = make_product()
    first, second = paid(shop, product_id), lives.place(shop, product_id, SECOND)
    if shop.database.is_sqlite:
        return
    with shop.database.engine.begin() as connection:
        held = text("SELECT id FROM orders WHERE id = :id FOR UPDATE")
        assert connection.execute(held, {"id": first.order.id}).scalar_one()
        refused(shop, second, lives.picture(), first.reference)
    assert pairs(shop) == [(second.id, first.order.id)]


def test_staffs_page_shows_the_newest_pictures_as_far_as_they_fit(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    first, second = paid(shop, product_id), lives.place(shop, product_id, SECOND)
    refused(shop, second, first.picture, lives.reference())
    own = lives.picture()
    refused(shop, second, own, first.reference)
    newest = process(own).picture
    with reading(shop.database) as session:
        for order_id in (second.id, first.order.id):
            found = contest_queries.pictures(session, order_id, 10_000)
            assert [one.content for one in found] == [newest, process(first.picture).picture]
            assert {one.order_id for one in found} == {second.id}
            assert [one.content for one in contest_queries.pictures(session, order_id, len(newest))] == [newest]
