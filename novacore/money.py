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

MAX_PRICE = 10**9
"""The highest price of one unit, in minor units: an order of a thousand still is within `MAX_MINOR`."""

_SPACES = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'\u2019](?=\d{3}(?!\d))")
_GROUPED = re.compile(r"\d{1,3}(?P<mark>[.,])\d{3}(?:(?P=mark)\d{3})*(?!\d)(?P<rest>(?!(?P=mark))[.,]\d+)?")
_NAMED = re.compile("[A-Z]{3}|[" + "".join(_SYMBOLS.values()) + "]")


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
        raise BadInput(f"{text.strip()[:40]!r} is not an amount I can read. Write it like {_example(currency)}.")
    whole, fraction = found[1], found[2] or ""
    if len(fraction) > digits:
        raise BadInput(f"{currency} has {digits} digits after the point, so {bare} is too fine. Please round it.")
    minor = int(whole) * 10**digits + int((fraction or "0").ljust(digits, "0") if digits else 0)
    if minor > MAX_MINOR:
        raise BadInput("That amount is too large.")
    return Money(minor, currency)


def parse_price(text: str, currency: str) -> int:
    """Read the price of a product as its owner typed it; return it in minor units.

    Beside what `parse_money` takes, thousands may be set apart wherever that leaves no doubt: `1 234,50`, `1,234.50`,
    and `1,234` in a currency without digits after the point. Raises BadInput for anything else, nought, and another
    currency than the shop's.
    """
    bare = text.strip()
    if not bare:
        raise BadInput(f"Please write a price, like {_example(currency)}.")
    if any(one.isdigit() and not one.isascii() for one in bare):
        raise BadInput("Please write the price with the digits 0 to 9.")
    _refuse_other_currency(bare, currency)
    minor = parse_money(_ungrouped(_SPACES.sub("", bare), currency), currency).minor
    if minor == 0:
        raise BadInput("A price has to be more than nothing.")
    if minor > MAX_PRICE:
        raise BadInput(f"That price is too high: {format_money(MAX_PRICE, currency)} is the most.")
    return minor


def _refuse_other_currency(text: str, currency: str) -> None:
    named = set(_NAMED.findall(text.upper())) - {currency, _SYMBOLS.get(currency)}
    if named and not named.isdisjoint({*_EXPONENTS, *_SYMBOLS.values()}):
        raise BadInput(f"Prices of this shop are in {currency}. Please write it like {_example(currency)}.")


def _ungrouped(text: str, currency: str) -> str:
    """Leave out the marks between thousands where there is no doubt that they are such."""
    found = _GROUPED.search(text)
    if not found:
        return text
    mark, rest = found["mark"], found["rest"]
    sure = rest or found[0].count(mark) > 1 or currency_exponent(currency) == 0
    return text.replace(mark, "") if sure else text


def _example(currency: str) -> str:
    return format_money(999 if currency_exponent(currency) else 10, currency)
