"""Tables in files: typed, exact, and harmless in a spreadsheet."""

import csv
import re
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from pyarrow import parquet

from novacore.media.reports import tables
from novacore.media.reports.tables import Column, Kind, Row
from tests.fixtures.effort import lines

BERLIN = ZoneInfo("Europe/Berlin")
COLUMNS = [
    Column("id", Kind.text, "An id"),
    Column("count", Kind.whole, "How many"),
    Column("amount", Kind.money, "How much"),
    Column("at", Kind.moment, "When"),
    Column("is_late", Kind.flag, "Late?"),
]
WINTER = datetime(2026, 1, 31, 23, 30, 15, 250_000, tzinfo=UTC)
ROW: Row = ("900719925474099312", 3, Decimal("19.98"), WINTER, True)
EMPTY: Row = (None, None, None, None, None)

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    " =1",
    "\t=1",
    "\n=1",
    "\r=1",
    '"=1',
    "' =1",
    "＝1",
    "＋1",
    "－1",
    "＠A",
    "\u200b=1",
    "\ufeff=cmd|' /C calc'!A0",
    "\u00a0-1",
    "\tA",
)
PLAIN = (
    "Game key",
    "a; b",
    "2;3",
    "key;\nvalue",
    "NC-20260101-ACDEFG",
    "5 - 3",
    "a=b",
    "shop@example.com",
    "日本",
    "🎮 key",
    "(1)",
    "",
)


def write(write_to: Callable[..., None], tmp_path: Path, *rows: Row, columns: list[Column] = COLUMNS) -> Path:
    path = tmp_path / "table"
    write_to(path, columns, iter(rows), BERLIN)
    return path


def text_column(*texts: str) -> dict[str, Any]:
    return {"columns": [Column("name", Kind.text, "A name")], "rows": [(one,) for one in texts]}


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [*csv.reader(file)]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_could_run_begins_with_an_apostrophe(text: str) -> None:
    harmless = tables.defused(text)
    assert harmless.startswith("'")
    assert harmless.replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_no_formula_stays(text: str) -> None:
    assert tables.defused(text) == text


@pytest.mark.parametrize("hostile", [";", "\t", "\n", " ", '"', ";\t", "\n ", "=", ";=", "\u200b", "\u00ad"])
@pytest.mark.parametrize("ending", ["", "=1", "x"])
def test_the_work_grows_with_the_text_and_no_faster(hostile: str, ending: str) -> None:
    def work(count: int) -> int:
        return lines(lambda: tables.defused(f"={hostile * count}{ending}"))

    assert work(2000) <= 2.1 * work(1000)


def test_every_sign_that_some_program_reads_as_a_formulas_is_known() -> None:
    read_as = {
        one for one in map(chr, range(sys.maxunicode + 1)) if unicodedata.normalize("NFKC", one)[:1] in {*"=+-@"}
    }
    assert {one for one in read_as if tables.defused(one) == one} == set()
    assert tables.defused(" " * 60 + "=1").startswith("'")
    assert tables.defused("Sam;\u00ad=1") == "Sam;'\u00ad=1"


@pytest.mark.parametrize("cut", [";", "\t", "\n"])
@pytest.mark.parametrize("start", ["=1+1", " =1", '"=1', "＝1", "\u200b@A", "-1;+2"])
def test_rows_that_are_cut_elsewhere_hold_no_formula_either(start: str, cut: str, tmp_path: Path) -> None:
    """Excel cuts at semicolons wherever the comma is the decimal sign, and LibreOffice at tabs as well."""
    wanted = text_column(f"Sam{cut}{start}")
    path = write(tables.write_csv, tmp_path, *wanted["rows"], columns=wanted["columns"])
    cells = re.split(r"[;\t\n]", path.read_text("utf-8-sig"))
    assert any(cell.startswith("'") for cell in cells)
    assert not [cell for cell in cells if re.match(r"[\s\"\u200b]*[=+\-@＝]", cell)]


