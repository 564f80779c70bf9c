"""What a customer reads about an order: everything they need to pay, and always the truth about where it stands."""

import io
from collections.abc import Callable

import pytest
import zxingcpp
from PIL import Image

from novacore.db.models import Order
from novacore.media.qr import payment_qr
from novacore.messages.kit.layout import Message
from novacore.messages.orders.customer import order_card as order_pages
from novacore.states import OrderStatus, PaymentMethod, ProductKind, RateSource, known_method
from tests.messages import private, samples
from tests.messages.payloads import assert_form, buttons_of, components, custom_ids_of, files_of, words_of

S = OrderStatus
COINS = [one for one in PaymentMethod if one is not PaymentMethod.paypal]


# ---- how to pay


@pytest.mark.parametrize("method", PaymentMethod)
@pytest.mark.parametrize("build", [private.one, order_pages.receipt])
def test_everything_that_is_needed_to_pay_is_there(method: PaymentMethod, build: Callable[[Order], Message]) -> None:
    order = samples.order(method=method)
    said = words_of(build(order))
    assert f"```\n{order.pay_address}\n```" in said
    asked = "exactly $19.98" if method is PaymentMethod.paypal else "about $19.98 at the moment you pay"
    assert asked in said
    assert f"`{order.id}`" in said
    assert "<t:1773583766:R>" in said, "the time left, counted by Discord itself"
    assert order.pay_network in said


@pytest.mark.parametrize("method", COINS)
def test_a_coins_address_comes_as_a_qr_picture_too(method: PaymentMethod) -> None:
    order = samples.order(method=method)
    assert files_of(order_pages.receipt(order)) == {f"pay-{method}-{order.id}.png": payment_qr(order.pay_address)}


@pytest.mark.parametrize("method", COINS)
def test_the_network_is_named_with_a_warning(method: PaymentMethod) -> None:
    order = samples.order(method=method)
    assert f"Only the **{order.pay_network}** network" in words_of(order_pages.receipt(order))


@pytest.mark.parametrize("build", [private.one, order_pages.receipt])
def test_the_amount_in_the_coin_comes_first_in_a_block_of_its_own(build: Callable[[Order], Message]) -> None:
    order = samples.coin_order()
    said = words_of(build(order))
    assert said.index("```\n0.00031113\n```\n") < said.index(f"\n```\n{order.pay_address}\n```\n"), (
        "in lines of their own"
    )
    assert "exactly this much BTC" in said
    assert "1 BTC = $64,217.50." in said
    assert "holds until <t:1773500966:f>" in said


def test_a_name_as_long_as_the_form_takes_is_shown_whole() -> None:
    label = "Bank transfer " + "x" * 26
    order = samples.order(method="own_1", method_label=label, method_emoji="🏦", pay_instructions="Pay.")
    assert f"🏦 {label}" in words_of(order_pages.receipt(order))


def test_a_coin_that_never_moves_promises_without_an_end() -> None:
    order = samples.coin_order(
        method=PaymentMethod.usdt,
        coin_amount=19_980_000,
        coin_rate="1",
        coin_rate_source=RateSource.par,
        coin_holds_until=None,
    )
    message = order_pages.receipt(order)
    assert "```\n19.98\n```" in words_of(message)
    assert "holds until" not in words_of(message)
    assert "New amount" not in buttons_of(message)


def test_a_new_amount_is_offered_until_a_proof_was_sent() -> None:
    assert "New amount" in buttons_of(order_pages.receipt(samples.coin_order()))
    assert "New amount" not in buttons_of(order_pages.receipt(samples.coin_order(S.under_review)))
    assert "New amount" not in buttons_of(order_pages.receipt(samples.coin_order(S.expired)))
    assert "New amount" not in buttons_of(order_pages.receipt(samples.order()))


def test_an_amount_that_holds_for_the_whole_time_to_pay_needs_no_new_one() -> None:
    placed = samples.coin_order()
    message = order_pages.receipt(samples.coin_order(coin_holds_until=placed.expires_at))
    assert "New amount" not in buttons_of(message)
    assert "holds until" not in words_of(message)


