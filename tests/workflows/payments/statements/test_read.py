"""Statements are read by their headers, and nothing is kept of them but what a payment is known by."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from novacore.errors import BadInput
from novacore.workflows.payments.statements import limits
from novacore.workflows.payments.statements.numbers import point_of
from novacore.workflows.payments.statements.numbers import read as read_amount
from novacore.workflows.payments.statements.read import read
from novacore.workflows.payments.statements.statement import UNKNOWN_COIN, UNSAID, Doubt, LeftOut
from tests.fixtures.statement_samples import (
    HEX,
    OTHER_HEX,
    PAYER,
    PAYER_EMAIL,
    PAYPAL_ID,
    SAMPLES,
    SIGNATURE,
    SOMEONE,
    TRON_ADDRESS,
    USDT_ON_TRON,
    PayPalRow,
    Sample,
    paypal,
    tron,
)


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES.keys())
def test_each_kind_of_list_is_known_by_its_header(sample: Sample) -> None:
    found = read(sample.text.encode())
    assert found.name == sample.name
    (payment,) = found.payments
    assert (payment.amount, payment.symbol) == (Decimal(sample.amount), sample.symbol)
    assert (payment.ids[0], payment.day) == (sample.id, date(2026, 3, 1))
    assert {str(why): count for why, count in found.left_out.items()} == sample.left_out


def test_nothing_of_a_payer_is_kept_but_the_order_that_they_named() -> None:
    note = "for nc-20260301-acdefg, and thank you!"
    found = read(paypal(PayPalRow(note=note)).encode())
    assert found.payments[0].order_ids == ("NC-20260301-ACDEFG",)
    kept = [getattr(found.payments[0], name) for name in found.payments[0].__slots__]
    assert not [one for one in (PAYER, PAYER_EMAIL, "thank") if one in f"{kept}{found!r}"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_and_marks_between_cells_are_found(encoding: str) -> None:
    row = PayPalRow(gross="9,99", currency="EUR", status="Abgeschlossen", day="01.03.2026")
    text = paypal(row, german=True, delimiter=";").removeprefix("\ufeff")
    (payment,) = read(f"sep=;\r\n{text}".encode(encoding)).payments
    assert (payment.amount, payment.line) == (Decimal("9.99"), 3)


@pytest.mark.parametrize(("german", "amount"), [(True, 1234), (False, Decimal("1.234"))])
def test_the_language_decides_where_no_amount_does(german: bool, amount: Decimal) -> None:
    done = {"status": "Abgeschlossen", "day": "01.03.2026"} if german else {}
    (payment,) = read(paypal(PayPalRow(gross="1.234", currency="JPY", **done), german=german).encode()).payments
    assert payment.amount == amount


def test_a_plain_list_of_ids_has_references_alone() -> None:
    found = read(
        f"My payments\n{HEX}\n\n  0x{OTHER_HEX.upper().replace('0X', '')} \n{SIGNATURE}\n{PAYPAL_ID}\n{HEX}".encode()
    )
    assert [one.ids[0] for one in found.payments] == [HEX, f"0x{OTHER_HEX}", SIGNATURE, PAYPAL_ID]
    assert found.left_out == {LeftOut.unreadable: 1, LeftOut.repeated: 1}


def test_a_token_is_known_by_its_contract_and_not_by_its_name() -> None:
    fake = read(tron((HEX, "19.99"), contract="TFakexxxxxxxxxxxxxxxxxxxxxxxxxxxxx").encode())
    assert fake.payments[0].symbol == UNKNOWN_COIN


def test_the_shops_addresses_tell_what_went_where() -> None:
    ours = frozenset({TRON_ADDRESS})
    assert len(read(tron((HEX, "5")).encode(), ours).payments) == 1
    assert read(tron((HEX, "5"), to=SOMEONE, by=TRON_ADDRESS).encode(), ours).left_out == {LeftOut.outgoing: 1}
    assert read(tron((HEX, "5"), to=SOMEONE, by=SOMEONE).encode(), ours).left_out == {LeftOut.other_address: 1}


UNITS = {
    "none, in a bank's list": ("reference,credit", "Wire 7,20.00", UNSAID),
    "none, and an id of PayPal": ("reference,credit", f"{PAYPAL_ID},20.00", UNSAID),
    "none, and an id of a chain": ("txid,credit", f"{HEX},20.00", ""),
    "a side alone": ("reference,credit", "Wire 7,20.00 H", UNSAID),
    "a sign of one currency": ("reference,credit", "Wire 7,\u20ac20.00", "EUR"),
    "a sign of many": ("reference,credit", "Wire 7,$20.00", "$"),
    "a sign of many, with letters": ("txid,amount", f"{HEX},US$ 20", "USD"),
    "what is no unit": ("txid,amount", f"{HEX},20 #", UNKNOWN_COIN),
    "a code and its sign": ("txid,amount", f"{HEX},\u20ac20 EUR", "EUR"),
    "a coin by its name": ("txid,amount,coin", f"{HEX},20,Bitcoin", "BTC"),
    "a token's name alone": ("txid,amount,coin", f"{HEX},20,Tether (USDT)", UNKNOWN_COIN),
    "a token's contract": ("txid,amount,coin,Contract", f"{HEX},20,Tether (USDT),{USDT_ON_TRON}", "USDT"),
    "another contract": ("txid,amount,coin,Contract", f"{HEX},20,USDT,{SOMEONE}", UNKNOWN_COIN),
    "two contracts": ("txid,amount,coin,Mint,Contract", f"{HEX},20,USDT,{USDT_ON_TRON},{SOMEONE}", UNKNOWN_COIN),
    "a token that is called like a coin": ("txid,amount,coin,Contract", f"{HEX},20,ETH,{SOMEONE}", UNKNOWN_COIN),
    "a contract in an odd column": ("txid,amount,coin,from,to,Jeton", f"{HEX},20,USDT,a,b,{USDT_ON_TRON}", "USDT"),
    "a contract for a name": ("txid,amount,coin,from,to,Token Name", f"{HEX},20,USDT,a,b,{USDT_ON_TRON}", UNKNOWN_COIN),
    "a contract as an odd sender": ("txid,amount,coin,Absender", f"{HEX},20,USDT,{USDT_ON_TRON}", UNKNOWN_COIN),
    "a token without a column for contracts": ("txhash,value,symbol,from,to", f"{HEX},20,USDT,a,b", UNKNOWN_COIN),
    "a token without a contract": ("txid,amount,coin,contractaddress", f"{HEX},20,Tether,", UNKNOWN_COIN),
    "a coin that needs no contract": ("txid,amount,coin,contractaddress", f"{HEX},20,ETH,", "ETH"),
}


@pytest.mark.parametrize(("header", "row", "symbol"), UNITS.values(), ids=UNITS.keys())
def test_a_unit_is_what_the_list_says_and_else_never_a_guess(header: str, row: str, symbol: str) -> None:
    (payment,) = read(f"{header}\n{row}".encode()).payments
    assert (payment.amount, payment.symbol) == (Decimal(20), symbol)


ORDER = "NC-20260301-ACDEFG"
COINBASE = "ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Total (inclusive of fees),Notes"
WITHOUT_IDS = {
    "German": ("Datum;Verwendungszweck;Betrag", f"01.03.2026;{ORDER};1.019,99", "a bank's list", UNSAID),
    "English": ("Date,Description,Amount", f"2026-03-01,Pay {ORDER},1019.99", "a bank's list", UNSAID),
    "a currency in the header": ("Date,Details,Amount (EUR)", f"2026-03-01,{ORDER},1019.99", "a bank's list", "EUR"),
    "two columns": ("Date,Description,Debit,Credit", f'2026-03-01,{ORDER},,"1,019.99"', "a bank's list", UNSAID),
    "an exchange": (COINBASE, f"x,2026-03-01 10:00,Receive,BTC,1019.99,USD,5,{ORDER}", "Coinbase's report", "BTC"),
}


@pytest.mark.parametrize(("header", "row", "name", "symbol"), WITHOUT_IDS.values(), ids=WITHOUT_IDS.keys())
def test_in_a_list_without_ids_only_what_names_an_order_is_a_payment(
    header: str, row: str, name: str, symbol: str
) -> None:
    found = read(f"Account;of;someone\n{header}\n{row}\n{row.replace(ORDER, PAYER)}".encode())
    assert (found.name, found.has_ids, found.left_out) == (name, False, {LeftOut.no_order: 1})
    (payment,) = found.payments
    assert (payment.order_ids, payment.amount, payment.symbol) == ((ORDER,), Decimal("1019.99"), symbol)
    assert payment.day == date(2026, 3, 1)
    assert PAYER not in repr(found)


STATUSES = {
    "Success": {},
    "1": {},
    "true": {},
    "0": {LeftOut.failed: 1},
    "Error(3)": {LeftOut.failed: 1},
    "false": {LeftOut.unfinished: 1},
    "Ausstehend": {LeftOut.unfinished: 1},
    "Refunded": {LeftOut.returned: 1},
    "Verschollen": {LeftOut.unknown_status: 1},
}


@pytest.mark.parametrize(("status", "left_out"), STATUSES.items(), ids=STATUSES.keys())
def test_a_status_is_known_or_said_to_be_unknown(status: str, left_out: dict[LeftOut, int]) -> None:
    assert read(f"txid,amount,status\n{HEX},5,{status}".encode()).left_out == left_out


@pytest.mark.parametrize("side", ["DBIT", "DR", "Soll", "S"])
def test_money_that_a_column_says_went_out_is_left_out(side: str) -> None:
    found = read(f"reference,amount,creditdebitindicator\nWire 7,20.00,{side}\nWire 8,20.00,CRDT".encode())
    assert ([one.reference for one in found.payments], found.left_out) == (["Wire 8"], {LeftOut.outgoing: 1})


BACK = PayPalRow("5AB12345CD678901E", "-19.99", kind="Payment Refund", impact="Debit", about=PAYPAL_ID)
OTHER = replace(BACK, id="6AB12345CD678901E")
GONE, PART = {LeftOut.returned: 1}, Doubt.part_returned
LATER: dict[str, tuple[list[PayPalRow], Doubt | None, dict[LeftOut, int]]] = {
    "refunded": ([BACK], None, GONE),
    "refunded in part": ([replace(BACK, gross="-5.00")], PART, {}),
    "refunded in two parts": ([replace(BACK, gross="-9.99"), replace(OTHER, gross="-10")], None, GONE),
    "refunded in part, in a row listed twice": ([replace(BACK, gross="-10")] * 2, PART, {}),
    "refunded in another currency": ([replace(BACK, currency="EUR")], PART, {}),
    "a chargeback that was taken back": (
        [replace(BACK, kind="Chargeback"), replace(OTHER, kind="Chargeback Reversal", gross="19.99")],
        PART,
        {},
    ),
    "a refund that hasn't gone through": ([replace(BACK, status="Pending")], PART, {}),
    "money held for a dispute": ([replace(BACK, kind="Hold on Balance for Dispute Investigation")], PART, {}),
    "converted": ([replace(BACK, kind="General Currency Conversion")], None, {}),
    "held": ([replace(BACK, kind="Payment Hold")], None, {}),
    "another one refunded": ([replace(BACK, about="7AB12345CD678901E")], None, {}),
}


@pytest.mark.parametrize("german", [False, True], ids=["english", "german"])
@pytest.mark.parametrize(("rows", "doubt", "left_out"), LATER.values(), ids=LATER.keys())
def test_a_payment_that_went_back_later_is_none(
    rows: list[PayPalRow], doubt: Doubt | None, left_out: dict[LeftOut, int], german: bool
) -> None:
    found = read(paypal(PayPalRow(), *rows, german=german).encode())
    without = read(paypal(*rows, german=german).encode()).left_out
    assert [one.doubt for one in found.payments] == ([] if left_out else [doubt])
    assert Counter(found.left_out) - Counter(without) == left_out


WITHOUT_IMPACT = {
    "Website Payment": (None, {}),
    "Płatność ogólna": (None, {}),
    "Something new": (Doubt.unsure_kind, {}),
    "": (Doubt.unsure_kind, {}),
    **dict.fromkeys(
        ["Authorization", "Autorisierung", "Autorización", "Autoryzacja", "Order", "Zahlungsanforderung"],
        (None, {LeftOut.no_payment: 1}),
    ),
    **dict.fromkeys(
        ["Request Sent", "Demande de paiement", "Richiesta di denaro", "Betaalverzoek", "Invoice Sent", "Wypłata"],
        (None, {LeftOut.no_payment: 1}),
    ),
}


@pytest.mark.parametrize(("kind", "wanted"), WITHOUT_IMPACT.items(), ids=WITHOUT_IMPACT.keys())
def test_paypals_rows_that_moved_no_money_are_none(kind: str, wanted: tuple[Doubt | None, dict[LeftOut, int]]) -> None:
    found = read(paypal(PayPalRow(kind=kind, impact="")).encode())
    assert ([one.doubt for one in found.payments], found.left_out) == ([] if wanted[1] else [wanted[0]], wanted[1])
    assert len(read(paypal(PayPalRow(kind="Order", impact="Credit")).encode()).payments) == 1


@pytest.mark.parametrize(
    ("cells", "usual", "first"),
    [
        (["1,234", "5.5"], ",", "1234.0"),
        (["1,234", "5,50"], ".", "1.234"),
        (["1.234"], ",", "1234.0"),
        (["1.234", "1,5", "1.5"], ".", "1.234"),
        (["1'234.50"], ",", "1234.50"),
        (["1,23,456.00"], ".", "123456.00"),
        (["(5.00)"], ".", "-5.00"),
        (["$(5.00)"], ".", "-5.00"),
        (["20.00-"], ".", "-20.00"),
        (["19.99 \u2212"], ".", "-19.99"),
        (["20.00- EUR"], ".", "-20.00"),
        (["19,99 S"], ",", "-19.99"),
        (["19,99 EUR Soll"], ",", "-19.99"),
        (["DR 5.00"], ".", "-5.00"),
        (["5.00 D"], ".", "-5.00"),
        (["19,99 H"], ",", "19.99"),
        (["5.00 CR"], ".", "5.00"),
        (["5.00 USDT-TRON"], ".", "5.00"),
        (["\u22125,00 €"], ".", "-5.00"),
        (["$ 5"], ".", "5.0"),
        (["3.1E-4 BTC"], ".", "0.00031"),
        (["0.001"], ",", "0.001"),
        (["1E99"], ".", None),
        (["1,2,3"], ".", None),
        (["=1+1"], ".", None),
        (["five"], ".", None),
    ],
)
def test_amounts_are_read_by_what_their_column_shows(cells: list[str], usual: str, first: str | None) -> None:
    found = read_amount(cells[0], point_of(cells, usual))
    assert (found and found.value) == (first and Decimal(first))


@pytest.mark.parametrize(
    ("day", "others", "wanted"),
    [
        ("03/04/2026", ["13/01/2026"], date(2026, 4, 3)),
        ("03/04/2026", ["01/13/2026"], date(2026, 3, 4)),
        ("03/04/2026", [], None),
        ("Mar 4, 2026", [], date(2026, 3, 4)),
        ("4 March 2026", [], date(2026, 3, 4)),
        ("1 \u017fep 2026", [], None),
        ("31.02.2026", [], None),
        ("9999-01-01", [], None),
        ("yesterday", [], None),
    ],
)
def test_a_day_is_read_where_it_is_clear(day: str, others: list[str], wanted: date | None) -> None:
    rows = [f"{HEX[n:]}{HEX[:n]}\t1\t{one}" for n, one in enumerate([day, *others])]
    assert read("\n".join(["hash\tamount\tdate", *rows]).encode()).payments[0].day == wanted


REFUSED = {
    "nothing": (b"", "empty"),
    "a mark and blanks": (b"\xef\xbb\xbf \n", "empty"),
    "a ZIP": (b"PK\x03\x04" + bytes(40), "a packed archive"),
    "a workbook": (b"PK\x03\x04 xl/workbook.xml", "an Excel workbook"),
    "a picture": (b"\x89PNG\r\n", "a picture"),
    "zero bytes": (b"txid,amount\n\0", "can't be read as text"),
    "no encoding": (b"\x81\x8d\xff", "can't be read as text"),
    "a letter": (b"Dear shop,\nI have paid.\nErika", "I can't find any payments"),
    "JSON": (b'{"payments": []}', "I can't find any payments"),
    "a million columns": (b"txid" + b"," * 1_000_000, "more than 200 columns"),
    "a huge cell": (b'txid,amount\nx,"' + b"y" * 200_000, "Line 2 of that CSV file is broken"),
    "an open quotation": (b'txid,amount\n"Erika', "is broken"),
    "too many lines": (b"a\n" * (limits.MAX_ROWS + 1), "more than 20,000 rows"),
    "too many rows": (b"txid,amount\n" + b"x,1\n" * (limits.MAX_ROWS + 1), "more than 20,000 rows"),
}


@pytest.mark.parametrize(("content", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_statement_is_refused_with_a_sentence(content: bytes, why: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read(content)
    assert why in refusal.value.sentence
    assert "Erika" not in refusal.value.sentence


def test_a_file_that_is_too_large_is_not_looked_at() -> None:
    with pytest.raises(BadInput, match="larger than 10 MiB"):
        read(bytes(limits.MAX_BYTES + 1))


def test_hostile_cells_are_counted_and_nothing_else() -> None:
    cells = ["=HYPERLINK(1)", "@everyone", "<b>", "x" * 5000, "\u202e", "1" * 59, "-", "NaN", "inf"]
    found = read("\n".join(["txid,amount", *(f"{one},{one}" for one in cells)]).encode())
    assert [one.amount is None or one.amount < 10**31 for one in found.payments] == [True] * len(found.payments)
    assert not [one for one in found.payments if one.ids]
