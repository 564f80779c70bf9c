"""What a customer reads about an order: everything they need to pay, and always the truth about where it stands."""

from datetime import timedelta

import pytest

from novacore.media.qr import payment_qr
from novacore.messages.orders import customer as order_pages
from novacore.states import ActorKind, OrderStatus, PaymentMethod, ProductKind
from novacore.workflows.orders.unpaid import HeldBack
from tests.messages import samples
from tests.messages.payloads import assert_form, buttons_of, components, custom_ids_of, files_of, words_of

S = OrderStatus
COINS = [one for one in PaymentMethod if one is not PaymentMethod.paypal]


# ---- how to pay


@pytest.mark.parametrize("method", PaymentMethod)
@pytest.mark.parametrize("build", [order_pages.payment_instructions, order_pages.receipt])
def test_everything_that_is_needed_to_pay_is_there(method: PaymentMethod, build: object) -> None:
    assert callable(build)
    order = samples.order(method=method)
    said = words_of(build(order))
    assert f"```\n{order.pay_address}\n```" in said
    assert "exactly $19.98" in said
    assert f"`{order.id}`" in said
    assert "<t:1773583766:R>" in said, "the time left, counted by Discord itself"
    assert order.pay_network in said


@pytest.mark.parametrize("method", COINS)
def test_a_coins_address_comes_as_a_qr_picture_too(method: PaymentMethod) -> None:
    order = samples.order(method=method)
    assert files_of(order_pages.payment_instructions(order)) == {
        f"pay-{method}-{order.id}.png": payment_qr(order.pay_address)
    }


@pytest.mark.parametrize("method", COINS)
def test_the_network_is_named_with_a_warning(method: PaymentMethod) -> None:
    order = samples.order(method=method)
    assert f"Only the **{order.pay_network}** network" in words_of(order_pages.receipt(order))


def test_paypal_has_no_qr_and_the_order_id_goes_into_the_note() -> None:
    message = order_pages.payment_instructions(samples.order(method=PaymentMethod.paypal))
    assert files_of(message) == {}
    assert f"write `{samples.ORDER_ID}` into the note" in words_of(message)


def test_whoever_has_to_pay_can_send_the_proof_or_cancel() -> None:
    assert custom_ids_of(order_pages.payment_instructions(samples.order())) == [
        f"nc:order:submit_proof:{samples.ORDER_ID}",
        f"nc:order:cancel:{samples.ORDER_ID}",
    ]


def test_goods_by_hand_promise_work_and_no_dm() -> None:
    said = words_of(order_pages.receipt(samples.order(kind=ProductKind.by_hand)))
    assert "do our work for you" in said
    assert "goods by DM" not in said


# ---- the receipt


def test_after_ask_again_the_receipt_gives_the_reason_and_says_not_to_pay_twice() -> None:
    said = words_of(order_pages.receipt(samples.order(review_round=1, reason="The picture\nis cut off.")))
    assert "> The picture\n> is cut off." in said
    assert "don't pay again" in said
    assert "exactly $19.98" in said, "they may not have paid yet"


@pytest.mark.parametrize(
    ("status", "labels"),
    [
        (S.under_review, []),
        (S.approved, ["Show my goods"]),
        (S.delivered, ["Show my goods"]),
        (S.delivery_blocked, ["Show my goods"]),
        (S.rejected, []),
        (S.cancelled, []),
        (S.expired, ["Send payment proof"]),
        (S.refunded, []),
    ],
)
def test_the_receipt_offers_what_can_be_done_and_nothing_else(status: OrderStatus, labels: list[str]) -> None:
    message = order_pages.receipt(samples.order(status))
    assert list(buttons_of(message)) == labels
    assert files_of(message) == {}, "the address is not shown once nothing is to be paid"
    assert samples.ADDRESSES[PaymentMethod.btc][0] not in words_of(message)


def test_the_shops_own_reason_for_a_blocked_delivery_is_not_the_customers_to_read() -> None:
    said = words_of(order_pages.receipt(samples.order(S.delivery_blocked, reason="50007 Cannot send messages")))
    assert "50007" not in said
    assert "Show my goods" in said


# ---- the form


def test_the_form_takes_one_picture_and_the_transaction_id() -> None:
    form = order_pages.proof_form(samples.ORDER_ID)
    assert form.custom_id == f"nc:order:submit_proof:{samples.ORDER_ID}"
    assert_form(form)
    picture, reference = [one["component"] for one in components(form) if one["type"] == 18]
    assert (picture["type"], picture["custom_id"]) == (19, "proof")
    assert (picture["min_values"], picture["max_values"]) == (1, 1)
    assert (reference["type"], reference["custom_id"], reference["required"]) == (4, "reference", True)


# ---- /orders


