"""STAFF_HOURS: when staff are there, by the clock on the shop's own wall."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from novacore.states.staff_hours import StaffHours, read_hours

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = "mon-fri 09:00-18:00, Saturday 10:00-14:00"


def hours(text: str) -> StaffHours:
    found = read_hours(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("now", "back"),
    [
        ("2026-11-30T08:00", None),  # Monday 09:00 in Berlin, where the day begins at that very moment
        ("2026-11-30T07:59", "2026-11-30T08:00"),
        ("2026-11-30T17:00", "2026-12-01T08:00"),  # Monday 18:00: the day is over
        ("2026-12-04T17:30", "2026-12-05T09:00"),  # Friday evening: Saturday at ten
        ("2026-12-05T13:30", "2026-12-07T08:00"),  # Saturday afternoon: Monday
        ("2026-03-28T20:00", "2026-03-30T07:00"),  # over the night in which the clocks go forward
    ],
)
def test_they_are_there_or_back_at(now: str, back: str | None) -> None:
    expected = datetime.fromisoformat(back).replace(tzinfo=UTC) if back else None
    assert hours(WEEK).back_at(datetime.fromisoformat(now).replace(tzinfo=UTC), BERLIN) == expected


def test_a_night_is_two_shifts_without_a_gap_and_a_week_may_begin_on_any_day() -> None:
    night = hours("fri 22:00-24:00, sat 0:00-6:00")
    assert night.back_at(datetime(2026, 12, 5, 0, 0, tzinfo=UTC), ZoneInfo("UTC")) is None
    assert {shift.weekday for shift in hours("sat-mon 9:00-10:00").shifts} == {5, 6, 0}


def test_off_is_nothing() -> None:
    assert read_hours("off") is None


@pytest.mark.parametrize(
    "text", ["", "always", "mon 9-18", "mon-fri 18:00-09:00", "xyz 9:00-10:00", "mon 9:00-24:01", "mon 9:60-10:00"]
)
def test_what_cannot_be_read_is_refused_with_an_example_or_the_reason(text: str) -> None:
    with pytest.raises(ValueError, match=r"mon-fri|end before|isn't one"):
        read_hours(text)
