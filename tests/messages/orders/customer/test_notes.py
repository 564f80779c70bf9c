"""What a customer reads by DM when something has happened to their order, and what they are offered with it."""

from datetime import timedelta

import pytest

from novacore.db.event_kinds.kind import Detailed
from novacore.db.event_kinds.orders import RETURN_MONEY
from novacore.messages.orders.customer.notes import note_to_customer, reminder
from novacore.states import ActorKind, OrderStatus, ProductKind
from novacore.workflows.orders.placing.unpaid import HeldBack
from tests.messages import samples
from tests.messages.payloads import custom_ids_of, words_of

S = OrderStatus


@pytest.mark.parametrize(
    ("trigger", "status", "said"),
    [
        ("ask_again", S.awaiting_proof, "send another proof"),
        ("reject", S.rejected, "could not accept your payment"),
        ("cancel", S.cancelled, "Your order was cancelled"),
        ("expire", S.expired, "another proof is over"),
        ("fulfil", S.delivered, "Your order is done"),
        ("refund", S.refunded, "on its way back"),
    ],
)
def test_a_note_says_what_happened_why_and_to_which_order(trigger: str, status: OrderStatus, said: str) -> None:
    note = note_to_customer(samples.order(status), samples.event(trigger, status, reason="Because of this."))
    shown = words_of(note)
    assert said in shown
    assert "> Because of this." in shown
    assert samples.ORDER_ID in shown


def test_a_customer_who_is_held_back_reads_what_they_can_do_and_when() -> None:
    held = HeldBack(3, samples.NOW, samples.NOW + timedelta(days=7))
    note = note_to_customer(samples.order(S.expired), samples.event("expire", S.expired), held)
    said = words_of(note)
    assert (
        "3 of your orders ended without a payment in the last 7 days, so you can order again <t:1773500966:R>" in said
    )
    assert "Until <t:1774105766:f> you can have one open order at a time" in said
    free = words_of(note_to_customer(samples.order(S.expired), samples.event("expire", S.expired)))
    assert "one open order" not in free


def test_whoever_sent_a_proof_is_not_told_that_no_payment_came() -> None:
    event = samples.event("expire", S.expired)
    unpaid, proved = (words_of(note_to_customer(samples.order(S.expired, review_round=n), event)) for n in range(2))
    assert "No payment reached us in time" in unpaid
    assert "We didn't get another proof in time" in proved
    assert "No payment" not in proved
    ends = words_of(reminder(samples.order(S.awaiting_proof, expires_at=samples.NOW)))
    assert "Your time to send another proof ends <t:1773500966:R> (<t:1773500966:f>)" in ends


def test_a_customer_who_cancelled_is_not_told_that_someone_else_did() -> None:
    event = samples.event("cancel", S.cancelled, actor_kind=ActorKind.customer)
    assert "You cancelled your order" in words_of(note_to_customer(samples.order(S.cancelled), event))


@pytest.mark.parametrize(("trigger", "status"), [("ask_again", S.awaiting_proof), ("expire", S.expired)])
def test_where_a_proof_helps_the_note_has_the_button(trigger: str, status: OrderStatus) -> None:
    note = note_to_customer(samples.order(status), samples.event(trigger, status))
    assert custom_ids_of(note) == [f"nc:order:submit_proof:{samples.ORDER_ID}"]


def test_a_note_about_an_order_that_moved_on_offers_nothing_that_is_over() -> None:
    note = note_to_customer(samples.order(S.under_review), samples.event("ask_again", S.awaiting_proof))
    assert custom_ids_of(note) == []


def test_an_arrow_without_words_of_its_own_tells_the_state() -> None:
    note = note_to_customer(samples.order(S.approved), samples.event("approve", S.approved))
    assert "Payment confirmed" in words_of(note)


def test_a_refund_names_its_amount_and_so_does_a_part_that_went_back() -> None:
    order = samples.order(OrderStatus.refunded)
    whole = samples.event(Detailed("refund", {"reason": "Sorry.", "amount_minor": 1998}), OrderStatus.refunded)
    assert "We returned **$19.98** by Bitcoin" in words_of(note_to_customer(order, whole))
    part = samples.event(RETURN_MONEY({"reason": "For the trouble.", "amount_minor": 500}))
    said = words_of(note_to_customer(samples.order(OrderStatus.delivered), part))
    assert "We sent **$5.00** back to you" in said
    assert "> For the trouble." in said


def test_work_by_hand_is_told_that_it_begins() -> None:
    order = samples.order(OrderStatus.approved, kind=ProductKind.by_hand)
    note = note_to_customer(order, samples.event("approve", OrderStatus.approved))
    assert "Our staff are at work on your order now" in words_of(note)
