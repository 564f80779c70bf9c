"""Reads single values as older bots wrote them: prices as floats or text, dates in many forms, a yes as 1 or "true"."""

import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from novacore import clock
from novacore.money import MAX_MINOR, BadAmount, Fault, currency_exponent, format_money, read_number
from novacore.workflows.machine.typed_text import storable

_NO: Final = frozenset({"", "0", "0.0", "false", "f", "no", "n", "none", "null"})
_NOISE: Final = Decimal("0.001")
"""So far from a whole cent at most is what a float leaves of `9.99`: 9.989999."""
_REFUSED: Final = {
    Fault.unreadable: "a price that is no number",
    Fault.negative: "a negative price",
    Fault.unclear: "a price that can be read in two ways",
    Fault.other_currency: "a price in another currency",
}
_FIRST_YEAR: Final = 2000
_MILLISECONDS: Final = 10**11
"""A number of seconds beyond this is one of milliseconds."""


def as_text(value: Any) -> str:
    """Return a value as text that can be stored; empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        return storable(value.decode("utf-8", "replace"))
    return storable(str(value))


def as_key(value: Any) -> str:
    """Return an id as text: 7, 7.0 and "7" are one."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return as_text(value)


def as_whole(value: Any) -> int | None:
    """Return a whole number, or None where there is none."""
    text = as_key(value).replace(",", "").replace(" ", "")
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else None


def is_yes(value: Any) -> bool:
    """Tell whether a flag is set: 1, "true", or a moment at which it was."""
    return as_text(value).casefold() not in _NO


def as_moment(value: Any) -> datetime | None:
    """Return a moment in UTC, or None where it is none or can't be: before 2000, in the future."""
    moment = _epoch(value) if isinstance(value, int | float) else _written(as_text(value))
    if moment is None or moment.year < _FIRST_YEAR or moment > clock.now() + timedelta(days=1):
        return None
    return moment


def _epoch(value: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(value / 1000 if abs(value) > _MILLISECONDS else value, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _written(text: str) -> datetime | None:
    number = re.fullmatch(r"\d{9,13}(\.\d+)?", text)
    if number:
        return _epoch(float(text))
    try:
        moment = datetime.fromisoformat(text.removesuffix(" UTC"))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the year 1 may lie before it in another zone
        return None


def read_price(value: Any, currency: str) -> tuple[int | None, str]:
    """Return an amount in minor units and what is odd about it; None where it can't be taken. Nothing at all is 0."""
    text = as_text(value)
    if not text:
        return 0, "no price"
    try:
        exact = Decimal(text) if isinstance(value, int | float) else read_number(text, currency)
    except BadAmount as refused:
        return None, f"{_REFUSED[refused.fault]}: {text[:30]!r}"
    if not exact.is_finite():
        return None, f"a price that is no number: {text[:30]!r}"
    if exact < 0:
        return None, f"a negative price: {text[:30]!r}"
    # Before it is scaled: 1e300 is beyond what can be.
    if exact > MAX_MINOR or (minor := exact.scaleb(currency_exponent(currency))) > MAX_MINOR:
        return None, f"a price that is too high: {text[:30]!r}"
    whole = int(minor.quantize(Decimal(1), ROUND_HALF_UP))
    return whole, _fineness(minor - whole, text[:30], format_money(whole, currency))


def _fineness(off: Decimal, text: str, price: str) -> str:
    if not off:
        return ""
    many = "a price in float noise" if abs(off) <= _NOISE else "a price with too many decimals"
    return f"{many}: {text}, rounded to {price}"
