"""The owner's page about the staff: short lines that a phone shows whole."""

from datetime import date

from novacore.db.queries.desk.staff_figures import StaffRow
from novacore.messages.reports.staff import MOST, staff_page
from novacore.workflows.reports.periods import Period, Span
from novacore.workflows.reports.staff import StaffFigures
from tests.messages.payloads import assert_sendable, words_of

WEEK = Period("Last 7 days", Span(date(2026, 3, 1), date(2026, 3, 7)), Span(date(2026, 2, 22), date(2026, 2, 28)))


def page_of(*rows: StaffRow) -> str:
    message = staff_page(StaffFigures(WEEK, rows))
    assert_sendable(message)
    return words_of(message)


def test_each_person_is_a_paragraph_of_short_lines() -> None:
    sam = StaffRow("Sam", {"approve": 9, "reject": 1, "claim": 2, "close": 3}, 840.0, 2, 9)
    said = page_of(sam, StaffRow("Sue", {"close": 1}))
    for part in (
        "Last 7 days: 1 – 7 March 2026",
        "**Sam**\n🔎 10 decisions, median 14 min\n-# 9 approved · 1 rejected\n",
        "🎫 Tickets: 2 claimed, 3 closed\n⭐ 4.5 of 5 from 2 ratings",
        "**Sue**\n🎫 Tickets: 1 closed\n",
    ):
        assert part in said, part
    assert max(len(one) for one in said.splitlines() if not one.startswith("-#")) < 48


def test_a_decision_that_nobody_waited_for_has_no_median() -> None:
    assert "🔎 1 decision\n" in page_of(StaffRow("Sam", {"approve": 1}))


def test_a_quiet_time_is_said() -> None:
    assert "Nobody decided on an order or took a ticket" in page_of()


def test_many_are_cut_off_with_their_number() -> None:
    assert "-# and 3 more" in page_of(*[StaffRow("Sam", {"approve": 1})] * (MOST + 3))
