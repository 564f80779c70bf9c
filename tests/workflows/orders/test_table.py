"""The whole order table: every state x every trigger x kind of actor, against `tests.workflows.machine.design`."""

from dataclasses import replace

import pytest

from novacore.db.models import Order
from novacore.db.unit_of_work import reading
from novacore.errors import AlreadyDone, BadInput, NotAllowed, NotFound, Refusal, WrongState
from novacore.states import OrderStatus, ProductKind, SendState
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor, Who
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import goods as deliverables
from novacore.workflows.orders.table import ORDERS
from tests.fixtures.shops import (
    CUSTOMER,
    OWNER,
    REVIEWER,
    REVIEWER_BUYER,
    STAFF,
    STAFF_BUYER,
    STRANGER,
    MovableClock,
    ProductMaker,
)
from tests.workflows.machine import design, lives
from tests.workflows.machine.design import A, D, F, J, P, R

ACTORS = {
    "customer": CUSTOMER,
    "another customer": STRANGER,
    "staff": STAFF,
    "staff who is the buyer": STAFF_BUYER,
    "reviewer": REVIEWER,
    "reviewer who is the buyer": REVIEWER_BUYER,
    "owner": OWNER,
    "system": SYSTEM,
}

STATES = tuple(status for status in OrderStatus if status is not OrderStatus.new)


def status_of(shop: Shop, order_id: str) -> tuple[OrderStatus, int]:
    """Read state and version as they are stored."""
    with reading(shop.database) as session:
        order = session.get_one(Order, order_id)
        return order.status, order.version


@pytest.mark.parametrize("trigger", design.ORDERS)
@pytest.mark.parametrize("state", STATES)
def test_every_actor_in_every_state(
    shop: Shop, make_product: ProductMaker, time: MovableClock, state: OrderStatus, trigger: str
) -> None:
    shop = replace(shop, terms=replace(shop.terms, max_open_orders=len(ACTORS)))
    kind = ProductKind.by_hand if trigger == "fulfil" else ProductKind.unique
    row = design.ORDERS[trigger]
    product_id, order = make_product(kind, units=len(ACTORS)), None
    for name, actor in ACTORS.items():
        if order is None:  # whoever is refused leaves it as it is, for the next one
            order = lives.bring_to(shop, product_id, state, time)
            lives.prepare(shop, order, trigger, time)
        before = status_of(shop, order.id)
        if state in row.sources and name in row.who:
            after = lives.take(shop, trigger, order, actor)
            assert (after.status, after.version) == status_of(shop, order.id) == (row.target, before[1] + 1), name
            assert lives.events_of(shop, order.id)[-1] == trigger
            assert "refresh_cards" in lives.jobs_of(shop, order.id)
            order = None
        else:
            with pytest.raises(Refusal) as refusal:
                lives.take(shop, trigger, order, actor)
            check_refusal(refusal.value, name in row.who, name)
            assert status_of(shop, order.id) == before, name


def check_refusal(refusal: Refusal, may: bool, name: str) -> None:
    """A stranger learns nothing; who may not hears that; who may hears about the state."""
    assert refusal.sentence.endswith((".", "!")), refusal.sentence
    if name == "another customer":
        assert isinstance(refusal, NotFound)
    elif may:
        assert isinstance(refusal, WrongState), refusal
    else:
        assert isinstance(refusal, (NotAllowed, NotFound)), refusal


def test_the_table_has_just_the_arrows_of_the_design() -> None:
    found = {arrow.trigger: (set(arrow.sources), arrow.target) for arrow in ORDERS.arrows}
    expected = {trigger: (set(row.sources), row.target) for trigger, row in design.ORDERS.items()}
    assert found == expected | {"place": ({OrderStatus.new}, A)}


@pytest.mark.parametrize("kind", [kind for kind in ProductKind if kind is not ProductKind.by_hand])
def test_only_goods_by_hand_are_marked_as_done(
    shop: Shop, make_product: ProductMaker, time: MovableClock, kind: ProductKind
) -> None:
    order = lives.bring_to(shop, make_product(kind), P, time)
    with pytest.raises(WrongState, match="not an order of that kind"):
        orders.fulfil(shop, STAFF, order.id)
    assert status_of(shop, order.id) == (P, order.version)
    assert "fulfil" not in {arrow.trigger for arrow in ORDERS.open_to(order, frozenset(Who))}


