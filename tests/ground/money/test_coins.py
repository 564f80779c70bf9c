"""Amounts in a coin: exact, rounded up, and tails that tell orders apart."""

from decimal import Decimal
from fractions import Fraction
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from novacore.errors import BadInput
from novacore.money.coins import (
    Coin,
    coin_number,
    coin_units,
    format_coin,
    format_rate,
    most_tail,
    read_rate,
    units_of,
    with_tails,
    worth_of,
)
from novacore.money.currencies import DIGITS, currency_exponent

BTC, ETH, USDT = Coin("BTC", 8, is_padded=True), Coin("ETH", 8), Coin("USDT", 6)


@pytest.mark.parametrize(
    ("minor", "currency", "rate", "coin", "shown"),
    [
        (1999, "USD", "64250.10", BTC, "0.00031113 BTC"),
        (30000, "USD", "60000", BTC, "0.00500000 BTC"),
        (1999, "USD", "1", USDT, "19.99 USDT"),
        (1999, "USD", "0.9987", USDT, "20.016021 USDT"),
        (2000, "USD", "1", USDT, "20 USDT"),
        (999, "USD", "2000", ETH, "0.004995 ETH"),
        (1000, "USD", "3000", ETH, "0.00333334 ETH"),
        (1500, "JPY", "9800000", BTC, "0.00015307 BTC"),
        (1999, "KWD", "19500", BTC, "0.00010252 BTC"),
    ],
)
def test_a_price_becomes_an_amount_rounded_up(minor: int, currency: str, rate: str, coin: Coin, shown: str) -> None:
    units = coin_units(minor, currency, Decimal(rate), coin)
    assert units is not None
    assert format_coin(units, coin) == shown


@given(st.integers(1, 10**12), st.sampled_from(sorted(DIGITS)), st.decimals("0.000001", "1000000", places=6), st.data())
@settings(max_examples=60, derandomize=True, deadline=None)
def test_never_a_smallest_unit_too_little_or_too_much(
    minor: int, currency: str, rate: Decimal, data: st.DataObject
) -> None:
    coin = data.draw(st.sampled_from([BTC, ETH, USDT]))
    units, price = coin_units(minor, currency, rate, coin), Fraction(minor, 10 ** currency_exponent(currency))
    if units is None:
        assert price / Fraction(rate) * 10**coin.decimals > 10**17
        return
    one = Fraction(rate) / 10**coin.decimals
    assert 0 <= units * one - price < one
    assert worth_of(units, currency, rate, coin) >= minor
    assert units_of(Decimal(coin_number(units, coin)), coin) == units, "what is shown is what is asked for"


def test_a_rate_that_makes_no_sense_asks_for_nothing() -> None:
    assert coin_units(10**12, "USD", Decimal("0.0000000001"), BTC) is None


@pytest.mark.parametrize(
    ("typed", "currency", "rate"),
    [
        ("64250.10", "USD", "64250.1"),
        ("$64,250.10", "USD", "64250.1"),
        ("64.250,10 €", "EUR", "64250.1"),
        ("0,9987", "EUR", "0.9987"),
        ("9800000 JPY", "JPY", "9800000"),
    ],
)
def test_the_owner_types_a_rate_like_any_amount(typed: str, currency: str, rate: str) -> None:
    assert read_rate(typed, currency) == Decimal(rate)


@pytest.mark.parametrize("typed", ["0", "free", "-5", "64250 EUR", "1.2345678901234567890", ""])
def test_a_rate_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        read_rate(typed, "USD")


def test_a_rate_is_shown_with_all_of_its_digits() -> None:
    assert format_rate(Decimal("64250.1"), "USD") == "$64,250.10"
    assert format_rate(Decimal("0.99871"), "USD") == "0.99871 USD"


# ---- tails


def _tails(minor: int, rate: str, coin: Coin) -> list[int]:
    price = Decimal(rate)
    units = coin_units(minor, "USD", price, coin)
    assert units is not None
    return [*with_tails(units, most_tail(units, "USD", price, coin), coin)]


def test_the_shortest_tail_comes_first() -> None:
    shown = [coin_number(one, USDT) for one in islice(with_tails(19_990_000, 50_000, USDT), 12)]
    assert shown[:3] == ["19.99", "19.991", "19.992"]
    assert shown[9:] == ["19.999", "20.001", "20.002"]
    assert [coin_number(one, BTC) for one in with_tails(500_000, 2, BTC)] == ["0.00500000", "0.00500001", "0.00500002"]


@pytest.mark.parametrize(("minor", "rate", "coin"), [(30000, "60000", BTC), (100, "1", USDT), (1999, "3313.37", ETH)])
def test_every_amount_within_the_limit_is_offered_once(minor: int, rate: str, coin: Coin) -> None:
    found = _tails(minor, rate, coin)
    assert sorted(found) == [*range(min(found), max(found) + 1)]
    extra = worth_of(max(found) - min(found), "USD", Decimal(rate), coin)
    assert extra <= max(minor // 1000, 5)


def test_five_cents_are_five_us_cents() -> None:
    one = Decimal(1)
    assert most_tail(10**6, "USD", one, USDT) == 50_000
    assert most_tail(10**6, "EUR", Decimal("0.9"), USDT, Decimal("0.9")) == 50_000
    assert most_tail(10**6, "EUR", Decimal("0.9"), USDT) < 50_000, "no more than five cents where it isn't known"
    assert most_tail(300 * 10**6, "USD", one, USDT) == 300_000
