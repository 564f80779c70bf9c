"""What a statement came to is said in whole sentences."""

from decimal import Decimal

import pytest

from novacore.messages.orders.staff import statement_words as said
from novacore.messages.orders.staff.statement import statement_page
from novacore.workflows.orders.statements.groups import Comparison, Found, Group, How
from novacore.workflows.payments.statements.statement import UNKNOWN_COIN, UNSAID, Doubt, LeftOut, Payment
from tests.messages import statements
from tests.messages.payloads import custom_ids_of

OPEN = {Group.exact: [Found(Group.exact, Payment(1), [statements.order()], How.amount)]}


@pytest.mark.parametrize(
    ("payments", "settled", "sentences"),
    [
        (0, 0, ["It has no payments to you."]),
        (1, 1, ["It has 1 payment to you.", "1 of them is for an order that is already approved."]),
        (3, 2, ["It has 3 payments to you.", "2 of them are for orders that are already approved."]),
    ],
)
def test_a_summary_has_whole_sentences(payments: int, settled: int, sentences: list[str]) -> None:
    assert [*said.summary(Comparison("a list", payments, OPEN, settled))] == sentences
    closed = [*said.summary(Comparison("a list", payments, {}, settled))]
    assert closed == sentences + ["None of them is for an order that is still open."] * bool(payments)


def test_what_is_not_known_of_a_payment_is_said() -> None:
    (found,) = OPEN[Group.exact]
    doubtful = Found(found.group, Payment(1, doubt=Doubt.part_returned), found.orders, How.reference)
    assert "part of it may have been paid back" in " ".join(said.reasons(doubtful))
    amounts = [said.amount(Decimal("19.50"), unit) for unit in (UNSAID, UNKNOWN_COIN)]
    assert amounts == ["19.5", "19.5 of an unknown coin or currency"]
    left = Comparison("a list", 1, OPEN, left_out=dict.fromkeys(LeftOut, 2))
    assert "2 with a status that I don't know" in " ".join(said.summary(left))


def test_a_list_that_names_no_order_says_so() -> None:
    told = [*said.summary(Comparison("a bank's list", 0, {}, left_out={LeftOut.no_order: 3}))]
    assert told == ["None of its payments names an order.", "Rows left out: 3 that don't name an order."]


def test_each_payment_of_an_order_can_be_opened() -> None:
    twice = [Found(Group.twice, Payment(line), [statements.order()], How.order_id) for line in (1, 2, 3)]
    ids = custom_ids_of(statement_page(Comparison("a list", 3, {Group.twice: twice}), 0))
    order_id = statements.order().id
    assert ids == [f"nc:order:details:{order_id}", f"nc:order:details:{order_id}:1", f"nc:order:details:{order_id}:2"]
