"""When staff are there: read from STAFF_HOURS, like "mon-fri 09:00-18:00, sat 10:00-14:00", in the shop's time zone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ENTRY = re.compile(
    r"(?P<first>[a-z]{3,9})(?:\s*-\s*(?P<last>[a-z]{3,9}))?\s+(?P<begin>\d{1,2}:\d\d)\s*-\s*(?P<end>\d{1,2}:\d\d)",
    re.ASCII | re.IGNORECASE,
)
_MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True)
class Shift:
    """A time on one weekday (Monday is 0), in minutes since midnight; an end of 1440 is midnight."""

    weekday: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class StaffHours:
    """The shifts of a week."""

    shifts: tuple[Shift, ...]

    def back_at(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when staff are back, in UTC; None while they are there."""
        today = now.astimezone(zone).date()
        spans = [span for days in range(-1, 9) for span in self._spans(today + timedelta(days=days), zone)]
        if any(begin <= now < end for begin, end in spans):
            return None
        return min(begin for begin, _ in spans if begin > now)

    def _spans(self, day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        for shift in self.shifts:
            if shift.weekday == day.weekday():
                yield _at(day, shift.begin, zone), _at(day, shift.end, zone)


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    days, rest = divmod(minutes, _MIDNIGHT)
    wall = datetime.combine(day + timedelta(days=days), time(*divmod(rest, 60)), zone)
    return wall.astimezone(UTC)


def read_hours(text: str) -> StaffHours | None:
    """Read the hours; None for "off". Raises ValueError."""
    if text.strip().lower() == "off":
        return None
    return StaffHours(tuple(shift for entry in text.split(",") for shift in _shifts(entry.strip())))


def _shifts(entry: str) -> Iterator[Shift]:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise ValueError("is not written like mon-fri 09:00-18:00, sat 10:00-14:00.")
    first, last = _weekday(found["first"]), _weekday(found["last"] or found["first"])
    begin, end = _minutes(found["begin"]), _minutes(found["end"])
    if begin >= end:
        raise ValueError("has hours that end before they begin. Write a night as two: fri 22:00-24:00, sat 0:00-6:00.")
    for days in range((last - first) % 7 + 1):
        yield Shift((first + days) % 7, begin, end)


def _weekday(word: str) -> int:
    if word.lower()[:3] not in _DAYS:
        raise ValueError("names a day that isn't one of mon, tue, wed, thu, fri, sat and sun.")
    return _DAYS.index(word.lower()[:3])


def _minutes(text: str) -> int:
    hours, minutes = (int(part) for part in text.split(":"))
    if minutes > 59 or hours * 60 + minutes > _MIDNIGHT:
        raise ValueError("has a time that isn't one from 00:00 to 24:00.")
    return hours * 60 + minutes
