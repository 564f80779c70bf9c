"""Makes units of goods of the rows of a file, once it is known which columns they are, and names what is odd in them.

Pure; `read` calls `filled`.
"""

from collections.abc import Sequence
from dataclasses import replace

from novacore.workflows.stock.codes import tidy
from novacore.workflows.stock.files import faults, look_alikes, spreadsheet
from novacore.workflows.stock.files.layout import Layout
from novacore.workflows.stock.files.limits import CODE_LIMIT
from novacore.workflows.stock.files.tables import WHOLE_LINES, Entry, Row, StockFile


def filled(found: StockFile, layout: Layout) -> StockFile:
    """Return what was found with its codes; `found.goods` says which columns they are."""
    goods = found.goods or ()
    malformed: list[tuple[int, str]] = []
    repeated: list[int] = []
    entries: dict[str, Entry] = {}
    for row in layout.rows:
        cells = _cells(row, goods)
        fault = row.fault or _fault(cells, [layout.names[n] for n in goods if n != WHOLE_LINES])
        if fault:
            malformed.append((row.number, fault))
            continue
        entry = _entry(row.number, [one or "" for one in cells], [layout.names[n] for n in goods if n >= 0])
        if entry.mark in entries:
            repeated.append(row.number)
        else:
            entries[entry.mark] = entry
    return _looked_over(replace(found, entries=[*entries.values()], repeated=repeated, malformed=malformed))


def _cells(row: Row, goods: Sequence[int]) -> list[str | None]:
    """Return the values of a row; None for one that is no text."""
    if WHOLE_LINES in goods:
        return [tidy(row.line)]
    return [_cell(row.cells[n]) if n < len(row.cells) else "" for n in goods]


def _cell(cell: str | None) -> str | None:
    return None if cell is None else spreadsheet.unguarded(cell)


def _fault(cells: Sequence[str | None], names: Sequence[str]) -> str:
    """Return what is wrong with the values of a row; empty where they are all right."""
    if not cells:
        return faults.EMPTY
    if len(cells) == 1:
        return faults.fault(cells[0])
    found = next(((fault, name) for fault, name in zip(map(faults.fault, cells), names, strict=True) if fault), None)
    if found is None:
        whole = sum(len(one or "") for one in cells) + sum(map(len, names)) + 3 * len(cells)
        return faults.TOO_LONG if whole > CODE_LIMIT else ""
    fault, name = found
    if fault == faults.EMPTY:
        return f"nothing under “{name}”" if name else "a cell is empty"
    return fault


def _entry(number: int, cells: Sequence[str], names: Sequence[str]) -> Entry:
    """Return a unit. A single value is the code itself; several are a line each, after the column's name."""
    if len(cells) == 1:
        return Entry(number, cells[0], cells[0], tuple(cells))
    lines = [f"{name}: {cell}" if name else cell for name, cell in zip(names, cells, strict=True)]
    return Entry(number, "\n".join(lines), "\n".join(cells), tuple(cells))


# ---- what is odd


def _looked_over(found: StockFile) -> StockFile:
    lines = found.lines
    marks = [one.mark for one in found.entries]
    deceptive = [one.number for one in found.entries if look_alikes.is_deceptive(one.mark)]
    return replace(
        found, look_alikes=look_alikes.groups(marks, lines), deceptive=deceptive, changed=_changed(found.entries)
    )


def _changed(entries: Sequence[Entry]) -> list[tuple[int, str]]:
    """Return the lines that a spreadsheet changed: each column is looked at by itself."""
    columns = zip(*(one.cells for one in entries), strict=True)
    told = [spreadsheet.changed(cells) for cells in columns]
    by_row = zip(entries, *told, strict=True) if told else ()
    return [(row[0].number, next(filter(None, row[1:]))) for row in by_row if any(row[1:])]
