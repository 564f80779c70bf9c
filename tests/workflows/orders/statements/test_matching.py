"""Each payment finds its order, or what speaks against it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from novacore.db.queries.orders.statements import Asked
from novacore.states import OrderStatus, PaymentMethod, ProductKind
from novacore.workflows.orders.statements import matching
from novacore.workflows.orders.statements.groups import Group, How, Remark
from novacore.workflows.orders.statements.matching import Known, Matches, Scope
from novacore.workflows.payments.statements.statement import UNKNOWN_COIN, UNSAID, Doubt, Payment
from tests.fixtures.statement_samples import HEX, SIGNATURE

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
SCOPE = Scope(["BTC", "USDT"], currency="USD")


def asked(order_id: str, status: OrderStatus = OrderStatus.under_review, **changes: Any) -> Asked:
    """An order of $19.99 in USDT."""
    return replace(
        Asked(
            id=order_id,
            status=status,
            method=PaymentMethod.usdt,
            pay_network="TRON (TRC-20)",
            customer_id=1,
            product_name="Key",
            quantity=1,
            total_minor=1999,
            currency="USD",
            coin_amount=19_990_000,
            placed_at=NOW,
            submitted_at=None,
            kind=ProductKind.unique,
            has_reference=False,
        ),
        **changes,
    )


def came(amount: str | None = "19.99", symbol: str = "USDT", **rest: Any) -> Payment:
    """A payment of today."""
    payment = Payment(2, amount=Decimal(amount) if amount else None, symbol=symbol, day=TODAY)
    return replace(payment, **rest)


@dataclass(frozen=True)
class Case:
    """What came in, what is known, and what has to be found: the group of each payment, its orders and remarks."""

    payments: Sequence[Payment]
    known: Known = field(default_factory=Known)
    found: Sequence[tuple[Group, str, frozenset[Remark]]] = ()
    closed: Sequence[Asked] = ()
    settled: int = 0
    left: int = 0


def named(*payable: Asked, by: Asked, **rest: Any) -> Known:
    """One order is named by the reference `r`."""
    return Known(naming={"r": [by]}, payable=payable, **rest)


A, B, C = asked("A"), asked("B", coin_amount=19_991_000), asked("C")
SENT = came(ids=("r",))
NO = frozenset[Remark]()
EXPIRED, DELIVERED = asked("E", OrderStatus.expired), asked("D", OrderStatus.delivered)
PAYPAL = asked("P", OrderStatus.awaiting_payment, method=PaymentMethod.paypal, coin_amount=None)
OTHER_PAYPAL = replace(PAYPAL, id="Q")
OPEN = asked("O", coin_amount=50_000_000)
NAMED_OPEN = Known(naming={HEX: [OPEN]}, payable=[OPEN, A])
FOUND_NEAR, ELSEWHERE = frozenset({Remark.near}), frozenset({Remark.exact_elsewhere})
OTHERWISE = frozenset({Remark.paid_otherwise})

UNCLEAR = (Group.unclear, "P", NO)

CASES = {
    "named, the exact amount": Case([SENT], named(by=A), [(Group.exact, "A", NO)]),
    "named, less": Case([came("18", ids=("r",))], named(by=A), [(Group.too_little, "A", NO)]),
    "named, more": Case([came("21", ids=("r",))], named(by=A), [(Group.too_much, "A", NO)]),
    "named, by the amount of before": Case(
        [came("25", ids=("r",))], named(by=A, earlier={"A": frozenset({25_000_000})}), [(Group.old_amount, "A", NO)]
    ),
    "named, in another coin": Case([came("1", "BTC", ids=("r",))], named(by=A), [(Group.unclear, "A", NO)]),
    "named, in a token of someone's own": Case(
        [came(symbol=UNKNOWN_COIN, ids=("r",))], named(by=A), [(Group.unclear, "A", NO)]
    ),
    "named, without an amount": Case([came(None, "", ids=("r",))], named(by=A), [(Group.unclear, "A", NO)]),
    "named, before it was placed": Case(
        [replace(SENT, day=TODAY - timedelta(days=2))], named(by=A), [(Group.exact, "A", frozenset({Remark.too_early}))]
    ),
    "named, and the order has ended": Case([SENT], named(by=EXPIRED), [(Group.too_late, "E", NO)]),
    "named by two customers": Case([SENT], Known(naming={"r": [A, C]}), [(Group.several, "A C", NO)]),
    "a free reference": Case([came(reference=" Wire  7 ")], Known(naming={"Wire 7": [A]}), [(Group.exact, "A", NO)]),
    "the order id in a note": Case([came(order_ids=("A",))], Known(by_id={"A": A}), [(Group.exact, "A", NO)]),
    "the order id, and another transaction named": Case(
        [came(order_ids=("A",), reference="s")],
        Known(by_id={"A": replace(A, has_reference=True)}),
        [(Group.exact, "A", frozenset({Remark.another_reference}))],
    ),
    "the order id, in a list without transactions": Case(
        [came(order_ids=("A",))], Known(by_id={"A": replace(A, has_reference=True)}), [(Group.exact, "A", NO)]
    ),
    "it has paid this order": Case([SENT], named(by=DELIVERED, paid={"r": "D"}), settled=1),
    "it has paid another order": Case([SENT], named(by=A, paid={"r": "D"}), [(Group.twice, "A", NO)]),
    "another one has paid this order": Case(
        [SENT],
        named(by=DELIVERED, paid_by_reference=frozenset({"D"})),
        [(Group.twice, "D", frozenset({Remark.paid_otherwise}))],
    ),
    "two payments for one order": Case(
        [came("10", ids=("r",)), came("9.99", order_ids=("A",))],
        named(by=A, by_id={"A": A}),
        [(Group.twice, "A", NO), (Group.twice, "A", NO)],
    ),
    "a payment and a token of someone's own for one order": Case(
        [SENT, came(symbol=UNKNOWN_COIN, order_ids=("A",))],
        named(by=A, by_id={"A": A}),
        [(Group.exact, "A", NO), (Group.unclear, "A", NO)],
    ),
    "a token of someone's own for an order that is paid": Case(
        [came(symbol=UNKNOWN_COIN, order_ids=("D",))],
        Known(by_id={"D": DELIVERED}, paid_by_reference=frozenset({"D"})),
        [(Group.unclear, "D", OTHERWISE)],
    ),
    "by its amount": Case([came("19.991")], Known(payable=[A, B]), [(Group.exact, "B", NO)]),
    "by an amount that two ask for": Case([came()], Known(payable=[A, C]), [(Group.several, "A C", NO)]),
    "an open order before an expired one": Case([came()], Known(payable=[EXPIRED, A]), [(Group.exact, "A", NO)]),
    "by the amount of an expired order": Case([came()], Known(payable=[EXPIRED]), [(Group.too_late, "E", NO)]),
    "by an amount of before": Case(
        [came("25")], Known(payable=[A], earlier={"A": frozenset({25_000_000})}), [(Group.old_amount, "A", NO)]
    ),
    "less by an exchange's fee": Case(
        [came("19.7")], Known(payable=[A]), [(Group.too_little, "A", frozenset({Remark.near}))]
    ),
    "near too many orders": Case([came("19.8")], Known(payable=[asked(one) for one in "ABCD"]), left=1),
    "nothing near": Case([came("15")], Known(payable=[A]), left=1),
    "paid before any order": Case([replace(came(), day=date(2026, 2, 1))], Known(payable=[A]), left=1),
    "of a coin that isn't said": Case([came(symbol="")], Known(payable=[A, PAYPAL]), [(Group.exact, "A", NO)]),
    "a token of someone's own": Case([came(symbol=UNKNOWN_COIN)], Known(payable=[A]), left=1),
    "an order that another payment names": Case([SENT, came()], named(A, by=A), [(Group.exact, "A", NO)], left=1),
    "money, by its amount": Case([came(symbol="USD")], Known(payable=[A, PAYPAL]), [(Group.exact, "P", NO)]),
    "money that fits two": Case(
        [came(symbol="USD")], Known(payable=[PAYPAL, OTHER_PAYPAL]), [(Group.several, "P Q", NO)]
    ),
    "money that fits none": Case([came("19.98", "USD")], Known(payable=[PAYPAL]), left=1),
    "by the amount of an order that is paid": Case(
        [came()], closed=[DELIVERED], found=[(Group.twice, "D", frozenset({Remark.paid_otherwise}))]
    ),
    "exactly an order that was cancelled, and near an open one": Case(
        [came("19.995")],
        Known(payable=[A]),
        closed=[asked("X", OrderStatus.cancelled, coin_amount=19_995_000)],
        found=[(Group.several, "A X", FOUND_NEAR)],
    ),
    "exactly an order that expired, and near an open one": Case(
        [came("19.995")],
        Known(payable=[A, asked("X", OrderStatus.expired, coin_amount=19_995_000)]),
        found=[(Group.several, "A X", FOUND_NEAR)],
    ),
    "an order of long ago": Case(
        [came(), came("7", day=TODAY - timedelta(days=40))],
        closed=[asked("X", OrderStatus.cancelled, placed_at=NOW - timedelta(days=40))],
        left=2,
    ),
    "in a currency that isn't said, named": Case([came(symbol=UNSAID, ids=("r",))], named(by=PAYPAL), [UNCLEAR]),
    "in a currency that isn't said, by its amount": Case([came(symbol=UNSAID)], Known(payable=[A, PAYPAL]), [UNCLEAR]),
    "a coin that isn't said, for an order in money": Case([came(symbol="", ids=("r",))], named(by=PAYPAL), [UNCLEAR]),
    "paid back in part, by its amount": Case(
        [came(doubt=Doubt.part_returned, symbol="USD")], Known(payable=[PAYPAL]), [UNCLEAR]
    ),
    "another order's payment, named by a stranger": Case(
        [came(ids=(HEX,))], NAMED_OPEN, [(Group.several, "O A", ELSEWHERE)]
    ),
    "named by a stranger, and another one of this amount": Case(
        [came(ids=(HEX,)), came()], NAMED_OPEN, [(Group.exact, "A", NO), (Group.several, "O A", ELSEWHERE)]
    ),
    "named for an order of this price, of which there are two": Case(
        [came(ids=(HEX,))], Known(naming={HEX: [A]}, payable=[A, C]), [(Group.exact, "A", NO)]
    ),
    "by its amount, with an id of another chain": Case([came(ids=(SIGNATURE,))], Known(payable=[A]), left=1),
    "near, with an id of another chain": Case([came("19.8", ids=(SIGNATURE,))], Known(payable=[A]), left=1),
    "by its amount, with an id of its chain": Case([came(ids=(HEX,))], Known(payable=[A]), [(Group.exact, "A", NO)]),
    "two for an order that was approved without a reference": Case(
        [came(order_ids=("D",))] * 2, Known(by_id={"D": DELIVERED}), [(Group.twice, "D", OTHERWISE)], settled=1
    ),
    "by the amount of an order that was cancelled": Case(
        [came()], closed=[asked("X", OrderStatus.cancelled)], found=[(Group.too_late, "X", NO)]
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_payment_finds_its_order_or_what_speaks_against_it(case: Case) -> None:
    matches = matching.by_name(case.payments, case.known)
    matching.by_amount(matches, case.known, SCOPE)
    matching.by_closed(matches, case.closed, case.known, SCOPE)
    matching.by_nearness(matches, case.known, SCOPE)
    matching.with_others(matches, case.known, SCOPE)
    rows = [(group, one) for group, found in matching.grouped(matches.found).items() for one in found]
    found = [(group, " ".join(order.id for order in one.orders), one.remarks) for group, one in rows]
    assert found == [*case.found]
    assert (matches.settled, len(matches.left)) == (case.settled, case.left)


def test_what_is_known_of_a_payment_is_said_of_it() -> None:
    (found,) = matching.by_name([came("18.5", ids=("r",))], named(by=A)).found
    assert (found.how, found.difference) == (How.reference, Decimal("-1.49"))
    (other,) = matching.by_name([SENT], named(by=A, paid={"r": "D"})).found
    assert other.paid_order == "D"
    customers = replace(A, has_reference=True)
    matches = Matches(left=[came(reference="s")])
    matching.by_amount(matches, Known(payable=[customers]), SCOPE)
    assert (matches.found[0].how, matches.found[0].remarks) == (How.amount, frozenset({Remark.another_reference}))


def test_of_many_orders_the_oldest_are_named_and_the_others_counted() -> None:
    many = [asked(f"{number:02d}", placed_at=NOW + timedelta(minutes=number)) for number in range(25)]
    matches = Matches(left=[came(), came(day=None)])
    matching.by_amount(matches, Known(payable=many[::-1]), SCOPE)
    for found in matches.found:
        assert ([one.id for one in found.orders], found.more) == ([one.id for one in many[:20]], 5)


def test_a_list_of_one_way_to_pay_is_about_no_other() -> None:
    matches = Matches(left=[came()])
    matching.by_amount(matches, Known(payable=[A]), Scope(SCOPE.coins, frozenset({PaymentMethod.sol})))
    assert not matches.found
