"""Takes text and CSV apart into rows and cells: commas, semicolons, tabs, pipes, Excel's `sep=` line, one code a line.

Pure. Whether the first row is a heading isn't decided here: `headings` holds it against the rows below.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from novacore.errors import BadInput
from novacore.workflows.stock.files import faults
from novacore.workflows.stock.files.columns.vocabulary import Role
from novacore.workflows.stock.files.columns.words import Reading, reading, role
from novacore.workflows.stock.files.rows import blocks
from novacore.workflows.stock.files.rows.plain_lines import plain_table
from novacore.workflows.stock.files.rows.wrappings import unwrapped
from novacore.workflows.stock.files.tables import Row, Table, filled_width

_DELIMITERS: Final[Mapping[str, str]] = {"csv": ",;\t|", "tsv": "\t,;|", "tab": "\t,;|", "psv": "|,;\t"}
"""By the file's ending, the likeliest first. Other files are text, where a line may be one code with commas in it."""

_IN_TEXT: Final = "\t;|,"
_SEP = re.compile(r'\A\s*"?sep=([^\r\n"]*)"?[ \t]*(?:\r\n|\n|\r|\Z)', re.IGNORECASE)
_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
"""What stands between the columns of a table that is set with blanks."""
_SAMPLE: Final = 200_000
"""Characters by which the delimiter is found."""

_HALF: Final = 0.5
"""The share of rows that have to split at a delimiter."""
_TITLES: Final = 5
"""Lines that may stand above a heading."""

_ENDS = re.compile(r"\r\n|\n|\r")
"""Where lines end. Not splitlines(): that would cut a code at characters which no editor takes for a line's end."""


def table(ending: str, text: str) -> Table:
    """Take a file apart by its ending ("csv", "txt", ...). Raises BadInput for broken CSV, with the line."""
    found = _SEP.match(text)
    if found:
        body = text[found.end() :]
        delimiter = _named(found[1]) or _likely(body, "")
        return _table(_rows(body, delimiter, 1 + len(_ENDS.findall(found[0]))), delimiter)
    if ending in _DELIMITERS:
        delimiter = _likely(text, ending)
        return _table(_rows(text, delimiter), delimiter)
    lines = _ENDS.split(text)
    return blocks.table(lines) or _split_text(text) or plain_table(lines)


def line_by_line(text: str) -> Table:
    """Return a text with a row for each line, as the owner says it is, although lines seem to belong together."""
    found = plain_table(_ENDS.split(text))
    return replace(found, rows=[replace(row, line=row.cells[0] or "") for row in found.rows], has_lines=True)


def _named(said: str) -> str:
    """Return the delimiter that Excel's line names; empty where it names none, or one that no CSV can have."""
    if said in {"\t", "\\t"}:
        return "\t"
    return said.strip() if len(said.strip()) == 1 else ""


def _likely(text: str, ending: str) -> str:
    delimiters = _DELIMITERS.get(ending, ",;\t|")
    found = _by_colon(text) or _best(text, delimiters)
    return found.delimiter if found else _behind_all(text, delimiters) or delimiters[0]


def _behind_all(text: str, delimiters: str) -> str:
    """Return the delimiter that ends every line, after a single cell; empty where there is none."""
    ends = {line.rstrip(" ")[-1:] for line in _ENDS.split(text[:_SAMPLE]) if line.strip()}
    return next((one for one in delimiters if ends == {one}), "")


def _table(rows: Sequence[Row], delimiter: str) -> Table:
    bare, notes = unwrapped(_unpacked(rows, delimiter))
    return Table(bare, notes=notes)


