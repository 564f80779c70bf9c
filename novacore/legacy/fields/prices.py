"""Reads amounts of older bots: floats, and texts by the one reader that also reads what people type."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from novacore.legacy.fields.values import as_text, as_whole
from novacore.legacy.oddities import shown
from novacore.money import EXACT, MAX_MINOR, BadAmount, Fault, currency_exponent, format_money, is_named, read_number

_NOISE: Final = Decimal("0.001")
"""So far from a whole cent at most is what a float leaves of `9.99`: 9.989999."""

MISSING: Final = "missing"
"""What is odd about nothing at all."""

_REFUSED: Final = {
    Fault.unreadable: "that isn't a number",
    Fault.negative: "below zero",
    Fault.unclear: "that can be read in two ways",
    Fault.other_currency: "in another currency",
}


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as it was read. `minor` is None if it can't be taken; `what` says what is odd, `detail` of which."""

    minor: int | None
    what: str = ""
    detail: str = ""

    def odd(self, noun: str) -> str:
        """Say what is odd about a price or a total: "a price that isn't a number", "no total"."""
        if self.what == MISSING:
            return f"no {noun}"
        return f"a {noun} {self.what or 'of 0'}"


def read_amount(value: Any, currency: str, said: Any = None, *, in_cents: bool = False) -> Amount:
    """Read an amount. `said` is what a column of its own says about the currency. Nothing at all is 0.

    `in_cents`: the column counts the smallest units of the currency, in whole numbers.
    """
    text = as_text(value)
    if not text:
        return Amount(0, MISSING)
    named = as_text(said)
    if named and not is_named(named, currency):
        return Amount(None, _REFUSED[Fault.other_currency], f"{shown(text)} {shown(named, 10)}")
    if in_cents:
        count = as_whole(value)
        if count is None:
            return Amount(None, _REFUSED[Fault.unreadable], shown(text))
        return _counted(Decimal(count).scaleb(-currency_exponent(currency)), text, currency)
    try:
        exact = Decimal(text) if isinstance(value, int | float) else read_number(text, currency)
    except BadAmount as refused:
        return Amount(None, _REFUSED[refused.fault], shown(text))
    return _counted(exact, text, currency)


def _counted(exact: Decimal, text: str, currency: str) -> Amount:
    if not exact.is_finite():
        return Amount(None, _REFUSED[Fault.unreadable], shown(text))
    if exact < 0:
        return Amount(None, _REFUSED[Fault.negative], shown(text))
    # Before it is scaled: 1e300 is beyond what can be.
    if exact > MAX_MINOR or (minor := exact.scaleb(currency_exponent(currency), EXACT)) > MAX_MINOR:
        return Amount(None, "that is too high", shown(text))
    whole = int(minor.quantize(Decimal(1), ROUND_HALF_UP))
    if whole == minor:
        return Amount(whole)
    what = "with a float's rounding error" if abs(minor - whole) <= _NOISE else "with too many decimals"
    return Amount(whole, what, f"{shown(text)}, rounded to {format_money(whole, currency)}")
