"""Statements are held against the orders: each payment finds its order, or what speaks against it. Nothing moves."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, select

from novacore.db.base import Base
from novacore.db.models import Order
from novacore.db.queries.orders.statements import Asked
from novacore.db.unit_of_work import reading
from novacore.errors import NotAllowed
from novacore.states import OrderStatus, PaymentMethod, ProductKind
from novacore.workflows.machine import cards
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.orders.statements import comparison, matching
from novacore.workflows.orders.statements.groups import Comparison, Group, How, Remark
from novacore.workflows.orders.statements.matching import Known, Matches, Scope
from novacore.workflows.payments.statements.read import read
from novacore.workflows.payments.statements.statement import UNKNOWN_COIN, LeftOut, Payment, Statement
from tests.fixtures.shops import CUSTOMER, STAFF, MovableClock, ProductMaker
from tests.fixtures.statement_samples import PayPalRow, paypal, tron
from tests.workflows.machine import lives

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
SCOPE = Scope(["BTC", "USDT"])


def asked(order_id: str, status: OrderStatus = OrderStatus.under_review, **changes: Any) -> Asked:
    """An order of $19.99 in USDT."""
    return replace(
        Asked(
            id=order_id,
            status=status,
            method=PaymentMethod.usdt,
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
        [came(order_ids=("A",))],
        Known(by_id={"A": replace(A, has_reference=True)}),
        [(Group.exact, "A", frozenset({Remark.another_reference}))],
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
        found=[(Group.too_late, "X", NO)],
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
    matches = Matches(left=[came()])
    matching.by_amount(matches, Known(payable=[customers]), SCOPE)
    assert (matches.found[0].how, matches.found[0].remarks) == (How.amount, frozenset({Remark.another_reference}))


def test_a_list_of_one_way_to_pay_is_about_no_other() -> None:
    matches = Matches(left=[came()])
    matching.by_amount(matches, Known(payable=[A]), Scope(SCOPE.coins, frozenset({PaymentMethod.sol})))
    assert not matches.found


# ---- with a database


def everything(shop: Shop) -> dict[str, list[str]]:
    """Return every row of every table, as text."""
    with reading(shop.database) as session:
        rows = {one.name: session.execute(select(one)) for one in Base.metadata.sorted_tables}
        return {name: sorted(str(tuple(row)) for row in found) for name, found in rows.items()}


def _place(shop: Shop, product_id: int, number: int, method: PaymentMethod = PaymentMethod.usdt) -> Order:
    return orders.place(shop, Actor(1001 + number, "buyer"), Checkout(f"c-{number}", product_id, 1, method))


def _paid(shop: Shop, order: Order, reference: str) -> None:
    orders.submit_proof(shop, Actor(order.customer_id, "buyer"), order.id, lives.picture(), reference)


def _of(found: Comparison) -> dict[Group, list[str]]:
    return {group: [one.orders[0].id for one in rows] for group, rows in found.found.items()}


def test_a_wallets_list_is_held_against_the_orders_and_nothing_is_written(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(price=1999, units=9)
    waiting, unnamed, approved, cancelled, unpaid = (_place(shop, product_id, number) for number in range(5))
    for number, order in enumerate((waiting, approved)):
        _paid(shop, order, lives.reference(number))
    orders.approve(shop, STAFF, approved.id, lives.REASON)
    orders.cancel(shop, Actor(cancelled.customer_id, "buyer"), cancelled.id)
    cards.remember(shop, cards.CardKind.review, waiting.id, 7, 70)
    sent = {0: "19.99", 10: "19.991", 1: "19.992", 11: "19.992", 12: "19.993", 13: "5"}
    rows = [(lives.reference(number), amount) for number, amount in sent.items()]
    before = everything(shop)
    found = comparison.compare(shop, STAFF, read(tron(*rows).encode(), comparison.addresses(shop, STAFF)))
    assert _of(found) == {
        Group.exact: [waiting.id, unnamed.id],
        Group.too_late: [cancelled.id],
        Group.twice: [approved.id],
    }
    assert (found.settled, [one.amount for one in found.unmatched]) == (1, [Decimal(5)])
    assert found.cards == {waiting.id: (7, 70)}
    assert unpaid.id not in str(found)
    assert everything(shop) == before


def test_paypals_report_finds_orders_by_transaction_note_and_amount(shop: Shop, make_product: ProductMaker) -> None:
    cheap, dear = make_product(price=999, units=9), make_product(price=4999)
    named_, noted, alone = (_place(shop, one, n, PaymentMethod.paypal) for n, one in enumerate((cheap, cheap, dear)))
    used, contested = (_place(shop, cheap, number, PaymentMethod.paypal) for number in (3, 4))
    first, second = "1AB12345CD678901E", "2AB12345CD678901E"
    _paid(shop, named_, first)
    _paid(shop, used, second)
    orders.approve(shop, STAFF, used.id, lives.REASON)
    with pytest.raises(Exception, match="already used"):
        _paid(shop, contested, second)
    day = f"{named_.placed_at:%Y-%m-%d}"
    report = paypal(
        PayPalRow(first, "10.99", day=day),
        PayPalRow(second, "9.99", day=day),
        PayPalRow("3AB12345CD678901E", "9.99", day=day, note=f"Order {noted.id.lower()}."),
        PayPalRow("4AB12345CD678901E", "49.99", day=day),
        PayPalRow("5AB12345CD678901E", "9.99", day=day, currency="EUR"),
    )
    found = comparison.compare(shop, STAFF, read(report.encode()))
    ways = {one.orders[0].id: (group, one.how) for group, rows in found.found.items() for one in rows}
    assert ways == {
        named_.id: (Group.too_much, How.reference),
        noted.id: (Group.exact, How.order_id),
        alone.id: (Group.exact, How.amount),
        contested.id: (Group.twice, How.reference),
    }
    assert found.found[Group.twice][0].paid_order == used.id
    assert found.left_out == {LeftOut.other_coin: 1}


def test_an_expired_order_is_suggested_for_as_long_as_it_takes_a_proof(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = _place(shop, make_product(price=1999), 0, PaymentMethod.paypal)
    time.move(hours=25)
    orders.expire(shop, SYSTEM, order.id)
    time.move(hours=1)
    report = read(paypal(PayPalRow(day="2026-03-01")).encode())
    assert _of(comparison.compare(shop, STAFF, report)) == {Group.too_late: [order.id]}
    time.move(days=8)
    assert _of(comparison.compare(shop, STAFF, report)) == {}


def test_the_database_is_not_asked_for_each_row(shop: Shop) -> None:
    asked: list[str] = []
    event.listen(shop.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    rows = [(lives.reference(number), f"{number + 1}.5") for number in range(300)]
    assert len(comparison.compare(shop, STAFF, read(tron(*rows).encode())).unmatched) == 300
    assert len(asked) < 30


def test_only_staff_look_through_statements(shop: Shop) -> None:
    for ask in (lambda: comparison.addresses(shop, CUSTOMER), lambda: comparison.compare(shop, CUSTOMER, _NOTHING)):
        with pytest.raises(NotAllowed, match="Only staff"):
            ask()


_NOTHING = Statement("nothing", (), {})
