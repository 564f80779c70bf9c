"""Writes rows into CSV, Parquet and XLSX files: exact money, real times, ids as text, no live formulas. Pure functions.

Rows are tuples in the order of the columns: `str`, `int`, `Decimal`, an aware `datetime` or `bool`, or None. They are
read once and never kept, so that memory does not grow with their number. The big libraries are imported only where
they are needed: the bot's process never loads them.
"""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from importlib.util import find_spec
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

MONEY_DIGITS: Final = 4
"""Digits after the point in Parquet's money columns: no currency has more, and a column has one scale."""

SHEET_ROWS: Final = 1_048_576 - 1
"""Rows of one Excel sheet, without the header."""

_CELL_CHARACTERS: Final = 32_767
"""What one Excel cell holds."""

_BATCH: Final = 5_000
"""Rows that are held at a time for Parquet, which is written by columns."""

_GROUP: Final = 10
"""Batches to a row group of Parquet: readers load whole groups, and small ones compress badly."""

Row = tuple[Any, ...]


class Kind(StrEnum):
    """What stands in a column, whatever the file."""

    text = "text"
    whole = "whole number"
    money = "money"
    moment = "time"
    flag = "yes or no"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `meaning` is a line of docs/exports.md."""

    name: str
    kind: Kind
    meaning: str


# ---- text that strangers wrote

_SIGNS: Final = "=+-@⁺⁼₊₌⩵⩶﬩﹢﹣﹦﹫＋－＝＠"
"""What a formula may begin with, and each sign that some program reads as one of these (NFKC)."""
_SIGN: Final = re.compile(f"[{re.escape(_SIGNS)}]")
_CUTS: Final = ";\t\n"
"""Where a program cuts rows that knows no other sign, or does not see our quotes.

Excel cuts at semicolons wherever the comma is the decimal sign, LibreOffice as it comes.
"""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
"""What XML forbids, and a carriage return, which a spreadsheet takes for the end of a row."""


def defused(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe goes before what could be one.

    Also behind blanks and quotes, which some programs drop; full-width signs are read as plain ones; a tab or a line
    break at the start moves what follows into a cell of its own, as does a semicolon anywhere where rows are cut there.
    """
    marks = _formula_starts(text) if _SIGN.search(text) else set()
    if text[:1] in {"\t", "\n", "\r"}:
        marks.add(0)
    return "'".join(text[start:end] for start, end in pairwise([0, *sorted(marks), len(text)]))


def _formula_starts(text: str) -> set[int]:
    """Return where a cell may begin that would hold a formula. One pass: a place is passed once, whatever follows."""
    marks: set[int] = set()
    open_ends = [0]  # beginnings of cells of which only blanks and quotes have been seen
    for place, one in enumerate(text):
        if one in _SIGNS:
            marks.update(open_ends)
        if open_ends and not _is_dropped(one):
            open_ends.clear()
        if one in _CUTS:
            open_ends.append(place + 1)
    return marks


def _is_dropped(one: str) -> bool:
    return one.isspace() or one in "\"'`" or unicodedata.category(one) == "Cf"