def test_the_second_press_hears_who_was_first_also_after_the_delivery(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), D, time)
    with pytest.raises(AlreadyDone, match=r"Already done: first staff approved this order\. It is delivered now\."):
        orders.approve(shop, OWNER, order.id, Given(round=1))


def test_a_refusal_tells_the_story_of_its_own_order(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    """Another order of the same round was approved, and its story is not this one's."""
    product_id = make_product()
    mine, other = lives.bring_to(shop, product_id, J, time), lives.bring_to(shop, product_id, P, time)
    assert mine.review_round == other.review_round
    for given in (Given(), Given(round=1)):
        with pytest.raises(WrongState, match=r"it is rejected \(first staff rejected this order\)\.$"):
            orders.approve(shop, STAFF, mine.id, given)
    with pytest.raises(AlreadyDone, match=r"first staff rejected this order\. It is rejected now"):
        orders.reject(shop, STAFF, mine.id, lives.REASON)
    with pytest.raises(AlreadyDone, match=r"first staff approved this order\. It is approved now"):
        orders.approve(shop, STAFF, other.id, Given())


@pytest.mark.parametrize(
    ("purpose", "kind", "of_this_order", "state"),
    [
        ("note", "order", True, SendState.sent),
        ("receipt", "order", True, SendState.sent),
        ("review", "order", True, SendState.sent),
        ("delivery", "order", False, SendState.sent),
        ("delivery", "ticket", True, SendState.sent),
        ("delivery", "order", True, SendState.begun),
        ("delivery", "order", True, SendState.abandoned),
    ],
)
def test_only_the_goods_of_this_order_that_went_out_count_as_its_delivery(
    shop: Shop, make_product: ProductMaker, time: MovableClock, purpose: str, kind: str, *, of_this_order: bool,
    state: SendState,
) -> None:  # fmt: skip
    order = lives.bring_to(shop, make_product(), P, time)
    lives.write_send(shop, kind, order.id if of_this_order else "NC-20260301-AAAAAA", purpose, state)
    with pytest.raises(WrongState, match="neither sent nor shown"):
        orders.delivered(shop, SYSTEM, order.id)
    lives.mark_sent(shop, order.id)
    assert orders.delivered(shop, SYSTEM, order.id).status is D


def test_goods_that_were_shown_to_another_buyer_are_not_delivered_to_this_one(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product()
    mine, other = (lives.bring_to(shop, product_id, P, time) for _ in range(2))
    deliverables.reveal(shop, CUSTOMER, other.id)
    with pytest.raises(WrongState, match="neither sent nor shown"):
        orders.delivered(shop, SYSTEM, mine.id)


def test_a_customer_does_not_learn_who_of_the_staff_decided(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), P, time)
    with pytest.raises(WrongState, match="our staff approved this order"):
        orders.cancel(shop, CUSTOMER, order.id)


def test_what_a_database_cannot_hold_is_left_out_of_a_reason(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), R, time)
    assert orders.reject(shop, STAFF, order.id, Given(reason="Too\0 \ud800dark.")).reason == "Too dark."


@pytest.mark.parametrize(("actor", "error"), [(STRANGER, NotFound), (STAFF, NotAllowed), (CUSTOMER, NotAllowed)])
def test_a_bad_amount_tells_nobody_but_the_owner_anything(
    shop: Shop, make_product: ProductMaker, time: MovableClock, actor: Actor, error: type[Refusal]
) -> None:
    order = lives.bring_to(shop, make_product(), D, time)
    with pytest.raises(error):
        orders.refund(shop, actor, order.id, Given(reason="x"), "nonsense")
    with pytest.raises(BadInput, match="is not an amount"):
        orders.refund(shop, OWNER, order.id, Given(reason="x"), "nonsense")
    with pytest.raises(BadInput, match=r"\$9.99 of this order is still with you"):
        orders.refund(shop, OWNER, order.id, Given(reason="x"), "5.00")
    assert orders.refund(shop, OWNER, order.id, Given(reason="x"), "9.99").status is F
    assert lives.ledger_of(shop, order.id) == [("received", 999), ("returned", 999)]


def test_a_refund_does_not_wait_for_a_delivery_that_nobody_works_on_any_more(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), P, time)
    lives.mark_sent(shop, order.id, SendState.begun)
    deliverables.reveal(shop, CUSTOMER, order.id)
    assert orders.refund(shop, OWNER, order.id, Given(reason="x")).status is F
