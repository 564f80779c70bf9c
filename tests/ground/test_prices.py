"""Prices as people type them: exact in minor units, or refused with a sentence."""

import pytest

from novacore.errors import BadInput
from novacore.money import MAX_PRICE, format_money, parse_price


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("9.99", "USD", 999),
        ("9,99", "USD", 999),
        ("$9.99", "USD", 999),
        ("$ 9.99", "USD", 999),
        ("9.99 USD", "USD", 999),
        ("usd 9.99", "USD", 999),
        ("  12  ", "USD", 1200),
        ("0.01", "USD", 1),
        ("9.9", "USD", 990),
        ("0.1", "EUR", 10),
        ("007", "USD", 700),
        ("1 234,50", "EUR", 123450),
        ("1\u202f234,50", "EUR", 123450),
        ("1'234.50", "CHF", 123450),
        ("1,234.50", "USD", 123450),
        ("1.234,50", "EUR", 123450),
        ("1,234,567", "USD", 123456700),
        ("€1.234.567,8", "EUR", 123456780),
        ("1000", "JPY", 1000),
        ("¥1,000", "JPY", 1000),
        ("1.000", "JPY", 1000),
        ("9.999", "KWD", 9999),
        ("9.99", "KWD", 9990),
        ("10000000", "USD", MAX_PRICE),
    ],
)
def test_a_price_is_read_exactly(text: str, currency: str, minor: int) -> None:
    assert parse_price(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "sentence"),
    [
        ("", "USD", "Please write a price"),
        (" \t", "USD", "Please write a price"),
        ("1e3", "USD", "not an amount"),
        ("-1", "USD", "not an amount"),
        ("+1", "USD", "not an amount"),
        ("0", "USD", "more than nothing"),
        ("0.00", "USD", "more than nothing"),
        ("9.999", "USD", "too fine"),
        ("1,234", "USD", "too fine"),
        ("9.9999", "KWD", "too fine"),
        ("9.5", "JPY", "too fine"),
        ("1 23,50", "USD", "not an amount"),
        ("1.2.3", "USD", "not an amount"),
        ("1,234,56", "USD", "not an amount"),
        (".99", "USD", "not an amount"),
        ("5.", "USD", "not an amount"),
        ("free", "USD", "not an amount"),
        ("9.99 each", "USD", "not an amount"),
        ("0x10", "USD", "not an amount"),
        ("NaN", "USD", "not an amount"),
        ("10000000.01", "USD", "too high"),
        ("9" * 12, "USD", "too high|too large"),
        ("9" * 400, "USD", "not an amount"),
        ("٩٫٩٩", "USD", "digits 0 to 9"),
        ("９.９９", "USD", "digits 0 to 9"),
        ("9.99 EUR", "USD", "in USD"),
        ("€9.99", "USD", "in USD"),
        ("£5", "EUR", "in EUR"),
    ],
)
def test_everything_else_is_refused_with_a_sentence(text: str, currency: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as refused:
        parse_price(text, currency)
    assert len(refused.value.sentence) < 200


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD", "EUR", "CLP"])
def test_what_is_shown_is_read_back(currency: str) -> None:
    for minor in (1, 10, 999, 1000, 123456, MAX_PRICE):
        shown = format_money(minor, currency)
        assert parse_price(shown, currency) == minor
