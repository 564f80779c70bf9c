"""Periods are whole days of the owner's zone, and the schedule names each report once, daylight saving or not."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from novacore.errors import BadInput
from novacore.settings.values import ReportSchedule
from novacore.workflows.reports.periods import Choice, Span, between, chosen, day_of, last_due, start_of

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 3, 31)


def span(first: str, last: str) -> Span:
    return Span(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("choice", "wanted", "before"),
    [
        (Choice.today, span("2026-03-31", "2026-03-31"), span("2026-03-30", "2026-03-30")),
        (Choice.yesterday, span("2026-03-30", "2026-03-30"), span("2026-03-29", "2026-03-29")),
        (Choice.last_7_days, span("2026-03-25", "2026-03-31"), span("2026-03-18", "2026-03-24")),
        (Choice.week, span("2026-03-30", "2026-03-31"), span("2026-03-23", "2026-03-24")),
        (Choice.month, span("2026-03-01", "2026-03-31"), span("2026-02-01", "2026-02-28")),
        (Choice.last_30_days, span("2026-03-02", "2026-03-31"), span("2026-01-31", "2026-03-01")),
        (Choice.year, span("2026-01-01", "2026-03-31"), span("2025-01-01", "2025-03-31")),
    ],
)
def test_each_choice_has_its_days_and_those_before(choice: Choice, wanted: Span, before: Span) -> None:
    period = chosen(choice, TODAY)
    assert (period.span, period.before) == (wanted, before)


def test_leap_day_has_a_day_to_compare_with() -> None:
    assert chosen(Choice.year, date(2028, 2, 29)).before == span("2027-01-01", "2027-02-28")


def test_typed_days_are_read() -> None:
    period = between(" 2026-03-01", "2026-03-10 ", TODAY)
    assert (period.span, period.before) == (span("2026-03-01", "2026-03-10"), span("2026-02-19", "2026-02-28"))
    assert between("2026-03-30", "", TODAY).span == span("2026-03-30", "2026-03-31")
    assert between("2026-03-30", "2027-01-01", TODAY).span.last == TODAY


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("", "2026-03-01", "Give the first day as well, with `from`, like 2026-03-01"),
        ("01.03.2026", "", "not a date I can read"),
        ("2026-02-30", "", "not a date I can read"),
        ("2026-03-01", "yesterday", "not a date I can read"),
        ("0001-01-01", "", "not a date I can read"),
        ("2026-03-10", "2026-03-01", "is before 2026-03-10"),
        ("2026-04-01", "", "still to come"),
        ("2020-01-01", "", "1,098 days at most"),
    ],
)
def test_what_is_no_period_is_refused_with_the_fix(first: str, last: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        between(first, last, TODAY)


@pytest.mark.parametrize(
    "name",
    [
        "Europe/Berlin",
        "America/New_York",
        "Asia/Beirut",
        "Africa/Cairo",
        "Atlantic/Azores",
        "Australia/Lord_Howe",
        "America/Havana",
        "America/St_Johns",
        "Pacific/Apia",
        "UTC",
    ],
)
@pytest.mark.parametrize("year", [2005, 2011, 2026])
def test_every_instant_belongs_to_exactly_one_day(name: str, year: int) -> None:
    """Also where midnight itself is left out, comes twice, or a whole day is missing."""
    zone = ZoneInfo(name)
    at, end = datetime(year, 1, 1, 12, tzinfo=UTC), datetime(year + 1, 1, 1, 12, tzinfo=UTC)
    while at < end:
        day = day_of(at, zone)
        assert start_of(day, zone) <= at < start_of(day + timedelta(1), zone), (at, day)
        at += timedelta(minutes=29)


def due(schedule: ReportSchedule, now: str) -> tuple[str, Span, Span]:
    found = last_due(schedule, datetime.fromisoformat(now), BERLIN)
    return found.at.astimezone(BERLIN).isoformat(), found.period.span, found.period.before


def test_a_daily_report_is_about_yesterday() -> None:
    daily = ReportSchedule("day", time(9))
    wanted = (span("2026-03-29", "2026-03-29"), span("2026-03-28", "2026-03-28"))
    assert due(daily, "2026-03-30T09:00:00+02:00") == ("2026-03-30T09:00:00+02:00", *wanted)
    assert due(daily, "2026-03-30T08:59:59+02:00")[1] == span("2026-03-28", "2026-03-28")


def test_a_weekly_report_is_about_the_seven_days_up_to_its_own() -> None:
    monday, friday = ReportSchedule("week", time(9), 0), ReportSchedule("week", time(0), 4)
    assert due(monday, "2026-04-01T00:00:00+02:00")[1:] == (
        span("2026-03-23", "2026-03-29"),
        span("2026-03-16", "2026-03-22"),
    )
    assert due(friday, "2026-04-01T00:00:00+02:00")[1] == span("2026-03-20", "2026-03-26")


def test_a_monthly_report_is_about_the_month() -> None:
    first, middle = ReportSchedule("month", time(9), 1), ReportSchedule("month", time(9), 15)
    assert due(first, "2026-03-01T09:00:00+01:00")[1:] == (
        span("2026-02-01", "2026-02-28"),
        span("2026-01-01", "2026-01-31"),
    )
    assert due(middle, "2026-01-20T09:00:00+01:00")[1:] == (
        span("2025-12-15", "2026-01-14"),
        span("2025-11-15", "2025-12-14"),
    )


@pytest.mark.parametrize("every", [ReportSchedule("day", time(2, 30)), ReportSchedule("week", time(2, 30), 6)])
@pytest.mark.parametrize("start", ["2026-03-27T00:00:00+01:00", "2026-10-23T00:00:00+02:00"])
def test_each_day_is_reported_once_across_the_changes_of_the_clock(every: ReportSchedule, start: str) -> None:
    """02:30 is left out on one Sunday and comes twice on another."""
    now = datetime.fromisoformat(start)
    reported: list[Span] = []
    for _ in range(16 * 48):
        found = last_due(every, now, BERLIN)
        assert found.at <= now
        if not reported or reported[-1] != found.period.span:
            reported.append(found.period.span)
        now += timedelta(minutes=30)
    assert len(reported) >= 3
    for one, other in pairwise(reported):
        assert other.first == one.last + timedelta(1)