def printable(text: str) -> str:
    """Return a text without the control characters that XLSX forbids; tabs and line breaks stay."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


# ---- CSV


def write_csv(path: Path, columns: Sequence[Column], rows: Iterable[Row], _zone: ZoneInfo) -> None:
    """Write UTF-8 with the mark by which Excel knows it, commas, and a header; times are ISO 8601 in UTC."""
    cells = [_CSV_CELLS[column.kind] for column in columns]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in columns])
        for row in rows:
            writer.writerow(["" if value is None else cell(value) for cell, value in zip(cells, row, strict=True)])


def _csv_text(value: str) -> str:
    # Most texts are ids, words of ours and plain names: these need no closer look.
    first = value[:1]
    is_plain = first.isalnum() and first.isascii() and value.isprintable() and ";" not in value
    return value if is_plain else defused(printable(value))


def _csv_moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


_CSV_CELLS: Final[dict[Kind, Callable[[Any], object]]] = {
    Kind.text: _csv_text,
    Kind.whole: int,
    Kind.money: "{:f}".format,
    Kind.moment: _csv_moment,
    Kind.flag: {True: "true", False: "false"}.__getitem__,
}


# ---- Parquet


def can_write_parquet() -> bool:
    """Tell whether the package for it is installed: it is an extra, being a third of all that the shop installs."""
    return find_spec("pyarrow") is not None


def write_parquet(path: Path, columns: Sequence[Column], rows: Iterable[Row], _zone: ZoneInfo) -> None:
    """Write typed columns, compressed: decimals, UTC timestamps of microseconds, nothing changed in any text."""
    import pyarrow as pa  # noqa: PLC0415 - see above
    from pyarrow import parquet  # noqa: PLC0415

    schema = pa.schema([(column.name, _arrow_type(pa, column.kind)) for column in columns])
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        batches: list[Any] = []
        for batch in _batches(rows):
            batches.append(_arrow_batch(pa, schema, batch))
            if len(batches) == _GROUP:
                writer.write_table(pa.Table.from_batches(batches, schema))
                batches.clear()
        writer.write_table(pa.Table.from_batches(batches, schema))


def _arrow_type(pa: Any, kind: Kind) -> Any:
    return {
        Kind.text: pa.string(),
        Kind.whole: pa.int64(),
        Kind.money: pa.decimal128(21, MONEY_DIGITS),
        Kind.moment: pa.timestamp("us", tz="UTC"),
        Kind.flag: pa.bool_(),
    }[kind]


def _arrow_batch(pa: Any, schema: Any, rows: Sequence[Row]) -> Any:
    arrays = [pa.array(values, field.type) for values, field in zip(zip(*rows, strict=True), schema, strict=True)]
    return pa.record_batch(arrays, schema=schema)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, _BATCH)):
        yield batch


# ---- XLSX


def write_xlsx(path: Path, columns: Sequence[Column], rows: Iterable[Row], zone: ZoneInfo) -> None:
    """Write one sheet with a frozen header; times as they were on the clocks of `zone`, which their header names.

    Takes `SHEET_ROWS` rows at most. Needs room for some ten times the finished file next to `path` while it works.
    """
    import xlsxwriter  # noqa: PLC0415 - see above

    # constant_memory: a row is on the disk as soon as the next one begins.
    with xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
        sheet = book.add_worksheet()
        cells = [_xlsx_cell(book, sheet, column.kind, zone) for column in columns]
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, 18)
        bold = book.add_format({"bold": True})
        for place, column in enumerate(columns):
            sheet.write_string(0, place, _xlsx_header(column, zone), bold)
        for number, row in enumerate(rows, start=1):
            for place, (write, value) in enumerate(zip(cells, row, strict=True)):
                if value is not None:
                    write(number, place, value)


_READ_OTHERWISE: Final = re.compile(r"(?<=_x)(?=[0-9A-Fa-f]{4}_)|(?<=^<)(?=r>)")
"""Where a text is cut into runs, so that it reads back as it was typed.

Excel takes `_x0041_` for an A, and not every reader knows the escape for it in cells like ours: in two runs nobody
takes it for one. XlsxWriter takes a text between `<r>` and `</r>` for XML of its own: one & in it would break the file.
"""


def _write_text(sheet: Any, plain: Any, row: int, place: int, text: str) -> None:
    """Write a text as text; `plain` is a format that changes nothing, for the runs after the first."""
    first, *others = _READ_OTHERWISE.split(text)
    if others:
        sheet.write_rich_string(row, place, first, *(part for other in others for part in (plain, other)))
    else:
        sheet.write_string(row, place, text)


def _xlsx_header(column: Column, zone: ZoneInfo) -> str:
    return f"{column.name} ({zone.key})" if column.kind is Kind.moment else column.name


def _xlsx_cell(book: Any, sheet: Any, kind: Kind, zone: ZoneInfo) -> Callable[[int, int, Any], object]:
    """Return what writes a cell of this kind. Text is written as text, so that no formula in it ever runs."""
    plain = book.add_format()
    on_clock = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    amounts = [
        book.add_format({"num_format": f"#,##0{'.' * bool(digits)}{'0' * digits}"})
        for digits in range(MONEY_DIGITS + 1)
    ]

    def text(row: int, place: int, value: str) -> None:
        _write_text(sheet, plain, row, place, printable(value)[:_CELL_CHARACTERS])

    def money(row: int, place: int, value: Decimal) -> None:
        sheet.write_number(row, place, value, amounts[_digits(value)])

    def moment(row: int, place: int, value: datetime) -> None:
        sheet.write_datetime(row, place, value.astimezone(zone).replace(tzinfo=None), on_clock)

    writes: dict[Kind, Callable[[int, int, Any], object]] = {
        Kind.text: text,
        Kind.whole: sheet.write_number,
        Kind.money: money,
        Kind.moment: moment,
        Kind.flag: sheet.write_boolean,
    }
    return writes[kind]


def _digits(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
