"""Reads an amount of a coin that a person typed or copied: exactly, or not at all.

Separators mean what `reader` says, but for a point before three digits: `19.991` is what this shop itself writes.
"""

import re
from decimal import Decimal
from typing import Final

from novacore.money.reader import DECIMAL, GROUPED, BadAmount, Fault, folded, quoted

_AMOUNT: Final = re.compile(
    r"(?P<before>[A-Za-z]{2,6})?\s*(?P<number>[0-9](?:[0-9.,' ]*[0-9])?)\s*(?P<after>[A-Za-z]{2,6})?"
)
_PLAIN: Final = re.compile(r"(?P<whole>[0-9]{1,18})(?:(?P<point>[.,])(?P<fraction>[0-9]{1,18}))?")
_MOST_CHARACTERS: Final = 60


def symbol_in(text: str) -> str | None:
    """Return the symbol of the coin that an amount names, in capitals; empty if it names none, None if it is none."""
    found = _parts(text)
    return found[1] if found else None


def read_coin_amount(text: str) -> tuple[Decimal, str]:
    """Read `0.00031107 BTC`, `BTC 0,25`, `1,234.5`, `1.234,56 USDT` or `1,000,000`; return it with `symbol_in`.

    Raises BadAmount, which says so where the separators are the trouble: `1,234` may be a thousand or one.
    """
    found = _parts(text)
    if found is None:
        raise BadAmount(
            Fault.unreadable,
            f"{quoted(text)} is not an amount I can read. Write it like 0.00031113 BTC, or without the coin.",
        )
    number, symbol = found
    plain = _PLAIN.fullmatch(number)
    value = _value(plain, text, symbol) if plain else _grouped(number)
    if value is None:
        raise BadAmount(
            Fault.unreadable,
            f"I can't tell what the separators in {quoted(text)} mean. Write it with a point before the decimals and "
            "no other separator, like 1234.5 USDT.",
        )
    return value, symbol


def _parts(text: str) -> tuple[str, str] | None:
    bare = folded(text)
    found = _AMOUNT.fullmatch(bare) if len(bare) <= _MOST_CHARACTERS else None
    if found is None:
        return None
    symbols = {one.upper() for one in (found["before"], found["after"]) if one}
    return (found["number"], "".join(symbols)) if len(symbols) < 2 else None


def _value(plain: re.Match[str], text: str, symbol: str) -> Decimal:
    whole, fraction = plain["whole"], plain["fraction"] or "0"
    if plain["point"] == "," and len(fraction) == 3 and len(whole) <= 3 and whole.strip("0"):
        large, small = f"{whole}{fraction} {symbol}".strip(), f"{whole}.{fraction} {symbol}".strip()
        raise BadAmount(
            Fault.unclear,
            f"{quoted(text)} can be read in two ways. Write {large} for the larger amount, or {small} for the "
            "smaller one.",
        )
    return Decimal(f"{whole}.{fraction}")


def _grouped(number: str) -> Decimal | None:
    """Return a number with more than one separator, or with blanks; None if these can't be told apart."""
    if GROUPED.fullmatch(number):
        return Decimal(re.sub(r"[^0-9]", "", number))
    found = DECIMAL.fullmatch(number)
    if found is None or found["point"] in found["whole"] or not GROUPED.fullmatch(found["whole"]):
        return None
    return Decimal(f"{re.sub(r'[^0-9]', '', found['whole'])}.{found['fraction']}")
