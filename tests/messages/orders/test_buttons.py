"""The buttons are the state table's: who may take an arrow from here sees its button, and nobody sees another.

Which states have which facts is said by hand in `tests.ground.test_states`.
"""

import pytest

from novacore.messages.kit import custom_ids
from novacore.messages.orders import buttons
from novacore.states import OrderStatus, ProductKind
from novacore.workflows.machine.policy import Who
from novacore.workflows.orders.table import ORDERS
from tests.messages import samples

KINDS = [ProductKind.unique, ProductKind.by_hand]


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("kind", KINDS)
def test_the_buyer_sees_what_the_table_has_for_them_and_their_goods(status: OrderStatus, kind: ProductKind) -> None:
    order = samples.order(status, kind=kind)
    wanted = {arrow.trigger for arrow in ORDERS.arrows if status in arrow.sources and Who.buyer in arrow.who}
    if status.row.has_goods and kind is not ProductKind.by_hand:
        wanted.add("reveal")
    if not status.row.is_unfinished:
        wanted.add("again")
    wanted.discard("place")
    if status is not OrderStatus.new:
        shown = [button.custom_id for button in buttons.for_buyer(order)]
        assert sorted(map(str, shown)) == sorted(f"nc:order:{verb}:{order.id}" for verb in wanted)


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("kind", KINDS)
def test_staff_see_what_the_table_has_for_them_in_this_round(status: OrderStatus, kind: ProductKind) -> None:
    order = samples.order(status, kind=kind, review_round=3)
    people = {Who.staff, Who.owner}
    wanted = {
        arrow.trigger
        for arrow in ORDERS.arrows
        if status in arrow.sources and arrow.who & people and (arrow.trigger != "fulfil" or kind is ProductKind.by_hand)
    }
    shown = [button.custom_id for button in buttons.for_staff(order)]
    assert sorted(map(str, shown)) == sorted(f"nc:order:{verb}:{order.id}:3" for verb in wanted)


def test_under_review_the_usual_way_forward_comes_first_and_what_hurts_last() -> None:
    labels = [button.label for button in buttons.for_staff(samples.order(OrderStatus.under_review))]
    assert (labels[0], labels[-1]) == ("Approve", "Reject")
    assert "Ask for another proof" in labels


def test_every_arrow_that_a_person_takes_by_a_button_has_a_look_and_no_look_is_left_over() -> None:
    people = {Who.buyer, Who.staff, Who.owner}
    taken = {arrow.trigger for arrow in ORDERS.arrows if arrow.who & people} - {"place"}
    assert set(ORDERS.buttons) == taken


@pytest.mark.parametrize("status", [status for status in OrderStatus if status is not OrderStatus.new])
def test_next_to_the_table_staff_see_what_makes_sense_now(status: OrderStatus) -> None:
    order = samples.order(status, review_round=1, version=7)
    found = [*buttons.other_amount(order), *buttons.after_sale(order, 1998)]
    wanted = [f"nc:order:return_money:{order.id}:7"]
    if status is OrderStatus.delivered:
        wanted = [f"nc:order:resend:{order.id}:7", f"nc:order:replace_unit:{order.id}:7", *wanted]
    if status.row.may_be_approved:
        wanted = [f"nc:order:approve_amount:{order.id}:1", *wanted]
    assert [one.custom_id for one in found] == wanted


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        (ProductKind.shared, ["Send the goods again"]),
        (ProductKind.by_hand, []),
        (ProductKind.unique, ["Send the goods again", "Replace a unit"]),
    ],
)
def test_only_what_was_sent_is_sent_again_and_only_codes_are_replaced(kind: ProductKind, labels: list[str]) -> None:
    order = samples.order(OrderStatus.delivered, kind=kind)
    assert [one.label for one in buttons.after_sale(order, 0)] == labels
    assert [one.label for one in buttons.after_sale(order, 0, books=True)] == [*labels, "Record a payment"]


def test_a_look_fits_a_button() -> None:
    for row in buttons.ROWS.values():
        assert 0 < len(row.label) <= 80
        assert bool(row.title) is bool(row.asks)


def test_only_leaves_out_the_others_but_adds_none() -> None:
    order = samples.order(OrderStatus.delivery_blocked)
    (retry,) = buttons.for_staff(order, only=("retry_delivery", "approve"))
    assert retry.label == "Try the delivery again"


@pytest.mark.parametrize(
    ("page", "pages", "labels"), [(0, 1, []), (0, 3, ["More"]), (1, 3, ["Back", "More"]), (2, 3, ["Back"])]
)
def test_pages_lead_to_where_there_is_one(page: int, pages: int, labels: list[str]) -> None:
    found = buttons.paging(page, pages, lambda n: custom_ids.build("order", "page", n))
    assert [button.label for button in found] == labels
    assert all(str(page) not in str(button.custom_id) for button in found)
