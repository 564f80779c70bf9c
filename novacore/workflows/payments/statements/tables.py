"""Takes a file apart into rows and cells: commas, semicolons, tabs or pipes, whichever makes its header readable."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from novacore.ids import order_ids_in
from novacore.workflows.payments.statements import limits
from novacore.workflows.payments.statements.contracts import addresses
from novacore.workflows.payments.statements.kinds import Role
from novacore.workflows.payments.statements.layouts import Layout, recognised

_DELIMITERS: Final = ",;\t|"
_ABOVE: Final = 20
"""Rows in which the header is looked for: some lists begin with a title."""

_SAMPLE: Final = 200_000
"""Characters in which it is looked for."""

_PAYPAL_ID = re.compile("(?=[A-Z]{0,16}[0-9])[0-9A-Z]{17}", re.IGNORECASE | re.ASCII)
"""In any cell: the column that names another transaction is called something else in each language."""

_SEP = re.compile(r'\A\s*"?sep=[^\r\n]*(?:\r\n|\n|\r)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A row, without the cells that nobody asks for: names, notes, addresses of people."""

    number: int
    """Of the line in which it ends, counted from 1."""
    cells: Mapping[Role, str] = field(repr=False)
    order_ids: tuple[str, ...] = ()
    named: frozenset[str] = field(default=frozenset(), repr=False)
    """PayPal's ids in whatever cell: its own, and those of the payments that it is about."""
    contracts: frozenset[str] = field(default=frozenset(), repr=False)
    """Addresses in the columns that hold the contracts of tokens by their header."""
    addresses: frozenset[str] = field(default=frozenset(), repr=False)
    """Those in columns that no header explains: of a token, its contract."""


@dataclass(frozen=True, slots=True)
class Table:
    """What stands below the header."""

    layout: Layout
    lines: Sequence[Line] = field(repr=False)


def table(text: str) -> Table | None:
    """Return the table in a file; None if it has no header of a statement.

    Raises BadInput for broken CSV, and for more rows or columns than one upload may have.
    """
    found = _SEP.match(text)
    skipped = text[: found.end()].count("\n") if found else 0
    below = text[found.end() :] if found else text
    return _delimited(below, skipped) or _unpacked(below, skipped)


def _delimited(text: str, skipped: int) -> Table | None:
    for delimiter in _DELIMITERS:
        found = _header(text[:_SAMPLE], delimiter)
        if found:
            height, layout = found
            return Table(layout, [*_lines(text, delimiter, height, skipped, layout)])
    return None


def _header(sample: str, delimiter: str) -> tuple[int, Layout] | None:
    """Return the layout of the first row that is a header, and how many rows end with it."""
    rows = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        for height, cells in enumerate(rows, 1):
            if len(cells) > limits.MAX_COLUMNS:
                raise limits.too_wide()
            layout = recognised(cells)
            if layout or height == _ABOVE:
                return (height, layout) if layout else None
    except csv.Error:
        return None  # cut by another mark, or in the middle
    return None


def _lines(text: str, delimiter: str, height: int, skipped: int, layout: Layout) -> Iterator[Line]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    count = 0
    try:
        for number, cells in enumerate(rows, 1):
            if number > height and any(map(str.strip, cells)):
                count += 1
                limits.require_few(count)
                yield _line(rows.line_num + skipped, cells, layout)
    except csv.Error:
        raise limits.broken(rows.line_num + skipped) from None


def _line(number: int, cells: Sequence[str], layout: Layout) -> Line:
    return Line(
        number,
        layout.picked(cells),
        order_ids_in("\n".join(cells)),
        frozenset(one.upper() for one in map(str.strip, cells) if _PAYPAL_ID.fullmatch(one)),
        addresses(cells, layout.contracts.by_header),
        addresses(cells, layout.contracts.unexplained),
    )


def _unpacked(text: str, skipped: int) -> Table | None:
    """Return the table in a text whose lines were each put into a single cell, as spreadsheets do."""
    for delimiter in _DELIMITERS[:2]:
        if _delimited("\n".join(_first_cells(text[:_SAMPLE], delimiter)), skipped):
            return _delimited("\n".join(_first_cells(text, delimiter)), skipped)
    return None


def _first_cells(text: str, delimiter: str) -> Iterator[str]:
    """Yield the only cell of each row, up to a row that has more, or can't be read."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        for number, row in enumerate(rows):
            if any(row[1:]) or number > limits.MAX_ROWS + _ABOVE:
                return
            yield row[0] if row else ""
    except csv.Error:
        return
