"""Statements are read by their headers, and nothing is kept of them but what a payment is known by."""

from datetime import date
from decimal import Decimal

import pytest

from novacore.errors import BadInput
from novacore.workflows.payments.statements import limits
from novacore.workflows.payments.statements.numbers import point_of
from novacore.workflows.payments.statements.numbers import read as read_amount
from novacore.workflows.payments.statements.read import read
from novacore.workflows.payments.statements.statement import UNKNOWN_COIN, LeftOut
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
