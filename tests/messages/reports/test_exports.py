"""How an export looks to its owner: on the way, done, stopped, and each part of it."""

import pytest

from novacore.db.models import Export
from novacore.messages.reports import exports
from novacore.states import ExportFormat, ExportState, ExportSubject
from novacore.workflows.exports.parts import Part
from tests.messages import samples
from tests.messages.payloads import assert_sendable, files_of, words_of


def export(state: ExportState = ExportState.making, **changes: object) -> Export:
    """An export in the middle."""
    columns: dict[str, object] = {
        "id": 1,
        "what": ExportSubject.orders,
        "format": ExportFormat.xlsx,
        "owner_id": 3001,
        "since": None,
        "until": samples.NOW,
        "state": state,
        "rows_total": 1_000_000,
        "rows_done": 250_000,
        "parts_sent": 3,
        "rows_a_part": 80_000,
        "reason": None,
    }
    return Export(**columns | changes)


def part(*, is_last: bool, rows: int = 80_000) -> Part:
    return Part("orders-begin-to-2026-03-01-part-04.xlsx", b"PK", rows, (1,), is_last=is_last, next_rows=1)


def test_on_the_way_it_shows_how_far_it_has_come() -> None:
    said = words_of(exports.progress(export()))
    assert "Orders as Excel (XLSX)" in said
    assert "25 %" in said
    assert "250,000 of 1,000,000 rows" in said
    assert "3 files in your DMs so far" in said
    assert "from the beginning to <t:" in said


def test_at_the_beginning_nothing_is_said_of_files() -> None:
    said = words_of(exports.progress(export(rows_done=0, parts_sent=0, since=samples.NOW)))
    assert "0 %" in said
    assert "in your DMs so far" not in said
    assert "from <t:" in said


def test_done_it_says_where_the_files_are() -> None:
    said = words_of(exports.progress(export(ExportState.done, rows_done=1, parts_sent=1)))
    assert "✅" in said
    assert "1 row in 1 file: they are in your DMs." in said


@pytest.mark.parametrize(("parts", "rest"), [(0, "Nothing was sent."), (3, "You have the first 250,000 rows by DM.")])
def test_stopped_it_says_why_and_what_to_do(parts: int, rest: str) -> None:
    stopped = export(ExportState.failed, parts_sent=parts, reason="Their DMs are closed to the shop.")
    said = words_of(exports.progress(stopped))
    assert "Their DMs are closed to the shop." in said
    assert f"{rest} Fix the cause and type `/export` again." in said


def test_a_part_says_which_rows_it_holds_and_whether_more_follow() -> None:
    said = words_of(exports.part_message(export(), part(is_last=False)))
    assert "file 4" in said
    assert "Rows 250,001 to 330,000. More files follow." in said
    last = words_of(exports.part_message(export(), part(is_last=True)))
    assert "file 4, the last" in last
    assert "More files" not in last


def test_the_only_part_is_not_counted() -> None:
    said = words_of(exports.part_message(export(parts_sent=0, rows_done=0), part(is_last=True)))
    assert "file 1" not in said
    assert "Keep it to yourself" in said


def test_a_list_without_people_needs_no_warning() -> None:
    said = words_of(exports.part_message(export(what=ExportSubject.products), part(is_last=True)))
    assert "Keep it to yourself" not in said


def test_a_part_carries_its_file_and_can_be_sent() -> None:
    message = exports.part_message(export(), part(is_last=True))
    assert files_of(message) == {"orders-begin-to-2026-03-01-part-04.xlsx": b"PK"}
    assert_sendable(message)


@pytest.mark.parametrize("state", [*ExportState])
def test_every_page_fits(state: ExportState) -> None:
    assert_sendable(exports.progress(export(state, reason="x" * 500)))


def test_the_page_of_columns_has_a_table_for_each_list() -> None:
    page = exports.columns_page()
    for title in exports.TITLES.values():
        assert f"\n## {title}\n" in page
    assert "| `order_id` | text |" in page
    assert "| `total` | money |" in page
