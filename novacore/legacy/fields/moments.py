"""Reads moments as older bots wrote them: ISO dates in many spellings, what Python, JavaScript and `date` print, ticks.

A moment without a zone is taken to be in UTC, which is what servers run in. What can be two days (`03/04/2025`) is one
of them only where a hint says which, such as the day in an order's id.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final

from novacore import clock
from novacore.legacy.fields.values import as_text

_FIRST_YEAR: Final = 2000
_EPOCHS: Final = ((10**11, 1), (10**14, 10**3), (10**17, 10**6), (10**20, 10**9))
"""A number below the first of a pair counts this many ticks a second: seconds, milli-, micro-, nanoseconds."""
_JULIAN: Final = (2_451_544.5, 2_500_000.0)
"""SQLite's julianday(): days from noon of a day long ago, of the years 2000 to 2132."""
_JULIAN_EPOCH: Final = 2_440_587.5

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES: Final = {
    **dict.fromkeys(["", "z", "utc", "gmt", "ut"], 0),
    **dict.fromkeys(["edt"], -4),
    **dict.fromkeys(["est", "cdt"], -5),
    **dict.fromkeys(["cst", "mdt"], -6),
    **dict.fromkeys(["mst", "pdt"], -7),
    **dict.fromkeys(["pst"], -8),
    **dict.fromkeys(["cet"], 1),
    **dict.fromkeys(["cest"], 2),
}
"""Names of zones that mean one thing, in hours: those of RFC 2822, and central Europe's."""

