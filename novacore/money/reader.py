"""Reads an amount that a person typed or an older shop wrote down: exactly, or not at all.

Everything that takes an amount as text comes through `read_number`: forms, commands, files of older shops. The rule for
what a separator means, where only one kind of it is there:

- it stands twice or more (`1,234,567`): it groups, for a number has one decimal point;
- it is a space or an apostrophe: it groups;
- other than three digits follow (`9,99`, `9.5`), or the number begins with a zero (`0.125`): it is the decimal point;
- three digits follow (`1,234`): in a currency without decimals it groups. In one with three decimals a point is the
  decimal point, for so this shop writes it itself. Anywhere else both readings are possible, and the amount is
  refused: a dollar taken for a thousand is a loss that nobody notices.

With two kinds of separators the last one is the decimal point (`1.234,50`, `1,234.50`, `1'234.50`, `1,23,456.00`).
"""

import re
import unicodedata
from decimal import Context, Decimal
from enum import StrEnum
from typing import Final, NoReturn

from novacore.errors import BadInput
from novacore.money import signs
from novacore.money.currencies import currency_exponent

_MOST_CHARACTERS: Final = 60
EXACT: Final = Context(prec=2 * _MOST_CHARACTERS)
"""How a number that was read is scaled: without rounding, however many digits it has."""

_AROUND: Final = re.compile(r"(?P<before>[^0-9]{0,20})(?P<number>[0-9](?:[0-9.,' ]*[0-9])?)(?P<after>[^0-9]{0,20})")
GROUPED: Final = re.compile(
    r"[1-9][0-9]{0,2}(?P<mark>[.,' ])[0-9]{3}(?:(?P=mark)[0-9]{3})*|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}"
)
"""Thousands, or India's lakhs and crores."""
DECIMAL: Final = re.compile(r"(?P<whole>.*[0-9])(?P<point>[.,])(?P<fraction>[0-9]+)")
_UNCLEAR: Final = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2})(?P<mark>[.,])(?P<rest>[0-9]{3})|(?P<myriads>[1-9][0-9]{0,3}),(?P<more>[0-9]{4})"
)
"""One separator before three digits; or before four, as China and Japan may group."""
_NO_CENTS: Final = re.compile(r"\s*(?:[.,:]-{1,2}|/-)")
"""How round sums end in Germany (`5,-`), the Netherlands, Sweden (`5:-`) and India (`500/-`)."""
_MULTIPLES: Final = frozenset({"k", "m", "mn", "mio", "lakh"})

