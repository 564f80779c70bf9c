"""Tells whether the first row is a heading, by holding it against the rows below. Where that is in doubt, it says so.

Pure. A row is taken for a heading only if its words say so and it looks unlike the rest; it is taken for goods only if
neither is the case. Everything in between is the owner's to say: a heading must not be sold, and no code be lost.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from novacore.workflows.stock.codes import tidy
from novacore.workflows.stock.files import faults, spreadsheet
from novacore.workflows.stock.files.tables import Heading, Row, Table
from novacore.workflows.stock.files.words import Reading, reading

_SAMPLE: Final = 5_000
"""Rows that a first one is held against."""
_MOST: Final = 0.9
"""The share of rows by which something counts as a habit of all of them."""

_COMMON: Final = frozenset({"digit", "upper", "lower", "@", ":", "-"})
"""What a heading lacks that codes have."""
_RARE: Final = frozenset({"blank", "upper", "lower", "foreign", "comment"})
"""What a heading has that codes lack."""
_COMMENT = re.compile(r"\A(?:#|//|;|--\s|\*\s|=+\s*\w)")
_LETTER = re.compile(r"\w")
_JOINS: Final = frozenset({"@", ":"})
"""What an account and its password are written with: where all lines have these, a line that has them is one more."""


def judge(table: Table) -> Heading:
    """Return the lines of a table that may be headings, and whether they are; None where only the owner can say."""
    rows = [row for row in table.rows if not row.fault and _is_readable(row)]
    if table.names is not None or not rows:
        return Heading()
    if max(len(_cells(row)) for row in islice(rows, _SAMPLE)) > 1:
        return _of_columns(rows)
    return _of_lines(rows)


def _is_readable(row: Row) -> bool:
    return any(cell and not faults.fault(spreadsheet.unguarded(cell)) for cell in row.cells)


# ---- one column


def _of_lines(rows: Sequence[Row]) -> Heading:
    text, *below = [_cell(row, 0) for row in rows]
    are_words = _words_in(below)
    goods = [one for one, is_words in zip(below, are_words, strict=True) if not is_words]
    looks = Looks.of(goods or below)
    is_taken = _verdict(_says(text, goods, looks), is_odd=looks.is_unlike(text))
    may_be = zip(rows[1:], below, are_words, strict=True)
    later = [row for row, one, is_words in may_be if _is_later(one, text, looks, is_words=is_words)]
    if is_taken is False:
        return _heading(later, None)
    others = [row for row in later if _cell(row, 0).casefold() != text.casefold()]
    return _heading([rows[0], *later], None if others else is_taken)


def _verdict(says: Reading, *, is_odd: bool) -> bool | None:
    if says is Reading.whole and is_odd:
        return True
    return None if is_odd or says is not Reading.none else False


def _says(text: str, below: Sequence[str], looks: "Looks") -> Reading:
    """Read a first line. Where it is a part that reads like words, as in KEY-ABCD or ann:pw, others may have it too."""
    found = reading(text)
    if found is not Reading.part:
        return found
    is_shared = looks.has_joins(text) or any(reading(one) is Reading.part for one in islice(below, 10))
    return Reading.none if is_shared else found


def _words_in(texts: Sequence[str]) -> list[bool]:
    """Tell of each line whether it may be no goods: words over a column, or a comment where most lines are none."""
    are_comments = [_COMMENT.match(one) is not None for one in texts]
    is_habit = sum(are_comments) * 2 > len(texts)
    return [
        _is_words(one) or (is_comment and not is_habit) for one, is_comment in zip(texts, are_comments, strict=True)
    ]


def _is_words(text: str) -> bool:
    return not any(map(str.isdigit, text)) and reading(text) is Reading.whole


def _is_later(text: str, first: str, looks: "Looks", *, is_words: bool) -> bool:
    """Tell whether a line further down may be a heading as well: files are put together from several."""
    if text.casefold() == first.casefold():
        return reading(text) is not Reading.none
    return is_words and looks.is_unlike(text)


def _heading(rows: Sequence[Row], is_taken: bool | None) -> Heading:
    if not rows:
        return Heading()
    cells = tuple(bare for bare in (tidy(cell or "") for cell in rows[0].cells) if bare)
    return Heading([row.number for row in rows], cells, is_taken)


# ---- several columns


def _of_columns(rows: Sequence[Row]) -> Heading:
    first, *below = rows
    head = _cells(first)
    again = [row for row in below if _cells(row) == head]
    others = [row for row in below if _are_all_words(row) and _cells(row) != head]
    left_out = {row.number for row in (*again, *others)}
    is_taken = _verdict_of(first, [row for row in below if row.number not in left_out])
    if is_taken is False:
        return _heading(others, None)
    return _heading(sorted([first, *again, *others], key=lambda row: row.number), None if others else is_taken)


def _verdict_of(first: Row, below: Sequence[Row]) -> bool | None:
    """Hold a row against each column: two cells that are headings for sure are enough, or one and no other objects."""
    filled = [n for n in range(len(first.cells)) if _cell(first, n)]
    looks = {n: Looks.of([_cell(row, n) for row in islice(below, _SAMPLE)]) for n in filled}
    says = {n: reading(_cell(first, n)) for n in filled}
    odd = {n for n in filled if looks[n].is_unlike(_cell(first, n))}
    known = {n for n in filled if says[n] is not Reading.none}
    sure = {n for n in known & odd if says[n] is Reading.whole}
    if not known and not odd:
        return False
    no_others = known | odd | {n for n in filled if not looks[n].count} == {*filled}
    return True if len(sure) > 1 or (sure and no_others) else None


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
    return spreadsheet.unguarded(row.cells[number] or "") if number < len(row.cells) else ""


# ---- what codes look like


@dataclass(frozen=True, slots=True)
class Looks:
    """What the cells of a column have in common: their characters, their shape, their length."""

    count: int
    common: frozenset[str]
    """Traits that nearly all of them have."""
    rare: frozenset[str]
    """Traits that hardly any has."""
    shapes: frozenset[str] = field(repr=False)
    shortest: int
    longest: int
    length: int | None
    """The length of nearly all of them."""

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Looks":
        """Look at the cells that can be goods."""
        sample = [*islice((text for text in texts if text and not faults.fault(text)), _SAMPLE)]
        counts = Counter(trait for text in sample for trait in _traits(text))
        lengths = Counter(map(len, sample))
        usual = next(
            (length for length, n in lengths.most_common(1) if len(sample) > 2 and n >= _MOST * len(sample)), None
        )
        return cls(
            count=len(sample),
            common=frozenset(one for one in _COMMON if counts[one] >= _MOST * len(sample)),
            rare=frozenset(one for one in _RARE if counts[one] <= (1 - _MOST) * len(sample)),
            shapes=frozenset(map(_shape, sample)),
            shortest=min(lengths, default=0),
            longest=max(lengths, default=0),
            length=usual,
        )

    def is_unlike(self, text: str) -> bool:
        """Tell whether a text stands out. Where there is nothing to hold it against, nothing does."""
        if not self.count or not text:
            return False
        traits = _traits(text)
        if self.has_joins(text):
            return False
        is_other_case = bool(({"upper", "lower"} & traits & self.rare) or ({"upper", "lower"} & self.common - traits))
        if _shape(text) in self.shapes and (self.count == 1 or not is_other_case):
            return False
        return bool(self.common - traits or self.rare & traits) or self._has_other_length(text)

    def has_joins(self, text: str) -> bool:
        """Tell whether a text is put together as nearly all of these are: an account, a link."""
        joins = self.common & _JOINS
        return bool(joins) and joins <= {*text}

    def _has_other_length(self, text: str) -> bool:
        if self.length is not None and len(text) != self.length:
            return True
        return self.count > 2 and not self.shortest / 3 <= len(text) <= self.longest * 3


def _traits(text: str) -> set[str]:
    found = {one for one in text if one in _COMMON}
    letters = [one for one in text if one.isalpha()]
    tests = {
        "digit": any(map(str.isdigit, text)),
        "upper": any(map(str.isupper, letters)),
        "lower": any(map(str.islower, letters)),
        "foreign": any(not one.isascii() for one in letters),
        "blank": any(map(str.isspace, text)),
        "comment": _COMMENT.match(text) is not None,
    }
    return found | {name for name, is_so in tests.items() if is_so}


def _shape(text: str) -> str:
    return _LETTER.sub("x", text)