def test_csv_has_the_mark_of_excel_a_header_and_plain_values(tmp_path: Path) -> None:
    path = write(tables.write_csv, tmp_path, ROW, EMPTY)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfid,count,amount,at,is_late\n")
    header, full, empty = read_csv(path)
    assert header == [column.name for column in COLUMNS]
    assert full == ["900719925474099312", "3", "19.98", "2026-01-31T23:30:15.250000+00:00", "true"]
    assert empty == ["", "", "", "", ""]


def test_no_cell_of_a_csv_begins_like_a_formula(tmp_path: Path) -> None:
    wanted = text_column(*FORMULAS, *PLAIN)
    path = write(tables.write_csv, tmp_path, *wanted["rows"], columns=wanted["columns"])
    cells = [row[0] for row in read_csv(path)[1:] if row]
    assert not [cell for cell in cells if re.match(r"[\s\"]*[=+\-@＝＋－＠]", cell)]
    assert "Game key" in cells


def test_text_with_quotes_commas_and_lines_comes_back_whole(tmp_path: Path) -> None:
    text = 'He said "no, thanks",\nand left.'
    wanted = text_column(text)
    path = write(tables.write_csv, tmp_path, *wanted["rows"], columns=wanted["columns"])
    assert read_csv(path)[1] == [text]


@pytest.mark.parametrize("digits", [0, 2, 3, 4])
def test_money_is_written_with_all_its_digits_and_never_as_a_power(tmp_path: Path, digits: int) -> None:
    amount = Decimal(10**12).scaleb(-digits)
    path = write(
        tables.write_csv, tmp_path, ("x", 1, amount, WINTER, False), ("x", 1, Decimal(0).scaleb(-3), WINTER, 0)
    )
    written = read_csv(path)[1][2]
    assert "E" not in written
    assert Decimal(written) == amount
    assert read_csv(path)[2][2] == "0.000"


def test_parquet_has_types_and_leaves_texts_alone(tmp_path: Path) -> None:
    path = write(tables.write_parquet, tmp_path, ROW, EMPTY, ("=1+1\x01", 1, Decimal("0.125"), WINTER, False))
    table = parquet.read_table(path)
    assert [str(field.type) for field in table.schema] == [
        "string",
        "int64",
        "decimal128(21, 4)",
        "timestamp[us, tz=UTC]",
        "bool",
    ]
    rows = table.to_pylist()
    assert rows[0] == {"id": ROW[0], "count": 3, "amount": Decimal("19.980"), "at": WINTER, "is_late": True}
    assert set(rows[1].values()) == {None}
    assert rows[2]["id"] == "=1+1\x01"
    assert rows[2]["amount"] == Decimal("0.125")


def test_parquet_of_no_rows_still_has_its_columns(tmp_path: Path) -> None:
    table = parquet.read_table(write(tables.write_parquet, tmp_path))
    assert (table.num_rows, table.column_names) == (0, [column.name for column in COLUMNS])


def test_parquet_of_many_rows_is_written_in_groups(tmp_path: Path) -> None:
    rows = (("x", number, Decimal(1), WINTER, True) for number in range(60_001))
    file = parquet.ParquetFile(write(tables.write_parquet, tmp_path, *rows))
    assert (file.metadata.num_rows, file.metadata.num_row_groups) == (60_001, 2)


def sheet(path: Path) -> list[list[Any]]:
    """The cells of the one sheet."""
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file)
        (only,) = book.worksheets
        return [[cell.value for cell in row] for row in only.iter_rows()]


def test_xlsx_has_times_of_the_shops_clocks_under_a_header_that_says_so(tmp_path: Path) -> None:
    header, full = sheet(write(tables.write_xlsx, tmp_path, ROW))
    assert header == ["id", "count", "amount", "at (Europe/Berlin)", "is_late"]
    assert full[:3] == ["900719925474099312", 3, 19.98]
    assert abs((full[3] - datetime(2026, 2, 1, 0, 30, 15, 250_000)).total_seconds()) < 0.002  # noqa: DTZ001 - Excel's
    assert full[4] is True


