"""Vouches: the buyer of a delivered order writes one and edits it, staff hide it, and nobody else does either."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from novacore.db.event_kinds.orders import WRITE_VOUCH
from novacore.db.models import Event, Job, Order, Vouch
from novacore.db.models.orders.vouches import COMMENT_LIMIT
from novacore.db.queries.catalog import shop_window
from novacore.db.queries.orders.vouches import Voice
from novacore.db.unit_of_work import reading
from novacore.errors import AlreadyDone, BadInput, NotAllowed, NotFound, WrongState
from novacore.states import ActorKind, JobState, OrderStatus
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import REASON_LIMIT
from novacore.workflows.orders import vouches
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STAFF_BUYER, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives

MISSING = "NC-20260301-AAAAAA"


@pytest.fixture
def order(shop: Shop, make_product: ProductMaker, time: MovableClock) -> Order:
    """Deliver an order to the customer."""
    return lives.bring_to(shop, make_product(), OrderStatus.delivered, time)


def stored(shop: Shop) -> list[Vouch]:
    """Read every vouch."""
    with reading(shop.database) as session:
        return [*session.execute(select(Vouch)).scalars()]


def last_event(shop: Shop) -> Event:
    """Read the newest line of the audit log."""
    with reading(shop.database) as session:
        return session.execute(select(Event).order_by(Event.id.desc()).limit(1)).scalar_one()


def waiting(shop: Shop) -> list[Job]:
    """Read the queued jobs that bring vouches into the channel."""
    with reading(shop.database) as session:
        rows = select(Job).where(Job.name == "post_vouch", Job.state == JobState.queued)
        return [*session.execute(rows).scalars()]


def test_the_buyer_writes_a_vouch(shop: Shop, order: Order, time: MovableClock) -> None:
    vouches.write(shop, CUSTOMER, order.id, "4", "  Quick and friendly.\n ")
    (vouch,) = stored(shop)
    assert (vouch.order_id, vouch.customer_id, vouch.product_id) == (order.id, CUSTOMER.id, order.product_id)
    assert (vouch.rating, vouch.comment) == (4, "Quick and friendly.")
    assert (vouch.written_at, vouch.edited_at, vouch.hidden_at) == (time.at, None, None)


def test_it_is_in_the_audit_log_with_its_job_and_moves_nothing(shop: Shop, order: Order) -> None:
    vouches.write(shop, CUSTOMER, order.id, "4", "My code is ABC-123.")
    event = last_event(shop)
    assert (event.trigger, event.subject_id, event.source, event.target) == ("write_vouch", order.id, None, None)
    assert (event.actor_kind, event.actor_id, event.detail) == (ActorKind.customer, CUSTOMER.id, {"rating": 4})
    (job,) = waiting(shop)
    assert (job.subject_kind, job.subject_id, job.event_id) == ("order", order.id, event.id)
    with reading(shop.database) as session:
        now = session.get_one(Order, order.id)
    assert (now.status, now.version) == (order.status, order.version)


def test_the_second_time_it_is_edited(shop: Shop, order: Order, time: MovableClock) -> None:
    vouches.write(shop, CUSTOMER, order.id, "4", "Quick.")
    written = time.at
    time.move(days=3)
    vouches.write(shop, CUSTOMER, order.id, "2", "")
    (vouch,) = stored(shop)
    assert (vouch.rating, vouch.comment) == (2, "")
    assert (vouch.written_at, vouch.edited_at) == (written, time.at)
    assert lives.events_of(shop, order.id)[-2:] == ["write_vouch", "write_vouch"]
    assert len(waiting(shop)) == 1, "one visit to the channel shows both"


def test_the_same_words_again_change_nothing(shop: Shop, order: Order, time: MovableClock) -> None:
    vouches.write(shop, CUSTOMER, order.id, "4", "Quick.")
    before = lives.snapshot(shop)
    time.move(minutes=1)
    vouches.write(shop, CUSTOMER, order.id, "4", "Quick. ")
    assert lives.snapshot(shop) == before


def test_a_buyer_who_is_staff_may_write_and_each_order_has_its_own(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product = make_product()
    for _ in range(2):
        bought = lives.bring_to(shop, product, OrderStatus.delivered, time)
        vouches.write(shop, STAFF_BUYER, bought.id, "5", "")
    assert len(stored(shop)) == 2


@pytest.mark.parametrize(
    ("actor", "refusal", "sentence"),
    [
        (STRANGER, NotFound, "I can't find that order"),
        (STAFF, NotAllowed, "Only the buyer can write a vouch"),
        (OWNER, NotAllowed, "Only the buyer can write a vouch"),
        (SYSTEM, NotAllowed, "Only the buyer can write a vouch"),
    ],
)
def test_nobody_but_the_buyer_writes(
    shop: Shop, order: Order, actor: Actor, refusal: type[Exception], sentence: str
) -> None:
    before = lives.snapshot(shop)
    with pytest.raises(refusal, match=sentence):
        vouches.write(shop, actor, order.id, "5", "")
    assert lives.snapshot(shop) == before


def test_there_is_no_vouch_without_an_order(shop: Shop) -> None:
    with pytest.raises(NotFound, match="I can't find that order"):
        vouches.write(shop, CUSTOMER, MISSING, "5", "")


@pytest.mark.parametrize("state", [one for one in OrderStatus if one not in ("new", "delivered")])
def test_only_a_delivered_order_has_a_vouch(
    shop: Shop, make_product: ProductMaker, time: MovableClock, state: OrderStatus
) -> None:
    bought = lives.bring_to(shop, make_product(), state, time)
    with pytest.raises(WrongState, match="Vouches are for delivered orders"):
        vouches.write(shop, CUSTOMER, bought.id, "5", "")
    assert stored(shop) == []


@pytest.mark.parametrize("rating", ["", "0", "6", "-1", "4.5", "5 stars", "five", "٣", "55", "1\n2", "9" * 5000])
def test_a_rating_that_the_form_does_not_offer(shop: Shop, order: Order, rating: str) -> None:
    with pytest.raises(BadInput, match="from 1 to 5 stars"):
        vouches.write(shop, CUSTOMER, order.id, rating, "")
    assert stored(shop) == []


def test_a_comment_has_its_limit(shop: Shop, order: Order) -> None:
    vouches.write(shop, CUSTOMER, order.id, "5", "🎉" * COMMENT_LIMIT)
    with pytest.raises(BadInput, match="under 1000 characters; there are 1001"):
        vouches.write(shop, CUSTOMER, order.id, "5", "x" * (COMMENT_LIMIT + 1))
    assert [vouch.comment for vouch in stored(shop)] == ["🎉" * COMMENT_LIMIT]


def test_what_no_database_stores_is_left_out(shop: Shop, order: Order) -> None:
    vouches.write(shop, CUSTOMER, order.id, "5", "\0 a\0b \ud83c ü 🎉\n")
    assert [vouch.comment for vouch in stored(shop)] == ["ab  ü 🎉"]
    vouches.hide(shop, STAFF, order.id, "no\0 \udfff")
    assert [vouch.hidden_reason for vouch in stored(shop)] == ["no"]


def test_forms_that_come_back_together_leave_one_vouch(shop: Shop, order: Order) -> None:
    with ThreadPoolExecutor(8) as pool:
        ratings = [str(1 + n % 5) for n in range(16)]
        kept = [pool.submit(vouches.write, shop, CUSTOMER, order.id, rating, "") for rating in ratings]
        assert {str(one.result().rating) for one in kept} == set(ratings)
    (vouch,) = stored(shop)
    assert vouch.rating == WRITE_VOUCH.read(last_event(shop).detail)["rating"]


# ---- hiding


@pytest.mark.parametrize(("actor", "kind"), [(STAFF, ActorKind.staff), (OWNER, ActorKind.owner)])
def test_staff_hide_a_vouch_with_a_reason(
    shop: Shop, order: Order, time: MovableClock, actor: Actor, kind: ActorKind
) -> None:
    vouches.write(shop, CUSTOMER, order.id, "1", "Rude words.")
    time.move(hours=1)
    vouches.hide(shop, actor, order.id, " It insults someone. ")
    (vouch,) = stored(shop)
    assert (vouch.hidden_at, vouch.hidden_by, vouch.hidden_reason) == (time.at, actor.id, "It insults someone.")
    assert vouch.comment == "Rude words.", "what was said stays known"
    event = last_event(shop)
    assert (event.trigger, event.actor_kind, event.target) == ("hide_vouch", kind, None)
    assert event.detail == {"reason": "It insults someone."}
    assert len(waiting(shop)) == 1


def test_a_hidden_vouch_stays_as_it_is(shop: Shop, order: Order) -> None:
    vouches.write(shop, CUSTOMER, order.id, "1", "Rude words.")
    vouches.hide(shop, STAFF, order.id, "It insults someone.")
    before = lives.snapshot(shop)
    with pytest.raises(WrongState, match="Our staff have hidden this vouch"):
        vouches.write(shop, CUSTOMER, order.id, "1", "Ruder words.")
    with pytest.raises(AlreadyDone, match="Already done"):
        vouches.hide(shop, OWNER, order.id, "Again.")
    assert lives.snapshot(shop) == before


@pytest.mark.parametrize(
    ("actor", "refusal", "sentence"),
    [
        (STRANGER, NotFound, "I can't find that order"),
        (CUSTOMER, NotAllowed, "Only staff can hide a vouch"),
        (SYSTEM, NotAllowed, "Only staff can hide a vouch"),
    ],
)
def test_nobody_but_staff_hides(
    shop: Shop, order: Order, actor: Actor, refusal: type[Exception], sentence: str
) -> None:
    vouches.write(shop, CUSTOMER, order.id, "1", "")
    before = lives.snapshot(shop)
    with pytest.raises(refusal, match=sentence):
        vouches.hide(shop, actor, order.id, "Because.")
    assert lives.snapshot(shop) == before


@pytest.mark.parametrize(
    ("reason", "sentence"), [(" \n", "give a reason"), ("x" * (REASON_LIMIT + 1), "under 500 characters; it has 501")]
)
def test_hiding_needs_a_reason_that_fits(shop: Shop, order: Order, reason: str, sentence: str) -> None:
    vouches.write(shop, CUSTOMER, order.id, "1", "")
    with pytest.raises(BadInput, match=sentence):
        vouches.hide(shop, STAFF, order.id, reason)
    assert stored(shop)[0].hidden_at is None


def test_what_nobody_wrote_cannot_be_hidden(shop: Shop, order: Order) -> None:
    with pytest.raises(NotFound, match="Nobody has written a vouch"):
        vouches.hide(shop, STAFF, order.id, "Because.")
    with pytest.raises(NotFound, match="I can't find that order"):
        vouches.hide(shop, STAFF, MISSING, "Because.")


def test_a_products_page_shows_the_newest_words_and_never_a_hidden_one(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=9)
    placed = [lives.bring_to(shop, product_id, OrderStatus.delivered, time) for _ in range(5)]
    for number, one in enumerate(placed):
        time.move(minutes=1)
        vouches.write(shop, CUSTOMER, one.id, "5", "" if number == 3 else f"Words {number}")
    assert [one.comment for one in page_of(shop, product_id)] == ["Words 4", "Words 2", "Words 1"]
    vouches.hide(shop, STAFF, placed[4].id, "Not theirs to say.")
    assert [one.comment for one in page_of(shop, product_id)] == ["Words 2", "Words 1", "Words 0"]
    vouches.write(shop, CUSTOMER, placed[1].id, "1", "I have changed my mind.")
    assert [(one.rating, one.comment) for one in page_of(shop, product_id)][1] == (1, "I have changed my mind.")
    assert page_of(shop, make_product(name="Another")) == ()


def page_of(shop: Shop, product_id: int) -> tuple[Voice, ...]:
    """Return what a product's page quotes."""
    with reading(shop.database) as session:
        found = shop_window.product(session, product_id)
    assert found is not None
    return found.voices