@pytest.mark.parametrize("build", [private.one, order_pages.receipt])
def test_where_no_new_amount_is_offered_nobody_is_sent_to_its_button(build: Callable[[Order], Message]) -> None:
    waits = build(samples.coin_order(S.awaiting_proof))
    assert "New amount" not in buttons_of(waits)
    assert "New amount" not in words_of(waits)
    assert "holds until <t:1773500966:f>, <t:1773500966:R>. After that, ask our staff before you pay." in words_of(
        waits
    )
    assert "press **New amount** before you pay" in words_of(build(samples.coin_order()))


@pytest.mark.parametrize(
    ("method", "units", "read"),
    [
        (PaymentMethod.btc, 31_113, "bitcoin:{address}?amount=0.00031113"),
        (PaymentMethod.ltc, 25_000_000, "litecoin:{address}?amount=0.25000000"),
        (PaymentMethod.eth, 603_314, "ethereum:{address}@1?value=6033140000000000"),
        (PaymentMethod.sol, 13_320_000, "solana:{address}?amount=0.1332"),
        (PaymentMethod.usdt, 19_980_000, "{address}"),
    ],
)
def test_a_wallet_reads_address_and_amount_from_the_picture(method: PaymentMethod, units: int, read: str) -> None:
    order = samples.coin_order(method=method, coin_amount=units)
    (picture,) = files_of(order_pages.receipt(order)).values()
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("RGB"))
    assert [one.text for one in found] == [read.format(address=order.pay_address)]


def test_paypal_has_no_qr_and_the_order_id_goes_into_the_note() -> None:
    message = order_pages.receipt(samples.order(method=PaymentMethod.paypal))
    assert files_of(message) == {}
    assert f"put `{samples.ORDER_ID}` in the note" in words_of(message)


def test_whoever_has_to_pay_can_send_the_proof_or_cancel() -> None:
    assert custom_ids_of(order_pages.receipt(samples.order())) == [
        f"nc:order:submit_proof:{samples.ORDER_ID}",
        f"nc:order:cancel:{samples.ORDER_ID}",
        f"nc:ticket:open:product_issue:{samples.ORDER_ID}",
    ]


def test_goods_by_hand_promise_work_and_no_dm() -> None:
    said = words_of(order_pages.receipt(samples.order(kind=ProductKind.by_hand)))
    assert "do our work for you" in said
    assert "goods by DM" not in said


# ---- the receipt


def test_after_ask_again_the_receipt_gives_the_reason_and_says_not_to_pay_twice() -> None:
    said = words_of(order_pages.receipt(samples.order(S.awaiting_proof, reason="The picture\nis cut off.")))
    assert "> The picture\n> is cut off." in said
    assert "don't pay again" in said
    assert "about $19.98" in said, "they may not have paid yet"


@pytest.mark.parametrize(
    ("status", "labels"),
    [
        (S.under_review, []),
        (S.approved, ["Show my goods"]),
        (S.delivered, ["Show my goods", "Order again"]),
        (S.delivery_blocked, ["Show my goods"]),
        (S.rejected, ["Order again"]),
        (S.cancelled, ["Order again"]),
        (S.expired, ["Send payment proof", "Order again"]),
        (S.refunded, ["Order again"]),
    ],
)
def test_the_receipt_offers_what_can_be_done_and_nothing_else(status: OrderStatus, labels: list[str]) -> None:
    message = order_pages.receipt(samples.order(status))
    assert list(buttons_of(message)) == [*labels, "Get help"]
    assert files_of(message) == {}, "the address is not shown once nothing is to be paid"
    assert samples.ADDRESSES[PaymentMethod.btc][0] not in words_of(message)


def test_the_shops_own_reason_for_a_blocked_delivery_is_not_the_customers_to_read() -> None:
    said = words_of(order_pages.receipt(samples.order(S.delivery_blocked, reason="50007 Cannot send messages")))
    assert "50007" not in said
    assert "Show my goods" in said


# ---- the form


def test_the_form_takes_one_picture_and_the_transaction_id() -> None:
    form = order_pages.proof_form(samples.ORDER_ID, known_method(PaymentMethod.btc))
    assert form.custom_id == f"nc:order:submit_proof:{samples.ORDER_ID}"
    assert_form(form)
    picture, reference = [one["component"] for one in components(form) if one["type"] == 18]
    assert (picture["type"], picture["custom_id"]) == (19, "proof")
    assert (picture["min_values"], picture["max_values"]) == (1, 1)
    assert (reference["type"], reference["custom_id"], reference["required"]) == (4, "reference", True)
