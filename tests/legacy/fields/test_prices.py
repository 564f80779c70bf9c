"""Amounts of older bots: exact in minor units, rounded with a word about it, or not taken."""

from typing import Any

import pytest

from novacore.legacy.fields.prices import Amount, read_amount


@pytest.mark.parametrize(
    ("value", "minor", "odd"),
    [
        (9.99, 999, ""),
        (9.989999, 999, "with a float's rounding error"),
        (0.1 + 0.2, 30, "with a float's rounding error"),
        (12, 1200, ""),
        (1e3, 100000, ""),
        (9.995, 1000, "with too many decimals"),
        (1e-300, 0, "with a float's rounding error"),
        ("9.99", 999, ""),
        ("9,99", 999, ""),
        ("$9.99", 999, ""),
        ("9.99$", 999, ""),
        ("US$ 9,99", 999, ""),
        ("9.99 USD", 999, ""),
        ("$1,234.50 USD", 123450, ""),
        ("1,234.50", 123450, ""),
        ("1.234,56", 123456, ""),
        ("1'234.50", 123450, ""),
        ("1 234,50", 123450, ""),
        ("1,23,456.00", 12345600, ""),
        ("９．９９", 999, ""),
        ("9.989999", 999, "with a float's rounding error"),
        ("3.9999", 400, "with too many decimals"),
        (b"4.50", 450, ""),
        (0, 0, ""),
        (None, 0, "missing"),
        ("", 0, "missing"),
        ("1,000", None, "that can be read in two ways"),
        ("1.000", None, "that can be read in two ways"),
        ("$1,000", None, "that can be read in two ways"),
        ("3.999", None, "that can be read in two ways"),
        ("€9.99", None, "in another currency"),
        ("9,99 €", None, "in another currency"),
        ("9.99 EUR", None, "in another currency"),
        ("£5", None, "in another currency"),
        ("C$5", None, "in another currency"),
        (-1, None, "below zero"),
        ("-0.01", None, "below zero"),
        ("(5.00)", None, "below zero"),
        ("free", None, "that isn't a number"),
        ("1e3", None, "that isn't a number"),
        ("9.99 or 8", None, "that isn't a number"),
        (float("nan"), None, "that isn't a number"),
        (float("inf"), None, "that isn't a number"),
        (float("-inf"), None, "that isn't a number"),
        (1e300, None, "that is too high"),
        (10**18, None, "that is too high"),
        ("9" * 40, None, "that is too high"),
        ("7" * 400, None, "that isn't a number"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_an_amount_in_dollars(value: Any, minor: int | None, odd: str) -> None:
    read = read_amount(value, "USD")
    assert (read.minor, read.what) == (minor, odd)


@pytest.mark.parametrize(
    ("value", "currency", "minor"),
    [
        (500.0, "JPY", 500),
        ("¥500", "JPY", 500),
        ("1,000", "JPY", 1000),
        ("1.000", "JPY", 1000),
        ("500.00", "JPY", 500),
        (9.5, "JPY", 10),
        ("9.999", "KWD", 9999),
        ("1,500", "KWD", None),
        ("R$ 19,90", "BRL", 1990),
        ("$9.99", "BRL", None),
        ("$9.99", "CAD", 999),
        ("Rs. 1,200.50", "PKR", 120050),
        ("€ 9,99", "EUR", 999),
        ("$9.99", "EUR", None),
        (1.2345, "CLF", 12345),
    ],
)
def test_the_currency_decides(value: Any, currency: str, minor: int | None) -> None:
    assert read_amount(value, currency).minor == minor


@pytest.mark.parametrize(
    ("said", "minor"),
    [(None, 999), ("", 999), ("USD", 999), ("usd ", 999), ("$", 999), ("EUR", None), ("€", None), ("gems", None)],
)
def test_a_column_of_its_own_may_say_the_currency(said: Any, minor: int | None) -> None:
    assert read_amount(9.99, "USD", said).minor == minor


def test_what_is_odd_is_said_of_a_price_or_a_total() -> None:
    assert read_amount(None, "USD").odd("total") == "no total"
    assert Amount(0).odd("price") == "a price of 0"
    assert read_amount("1,000", "USD").odd("price") == "a price that can be read in two ways"
