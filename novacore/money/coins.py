"""Amounts in a coin: whole smallest units, worked out of a price and rounded up, never a float.

`novacore.states.payments` says of each coin how many decimals its smallest unit here has, and whether they are always
shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from novacore.errors import BadInput
from novacore.money.amounts import format_money
from novacore.money.currencies import currency_exponent
from novacore.money.reader import EXACT, quoted, read_number

MOST_UNITS: Final = 10**17
"""More of a coin than any order asks for; a 64-bit column holds ninety times as many."""

_RATE_DIGITS: Final = 18
"""Digits of a rate: more than any exchange gives."""

_CENTS: Final[dict[int, int]] = {0: 5, 2: 3, 3: 10, 4: 10}
"""By a currency's decimals: how many of its smallest units are worth five US cents at most, whichever it is."""


@dataclass(frozen=True, slots=True)
class Coin:
    """What is needed to write and read amounts of a coin."""

    symbol: str
    """As wallets write it: `BTC`."""
    decimals: int
    """Digits of the smallest unit in which the shop asks for it."""
    is_padded: bool = False
    """Whether all of them are always shown: Bitcoin's and Litecoin's wallets do so."""

    @property
    def whole(self) -> int:
        """How many smallest units one coin is."""
        return int(10**self.decimals)


def read_rate(text: str, currency: str) -> Decimal:
    """Read the price of one coin as the owner typed it: `64250.10`, `$64,250`, `0,9987 €`. It may be finer than cents.

    Raises BadInput for zero and a number with more digits than any price has, and BadAmount as `read_number` does.
    """
    rate = read_number(text, currency).normalize(EXACT)
    if not rate:
        raise BadInput("The price of a coin has to be more than zero.")
    if len(rate.as_tuple().digits) > _RATE_DIGITS or not -_RATE_DIGITS < rate.adjusted() < _RATE_DIGITS:
        raise BadInput(f"{quoted(text)} has more digits than a price needs. Please round it.")
    return rate


def coin_units(minor: int, currency: str, rate: Decimal, coin: Coin) -> int | None:
    """Return what an amount of money comes to in the coin's smallest units, rounded up; `rate` is the price of one.

    None if that is more than can be asked for: the rate is wrong.
    """
    price = Fraction(minor, 10 ** currency_exponent(currency))
    wanted = price * coin.whole / Fraction(rate)
    units = -(-wanted.numerator // wanted.denominator)
    return units if 0 < units <= MOST_UNITS else None


def worth_of(units: int, currency: str, rate: Decimal, coin: Coin) -> int:
    """Return what so much of a coin is worth in a currency's minor units, rounded down."""
    worth = Fraction(units, coin.whole) * Fraction(rate) * int(10 ** currency_exponent(currency))
    return worth.numerator // worth.denominator


def coin_number(units: int, coin: Coin) -> str:
    """Write an amount as wallets read it, without the coin's name: `0.00031107`, `19.99`."""
    number = f"{Decimal(units).scaleb(-coin.decimals, EXACT):.{coin.decimals}f}"
    return number if coin.is_padded or not coin.decimals else number.rstrip("0").rstrip(".")


def format_coin(units: int, coin: Coin) -> str:
    """Write an amount the way people read it: `0.00031107 BTC`."""
    return f"{coin_number(units, coin)} {coin.symbol}"


def format_rate(rate: Decimal, currency: str) -> str:
    """Write the price of a coin: like an amount of money where it is whole cents, else with all of its digits."""
    minor = rate.scaleb(currency_exponent(currency), EXACT)
    return format_money(int(minor), currency) if minor == int(minor) else f"{rate:f} {currency}"


def units_of(amount: Decimal, coin: Coin) -> int | None:
    """Return an amount of a coin in its smallest units; None if it is finer than these, or too large."""
    units = amount.scaleb(coin.decimals, EXACT)
    return int(units) if units == int(units) and units <= MOST_UNITS else None


def is_too_much(amount: Decimal, coin: Coin) -> bool:
    """Tell whether no order asks for so much of a coin."""
    return amount.scaleb(coin.decimals, EXACT) > MOST_UNITS


# ---- amounts that tell orders apart


def most_tail(units: int, currency: str, rate: Decimal, coin: Coin, usd_rate: Decimal | None = None) -> int:
    """Return how much may be added to an amount: 0.1 % of it, or five US cents' worth where that is more.

    `usd_rate` is the price of a US dollar in the shop's currency. Where it isn't known, five cents are as much of the
    currency as is certainly worth no more.
    """
    if currency == "USD":
        usd_rate = Decimal(1)
    if usd_rate is not None:
        cents = Fraction(usd_rate) / 20
    else:
        digits = currency_exponent(currency)
        cents = Fraction(_CENTS[digits], 10**digits)
    return max(units // 1000, int(cents * coin.whole / Fraction(rate)))


def with_tails(units: int, most: int, coin: Coin) -> Iterator[int]:
    """Yield an amount, and then what it may become so that no other order asks for the same, the shortest tail first.

    A tail stands behind the last digit that is there: 19.99, 19.991, ... 19.999, 19.9901. Where all digits are always
    shown, or none is left, the least is added first.
    """
    yield units
    end, step = units + most, 1
    if not coin.is_padded:
        step = _last_digit(units, coin.whole)
        yield from _appended(units, end, step)
    yield from range(units + step, end + 1, step)


def _last_digit(units: int, whole: int) -> int:
    """Return what the last digit of an amount that isn't zero stands for, in smallest units: 1 for one it."""
    step = 1
    while step < whole and units % (step * 10) == 0:
        step *= 10
    return step


def _appended(units: int, end: int, step: int) -> Iterator[int]:
    while step > 1:
        longer = step // 10
        for one in range(units + longer, end + 1, longer):
            if one % step:
                yield one
        step = longer
