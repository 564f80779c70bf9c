"""Amounts: read from what people type, written the way people read them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from novacore.errors import BadInput
from novacore.money.currencies import currency_exponent
from novacore.money.reader import EXACT, BadAmount, Fault, example, quoted, read_number
from novacore.money.signs import SHOWN

MAX_MINOR: Final = 10**12
"""The largest amount taken, in minor units: far above any price, far below what a 64-bit column holds."""

MAX_PRICE: Final = 10**9
"""The highest price of one unit, in minor units: an order of a thousand still is within `MAX_MINOR`."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount. `minor` counts cents (or whatever the currency's smallest unit is)."""

    minor: int
    currency: str

    def __str__(self) -> str:
        return format_money(self.minor, self.currency)


def format_money(minor: int, currency: str) -> str:
    """Write an amount the way people read it: `$1,234.50`, `1,234 CLP`, `-$2.00`."""
    digits = currency_exponent(currency)
    number = f"{Decimal(abs(minor)).scaleb(-digits):,.{digits}f}"
    sign = "-" if minor < 0 else ""
    symbol = SHOWN.get(currency)
    return f"{sign}{symbol}{number}" if symbol else f"{sign}{number} {currency}"


def parse_money(text: str, currency: str) -> Money:
    """Read an amount that a person typed: `9.99`, `9,99 €`, `$1,234.50 USD`, `R$ 19,90`, `1'000`.

    Raises BadAmount for what `read_number` refuses, too many decimals, and an amount too large.
    """
    digits = currency_exponent(currency)
    minor = read_number(text, currency).scaleb(digits, EXACT)
    if minor != int(minor):
        finest = f"{currency} has {digits} decimals" if digits else f"{currency} has no decimals"
        sentence = f"{finest}, so {quoted(text)} has too many. Please round it."
        raise BadAmount(Fault.too_fine, sentence)
    if minor > MAX_MINOR:
        raise BadAmount(Fault.too_large, "That amount is too large.")
    return Money(int(minor), currency)


def parse_price(text: str, currency: str) -> int:
    """Read the price of a product as its owner typed it; return it in minor units.

    Raises BadInput for nothing at all, zero, a price beyond `MAX_PRICE`, and BadAmount for what `parse_money` refuses.
    """
    if not text.strip():
        raise BadInput(f"Please write a price, like {example(currency)}.")
    minor = parse_money(text, currency).minor
    if minor == 0:
        raise BadInput("A price has to be more than zero.")
    if minor > MAX_PRICE:
        raise BadInput(f"That price is too high: {format_money(MAX_PRICE, currency)} is the most.")
    return minor