def test_a_formula_in_xlsx_is_text(tmp_path: Path) -> None:
    wanted = text_column(*FORMULAS)
    path = write(tables.write_xlsx, tmp_path, *wanted["rows"], columns=wanted["columns"])
    with path.open("rb") as file:
        cells = [cell for row in openpyxl.load_workbook(file).worksheets[0].iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}, "none of them is a formula (f)"
    assert "=1+1" in [cell.value for cell in cells]


def test_xlsx_takes_what_it_forbids_and_what_is_too_long(tmp_path: Path) -> None:
    wanted = text_column("a\x00b\x0bc\ufffe", "x" * 40_000, "\ud7ff\ue000🎮")
    path = write(tables.write_xlsx, tmp_path, *wanted["rows"], columns=wanted["columns"])
    cells = [row[0] for row in sheet(path)[1:]]
    assert cells[0] == "abc"
    assert cells[1] == "x" * 32_767
    assert cells[2] == "\ud7ff\ue000🎮"


ESCAPES = [
    "_x0041_",
    "a_x000D_b",
    "_x005F_x0041_",
    "__x0041__",
    "_x0041_x0042_",
    " _x00e9_ ",
    "=_x0041_&<",
    "🎮_xD83D_",
]
ESCAPES += ["_x0041", "_X0041_", "x0041_", "_x004_", "_x00410_"]
MARKUP = ["<r>a & b</r>", "<r><t>x</t></r>", "<r></r>", "<r>_x0041_</r>", "<r>", "</r>", "<is>&amp;</is>", "]]>"]


@pytest.mark.parametrize("text", [*ESCAPES, *MARKUP])
def test_xlsx_reads_back_what_looks_like_an_escape_or_markup_as_it_was_typed(tmp_path: Path, text: str) -> None:
    wanted = text_column(text, "after it")
    path = write(tables.write_xlsx, tmp_path, *wanted["rows"], columns=wanted["columns"])
    assert [row[0] for row in sheet(path)[1:]] == [text, "after it"]
    with zipfile.ZipFile(path) as book:
        written = re.findall(r"<t[^>]*>([^<]*)</t>", book.read("xl/worksheets/sheet1.xml").decode())
    # Excel would read these, whatever openpyxl does with them.
    assert not any(re.search("_x[0-9A-Fa-f]{4}_", run) for run in written)


def test_a_cell_full_of_escapes_is_cut_where_every_cell_is(tmp_path: Path) -> None:
    wanted = text_column("_x0041_" * 5000)
    path = write(tables.write_xlsx, tmp_path, *wanted["rows"], columns=wanted["columns"])
    assert sheet(path)[1][0] == ("_x0041_" * 5000)[:32_767]


def test_xlsx_shows_money_with_the_digits_of_its_currency(tmp_path: Path) -> None:
    amounts = [Decimal(500), Decimal("5.00"), Decimal("5.000"), Decimal("5.0000")]
    path = write(tables.write_xlsx, tmp_path, *((None, None, amount, None, None) for amount in amounts))
    with path.open("rb") as file:
        column = [cell for (cell,) in openpyxl.load_workbook(file).worksheets[0].iter_rows(2, 5, 3, 3)]
    assert [cell.number_format for cell in column] == ["#,##0", "#,##0.00", "#,##0.000", "#,##0.0000"]
    assert [cell.value for cell in column] == [500, 5, 5, 5]


@pytest.mark.parametrize("write_to", [tables.write_csv, tables.write_parquet, tables.write_xlsx])
def test_rows_are_not_kept(tmp_path: Path, write_to: Callable[..., None]) -> None:
    """What was written can be forgotten: every row is asked for once, and few are alive at a time."""
    alive: set[int] = set()
    most = 0

    class Noted(tuple[Any, ...]):
        """A row that says when it is gone."""

        __slots__ = ()

        def __del__(self) -> None:
            alive.discard(id(self))

    def rows() -> Any:
        nonlocal most
        for number in range(32_000):
            row = Noted(("x", number, Decimal(1), WINTER, True))
            alive.add(id(row))
            most = max(most, len(alive))
            yield row
            del row

    write_to(tmp_path / "table", COLUMNS, rows(), BERLIN)
    assert most <= 10_100, "two batches at most"
