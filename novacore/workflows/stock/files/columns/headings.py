"""Tells whether the first row is a heading, by holding it against the rows below. Where that is in doubt, it says so.

Pure. A row is taken for a heading only if its words say so and it looks unlike the rest; it is taken for goods only if
neither is the case. Everything in between is the owner's to say: a heading must not be sold, and no code be lost.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import islice

from novacore.workflows.stock.codes import tidy
from novacore.workflows.stock.files import faults, spreadsheet
from novacore.workflows.stock.files.columns.looks import SAMPLE, Looks, is_comment
from novacore.workflows.stock.files.columns.strays import is_stray, strays
from novacore.workflows.stock.files.columns.words import Reading, reading
from novacore.workflows.stock.files.tables import Heading, Row, Table


def judge(table: Table) -> Heading:
    """Return the lines of a table that may be headings, and whether they are; None if only the owner can say."""
    rows = [row for row in table.rows if not row.fault and _is_readable(row)]
    if table.names is not None or not rows:
        return Heading()
    if max(len(_cells(row)) for row in islice(rows, SAMPLE)) > 1:
        return _of_columns(rows)
    return _of_lines(rows)


def _is_readable(row: Row) -> bool:
    return any(cell and not faults.fault(spreadsheet.unguarded(cell)) for cell in row.cells)


# ---- one column


def _of_lines(rows: Sequence[Row]) -> Heading:
    text, *below = texts = [_cell(row, 0) for row in rows]
    are_stray = strays(texts)[1:]
    are_words = _words_in(below)
    goods = [one for one, *is_none in zip(below, are_words, are_stray, strict=True) if not any(is_none)]
    looks = Looks.of(goods or below)
    is_taken = _verdict(_says(text, goods, looks), is_odd=looks.is_unlike(text))
    may_be = zip(rows[1:], below, are_words, are_stray, strict=True)
    later = [
        row for row, one, is_words, is_stray in may_be if is_stray or _is_later(one, text, looks, is_words=is_words)
    ]
    if is_taken is False:
        return _heading(later, rows, None)
    others = [row for row in later if _cell(row, 0).casefold() != text.casefold()]
    return _heading([rows[0], *later], rows, None if others else is_taken)


def _verdict(says: Reading, *, is_odd: bool) -> bool | None:
    if says is Reading.whole and is_odd:
        return True
    return None if is_odd or says is not Reading.none else False


def _says(text: str, below: Sequence[str], looks: Looks) -> Reading:
    """Read a first line. Where it is a part that reads like words, as in KEY-ABCD or ann:pw, others may have it too."""
    found = reading(text)
    if found is not Reading.part:
        return found
    is_shared = looks.has_joins(text) or any(reading(one) is Reading.part for one in islice(below, 10))
    return Reading.none if is_shared else found


def _words_in(texts: Sequence[str]) -> list[bool]:
    """Tell of each line whether it may be no goods: words over a column, or a comment where most lines are none."""
    are_comments = [is_comment(one) for one in texts]
    is_habit = sum(are_comments) * 2 > len(texts)
    return [
        _is_words(one) or (is_comment and not is_habit) for one, is_comment in zip(texts, are_comments, strict=True)
    ]


def _is_words(text: str) -> bool:
    return not any(map(str.isdigit, text)) and reading(text) is Reading.whole


def _is_later(text: str, first: str, looks: Looks, *, is_words: bool) -> bool:
    """Tell whether a line further down may be a heading as well: files are put together from several."""
    if text.casefold() == first.casefold():
        return reading(text) is not Reading.none
    return is_words and looks.is_unlike(text)


def _heading(rows: Sequence[Row], all_rows: Sequence[Row], is_taken: bool | None) -> Heading:
    """Return these rows as headings of all the rows."""
    if not rows:
        return Heading()
    naming = _naming(rows, all_rows)
    cells = tuple(bare for bare in (tidy(cell or "") for cell in (naming or rows[0]).cells) if bare)
    return Heading([row.number for row in rows], cells, is_taken, naming.number if naming else None)


def _naming(rows: Sequence[Row], all_rows: Sequence[Row]) -> Row | None:
    """Return the heading that names the columns: the one that fits them best, then the one that reads most like it.

    Above it stand at most titles and lines with fewer cells. In a table that was sorted it may stand anywhere.
    """
    left_out = {row.number for row in rows}
    widths: Counter[int] = Counter()
    on_top: list[Row] = []
    for row in all_rows:
        if row.number not in left_out:
            widths[row.width] += 1
        elif max(widths, default=0) < row.width:
            on_top.append(row)
    usual = next((width for width, _ in widths.most_common(1)), 0)
    fitting = on_top or [row for row in rows if row.width > 1 and usual > 1]
    return max(fitting, key=lambda row: (row.width >= usual, _count_words(row)), default=None)


def _count_words(row: Row) -> int:
    return sum(reading(cell) is not Reading.none for cell in row.cells if cell)


# ---- several columns


def _of_columns(rows: Sequence[Row]) -> Heading:
    first, *below = rows
    head = _cells(first)
    again = [row for row in below if _cells(row) == head]
    alone = {row.number for row in _alone(below)}
    others = [row for row in below if _cells(row) != head and (_are_all_words(row) or row.number in alone)]
    left_out = {row.number for row in (*again, *others)}
    is_taken = _verdict_of(first, [row for row in below if row.number not in left_out])
    if is_taken is False:
        return _heading(others, rows, None)
    found = sorted([first, *again, *others], key=lambda row: row.number)
    return _heading(found, rows, None if others else is_taken)


def _verdict_of(first: Row, below: Sequence[Row]) -> bool | None:
    """Hold a row against each column: two cells that are headings for sure are enough, or one and no other objects."""
    filled = [n for n in range(len(first.cells)) if _cell(first, n)]
    looks = {n: Looks.of([_cell(row, n) for row in islice(below, SAMPLE)]) for n in filled}
    says = {n: reading(_cell(first, n)) for n in filled}
    odd = {n for n in filled if looks[n].is_unlike(_cell(first, n))}
    known = {n for n in filled if says[n] is not Reading.none}
    sure = {n for n in known & odd if says[n] is Reading.whole}
    if not known and not odd:
        return False
    bare = {n for n in odd if not any(map(str.isdigit, _cell(first, n)))}  # no name of a column has digits
    no_others = known | bare | {n for n in filled if not looks[n].count} == {*filled}
    return True if len(sure) > 1 or (sure and no_others) else None


def _alone(rows: Sequence[Row]) -> list[Row]:
    """Return the rows of which only one cell is filled, with something that looks unlike the rest of its column."""
    filled = {row.number: [n for n in range(len(row.cells)) if _cell(row, n)] for row in rows}
    lone = [row for row in rows if len(filled[row.number]) == 1]
    if not lone or len(lone) * 2 > len(rows):
        return []
    columns = {filled[row.number][0] for row in lone}
    others = [row for row in rows if len(filled[row.number]) > 1]
    looks = {n: Looks.of([_cell(row, n) for row in islice(others, SAMPLE)]) for n in columns}
    return [row for row in lone for n in filled[row.number] if looks[n].count > 1 and is_stray(_cell(row, n), looks[n])]


def _are_all_words(row: Row) -> bool:
    cells = [cell for cell in _cells(row) if cell]
    return len(cells) > 1 and all(map(_is_words, cells))


def _cells(row: Row) -> list[str]:
    """Return the cells of a row without the empty ones at its end, as they are compared."""
    cells = [tidy(cell or "").casefold() for cell in row.cells]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _cell(row: Row, number: int) -> str:
    return spreadsheet.unguarded(row.text(number))
