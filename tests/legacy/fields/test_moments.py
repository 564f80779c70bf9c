"""Dates in every form in which old bots wrote them, and flags, which may be dates."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from novacore.legacy.fields.flags import Flag, read_flag
from novacore.legacy.fields.moments import day_of_order, read_moment

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2025-03-01 12:00:00",
        "2025-03-01 12:00",
        "2025-03-01T12:00:00",
        "2025-03-01T12:00:00Z",
        "2025-03-01T12:00:00.000Z",
        "2025-03-01 12:00:00.000000",
        "2025-03-01 12:00:00.000000+00:00",
        "2025-03-01 12:00:00+0000",
        "2025-03-01 12:00:00+00",
        "2025-03-01T14:00:00+02:00",
        "2025-03-01T17:30:00+0530",
        "2025-03-01T07:00:00-05:00",
        "2025-03-01 12:00:00 UTC",
        "2025-03-01 12:00:00 GMT",
        "2025-03-01 12:00:00 +0000 UTC",
        "2025-03-01 13:00:00 +0100 CET",
        "2025-03-01 07:00:00 EST",
        "2025-03-01 12:00:00 PM",
        "2025-03-01, 12:00:00",
        "2025/03/01 12:00:00",
        "2025.03.01 12:00:00",
        "2025-3-1 12:00:00",
        "20250301120000",
        "202503011200",
        "20250301T120000Z",
        "20250301 120000",
        "20250301_120000",
        20250301120000,
        "Sat, 01 Mar 2025 12:00:00 GMT",
        "Sat, 1 Mar 2025 12:00:00 +0000",
        "Saturday, 01 March 2025 12:00:00",
        "Sat Mar 01 2025 12:00:00 GMT+0000",
        "Sat Mar 01 2025 12:00:00 GMT+0000 (Coordinated Universal Time)",
        "Sat Mar 01 2025 13:00:00 GMT+0100 (Central European Standard Time)",
        "Sat Mar  1 12:00:00 2025",
        "Sat Mar  1 12:00:00 UTC 2025",
        "01 Mar 2025 12:00",
        "1-Mar-2025 12:00:00",
        "March 1, 2025 12:00 PM",
        "March 1st, 2025 at 12:00 p.m.",
        "Mar 1 2025, 12:00:00",
        "01.03.2025 12:00:00",
        "1.3.2025, 12:00",
        1740830400,
        1740830400.0,
        "1740830400",
        "1740830400.0",
        1740830400000,
        "1740830400000",
        1740830400000000,
        "1740830400000000",
        1740830400000000000,
        "<t:1740830400:f>",
        "<t:1740830400>",
        2460736.0,
        "2460736.0",
        b"2025-03-01 12:00:00",
        " 2025-03-01 12:00:00 ",
    ],
    ids=repr,
)
def test_a_moment(value: Any) -> None:
    assert read_moment(value).at == NOON


@pytest.mark.parametrize(
    "value",
    [
        "2025-03-01",
        "2025-3-1",
        "2025/3/1",
        "20250301",
        20250301,
        "1 March 2025",
        "Mar 1, 2025",
        "01.03.2025",
        "01.03.25",
        "25-03-01",
        "2025-W09-6",
    ],
    ids=repr,
)
def test_a_day(value: Any) -> None:
    assert read_moment(value).at == datetime(2025, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2025-03-01 12:00:00.123456", datetime(2025, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)),
        ("2025-03-01 12:00:00.123456789", datetime(2025, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)),
        (1740830400123, datetime(2025, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)),
        ("1740830400.5", datetime(2025, 3, 1, 12, 0, 0, 500000, tzinfo=UTC)),
        ("12:00 AM", None),
        ("2025-03-01 12:30 AM", datetime(2025, 3, 1, 0, 30, tzinfo=UTC)),
        ("2025-03-01 1:05 pm", datetime(2025, 3, 1, 13, 5, tzinfo=UTC)),
        ("2025-03-01 13:05 pm", None),
        ("25/03/2025", datetime(2025, 3, 25, tzinfo=UTC)),
        ("03/25/2025 10:00", datetime(2025, 3, 25, 10, tzinfo=UTC)),
        ("3/3/2025, 1:00:00 PM", datetime(2025, 3, 3, 13, tzinfo=UTC)),
        ("25-03-2025", datetime(2025, 3, 25, tzinfo=UTC)),
    ],
    ids=repr,
)
def test_to_the_fraction_and_where_only_one_reading_is_possible(value: Any, at: datetime | None) -> None:
    assert read_moment(value).at == at


@pytest.mark.parametrize("value", ["03/04/2025", "3/4/2025, 1:00:00 PM", "03-04-2025", "03/04/25"], ids=repr)
def test_a_day_that_can_be_read_in_two_ways_is_taken_only_with_a_hint(value: str) -> None:
    assert read_moment(value).at is None
    assert read_moment(value).what == "a date that can be read in two ways"
    assert read_moment(value, date(2025, 9, 9)).at is None
    for hint in (date(2025, 4, 3), date(2025, 4, 2)):
        read = read_moment(value, hint).at
        assert read is not None
        assert read.date() == date(2025, 4, 3)
    read = read_moment(value, date(2025, 3, 4)).at
    assert read is not None
    assert read.date() == date(2025, 3, 4)


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (None, "no date"),
        ("", "no date"),
        ("yesterday", "can't be read"),
        ("2025-13-01", "can't be read"),
        ("2025-02-30 12:00", "can't be read"),
        ("2025-03-01 25:00", "can't be read"),
        ("2025-03-01 around noon", "can't be read"),
        ("2025-03-01 12:00:00 XYZ", "can't be read"),
        ("0000-00-00 00:00:00", "can't be read"),
        ("1 Brumaire 2025", "can't be read"),
        (0, "can't be read"),
        (-1, "can't be read"),
        (1e300, "can't be read"),
        (float("nan"), "can't be read"),
        (float("inf"), "can't be read"),
        ("9" * 19, "in the future"),
        ("9" * 25, "can't be read"),
        ("1999-01-01", "can't be read"),
        ("0001-01-01T00:00:00+14:00", "can't be read"),
        ("9999-01-01", "in the future"),
        (4102444800, "in the future"),
    ],
    ids=repr,
)
def test_what_is_no_moment(value: Any, what: str) -> None:
    read = read_moment(value)
    assert read.at is None
    assert what in read.what


@pytest.mark.parametrize(
    ("order_id", "day"),
    [
        ("NC-20250301-AAAAAA", date(2025, 3, 1)),
        ("nc-20250301-aaaaaa", date(2025, 3, 1)),
        ("NC-20251301-AAAAAA", None),
        ("NC-19990101-AAAAAA", None),
        ("NC-99990101-AAAAAA", None),
        ("20250301", None),
        ("7", None),
        ("NC-\u0662\u0660\u0662\u0665\u0660\u0663\u0660\u0661-ABCDEF", None),
    ],
)
def test_the_day_in_an_order_id(order_id: str, day: date | None) -> None:
    assert day_of_order(order_id) == day


YES = [
    1,
    1.0,
    "1",
    True,
    "true",
    "YES",
    "on",
    "Active",
    "enabled",
    "2025-03-01",
    "2025-03-01 10:00:00",
    1740830400,
    b"1",
]
NO = [
    0,
    0.0,
    "0",
    False,
    "false",
    "No",
    "off",
    "inactive",
    "In-Active",
    "disabled",
    "not_active",
    "0000-00-00 00:00:00",
]
UNSAID = [None, "", " ", "null", "None", "NaN", "n/a"]
UNKNOWN = ["maybe", 2, -1, "2", "ja", "tomorrow", "?"]


@pytest.mark.parametrize("value", YES, ids=repr)
def test_a_yes(value: Any) -> None:
    assert read_flag(value) is Flag.yes


@pytest.mark.parametrize("value", [*NO, "0000-00-00", "1970-01-01 00:00:00", "0001-01-01T00:00:00"], ids=repr)
def test_a_no_and_the_dates_that_stand_for_none(value: Any) -> None:
    assert read_flag(value) is Flag.no


@pytest.mark.parametrize("value", UNSAID, ids=repr)
def test_nothing_is_neither_yes_nor_no(value: Any) -> None:
    assert read_flag(value) is Flag.unsaid


@pytest.mark.parametrize("value", UNKNOWN, ids=repr)
def test_a_word_that_nobody_knows_is_neither(value: Any) -> None:
    assert read_flag(value) is Flag.unknown


def test_archived_is_a_yes_only_for_what_is_gone() -> None:
    assert read_flag("archived", of_deleted=True) is Flag.yes
    assert read_flag("archived") is Flag.no
    assert read_flag("active", of_deleted=True) is Flag.yes
