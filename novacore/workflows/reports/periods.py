"""Stretches of whole days in the shop's time zone, and which of them a schedule asks for. Pure: no database, no clock.

A day begins at its midnight and may have 23, 24 or 25 hours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from novacore.errors import BadInput
from novacore.money.reader import quoted
from novacore.settings.values import ReportSchedule
from novacore.workflows.machine.typed_text import read_day

DAY = timedelta(days=1)

LONGEST_DAYS = 3 * 366
"""Of a period that someone asks for."""


class Choice(StrEnum):
    """The periods that the owner can pick by name."""

    today = "today"
    yesterday = "yesterday"
    last_7_days = "last_7_days"
    week = "week"
    month = "month"
    last_30_days = "last_30_days"
    year = "year"


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days, the first and the last among them."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days there are."""
        return (self.last - self.first).days + 1

    def __iter__(self) -> Iterator[date]:
        """Go through the days."""
        return (self.first + number * DAY for number in range(self.days))


@dataclass(frozen=True, slots=True)
class Period:
    """What a report is about, and the days that it is compared with."""

    title: str
    span: Span
    before: Span


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day begins."""
    # The first of two midnights where the clock goes back over it, and the moment after the gap where it is left out:
    # both are what the zone's own rules make of 00:00.
    return datetime.combine(day, time(), zone)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """Return the day that an instant belongs to: the one whose start it is not before."""
    day = at.astimezone(zone).date()
    # Where a clock went back past midnight, the hour after it reads like the day before.
    return day + DAY if at >= start_of(day + DAY, zone) else day


def chosen(choice: Choice, today: date) -> Period:
    """Return the period of this name; those that are still running end today."""
    if choice is Choice.year:
        return Period("This year", Span(_day(today.year, 1, 1), today), _year_before(today))
    if choice is Choice.month:
        return Period("This month", Span(today.replace(day=1), today), _month_before(today))
    first, last, title = {
        Choice.today: (today, today, "Today"),
        Choice.yesterday: (today - DAY, today - DAY, "Yesterday"),
        Choice.last_7_days: (today - 6 * DAY, today, "Last 7 days"),
        Choice.last_30_days: (today - 29 * DAY, today, "Last 30 days"),
        Choice.week: (today - today.weekday() * DAY, today, "This week"),
    }[choice]
    span = Span(first, last)
    if choice is Choice.week:
        return Period(title, span, Span(first - 7 * DAY, last - 7 * DAY))
    return Period(title, span, _just_before(span))


def between(first_text: str, last_text: str, today: date) -> Period:
    """Return the period between two days that a person typed, like 2026-03-01. Raises BadInput."""
    if not first_text.strip():
        raise BadInput("Give the first day as well, with `from`, like 2026-03-01.")
    first = _read(first_text)
    last = _read(last_text) if last_text.strip() else today
    if first > today:
        raise BadInput(f"{first} is still to come. Choose days up to today, {today}.")
    if last < first:
        raise BadInput(f"{last} is before {first}. Give the first day first.")
    span = Span(first, min(last, today))
    if span.days > LONGEST_DAYS:
        raise BadInput(f"That is {span.days:,} days. Please choose {LONGEST_DAYS:,} days at most.")
    return Period("Chosen days", span, _just_before(span))


def _read(text: str) -> date:
    found = read_day(text)
    if found is None:
        raise BadInput(f"{quoted(text)} is not a date I can read. Write it like 2026-03-01.")
    return found


def _just_before(span: Span) -> Span:
    return Span(span.first - span.days * DAY, span.first - DAY)


def _month_before(today: date) -> Span:
    """The same days of the month before; the whole of it where it is shorter."""
    end = today.replace(day=1) - DAY
    return Span(end.replace(day=1), end.replace(day=min(today.day, end.day)))


def _year_before(today: date) -> Span:
    return Span(_day(today.year - 1, 1, 1), _day(today.year - 1, today.month, today.day))


def _day(year: int, month: int, day: int) -> date:
    """29 February becomes the 28th where there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, 28)


# ---- the schedule


@dataclass(frozen=True, slots=True)
class Due:
    """A report that the schedule asks for: the moment, the day it stands for, and what it is about."""

    at: datetime
    day: date
    period: Period


def last_due(schedule: ReportSchedule, now: datetime, zone: ZoneInfo) -> Due:
    """Return the latest report that was due by now. It is about the days from the due day before it up to its own."""
    day = day_of(now, zone)
    while not _falls_on(schedule, day) or _moment(schedule, day, zone) > now:
        day -= DAY
    first = _one_before(schedule, day)
    before = Span(_one_before(schedule, first), first - DAY)
    return Due(_moment(schedule, day, zone), day, Period(_TITLES[schedule.every], Span(first, day - DAY), before))


_TITLES = {"day": "Daily report", "week": "Weekly report", "month": "Monthly report"}


def _moment(schedule: ReportSchedule, day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, schedule.at, zone)


def _falls_on(schedule: ReportSchedule, day: date) -> bool:
    if schedule.every == "month":
        return day.day == schedule.day
    return schedule.every == "day" or day.weekday() == schedule.day


def _one_before(schedule: ReportSchedule, day: date) -> date:
    if schedule.every == "month":
        return (day.replace(day=1) - DAY).replace(day=schedule.day)
    return day - DAY * (1 if schedule.every == "day" else 7)
