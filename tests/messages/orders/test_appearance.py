"""Every state, way to pay and kind of goods has a face; sentences say what happened and what to do."""

import pytest

from novacore.messages.orders import appearance
from novacore.states import GoodsType, OrderStatus, PaymentMethod, ProductKind
from tests.messages import samples

S = OrderStatus


def test_each_type_of_goods_has_an_emoji_of_its_own() -> None:
    assert len({kind.row.emoji for kind in GoodsType}) == len(GoodsType)


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("kind", [ProductKind.unique, ProductKind.by_hand])
def test_each_state_says_something_to_the_customer(status: OrderStatus, kind: ProductKind) -> None:
    order = samples.order(status, kind=kind)
    assert appearance.status_sentence(order).endswith((".", "!"))
    assert len(appearance.hint(order)) <= 100


def test_goods_by_hand_promise_no_dm_with_goods() -> None:
    for status in (S.approved, S.delivered):
        order = samples.order(status, kind=ProductKind.by_hand)
        assert "goods" not in appearance.status_sentence(order) + appearance.hint(order)


def test_whoever_paid_already_is_told_not_to_pay_again() -> None:
    assert "don't pay again" in appearance.status_sentence(samples.order(S.awaiting_proof))


def test_a_late_proof_is_told_what_is_special_about_it() -> None:
    assert "after the order had expired" in appearance.status_sentence(samples.order(S.under_review, is_late=True))


@pytest.mark.parametrize(
    ("status", "kind", "shown"),
    [
        (S.awaiting_proof, ProductKind.unique, True),
        (S.rejected, ProductKind.unique, True),
        (S.cancelled, ProductKind.unique, True),
        (S.refunded, ProductKind.unique, True),
        (S.delivered, ProductKind.by_hand, True),
        (S.delivered, ProductKind.unique, False),
        (S.delivery_blocked, ProductKind.unique, False),
        (S.approved, ProductKind.unique, False),
    ],
)
def test_the_customer_reads_what_staff_wrote_and_not_the_shops_own_reasons(
    status: OrderStatus, kind: ProductKind, shown: bool
) -> None:
    assert (appearance.customers_reason(samples.order(status, kind=kind, reason="Because.")) == "Because.") is shown


@pytest.mark.parametrize(
    ("method", "said"),
    [
        (PaymentMethod.paypal, "🅿️ PayPal"),
        (PaymentMethod.btc, "🟠 Bitcoin (BTC)"),
        (PaymentMethod.usdt, "🟢 Tether (USDT) on TRON (TRC-20)"),
    ],
)
def test_the_network_is_named_where_a_coin_has_several(method: PaymentMethod, said: str) -> None:
    assert appearance.method(samples.order(method=method)) == said