def test_the_list_tells_of_each_order_where_it_stands_and_what_to_do() -> None:
    mine = [samples.order(), samples.order(S.delivered, id=samples.OTHER_ID)]
    message = order_pages.customer_orders(mine, 0, 2)
    said = words_of(message)
    assert said.index(samples.ORDER_ID) < said.index(samples.OTHER_ID)
    assert "Waiting for your payment" in said
    assert custom_ids_of(message) == [
        f"nc:order:submit_proof:{samples.ORDER_ID}",
        f"nc:order:cancel:{samples.ORDER_ID}",
        f"nc:order:reveal:{samples.OTHER_ID}",
    ]


def test_the_list_says_how_to_pay_to_whoever_got_no_receipt() -> None:
    said = words_of(order_pages.customer_orders([samples.order()], 0, 1))
    assert "exactly $19.98" in said
    assert f"```\n{samples.ADDRESSES[PaymentMethod.btc][0]}\n```" in said


def test_whoever_has_no_orders_is_shown_the_way_to_the_shop() -> None:
    assert "`/shop`" in words_of(order_pages.customer_orders([], 0, 0))


def test_the_list_has_pages_of_five() -> None:
    message = order_pages.customer_orders([samples.order(S.rejected)], 1, 11)
    assert custom_ids_of(message) == ["nc:order:page:0", "nc:order:page:2"]
    assert custom_ids_of(order_pages.customer_orders([samples.order(S.rejected)], 0, 5)) == []


# ---- notes


@pytest.mark.parametrize(
    ("trigger", "status", "said"),
    [
        ("ask_again", S.awaiting_payment, "send another proof"),
        ("reject", S.rejected, "could not accept your payment"),
        ("cancel", S.cancelled, "Your order was cancelled"),
        ("expire", S.expired, "time to pay is over"),
        ("fulfil", S.delivered, "Your order is done"),
        ("refund", S.refunded, "on its way back"),
    ],
)
def test_a_note_says_what_happened_why_and_to_which_order(trigger: str, status: OrderStatus, said: str) -> None:
    note = order_pages.note_to_customer(
        samples.order(status), samples.event(trigger, status, reason="Because of this.")
    )
    shown = words_of(note)
    assert said in shown
    assert "> Because of this." in shown
    assert samples.ORDER_ID in shown


def test_a_customer_who_is_held_back_reads_what_they_can_do_and_when() -> None:
    held = HeldBack(3, samples.NOW, samples.NOW + timedelta(days=7))
    note = order_pages.note_to_customer(samples.order(S.expired), samples.event("expire", S.expired), held)
    said = words_of(note)
    assert (
        "3 of your orders ended without a payment in the last 7 days, so you can order again <t:1773500966:R>" in said
    )
    assert "Until <t:1774105766:f> you can have one open order at a time" in said
    free = words_of(order_pages.note_to_customer(samples.order(S.expired), samples.event("expire", S.expired)))
    assert "one open order" not in free


def test_a_customer_who_cancelled_is_not_told_that_somebody_else_did() -> None:
    event = samples.event("cancel", S.cancelled, actor_kind=ActorKind.customer)
    assert "You cancelled your order" in words_of(order_pages.note_to_customer(samples.order(S.cancelled), event))


@pytest.mark.parametrize(("trigger", "status"), [("ask_again", S.awaiting_payment), ("expire", S.expired)])
def test_where_a_proof_helps_the_note_has_the_button(trigger: str, status: OrderStatus) -> None:
    note = order_pages.note_to_customer(samples.order(status), samples.event(trigger, status))
    assert custom_ids_of(note) == [f"nc:order:submit_proof:{samples.ORDER_ID}"]


def test_a_note_about_an_order_that_moved_on_offers_nothing_that_is_over() -> None:
    note = order_pages.note_to_customer(samples.order(S.under_review), samples.event("ask_again", S.awaiting_payment))
    assert custom_ids_of(note) == []


def test_an_arrow_without_words_of_its_own_tells_the_state() -> None:
    note = order_pages.note_to_customer(samples.order(S.approved), samples.event("approve", S.approved))
    assert "Payment confirmed" in words_of(note)


def test_a_refund_names_its_amount_and_so_does_a_part_that_went_back() -> None:
    order = samples.order(OrderStatus.refunded)
    whole = samples.event("refund", OrderStatus.refunded, detail={"amount_minor": 1998, "reason": "Sorry."})
    assert "We returned **$19.98** by Bitcoin" in words_of(order_pages.note_to_customer(order, whole))
    part = samples.event("return_money", detail={"amount_minor": 500, "reason": "For the trouble."})
    said = words_of(order_pages.note_to_customer(samples.order(OrderStatus.delivered), part))
    assert "We sent **$5.00** back to you" in said
    assert "> For the trouble." in said


def test_work_by_hand_is_told_that_it_begins() -> None:
    order = samples.order(OrderStatus.approved, kind=ProductKind.by_hand)
    note = order_pages.note_to_customer(order, samples.event("approve", OrderStatus.approved))
    assert "Our staff are at work on your order now" in words_of(note)
