"""What staff do outside the state table: goods again, a unit replaced, money noted. Each once, with its event."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from novacore.db.event_kinds.orders import REPLACE_UNIT
from novacore.db.models import Event, Job, Order, Unit
from novacore.db.unit_of_work import reading
from novacore.errors import BadInput, NotAllowed, NotFound, SoldOut, WrongState
from novacore.states import OrderStatus, ProductKind, UnitStatus
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import after_sale
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.goods import goods_of, replacement, reveal
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STAFF_BUYER, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives

Press = Callable[[Shop, Actor, Order], Order]


def resend(shop: Shop, actor: Actor, order: Order) -> Order:
    """Press what the card of this order shows."""
    return after_sale.resend(shop, actor, order.id, order.version)


def replace(shop: Shop, actor: Actor, order: Order, number: str = "") -> Order:
    """Press, and fill in the form."""
    return after_sale.replace_unit(shop, actor, order.id, order.version, number, "It does not work.")


def give_back(shop: Shop, actor: Actor, order: Order, amount: str = "") -> Order:
    """Press, and fill in the form."""
    return after_sale.return_money(shop, actor, order.id, order.version, amount, "We are sorry.")


def receive(shop: Shop, actor: Actor, order: Order, amount: str = "5.00") -> Order:
    """Press, and fill in the form."""
    return after_sale.receive_money(shop, actor, order.id, order.version, amount, "Paid twice.")


PRESSES = {"resend": resend, "replace_unit": replace, "return_money": give_back, "receive_money": receive}
BY_STAFF, BY_OWNER = {"resend", "replace_unit"}, {"return_money", "receive_money"}


def newest_event(shop: Shop, order: Order) -> Event:
    """The last event of the order."""
    with reading(shop.database) as session:
        rows = select(Event).where(Event.subject_id == order.id).order_by(Event.id.desc()).limit(1)
        return session.execute(rows).scalar_one()


def values(shop: Shop, order: Order) -> list[str]:
    """The codes that the buyer gets."""
    return [item.value for item in goods_of(shop, order.id).items if item.value.startswith("SECRET-")]


def several(shop: Shop, product_id: int, quantity: int) -> Order:
    """A delivered order of several units."""
    order = lives.submit(shop, lives.place(shop, product_id, quantity=quantity))
    orders.approve(shop, STAFF, order.id, Given())
    lives.mark_sent(shop, order.id)
    return orders.delivered(shop, SYSTEM, order.id)


# ---- who may, from where, and once


@pytest.mark.parametrize("verb", PRESSES)
def test_each_is_for_whom_it_is_for(shop: Shop, make_product: ProductMaker, time: MovableClock, verb: str) -> None:
    order = lives.bring_to(shop, make_product(units=9), OrderStatus.delivered, time)
    before = lives.snapshot(shop)
    refused = [(STRANGER, NotFound), (CUSTOMER, NotAllowed)]
    refused += [(STAFF, NotAllowed)] if verb in BY_OWNER else []
    refused += [(STAFF_BUYER, NotAllowed)] if verb != "resend" else []
    for actor, error in refused:
        with pytest.raises(error):
            PRESSES[verb](shop, actor, order)
    assert lives.snapshot(shop) == before
    PRESSES[verb](shop, OWNER if verb in BY_OWNER else STAFF, order)
    event = newest_event(shop, order)
    assert (event.trigger, event.source, event.target) == (verb, None, None)
    assert "refresh_cards" in lives.jobs_of(shop, order.id)


@pytest.mark.parametrize("verb", PRESSES)
def test_two_presses_on_the_same_card_are_one(
    shop: Shop, make_product: ProductMaker, time: MovableClock, verb: str
) -> None:
    order = lives.bring_to(shop, make_product(units=9), OrderStatus.delivered, time)
    after = PRESSES[verb](shop, OWNER, order)
    assert after.version == order.version + 1
    lives.end_jobs(shop, order.id)
    with pytest.raises(WrongState, match="Something has changed"):
        PRESSES[verb](shop, OWNER, order)
    assert lives.events_of(shop, order.id).count(verb) == 1


@pytest.mark.parametrize("verb", PRESSES)
def test_an_order_that_is_not_there_is_not_found(shop: Shop, verb: str) -> None:
    with pytest.raises(NotFound):
        PRESSES[verb](shop, OWNER, Order(id="NC-20260301-AAAAAA", version=1))


@pytest.mark.parametrize("verb", ["resend", "replace_unit"])
@pytest.mark.parametrize("state", [one for one in OrderStatus if one not in ("new", "delivered")])
def test_goods_move_again_only_after_they_were_delivered(
    shop: Shop, make_product: ProductMaker, time: MovableClock, verb: str, state: OrderStatus
) -> None:
    order = lives.bring_to(shop, make_product(), state, time)
    before = lives.snapshot(shop)
    with pytest.raises(WrongState):
        PRESSES[verb](shop, OWNER, order)
    assert lives.snapshot(shop) == before


# ---- the goods again


def test_the_goods_are_sent_again_once_a_press_and_not_while_they_are_on_their_way(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.delivered, time)
    again = resend(shop, STAFF, order)
    assert "resend_goods" in lives.jobs_of(shop, order.id)
    for press in (resend, replace):
        with pytest.raises(WrongState, match="on their way"):
            press(shop, STAFF, again)
    with pytest.raises(WrongState, match="on their way"):
        orders.refund(shop, OWNER, order.id, lives.REASON)
    lives.end_jobs(shop, order.id)
    resend(shop, STAFF, again)
    assert lives.events_of(shop, order.id).count("resend") == 2


def test_what_staff_did_by_hand_is_not_sent_again(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    order = lives.bring_to(shop, make_product(ProductKind.by_hand), OrderStatus.approved, time)
    done = orders.fulfil(shop, STAFF, order.id)
    with pytest.raises(WrongState, match="by hand"):
        resend(shop, STAFF, done)


# ---- a unit replaced


def test_a_faulty_unit_is_replaced_from_stock_and_the_buyer_has_the_new_set(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=5)
    order = several(shop, product_id, 3)
    assert values(shop, order) == [f"SECRET-{product_id}-{n}" for n in (0, 1, 2)]
    order = replace(shop, STAFF, order, "2")
    assert values(shop, order) == [f"SECRET-{product_id}-{n}" for n in (0, 3, 2)], "the new one has the old number"
    detail = REPLACE_UNIT.read(newest_event(shop, order).detail)
    assert (detail["number"], detail["override"], detail["reason"]) == (2, False, "It does not work.")
    assert "SECRET" not in repr(detail)
    new = replacement(shop, order.id, detail["unit_id"])
    assert new is not None
    (item,) = new.items
    assert (item.name, item.value) == ("Game key (2 of 3)", f"SECRET-{product_id}-3")
    assert replacement(shop, order.id, detail["faulty_id"]) is None
    lives.end_jobs(shop, order.id)
    order = replace(shop, STAFF, order, "2")
    assert values(shop, order) == [f"SECRET-{product_id}-{n}" for n in (0, 4, 2)], "the new one was faulty as well"
    assert [lives.units(shop, one) for one in (UnitStatus.sold, UnitStatus.replaced, UnitStatus.available)] == [3, 2, 0]
    assert [item.value for item in reveal(shop, CUSTOMER, order.id)[1].items][1:] == values(shop, order)


def test_a_unit_that_was_stocked_earlier_keeps_the_number_of_the_one_it_replaces(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=2)
    first = lives.place(shop, product_id)
    order = lives.submit(shop, lives.place(shop, product_id))
    orders.approve(shop, STAFF, order.id, Given())
    lives.mark_sent(shop, order.id)
    order = orders.delivered(shop, SYSTEM, order.id)
    orders.cancel(shop, CUSTOMER, first.id)
    order = replace(shop, STAFF, order)
    assert values(shop, order) == [f"SECRET-{product_id}-0"]


@pytest.mark.parametrize("number", ["", "0", "4", "-1", "two", "1.5", "٣", "9" * 30])
def test_which_of_several_is_faulty_has_to_be_said(
    shop: Shop, make_product: ProductMaker, time: MovableClock, number: str
) -> None:
    order = several(shop, make_product(units=5), 3)
    with pytest.raises(BadInput, match=r"This order has 3\. Please type its number, from 1 to 3"):
        replace(shop, STAFF, order, number)
    assert lives.units(shop, UnitStatus.replaced) == 0


def test_the_warranty_counts_from_the_delivery_and_the_owner_may_override_it(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(units=5), OrderStatus.delivered, time)
    time.move(days=30)
    order = replace(shop, STAFF, order)
    lives.end_jobs(shop, order.id)
    time.move(seconds=1)
    with pytest.raises(NotAllowed, match=r"was 30 days and is over\. Only the owner"):
        replace(shop, STAFF, order)
    order = replace(shop, OWNER, order)
    assert newest_event(shop, order).detail["override"] is True


def test_a_replacement_wants_a_reason(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    order = lives.bring_to(shop, make_product(units=5), OrderStatus.delivered, time)
    with pytest.raises(BadInput, match="Please give a reason"):
        after_sale.replace_unit(shop, OWNER, order.id, order.version, "", "  ")


def test_nothing_is_promised_that_is_not_in_stock(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    order = lives.bring_to(shop, make_product(units=1), OrderStatus.delivered, time)
    before = lives.snapshot(shop)
    with pytest.raises(SoldOut, match="Game key is sold out, so there is none to give"):
        replace(shop, STAFF, order)
    assert lives.snapshot(shop) == before


@pytest.mark.parametrize("kind", [ProductKind.shared, ProductKind.unlimited])
def test_shared_goods_have_no_unit_to_replace(
    shop: Shop, make_product: ProductMaker, time: MovableClock, kind: ProductKind
) -> None:
    order = lives.bring_to(shop, make_product(kind), OrderStatus.delivered, time)
    with pytest.raises(WrongState, match="gets the same goods"):
        replace(shop, STAFF, order)


def test_a_refund_revokes_the_new_unit_and_leaves_the_faulty_one_replaced(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = replace(shop, STAFF, lives.bring_to(shop, make_product(units=5), OrderStatus.delivered, time))
    lives.end_jobs(shop, order.id)
    orders.refund(shop, OWNER, order.id, lives.REASON)
    assert [lives.units(shop, one) for one in (UnitStatus.sold, UnitStatus.replaced, UnitStatus.revoked)] == [0, 1, 1]
    with reading(shop.database) as session:
        given = session.execute(select(Unit.id).where(Unit.replaces_id.is_not(None))).scalar_one()
    assert replacement(shop, order.id, given) is None


# ---- money


def test_money_goes_back_in_parts_and_never_more_than_came_in(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.delivered, time)
    order = give_back(shop, OWNER, order, "4.00")
    assert (order.status, newest_event(shop, order).detail["amount_minor"]) == (OrderStatus.delivered, 400)
    assert "tell_customer" in lives.jobs_of(shop, order.id)
    with pytest.raises(BadInput, match=r"Only \$5\.99 of this order is still with you"):
        give_back(shop, OWNER, order, "6.00")
    for nonsense in ("nothing", "0", "0.00", "-1", "1.999"):
        with pytest.raises(BadInput):
            give_back(shop, OWNER, order, nonsense)
    order = give_back(shop, OWNER, order)
    with pytest.raises(WrongState, match="No money of this order is with you"):
        give_back(shop, OWNER, order)
    assert lives.ledger_of(shop, order.id) == [("received", 999), ("returned", 400), ("returned", 599)]
    assert orders.refund(shop, OWNER, order.id, lives.REASON).status is OrderStatus.refunded


@pytest.mark.parametrize("state", [one for one in OrderStatus if one != "new"])
def test_money_that_came_in_twice_is_noted_and_goes_back_from_any_state(
    shop: Shop, make_product: ProductMaker, time: MovableClock, state: OrderStatus
) -> None:
    order = lives.bring_to(shop, make_product(), state, time)
    before = sum(amount if way == "received" else -amount for way, amount in lives.ledger_of(shop, order.id))
    order = receive(shop, OWNER, order, "5.00")
    order = give_back(shop, OWNER, order, "5.00")
    assert order.status is state
    after = sum(amount if way == "received" else -amount for way, amount in lives.ledger_of(shop, order.id))
    assert before == after


@pytest.mark.parametrize("amount", ["", "0", "x"])
def test_a_payment_that_is_noted_has_an_amount(
    shop: Shop, make_product: ProductMaker, time: MovableClock, amount: str
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.rejected, time)
    with pytest.raises(BadInput):
        receive(shop, OWNER, order, amount)


def test_another_amount_than_the_total_is_what_the_ledger_gets(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.under_review, time)
    given = Given(round=order.review_round)
    for amount in ("", "0", "lots"):
        with pytest.raises(BadInput):
            orders.approve_amount(shop, STAFF, order.id, given, amount)
    with pytest.raises(NotFound):
        orders.approve_amount(shop, STRANGER, order.id, given, "lots")
    assert orders.approve_amount(shop, STAFF, order.id, given, "9.50").status is OrderStatus.approved
    assert lives.ledger_of(shop, order.id) == [("received", 950)]
    assert newest_event(shop, order).detail["amount_minor"] == 950
    lives.end_jobs(shop, order.id)
    refunded = orders.refund(shop, OWNER, order.id, lives.REASON)
    assert newest_event(shop, refunded).detail["amount_minor"] == 950


@pytest.mark.parametrize("amount", ["$1,234.50 USD", "1.234,50 $", "US$ 1'234.50", "1 234.50", "1234.5"])
def test_every_form_reads_an_amount_as_paypal_and_people_write_it(
    shop: Shop, make_product: ProductMaker, time: MovableClock, amount: str
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.under_review, time)
    orders.approve_amount(shop, STAFF, order.id, Given(round=order.review_round), amount)
    lives.mark_sent(shop, order.id)
    order = orders.delivered(shop, SYSTEM, order.id)
    order = receive(shop, OWNER, order, amount)
    give_back(shop, OWNER, order, amount)
    orders.refund(shop, OWNER, order.id, lives.REASON, amount)
    assert [minor for _, minor in lives.ledger_of(shop, order.id)] == [123450] * 4


@pytest.mark.parametrize(("amount", "sentence"), [("1,000", "in two ways"), ("9.99 EUR", "another currency")])
def test_no_form_guesses_an_amount(
    shop: Shop, make_product: ProductMaker, time: MovableClock, amount: str, sentence: str
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.under_review, time)
    with pytest.raises(BadInput, match=sentence):
        orders.approve_amount(shop, STAFF, order.id, Given(round=order.review_round), amount)
    order = lives.bring_to(shop, make_product(name="Second"), OrderStatus.delivered, time)
    for act in (receive, give_back):
        with pytest.raises(BadInput, match=sentence):
            act(shop, OWNER, order, amount)
    with pytest.raises(BadInput, match=sentence):
        orders.refund(shop, OWNER, order.id, lives.REASON, amount)


def test_an_order_by_hand_is_told_that_its_payment_is_confirmed(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    by_hand = lives.bring_to(shop, make_product(ProductKind.by_hand), OrderStatus.approved, time)
    assert "tell_customer" in lives.jobs_of(shop, by_hand.id)
    other = lives.bring_to(shop, make_product(name="Other"), OrderStatus.approved, time)
    assert "tell_customer" not in lives.jobs_of(shop, other.id)


# ---- looks


def test_many_looks_at_the_goods_are_few_events(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    order = lives.bring_to(shop, make_product(units=5), OrderStatus.delivered, time)
    for _ in range(5):
        reveal(shop, CUSTOMER, order.id)
    assert lives.events_of(shop, order.id).count("reveal") == 1
    time.move(hours=1)
    reveal(shop, CUSTOMER, order.id)
    assert lives.events_of(shop, order.id).count("reveal") == 2
    replace(shop, STAFF, order)
    reveal(shop, CUSTOMER, order.id)
    assert lives.events_of(shop, order.id)[-2:] == ["replace_unit", "reveal"], "a look at the new set is a look"


def test_no_job_of_this_carries_a_secret(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    order = lives.bring_to(shop, make_product(units=5), OrderStatus.delivered, time)
    replace(shop, STAFF, order)
    with reading(shop.database) as session:
        payloads = [job.payload for job in session.execute(select(Job)).scalars()]
    assert "SECRET" not in repr(payloads)
