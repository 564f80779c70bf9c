"""Money: whole minor units and a currency code, never a float. ISO 4217 fixes how many minor units a currency has."""

import re
from dataclasses import dataclass
from decimal import Decimal

from novacore.errors import BadInput

MAX_MINOR = 10**12
"""The largest amount taken, in minor units: far above any price, far below what a 64-bit column holds."""

_EXPONENTS = {
    **dict.fromkeys(
        [
            "USD",
            "EUR",
            "GBP",
            "CHF",
            "CAD",
            "AUD",
            "NZD",
            "SEK",
            "NOK",
            "DKK",
            "PLN",
            "CZK",
            "HUF",
            "RON",
            "BGN",
            "TRY",
            "BRL",
            "MXN",
            "INR",
        ],
        2,
    ),
    **dict.fromkeys(
        [
            "ZAR",
            "SGD",
            "HKD",
            "CNY",
            "TWD",
            "THB",
            "MYR",
            "PHP",
            "IDR",
            "ILS",
            "AED",
            "SAR",
            "UAH",
            "GEL",
            "KZT",
        ],
        2,
    ),
    **dict.fromkeys(["JPY", "KRW", "VND", "CLP", "ISK"], 0),
    **dict.fromkeys(["KWD", "BHD", "JOD", "OMR", "TND"], 3),
}
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩"}
_NUMBER = re.compile(r"(\d{1,12})(?:[.,](\d{1,6}))?")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount. `minor` counts cents (or whatever the currency's smallest unit is)."""

    minor: int
    currency: str

    def __str__(self) -> str:
        return format_money(self.minor, self.currency)


def currency_exponent(currency: str) -> int:
    """Return how many digits follow the point (USD 2, JPY 0, KWD 3). Raises BadInput for a code that is not known."""
    try:
        return _EXPONENTS[currency]
    except KeyError:
        known = ", ".join(sorted(_EXPONENTS))
        raise BadInput(f"The currency {currency!r} is not known. Use one of: {known}.") from None


def format_money(minor: int, currency: str) -> str:
    """Write an amount the way people read it: `$1,234.50`, `1,234 CLP`, `-$2.00`."""
    digits = currency_exponent(currency)
    number = f"{Decimal(abs(minor)).scaleb(-digits):,.{digits}f}"
    sign = "-" if minor < 0 else ""
    symbol = _SYMBOLS.get(currency)
    return f"{sign}{symbol}{number}" if symbol else f"{sign}{number} {currency}"


def parse_money(text: str, currency: str) -> Money:
    """Read a price that a person typed: `9.99`, `9,99`, `$9.99`, `9.99 USD`.

    Raises BadInput for signs, exponents, grouping, too many digits after the point, zero digits, or a sum too large.
    """
    digits = currency_exponent(currency)
    bare = text.strip().removeprefix(_SYMBOLS.get(currency, "")).strip()
    bare = re.sub(rf"\s*{currency}$|^{currency}\s*", "", bare, flags=re.IGNORECASE)
    found = _NUMBER.fullmatch(bare)
    if not found or not bare.isascii():
        example = format_money(999 if digits else 10, currency)
        raise BadInput(f"{text.strip()[:40]!r} is not an amount I can read. Write it like {example}.")
    whole, fraction = found[1], found[2] or ""
    if len(fraction) > digits:
        raise BadInput(f"{currency} has {digits} digits after the point, so {bare} is too fine. Please round it.")
    minor = int(whole) * 10**digits + int((fraction or "0").ljust(digits, "0") if digits else 0)
    if minor > MAX_MINOR:
        raise BadInput("That amount is too large.")
    return Money(minor, currency)
