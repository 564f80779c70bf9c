"""Prices, dates and flags as older bots wrote them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from novacore.legacy.columns import PRODUCT, Columns
from novacore.legacy.old_file import OldTable
from novacore.legacy.values import as_key, as_moment, as_whole, is_yes, read_price


@pytest.mark.parametrize(
    ("value", "minor", "odd"),
    [
        (9.99, 999, ""),
        (9.989999, 999, "float noise"),
        (0.1 + 0.2, 30, "float noise"),
        ("9.99", 999, ""),
        ("9,99", 999, ""),
        ("$9.99", 999, ""),
        ("€ 9,99", None, "another currency"),
        ("9.99 EUR", None, "another currency"),
        ("1,000", None, "in two ways"),
        ("1.000", None, "in two ways"),
        ("1.234,56", 123456, ""),
        ("$1,234.50", 123450, ""),
        ("US$ 9,99", 999, ""),
        ("1'234.50", 123450, ""),
        ("９．９９", 999, ""),
        ("9.99 USD", 999, ""),
        ("1,234.50", 123450, ""),
        (12, 1200, ""),
        ("1e3", None, "no number"),
        (1e3, 100000, ""),
        (9.995, 1000, "too many decimals"),
        ("3.9999", 400, "too many decimals"),
        ("3.999", None, "in two ways"),
        (None, 0, "no price"),
        ("", 0, "no price"),
        (0, 0, ""),
        (-1, None, "negative"),
        ("-0.01", None, "negative"),
        ("free", None, "no number"),
        (float("nan"), None, "no number"),
        (float("inf"), None, "no number"),
        (1e300, None, "too high"),
        ("9" * 400, None, "no number"),
        ("9" * 40, None, "too high"),
        ("1e999999", None, "no number"),
        (1e-300, 0, "float noise"),
        (b"4.50", 450, ""),
    ],
    ids=repr,
)
def test_a_price(value: Any, minor: int | None, odd: str) -> None:
    read, said = read_price(value, "USD")
    assert read == minor
    assert odd in said
    assert bool(odd) == bool(said)


def test_a_price_in_a_currency_without_cents() -> None:
    assert read_price(500.0, "JPY") == (500, "")
    assert read_price("¥500", "JPY") == (500, "")
    assert read_price(9.5, "JPY")[0] == 10


@pytest.mark.parametrize(
    "value",
    [
        "2025-03-01 10:00:00",
        "2025-03-01T10:00:00Z",
        "2025-03-01T12:00:00+02:00",
        "2025-03-01 10:00:00 UTC",
        1740823200,
        1740823200.0,
        1740823200000,
        "1740823200",
        b"2025-03-01 10:00:00",
    ],
    ids=repr,
)
def test_a_moment(value: Any) -> None:
    assert as_moment(value) == datetime(2025, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [None, "", "yesterday", 0, -1, 1e300, float("nan"), "1999-01-01", "9999-01-01", "0001-01-01T00:00:00+14:00"],
    ids=repr,
)
def test_what_is_no_moment(value: Any) -> None:
    assert as_moment(value) is None


@pytest.mark.parametrize("value", [1, "1", True, "true", "YES", "2025-03-01"], ids=repr)
def test_a_yes(value: Any) -> None:
    assert is_yes(value)


@pytest.mark.parametrize("value", [None, 0, "0", 0.0, False, "false", "No", "", "null"], ids=repr)
def test_a_no(value: Any) -> None:
    assert not is_yes(value)


def test_whole_numbers_and_keys() -> None:
    assert [as_whole(one) for one in (7, 7.0, "7", " 7 ", "1,000", "-3")] == [7, 7, 7, 7, 1000, -3]
    assert [as_whole(one) for one in (None, "", "7.5", "seven", "9" * 30)] == [None] * 5
    assert [as_key(one) for one in (7, 7.0, "7", b"7")] == ["7"] * 4


def test_the_first_column_that_says_anything_counts_and_others_are_named() -> None:
    table = OldTable("products", ["id", "name", "title", "product-name", "colour"], has_rowid=True)
    columns = Columns(table, PRODUCT)
    row = {"id": 1, "name": "", "title": None, "product-name": "VPN", "colour": "red"}
    assert columns.get(row, "name") == "VPN"
    assert columns.get(row, "price") is None
    assert not columns.has("price")
    assert columns.unknown == ["colour"]