_CLOCK = (
    r"(?:[T,\s]+(?:at\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9})\d*)?)?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?)?"
)
_ZONE = r"\s*(?P<zone>[A-Za-z]{0,4})\s*(?:(?P<offset>[+-]\d{1,2}(?::?\d{2})?)(?:\s[A-Z]{2,5})?)?(?:\s*\([^)]*\))?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_MONTH = r"(?P<month>[A-Za-z]{3,9})\.?"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        rf"(?P<year>\d{{4}})(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}}){_CLOCK}{_ZONE}",
        rf"{_WEEKDAY}{_DAY}[-\s]+{_MONTH}[-,\s]+(?P<year>\d{{4}}){_CLOCK}{_ZONE}",
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY},?\s+(?P<year>\d{{4}}){_CLOCK}{_ZONE}",
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY}{_CLOCK}\s*(?P<zone>[A-Z]{{0,4}})(?P<offset>)\s+(?P<year>\d{{4}})",
    )
)
_NUMBERS_ONLY: Final = re.compile(
    rf"(?P<one>\d{{1,2}})(?P<mark>[-/.])(?P<two>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}|\d{{2}}){_CLOCK}{_ZONE}",
    re.IGNORECASE | re.ASCII,
)
_FIRST_SHORT: Final = 2015
"""Before this year there was no Discord: `25.03.01` is a day of 2025, and `01.03.25` is the same one."""
_COMPACT: Final = re.compile(
    r"(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:[T\s_-]?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?"
    rf"(?:\.(?P<fraction>\d{{1,9}}))?(?P<half>){_ZONE}",
    re.IGNORECASE | re.ASCII,
)
_STAMP: Final = re.compile(r"<t:(\d{1,12})(?::[a-zA-Z])?>", re.ASCII)
_ORDER_DAY: Final = re.compile(r"NC-(\d{4})(\d{2})(\d{2})-", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as it was read, in UTC. `at` is None if it can't be taken; `what` says why."""

    at: datetime | None
    what: str = ""


def read_moment(value: Any, hint: date | None = None) -> Moment:
    """Read a moment. `hint` is the day that it must be near to if it can be read as two."""
    text = as_text(value)
    if not text:
        return Moment(None, "no date")
    found = {*_readings(value, text)}
    if hint and len(found) > 1:
        found = {one for one in found if abs((one.date() - hint).days) <= 1} or found
    if len(found) > 1:
        return Moment(None, "a date that can be read in two ways")
    at = next(iter(found), None)
    if at is None or at.year < _FIRST_YEAR:
        return Moment(None, "a date that can't be read")
    return Moment(at) if at <= clock.now() + timedelta(days=1) else Moment(None, "a date in the future")


def is_zero_date(value: Any) -> bool:
    """Tell whether a value is one of the dates that stand for none: of year 0, or of the beginning of an epoch."""
    text = as_text(value)
    if re.fullmatch(r"0000[-/.]00[-/.]00.*", text):
        return True
    return not isinstance(value, int | float) and any(one.year < _FIRST_YEAR for one in _readings(value, text))


def day_of_order(order_id: str) -> date | None:
    """Return the day in an order's id, `NC-20250301-AB12CD`, or None if it has none."""
    found = _ORDER_DAY.match(order_id)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
    return day if day and day.year >= _FIRST_YEAR and day <= clock.now().date() + timedelta(days=1) else None


def _readings(value: Any, text: str) -> Iterator[datetime]:
    """Return every moment that this can be: none, one, or two where day and month might be exchanged."""
    stamp = _STAMP.fullmatch(text)
    try:
        if compact := _COMPACT.fullmatch(text.removesuffix(".0")):
            yield _assembled(compact, int(compact["month"]), int(compact["day"]))
        elif isinstance(value, int | float) or re.fullmatch(r"\d{7,19}(\.\d+)?", text, re.ASCII):
            yield _epoch(float(text), text)
        elif stamp:
            yield _epoch(float(stamp[1]), stamp[1])
        elif numbers := _NUMBERS_ONLY.fullmatch(text):
            yield from _either_way(numbers)
        else:
            yield from _in_words(text)
    except (ValueError, OverflowError, OSError):
        return


def _epoch(number: float, text: str) -> datetime:
    if _JULIAN[0] <= number < _JULIAN[1]:
        return datetime.fromtimestamp(round((number - _JULIAN_EPOCH) * 86400, 3), UTC)
    ticks = next((ticks for limit, ticks in _EPOCHS if abs(number) < limit), 0)
    if not ticks:
        raise ValueError(text)
    seconds, rest = divmod(int(text), ticks) if text.isdigit() else divmod(number, ticks)
    return datetime.fromtimestamp(seconds, UTC) + timedelta(seconds=rest / ticks)


def _either_way(found: re.Match[str]) -> Iterator[datetime]:
    one, two, last = int(found["one"]), int(found["two"]), int(found["year"])
    forms = [(last, two, one)]
    if found["mark"] != ".":  # with dots the day comes before the month everywhere
        forms.append((last, one, two))
    if len(found["year"]) == 2:
        forms = [
            (2000 + year, month, day) for year, month, day in [*forms, (one, two, last)] if 2000 + year >= _FIRST_SHORT
        ]
    for year, month, day in forms:
        if month <= 12:
            with suppress(ValueError):  # no such day
                yield _assembled(found, month, day, year)


def _in_words(text: str) -> Iterator[datetime]:
    for form in _FORMS:
        if found := form.fullmatch(text):
            name = found["month"]
            month = int(name) if name.isdigit() else _MONTHS.index(name[:3].lower()) + 1
            yield _assembled(found, month, int(found["day"]))
            return
    moment = datetime.fromisoformat(text)
    yield moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _assembled(found: re.Match[str], month: int, day: int, year: int = 0) -> datetime:
    """Put a moment together. Raises ValueError for what is on no calendar and no clock, or in an unknown zone."""
    hour = int(found["hour"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + 12 * (found["half"].lower() == "p")
    micros = int((found["fraction"] or "0")[:6].ljust(6, "0"))
    minute, second = int(found["minute"] or 0), int(found["second"] or 0)
    return datetime(year or int(found["year"]), month, day, hour, minute, second, micros, _zone(found)).astimezone(UTC)


def _zone(found: re.Match[str]) -> timezone:
    name, offset = (found["zone"] or "").lower(), found["offset"] or ""
    if name not in _ZONES:
        raise ValueError(name)
    minutes = _ZONES[name] * 60
    if offset:
        digits = offset[1:].replace(":", "")
        hours, rest = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])
        minutes = (int(hours) * 60 + int(rest)) * (-1 if offset[0] == "-" else 1)
    return timezone(timedelta(minutes=minutes))
