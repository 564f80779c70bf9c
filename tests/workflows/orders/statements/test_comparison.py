"""Statements are held against the orders as the database has them. Nothing moves."""

from decimal import Decimal

import pytest
from sqlalchemy import event, select

from novacore import clock
from novacore.db.base import Base
from novacore.db.models import Order
from novacore.db.queries.orders import statements as queries
from novacore.db.unit_of_work import reading
from novacore.errors import NotAllowed
from novacore.messages.orders.staff.statement_words import summary
from novacore.states import PaymentMethod
from novacore.workflows.machine import cards
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.orders.statements import comparison
from novacore.workflows.orders.statements.groups import Comparison, Group, How
from novacore.workflows.payments.statements.read import read
from novacore.workflows.payments.statements.statement import LeftOut, Statement
from tests.fixtures.shops import CUSTOMER, STAFF, MovableClock, ProductMaker
from tests.fixtures.statement_samples import PayPalRow, paypal, tron
from tests.workflows.machine import lives


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
    assert _of(found) == {Group.exact: [waiting.id, unnamed.id], Group.several: [unpaid.id, unpaid.id]}
    ended = [order.id for one in found.found[Group.several] for order in one.orders[1:]]
    assert ended == [approved.id, cancelled.id]
    assert (found.settled, [one.amount for one in found.unmatched]) == (1, [Decimal(5)])
    assert found.cards == {waiting.id: (7, 70)}
    assert everything(shop) == before


def test_a_token_without_its_contract_is_left_out_and_said_to_be(shop: Shop, make_product: ProductMaker) -> None:
    _place(shop, make_product(price=1999), 1)
    found = comparison.compare(shop, STAFF, read(f"txid,amount,coin\n{lives.reference(1)},19.99,USDT".encode()))
    assert (found.found, found.left_out) == ({}, {LeftOut.no_contract: 1})
    assert "1 in tokens whose contract the list doesn't say" in " ".join(summary(found))


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


def test_a_banks_list_says_in_which_currency_it_was_paid(shop: Shop, make_product: ProductMaker) -> None:
    order = _place(shop, make_product(price=999, units=9), 0, PaymentMethod.paypal)
    _place(shop, make_product(price=2000), 1)
    day = f"{order.placed_at:%Y-%m-%d}"
    rows = [f"Wire 1,$9.99,{day}", f"Wire 2,€9.99,{day}", f"Wire 3,20.00,{day}"]
    found = comparison.compare(shop, STAFF, read("\n".join(["reference,credit,date", *rows]).encode()))
    assert _of(found) == {Group.exact: [order.id]}
    assert (found.left_out, [one.reference for one in found.unmatched]) == ({LeftOut.other_coin: 1}, ["Wire 3"])


def test_a_banks_list_without_ids_finds_orders_by_their_own_id_alone(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(price=1999, units=9)
    named, _ = (_place(shop, product_id, number, PaymentMethod.paypal) for number in range(2))
    written = named.id.replace("-", "").lower()
    rows = [
        f"01.03.2099;Rechnung {written} Danke;19,99",
        "01.03.2099;NC-20260301-ACDEFG;19,99",
        "01.03.2099;Miete;19,99",
    ]
    found = comparison.compare(shop, STAFF, read("\n".join(["Datum;Verwendungszweck;Betrag (USD)", *rows]).encode()))
    assert _of(found) == {Group.exact: [named.id]}
    assert found.found[Group.exact][0].how is How.order_id
    assert (len(found.unmatched), found.left_out) == (1, {LeftOut.no_order: 1})


def test_an_expired_order_is_suggested_for_as_long_as_it_takes_a_proof(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = _place(shop, make_product(price=1999), 0, PaymentMethod.paypal)
    time.move(hours=25)
    orders.expire(shop, SYSTEM, order.id)
    time.move(hours=1)
    report = read(paypal(PayPalRow(day="2026-03-01")).encode())
    assert _of(comparison.compare(shop, STAFF, report)) == {Group.too_late: [order.id]}
    assert _addresses(shop) == [order.pay_address]
    time.move(days=8)
    assert _of(comparison.compare(shop, STAFF, report)) == {}
    assert _addresses(shop) == []


def _addresses(shop: Shop) -> list[str]:
    with reading(shop.database) as session:
        return [*queries.pay_addresses(session, clock.now(), shop.terms.late_window)]


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
