"""The rows of the states, said a second time by hand: no fact of a new state is forgotten."""

from collections.abc import Callable

import pytest

from novacore.settings import Settings
from novacore.states import GoodsRow, GoodsType, OrderState, OrderStatus, PaymentMethod, TicketState, TicketStatus

S, T, G = OrderStatus, TicketStatus, GoodsType

ORDER_FACTS: dict[str, tuple[Callable[[OrderState], object], set[OrderStatus]]] = {
    "counts against the limit": (lambda row: row.is_open, {S.awaiting_payment, S.under_review, S.awaiting_proof}),
    "someone still waits for it": (
        lambda row: row.is_unfinished,
        {S.awaiting_payment, S.under_review, S.awaiting_proof, S.approved, S.delivery_blocked},
    ),
    "waits for its customer, and expires": (lambda row: row.awaits_customer, {S.awaiting_payment, S.awaiting_proof}),
    "can be approved": (lambda row: row.may_be_approved, {S.under_review, S.awaiting_proof}),
    "its proof waits for staff": (lambda row: row.is_to_check, {S.under_review}),
    "staff may end it, and need not": (lambda row: row.staff_choice, {S.awaiting_proof}),
    "the buyer may look at the goods": (lambda row: row.has_goods, {S.approved, S.delivery_blocked, S.delivered}),
    "ended without goods": (lambda row: row.is_over, {S.rejected, S.cancelled, S.expired, S.refunded}),
    "its payment was accepted": (lambda row: row.was_paid, {S.approved, S.delivered, S.delivery_blocked, S.refunded}),
    "waits for staff": (lambda row: row.staff_task, {S.under_review, S.delivery_blocked}),
    "waits for staff where goods are made by hand": (lambda row: row.staff_task_by_hand, {S.approved}),
    "shows what staff wrote": (
        lambda row: row.shows_reason,
        {S.awaiting_payment, S.under_review, S.awaiting_proof, S.rejected, S.cancelled, S.expired, S.refunded},
    ),
    "shows it where goods are made by hand": (lambda row: row.shows_reason_by_hand, {S.delivered}),
}
ORDER_LABELS = {
    S.new: "new",
    S.awaiting_payment: "waiting for payment",
    S.under_review: "being checked by staff",
    S.awaiting_proof: "waiting for another proof",
    S.approved: "approved",
    S.delivered: "delivered",
    S.delivery_blocked: "approved, but the delivery is blocked",
    S.rejected: "rejected",
    S.cancelled: "cancelled",
    S.expired: "expired",
    S.refunded: "refunded",
}
TICKET_FACTS: dict[str, tuple[Callable[[TicketState], object], set[TicketStatus]]] = {
    "is open": (lambda row: row.is_open, {T.opening, T.awaiting_staff, T.awaiting_customer, T.closing}),
    "people write to each other": (lambda row: row.is_talking, {T.awaiting_staff, T.awaiting_customer}),
}
GOODS_FACTS: dict[str, tuple[Callable[[GoodsRow], object], set[GoodsType]]] = {
    "secret, so that no part of it is quoted": (lambda row: row.is_secret, {G.code, G.account, G.key}),
    "not secret": (lambda row: not row.is_secret, {G.file, G.link, G.guide, G.support, G.service, G.warranty}),
    "read, not copied": (lambda row: row.is_prose, {G.guide, G.support, G.service, G.warranty}),
    "an address": (lambda row: row.is_address, {G.file, G.link}),
}


def test_each_state_of_an_order_is_listed_here() -> None:
    assert {status: status.row.label for status in OrderStatus} == ORDER_LABELS


@pytest.mark.parametrize("fact", ORDER_FACTS)
def test_what_follows_from_the_state_of_an_order(fact: str) -> None:
    asked, those = ORDER_FACTS[fact]
    assert set(OrderStatus.those(asked)) == those


@pytest.mark.parametrize("fact", TICKET_FACTS)
def test_what_follows_from_the_state_of_a_ticket(fact: str) -> None:
    asked, those = TICKET_FACTS[fact]
    assert set(TicketStatus.those(asked)) == those


@pytest.mark.parametrize("fact", GOODS_FACTS)
def test_what_follows_from_the_type_of_goods(fact: str) -> None:
    asked, those = GOODS_FACTS[fact]
    assert set(GoodsType.those(asked)) == those


@pytest.mark.parametrize("method", PaymentMethod)
def test_each_way_to_pay_has_its_setting_and_its_ledgers(method: PaymentMethod) -> None:
    assert method.row.setting in Settings.model_fields
    assert (
        len({one.row.label for one in PaymentMethod})
        == len({one.row.emoji for one in PaymentMethod})
        == len(PaymentMethod)
    ), "no two look the same"
    for network in method.row.networks:
        assert method.row.network(f"{network.name} (what it is called)") == network
    if len(method.row.networks) > 1:
        assert method.row.network("Elsewhere (X-20)").chain == "elsewhere", "no other ledger's ids count for it"


@pytest.mark.parametrize("status", [*OrderStatus, *TicketStatus, *PaymentMethod, *GoodsType], ids=repr)
def test_what_has_a_row_is_stored_under_its_own_name(
    status: OrderStatus | TicketStatus | PaymentMethod | GoodsType,
) -> None:
    assert status == status.name == status.value
    assert type(status)[status] is status
    assert len(status) <= 40, "the column"


@pytest.mark.parametrize("status", OrderStatus)
def test_every_state_tells_the_customer_where_they_stand(status: OrderStatus) -> None:
    row = status.row
    sentences = [row.sentence, row.hint, row.sentence_by_hand, row.hint_by_hand, row.sentence_late]
    assert all(one.endswith((".", "!", "**.")) for one in sentences if one)
    assert row.sentence
    assert len({one.row.emoji for one in OrderStatus}) == len(OrderStatus), "no two look the same"
