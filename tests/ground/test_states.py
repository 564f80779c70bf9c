"""The rows of the states, said a second time by hand: no fact of a new state is forgotten."""

from collections.abc import Callable

import pytest

from novacore.states import OrderState, OrderStatus, TicketState, TicketStatus

S, T = OrderStatus, TicketStatus

ORDER_FACTS: dict[str, tuple[Callable[[OrderState], object], set[OrderStatus]]] = {
    "counts against the limit": (lambda row: row.is_open, {S.awaiting_payment, S.under_review}),
    "somebody still waits for it": (
        lambda row: row.is_unfinished,
        {S.awaiting_payment, S.under_review, S.approved, S.delivery_blocked},
    ),
    "the buyer may look at the goods": (lambda row: row.has_goods, {S.approved, S.delivery_blocked, S.delivered}),
    "ended without goods": (lambda row: row.is_over, {S.rejected, S.cancelled, S.expired, S.refunded}),
    "waits for staff": (lambda row: row.staff_task, {S.under_review, S.delivery_blocked}),
    "waits for staff where goods are made by hand": (lambda row: row.staff_task_by_hand, {S.approved}),
    "shows what staff wrote": (
        lambda row: row.shows_reason,
        {S.awaiting_payment, S.under_review, S.rejected, S.cancelled, S.expired, S.refunded},
    ),
    "shows it where goods are made by hand": (lambda row: row.shows_reason_by_hand, {S.delivered}),
}
ORDER_LABELS = {
    S.new: "new",
    S.awaiting_payment: "waiting for payment",
    S.under_review: "being checked by staff",
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


@pytest.mark.parametrize("status", [*OrderStatus, *TicketStatus], ids=repr)
def test_a_state_is_stored_under_its_own_name(status: OrderStatus | TicketStatus) -> None:
    assert status == status.name == status.value
    assert type(status)[status] is status
    assert len(status) <= 40, "the column"


@pytest.mark.parametrize("status", OrderStatus)
def test_every_state_tells_the_customer_where_they_stand(status: OrderStatus) -> None:
    row = status.row
    sentences = [row.sentence, row.hint, row.sentence_by_hand, row.hint_by_hand, row.sentence_again, row.sentence_late]
    assert all(one.endswith((".", "!", "**.")) for one in sentences if one)
    assert row.sentence
    assert len({one.row.emoji for one in OrderStatus}) == len(OrderStatus), "no two look the same"
