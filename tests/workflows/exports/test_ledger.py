"""The exported ledger: every booking, in money and in the coin. Other lists and reports come to the same."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from novacore.db.models import Order
from novacore.states import ExportFormat, ExportSubject, PaymentMethod
from novacore.workflows.exports import requests as exports
from novacore.workflows.exports.parts import write_part
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import after_sale, new_amounts
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.payments import rates
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, MovableClock, ProductMaker
from tests.workflows import own_methods
from tests.workflows.exports import sums
from tests.workflows.machine import lives

BTC, USDT = PaymentMethod.btc, PaymentMethod.usdt
FORMULA = '=HYPERLINK("https://evil.example")'
Seller = Callable[..., Order]


@pytest.fixture
def sell(shop: Shop, make_product: ProductMaker, time: MovableClock) -> Seller:
    """Lend a way to sell something for $19.99, an hour after the last sale; `amount` is what staff enter."""
    roomy = replace(shop, terms=replace(shop.terms, max_open_orders=99))
    product = make_product(units=20, price=1999)

    def sell(method: str, amount: str = "", reference: str = "") -> Order:
        time.move(hours=1)
        order = orders.place(roomy, CUSTOMER, Checkout(lives.reference(), product, 1, method))
        reference = reference or lives.reference()
        order = orders.submit_proof(shop, CUSTOMER, order.id, lives.picture(), reference)
        if amount:
            return orders.approve_amount(shop, STAFF, order.id, Given(), amount)
        return orders.approve(shop, STAFF, order.id, Given())

    return sell


def file_of(shop: Shop, file_format: ExportFormat, since: str = "", until: str = "") -> Any:
    """Have the ledger exported, and open the file."""
    owner = replace(OWNER, id=9000 + len(since) + len(until) + len(file_format))
    export = exports.request(shop, owner, ExportSubject.ledger, file_format, since, until)
    url = shop.database.engine.url.render_as_string(hide_password=False)
    part = write_part(url, exports.next_part(shop, export))
    assert part.is_last
    assert part.rows == export.rows_total
    read = pd.read_parquet if file_format is ExportFormat.parquet else pd.read_csv
    return read(io.BytesIO(part.content))


def column(rows: Sequence[Any], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def test_ledger_orders_and_report_agree(shop: Shop, sell: Seller, time: MovableClock) -> None:
    """Refunds in part and whole, money on top, other amounts, ways to pay of the owner's own, and two days."""
    bank = own_methods.add(shop)
    sell(BTC)
    rates.set_rate(shop, OWNER, "btc", "50000")
    whole, less, tether = sell(BTC), sell(BTC, "0.0003 BTC"), sell(USDT, "20.5 USDT")
    sell(BTC, "$5")
    transfer = sell(bank, reference="Transfer of the first")
    after_sale.receive_money(shop, OWNER, transfer.id, transfer.version, "5.01", "Paid twice.")
    time.move(hours=24)
    transfer = after_sale.return_money(shop, OWNER, transfer.id, transfer.version + 1, "7.50", "Half of it back.")
    lives.end_jobs(shop, whole.id)
    orders.refund(shop, OWNER, whole.id, Given(reason="Sold by mistake."))
    ledger = sums.check(shop)
    shown = column(ledger, "trigger", "received_minor", "returned_minor", "method", "coin", "coin_units")
    assert sorted(shown, key=str) == sorted(
        [
            ("approve", 1999, 0, "btc", None, None),
            ("approve", 1999, 0, "btc", "BTC", whole.coin_amount),
            ("approve", 1500, 0, "btc", "BTC", 30_000),
            ("approve", 2050, 0, "usdt", "USDT", 20_500_000),
            ("approve", 500, 0, "btc", None, None),
            ("approve", 1999, 0, bank, None, None),
            ("receive_money", 501, 0, bank, None, None),
            ("return_money", 0, 750, bank, None, None),
            ("refund", 0, 1999, "btc", None, None),
        ],
        key=str,
    )
    assert {less.coin_amount, tether.coin_amount}.isdisjoint({30_000, 20_500_000}), "entered, not asked for"
    assert {one["method_label"] for one in ledger if one["method"] == bank} == {"Bank transfer"}
    time.move(hours=1)
    for file_format in (ExportFormat.csv, ExportFormat.parquet):
        frame = file_of(shop, file_format)
        assert frame["entry_id"].tolist() == [one["entry_id"] for one in ledger]
        assert frame["received_minor"].sum() - frame["returned_minor"].sum() == 10_548 - 2_749
        assert frame.loc[frame["coin"] == "BTC", "coin_units"].sum() == 30_000 + (whole.coin_amount or 0)
    today = time.at.date().isoformat()
    assert file_of(shop, ExportFormat.csv, today, today)["returned_minor"].tolist() == [750, 1999]


def test_of_two_amounts_that_an_order_asked_for_none_is_said_to_have_come_in(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    rates.set_rate(shop, OWNER, "btc", "50000")
    order = orders.place(shop, CUSTOMER, Checkout("c", make_product(price=1999), 1, BTC))
    time.move(minutes=60)
    rates.set_rate(shop, OWNER, "btc", "40000")
    new_amounts.renew(shop, CUSTOMER, order.id)
    orders.submit_proof(shop, CUSTOMER, order.id, lives.picture(), lives.reference())
    orders.approve(shop, STAFF, order.id, Given())
    assert column(sums.check(shop), "received_minor", "coin", "coin_units") == [(1999, None, None)]


def test_what_people_typed_is_no_formula(shop: Shop, sell: Seller, time: MovableClock) -> None:
    bank = own_methods.add(shop, label=FORMULA)
    order = sell(bank, reference="+1 reference")
    after_sale.return_money(shop, OWNER, order.id, order.version, "1", FORMULA)
    time.move(hours=1)
    safe, exact = file_of(shop, ExportFormat.csv), file_of(shop, ExportFormat.parquet)
    assert set(safe["method_label"]) == {f"'{FORMULA}"}
    assert set(exact["method_label"]) == {FORMULA}
    assert (safe["reason"].iloc[1], exact["reason"].iloc[1]) == (f"'{FORMULA}", FORMULA)
    assert (safe["reference"].iloc[0], exact["reference"].iloc[0]) == ("'+1 reference", "+1 reference")
