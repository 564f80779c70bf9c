"""Reads on which day something was paid. Hours don't matter here: lists are in all kinds of time zones.

`03/04/2026` is a day in March or in April: the other rows of the column tell, or else nobody does.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final

_YEARS: Final = range(2009, 2101)
"""Bitcoin's first to this shop's last."""

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(
    rf"(?:[a-z]{{3,9}},?\s+)?(?:(\d{{1,2}})[\s-]+({'|'.join(_MONTHS)})[a-z]*|({'|'.join(_MONTHS)})[a-z]*\.?\s+(\d{{1,2}})),?"
    r"[\s-]+(\d{4})(?!\d)",
    re.IGNORECASE | re.ASCII,
)
_SECONDS = re.compile(r"(\d{10})(?:\d{3})?(?:\.\d*)?")
"""Since 1970, or thousandths of them."""


def day_is_first(cells: Iterable[str]) -> bool | None:
    """Tell whether days stand before months in a column; None if it doesn't show."""
    shown: set[bool] = set()
    for cell in cells:
        found = _YEAR_LAST.match(cell)
        if found:
            first, second = int(found[1]), int(found[3])
            shown |= {True} if first > 12 or found[2] == "." else {False} if second > 12 else set()
    return shown.pop() if len(shown) == 1 else None


def read(cell: str, *, day_first: bool | None) -> date | None:
    """Return the day in a cell; None if there is none, or it isn't clear which one."""
    text = cell.strip()[:60]
    if found := _SECONDS.fullmatch(text):
        return _plausible(datetime.fromtimestamp(int(found[1]), UTC).date())
    if found := _YEAR_FIRST.match(text):
        return _day(found[1], found[2], found[3])
    if found := _NAMED.match(text):
        month = _MONTHS.index((found[2] or found[3]).lower()) + 1
        return _day(found[5], str(month), found[1] or found[4])
    found = _YEAR_LAST.match(text)
    if not found or day_first is None:
        return None
    year = found[4] if len(found[4]) == 4 else f"20{found[4]}"
    return _day(year, found[3], found[1]) if day_first else _day(year, found[1], found[3])


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return _plausible(date(int(year), int(month), int(day)))
    except ValueError:
        return None


def _plausible(day: date) -> date | None:
    return day if day.year in _YEARS else None