_FOLDED: Final = str.maketrans(
    {
        **dict.fromkeys(
            "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", " "
        ),
        **dict.fromkeys("\u2018\u2019\u02b9\u02bc\u00b4\u2032\uff07`", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\uff0d\ufe63", "-"),
        **dict.fromkeys("\uff0e\u066b", "."),
        **dict.fromkeys("\uff0c\u066c\u060c\u3001", ","),
        "\uff04": "$",
        "\uff05": "%",
        "\uffe1": "£",
        "\uffe5": "¥",
        "\uffe6": "₩",
        "\uff08": "(",
        "\uff09": ")",
    }
)
"""Characters that look and mean the same: keyboards and spreadsheets choose among them without asking."""


class Fault(StrEnum):
    """Why an amount isn't taken."""

    unreadable = "unreadable"
    negative = "negative"
    unclear = "unclear"
    other_currency = "other_currency"
    too_fine = "too_fine"
    too_large = "too_large"


class BadAmount(BadInput):
    """An amount that isn't taken. `fault` says why, for those who have words of their own for it."""

    def __init__(self, fault: Fault, sentence: str) -> None:
        super().__init__(sentence)
        self.fault = fault


def read_number(text: str, currency: str) -> Decimal:
    """Return the number in `text`, not rounded: it may be finer than the currency. Raises BadAmount."""
    bare = folded(text)
    found = _AROUND.fullmatch(bare) if len(bare) <= _MOST_CHARACTERS else None
    if found is None:
        refuse_unreadable(text, currency)
    no_cents = _NO_CENTS.match(found["after"])
    after = found["after"][no_cents.end() :] if no_cents else found["after"]
    if "-" in found["before"] or "-" in after or ("(" in found["before"] and ")" in after):
        raise BadAmount(Fault.negative, f"{quoted(text)} is below zero. Write it like {example(currency)}.")
    if after.casefold().split()[:1] and after.casefold().split()[0] in _MULTIPLES:
        refuse_unreadable(text, currency)
    _check_signs(found["before"], after, text, currency)
    number = re.sub(r"[.,' ]", "", found["number"]) if no_cents and _is_whole(found["number"]) else found["number"]
    return _value(number, text, currency)


def is_of_money(text: str, currency: str) -> bool:
    """Tell whether an amount names a currency, this one or another: `$19.99`, `5 EUR`."""
    found = _AROUND.fullmatch(folded(text))
    parts = [one for one in (found["before"], found["after"]) if one.strip()] if found else []
    return bool(parts) and all(signs.is_named(one, currency) or signs.other(one) for one in parts)


def example(currency: str) -> str:
    """Return an amount as a person may write it: `$9.99`, `1000 CLP`, `9.999 KWD`."""
    digits = currency_exponent(currency)
    number = f"{Decimal('9' * (digits + 1) if digits else 1000).scaleb(-digits):f}"
    return f"{signs.SHOWN[currency]}{number}" if currency in signs.SHOWN else f"{number} {currency}"


def quoted(text: str) -> str:
    """Return what was typed, as it is shown in a refusal: short, nothing invisible in it, and as code.

    So `**83**` keeps its stars, where Discord would show a bold number, and a refusal of what looks fine.
    """
    seen = "".join(one for one in text if unicodedata.category(one)[0] != "C" or one.isspace())
    return f"`{' '.join(seen.split())[:40].replace('`', 'ˋ') or ' '}`"


def refuse_unreadable(text: str, currency: str) -> NoReturn:
    """Say that this is no amount."""
    sentence = f"{quoted(text)} is not an amount I can read. Write it like {example(currency)}."
    raise BadAmount(Fault.unreadable, sentence)


def folded(text: str) -> str:
    """Return the text with digits of any script as 0 to 9 and without what can't be seen."""
    seen = (one for one in text if unicodedata.category(one) != "Cf")
    plain = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in seen)
    return plain.translate(_FOLDED).strip()


def _is_whole(number: str) -> bool:
    return number.isdigit() or GROUPED.fullmatch(number) is not None


def _check_signs(before: str, after: str, text: str, currency: str) -> None:
    foreign = [part for part in (before, after) if not signs.is_named(part, currency)]
    others = [signs.other(part) for part in foreign]
    if None in others:
        refuse_unreadable(text, currency)
    if others:
        raise BadAmount(
            Fault.other_currency,
            f"{quoted(text)} is in another currency ({others[0]}). Amounts here are in {currency}: "
            f"write it like {example(currency)}.",
        )


def _value(number: str, text: str, currency: str) -> Decimal:
    if number.isdigit():
        return Decimal(number)
    if unclear := _UNCLEAR.fullmatch(number):
        return _settle(unclear, text, currency)
    if GROUPED.fullmatch(number):
        return Decimal(re.sub(r"[^0-9]", "", number))
    found = DECIMAL.fullmatch(number)
    if found is None:
        refuse_unreadable(text, currency)
    whole, point = found["whole"], found["point"]
    if not _is_whole(whole) or point in whole:
        refuse_unreadable(text, currency)
    return Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{found['fraction']}")


def _settle(found: re.Match[str], text: str, currency: str) -> Decimal:
    """Decide what `1,234` and `1.234` are by the currency's decimals. Raises BadAmount where they don't decide it."""
    whole, rest = found["whole"] or found["myriads"], found["rest"] or found["more"]
    large, small = Decimal(whole + rest), Decimal(f"{whole}.{rest}")
    digits = currency_exponent(currency)
    if len(rest) == digits and (found["mark"] == "." or len(rest) == 4):
        return small
    if digits == 0 and len(rest) == 3:
        return large
    other = f", or {small:.{digits}f} for the smaller amount" if round(small, digits) == small else ""
    raise BadAmount(
        Fault.unclear,
        f"{quoted(text)} can be read in two ways. Write {large:.{digits}f} for {large:,}{other}.",
    )
