"""Brings a table into shape: the heading apart, the columns with their names, and rows that don't fit named.

Pure; `read` calls `laid_out` once it is known whether there is a heading.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from novacore.workflows.stock.files import gone, spreadsheet
from novacore.workflows.stock.files.faults import is_unseen
from novacore.workflows.stock.files.tables import Heading, Row, Table, filled_width

NAME_LIMIT: Final = 60
"""Characters of a column's name, as buyers get it in front of the value."""

_ABOVE: Final = "above the heading, with fewer cells"
_OTHER: Final = "below another heading: upload that table as a file of its own"
_WIDER: Final = "more cells than the heading"
_WIDER_THAN_OTHERS: Final = "more cells than the others"
_NARROWER: Final = "fewer cells than the others"


@dataclass(frozen=True, slots=True)
class Layout:
    """A table without its heading."""

    rows: Sequence[Row]
    names: tuple[str, ...]
    """The name of each column; empty where the file doesn't say one."""
    columns: Mapping[int, Sequence[str]] = field(repr=False)
    """The cells of every column with something in it; of rows that can be read."""


def laid_out(table: Table, heading: Heading) -> Layout:
    """Return the rows below the heading and the columns that they fill."""
    left_out = {*heading.lines} if heading.is_taken else set()
    rows = [row for row in table.rows if row.number not in left_out]
    names = table.names
    if names is None and heading.is_taken and heading.naming is not None:
        names = _names(next(row for row in table.rows if row.number == heading.naming), rows, table)
    fitting = [_held_against(row, names, heading.naming or 0) for row in rows] if names else _even(rows)
    if names and heading.naming:
        fitting = _of_one_table(fitting, table.rows, heading)
    if names:
        fitting = _without_gone(fitting, names)
    names = names or ("",) * max((len(row.cells) for row in fitting if not row.fault), default=0)
    return Layout(fitting, tuple(map(_shown, names)), _columns(fitting, len(names)))


def _names(heading: Row, rows: Sequence[Row], table: Table) -> tuple[str, ...] | None:
    """Return the names in a heading; None if plain text has one title above lines that can be split."""
    names = tuple(cell or "" for cell in heading.cells)
    if table.has_lines and filled_width(names) == 1 and _usual_width(rows) > 1:
        return None
    return names


def _shown(name: str) -> str:
    seen = "".join(one for one in name if not is_unseen(one) or one.isspace())
    return " ".join(seen.split())[:NAME_LIMIT].strip()


# ---- rows that don't fit


def _held_against(row: Row, names: Sequence[str], naming: int) -> Row:
    """Name a row that doesn't fit the heading in line `naming`, or that stands above it like a title."""
    width = row.width
    if row.fault:
        return row
    if row.number < naming and width < filled_width(names):
        return replace(row, fault=_ABOVE)
    return replace(row, fault=_WIDER) if width > len(names) else row


def _of_one_table(rows: Sequence[Row], all_rows: Sequence[Row], heading: Heading) -> list[Row]:
    """Name the rows below another heading than the one that names the columns: they belong to another table."""
    lines = {*heading.lines}
    headings = [row for row in all_rows if row.number in lines and row.width > 1]
    ours = next((_folded(row) for row in headings if row.number == heading.naming), ())
    is_other = {row.number: row.number > (heading.naming or 0) and _folded(row) != ours for row in headings}
    begins = sorted(is_other)
    return [
        replace(row, fault=_OTHER) if not row.fault and _last(begins, is_other, row.number) else row for row in rows
    ]


def _folded(row: Row) -> tuple[str, ...]:
    return tuple((cell or "").strip().casefold() for cell in row.cells[: row.width])


def _last(begins: Sequence[int], is_other: Mapping[int, bool], number: int) -> bool:
    """Tell whether the last heading above a line is another one."""
    at = bisect(begins, number)
    return at > 0 and is_other[begins[at - 1]]


def _without_gone(rows: Sequence[Row], names: Sequence[str]) -> list[Row]:
    """Name the rows that say of themselves that they were used or sold."""
    saying = {n: name for n, name in enumerate(names) if gone.may_say(name)}
    return [_not_gone(row, saying) for row in rows] if saying else [*rows]


def _not_gone(row: Row, saying: Mapping[int, str]) -> Row:
    cells = ((name, row.cells[n]) for n, name in saying.items() if n < len(row.cells))
    found = next((name for name, cell in cells if cell and gone.is_gone(name, cell)), None)
    return row if found is None or row.fault else replace(row, fault=gone.fault(_shown(found)))


def _even(rows: Sequence[Row]) -> list[Row]:
    """Name the rows that have more or fewer cells than most: a delimiter in a code has cut it, or one is missing."""
    usual = _usual_width(rows)
    return [_compared(row, usual) for row in rows]


def _compared(row: Row, usual: int) -> Row:
    if row.fault or row.width == usual:
        return row
    if row.width > usual:
        return replace(row, fault=_WIDER_THAN_OTHERS)
    return replace(row, fault=_NARROWER) if len(row.cells) < usual else row


def _usual_width(rows: Sequence[Row]) -> int:
    """Return how many cells most rows have; of two that are as common, the one that comes first."""
    widths = Counter(row.width for row in rows if not row.fault)
    return next((width for width, _ in widths.most_common(1)), 0)


# ---- columns


def _columns(rows: Sequence[Row], width: int) -> dict[int, list[str]]:
    readable = [row for row in rows if not row.fault]
    filled = {n for row in readable for n, cell in enumerate(row.cells) if cell is None or cell.strip()}
    return {n: [spreadsheet.unguarded(row.text(n)) for row in readable] for n in range(width) if n in filled}
