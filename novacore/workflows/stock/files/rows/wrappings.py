"""Takes off what people leave around codes: quotation marks, commas, the marks of a list. What was taken off is said.

Pure; `delimited` and `plain_lines` call it. Something counts as a habit of the file only where every row but one has it
(a heading, or the last line of a list): a code that ends in a comma keeps it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from novacore.workflows.goods.quotes import PAIRS, unquoted
from novacore.workflows.stock.files.tables import Row

COMMAS: Final = "The mark at the end of each line, such as a comma, was left out."
QUOTES: Final = "The marks around each code, such as quotation marks, were left out."
MARKS: Final = "The list mark in front of each code was left out."
UNSURE_MARKS: Final = (
    "Every line begins with a list mark such as `1.` or `-`, and buyers would get it, too. If it isn't part of the "
    "codes, take it out of the file and upload it again."
)

_MARK = re.compile(r"(?:(\d{1,6})[.)]|[-*•–])\s+(?=\S)")
_EMPHASIS = re.compile(r"(`{1,2}|\*\*|__|~~|\|\|)([^`*_~|]+)\1")
"""How codes look that were copied out of a chat."""
_FENCED = re.compile(r"\A(\s*)```[\w+-]*[ \t]*(?=[\r\n])(.*[\r\n])[ \t]*```\s*\Z", re.DOTALL)
_OPENING: Final = frozenset("\"'`*_~|" + "".join(PAIRS))


def without_fences(text: str) -> str:
    """Return a text whose first and last line are the ``` of Markdown with empty lines in their place, or as it is."""
    return _FENCED.sub(lambda found: f"{found[1]}{found[2]}", text)


def without_commas(texts: Sequence[str]) -> list[str] | None:
    """Return lines without the commas at their ends; None if they have none."""
    return _all_but_one(texts, _before_comma)


def without_quotes(texts: Sequence[str]) -> list[str] | None:
    """Return texts without the quotation marks around each of them; None if they have none."""
    return _all_but_one(texts, _inside_quotes)


def without_marks(texts: Sequence[str]) -> list[str] | None:
    """Return lines without their list marks, all the same or counting up; None if there are none, or others."""
    found = [_MARK.match(one.strip()) for one in texts]
    listed = [one for one in found if one]
    if len(listed) < 2 or None in found[1:]:
        return None
    numbers = [int(one[1]) for one in listed if one[1]]
    same = {one[0].strip() for one in listed}
    counts = len(numbers) == len(listed) and all(after - before == 1 for before, after in pairwise(numbers))
    if not counts and len(same) > 1:
        return None
    return [text.strip()[one.end() :] if one else text for text, one in zip(texts, found, strict=True)]


def have_marks(texts: Sequence[str]) -> bool:
    """Tell whether every line but the first begins like an entry of a list."""
    return len(texts) > 1 and all(_MARK.match(one.strip()) for one in texts[1:])


def unwrapped(rows: Sequence[Row]) -> tuple[Sequence[Row], list[str]]:
    """Return rows without the quotation marks that a CSV reader leaves: single and typographic ones, by column."""
    if not any(cell and cell.strip()[:1] in _OPENING for row in rows[1:2] for cell in row.cells):
        return rows, []
    width = max(len(row.cells) for row in rows)
    columns = [_unwrapped_column([row.text(n) for row in rows]) for n in range(width)]
    if not any(columns):
        return rows, []
    return [_with(row, index, columns) for index, row in enumerate(rows)], [QUOTES]


def _unwrapped_column(cells: Sequence[str]) -> list[str] | None:
    filled = [n for n, cell in enumerate(cells) if cell.strip()]
    inside = {n: _inside_quotes(cells[n].strip()) for n in filled}
    bare = [n for n in filled if inside[n] is None]
    if len(bare) == len(filled) or (bare and bare != filled[:1]):
        return None
    return [inside.get(n) or cell for n, cell in enumerate(cells)]


def _with(row: Row, index: int, columns: Sequence[Sequence[str] | None]) -> Row:
    cells = ((column[index] if column else cell) for cell, column in zip(row.cells, columns, strict=False))
    return replace(row, cells=tuple(cells))


def _all_but_one(texts: Sequence[str], changed: Callable[[str], str | None]) -> list[str] | None:
    found = [changed(one.strip()) for one in texts]
    missing = sum(one is None for one in found)
    if missing > 1 or len(texts) - missing < 2:
        return None
    return [text if one is None else one for text, one in zip(texts, found, strict=True)]


def _before_comma(text: str) -> str | None:
    return text[:-1] if len(text) > 1 and text.endswith((",", ";", "|")) else None


def _inside_quotes(text: str) -> str | None:
    if len(text) > 2 and text[0] == text[-1] == "'":
        return text[1:-1]
    found = _EMPHASIS.fullmatch(text)
    return found[2] if found else unquoted(text)