def _rows(text: str, delimiter: str, first: int = 1) -> list[Row]:
    """Return the rows with anything in them, each with the line that it begins in; the text begins in line `first`."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    found: list[Row] = []
    begins = first
    try:
        for row in rows:
            number, begins = begins, rows.line_num + first
            if any(cell.strip() for cell in row):
                found.append(Row(number, tuple(row), fault=_no_row(row, is_first=not found)))
    except csv.Error:
        raise BadInput(
            f"Line {rows.line_num + first - 1} of that CSV file is broken: most likely a quotation mark is missing. "
            "Please correct it and upload the file again."
        ) from None
    return found


def _unpacked(rows: Sequence[Row], delimiter: str) -> Sequence[Row]:
    """Split rows once more that are a whole line in one cell: opened and saved where another delimiter is the usual."""
    width = len(rows[0].cells) if rows else 0
    if width > 1:
        split = [_split_again(row, delimiter, width) for row in rows]
        changed = sum(one is not row for one, row in zip(split, rows, strict=True))
        return split if changed >= _HALF * (len(rows) - 1) else rows
    cells = [row.cells[0] or "" for row in rows if row.width == 1]
    inner = "\n".join(cells)
    likely = _best(inner, _DELIMITERS["csv"]) if cells and len(cells) == len(rows) else None
    if likely is None or not likely.is_named or likely.wide < _HALF:
        return rows
    return [_split_again(row, likely.delimiter, 0) for row in rows]


def _split_again(row: Row, delimiter: str, width: int) -> Row:
    """Return a row of a single cell in which the others stand, too, split up; any other row as it is."""
    cell = row.cells[0] or ""
    if len(row.cells) > 1 or delimiter not in cell or len(_ENDS.split(cell)) > 1:
        return row
    (found,) = csv.reader([cell], delimiter=delimiter, skipinitialspace=True)
    return replace(row, cells=tuple(found)) if width in {0, len(found)} else row


def _no_row(row: Sequence[str], *, is_first: bool) -> str:
    """Return the fault of a row that draws a line, as in tables of Markdown and of terminals, or sums up the others."""
    cells = [cell.strip() for cell in row]
    if {faults.fault(cell) for cell in cells if cell} == {faults.RULED}:
        return faults.RULED
    return "" if is_first or not faults.is_total(cells) else faults.TOTAL


# ---- which delimiter it is


@dataclass(frozen=True, slots=True)
class _Split:
    """How a text looks when it is split at one delimiter."""

    delimiter: str
    sizes: Sequence[int]
    """Cells of each row, without empty ones at its end."""
    is_named: bool
    """Whether the first row has several cells of which one reads like a heading."""
    is_all_named: bool
    """Whether all of them do."""
    has_inside: bool
    """Whether one of them is called what the shop keeps to itself, such as what it paid."""

    @property
    def wide(self) -> float:
        """The share of the rows below the first that have several cells."""
        below = self.sizes[1:] or self.sizes
        return sum(one > 1 for one in below) / len(below)

    @property
    def is_steady(self) -> bool:
        """Whether all rows below the first have the same number of cells, two at least."""
        return len(self.sizes) > 1 and self.sizes[1] > 1 and len({*self.sizes[1:]}) == 1

    @property
    def weight(self) -> tuple[bool, bool, float]:
        """How much speaks for it."""
        same = sum(one == self.sizes[0] for one in self.sizes) / len(self.sizes)
        return self.is_named, self.sizes[0] > 1, same


def _best(text: str, delimiters: str) -> _Split | None:
    """Return the likeliest delimiter; None if none of them splits either the first row or most of the others."""
    found = [one for one in (_split(text, delimiter) for delimiter in delimiters) if one]
    likely = [one for one in found if one.sizes[0] > 1 or one.wide >= _HALF]
    return max(likely, key=lambda one: one.weight, default=None)


def _split(text: str, delimiter: str) -> _Split | None:
    sample = text[:_SAMPLE]
    try:
        read = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, skipinitialspace=True)
        rows = [row for row in read if any(cell.strip() for cell in row) and not _no_row(row, is_first=True)]
    except csv.Error:
        return None
    if len(sample) < len(text) and len(rows) > 1:
        rows.pop()  # it may be cut off in the middle
    if not rows:
        return None
    rows = _below_titles(rows)
    first = [reading(cell.strip()) for cell in rows[0] if cell.strip()]
    is_named = len(first) > 1 and any(one is not Reading.none for one in first)
    is_all_named = len(first) > 1 and all(one is Reading.whole for one in first)
    has_inside = any(role(cell) is Role.inside for cell in rows[0])
    return _Split(delimiter, [filled_width(row) for row in rows], is_named, is_all_named, has_inside)


def _below_titles(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows from the heading on, where a title or two of a single cell stand above it."""
    start = next((n for n, row in enumerate(rows[:_TITLES]) if filled_width(row) > 1), 0)
    cells = [cell.strip() for cell in rows[start] if cell.strip()]
    return rows[start:] if len(cells) > 1 and all(reading(cell) is Reading.whole for cell in cells) else rows


# ---- plain text with columns in it


def _split_text(text: str) -> Table | None:
    """Return a text as a table where every line splits the same way; None if its lines are codes."""
    gapped = _GAP.sub("\t", text)
    for one, likely in ((text, _by_colon(text) or _best(text, _IN_TEXT)), (gapped, _best(gapped, "\t"))):
        if likely and (likely.is_steady or (likely.is_all_named and likely.wide >= _HALF)):
            return _with_lines(one, likely.delimiter, _ENDS.split(text))
    return None


def _by_colon(text: str) -> _Split | None:
    """Return how a text splits at colons, where its heading says that this keeps goods from what the shop paid.

    Otherwise a colon stands between an account and its password, and belongs to the goods.
    """
    likely = _split(text, ":")
    return likely if likely and likely.is_all_named and likely.has_inside and likely.is_steady else None


def _with_lines(text: str, delimiter: str, lines: Sequence[str]) -> Table | None:
    try:
        rows = _rows(text, delimiter)
    except BadInput:
        return None
    if len(rows) != sum(1 for line in lines if line.strip()):
        return None  # a quotation went on over several lines: here that is a code with a quotation mark in it
    bare, notes = unwrapped(rows)
    return Table([replace(row, line=lines[row.number - 1]) for row in bare], has_lines=True, notes=notes)
