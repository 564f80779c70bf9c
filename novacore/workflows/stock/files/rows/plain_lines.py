"""Reads plain text with one code a line, and finds lines that hold several: they would be sold as one.

Pure; `delimited` calls `plain_table`, and `read` asks `refuse_list_in_a_line`.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from novacore.errors import BadInput
from novacore.workflows.stock.files import faults
from novacore.workflows.stock.files.rows import wrappings
from novacore.workflows.stock.files.tables import Row, Table

CROWDED: Final = "several codes on one line"

_LEAST_OF_A_LIST: Final = 3
_LEAST_OF_A_CODE: Final = 8
_SEPARATORS: Final = (",", ";", "|", "\t")
_BETWEEN = re.compile(r"[,;|\s]+")
_QUOTED_LIST = re.compile(r"""["'“”„][^"'“”„]++["'“”]\s*+,\s*+["'“”„]""")

_CLEANERS: Final[Sequence[tuple[Callable[[Sequence[str]], list[str] | None], str]]] = (
    (wrappings.without_marks, wrappings.MARKS),
    (wrappings.without_commas, wrappings.COMMAS),
    (wrappings.without_quotes, wrappings.QUOTES),
)


def plain_table(lines: Sequence[str]) -> Table:
    """Return the lines with anything in them as rows of one cell."""
    numbers = [number for number, line in enumerate(lines, 1) if line.strip()]
    texts = [lines[number - 1] for number in numbers]
    notes: list[str] = []
    for clean, note in _CLEANERS:
        cleaned = clean(texts)
        if cleaned:
            texts = cleaned
            notes.append(note)
    if wrappings.have_marks(texts):
        notes.append(wrappings.UNSURE_MARKS)
    crowded = _crowded(texts)
    rows = zip(numbers, texts, crowded, strict=True)
    return Table(
        [Row(number, (text,), fault=_fault(text, is_crowded)) for number, text, is_crowded in rows], notes=notes
    )


def _fault(text: str, is_crowded: bool) -> str:
    return CROWDED if is_crowded else faults.TOTAL if faults.is_total([text.strip()]) else ""


def _crowded(texts: Sequence[str]) -> list[bool]:
    """Tell for each line whether it is put together from pieces that look like the codes on most other lines."""
    shapes = Counter(_shape(one) for one in texts)
    usual, count = next(iter(shapes.most_common(1)), ("", 0))
    if len(texts) > 1 and count * 2 >= len(texts):
        return [_is_put_together(one, usual) or _QUOTED_LIST.search(one) is not None for one in texts]
    return [_QUOTED_LIST.search(one) is not None for one in texts]


def _is_put_together(text: str, usual: str) -> bool:
    if len(text) <= 2 * len(usual):
        return False
    pieces = [one for one in _BETWEEN.split(text) if one]
    return len(pieces) > 1 and all(_shape(one) == usual for one in pieces)


def refuse_list_in_a_line(rows: Sequence[Row]) -> None:
    """Raise BadInput where the only line of a file is a list of codes."""
    if len(rows) != 1:
        return
    cells = [cell or "" for cell in rows[0].cells]
    pieces = cells if len(cells) > 1 else max((cells[0].split(one) for one in _SEPARATORS), key=len)
    words = [one for cell in cells for one in cell.split()]
    if len(pieces) == 1 and all(len(one) >= _LEAST_OF_A_CODE and any(map(str.isdigit, one)) for one in words):
        pieces = words  # shorter ones are the groups of one code: 1234 5678 9012
    if len(pieces) >= _LEAST_OF_A_LIST and len({_shape(one) for one in pieces if one.strip()}) == 1:
        raise BadInput(
            f"Line {rows[0].number} looks like a list of {len(pieces)} codes. Please put each code on its own line "
            "and upload the file again."
        )


def _shape(piece: str) -> str:
    return re.sub(r"\w", "x", piece.strip(" \"'"))
