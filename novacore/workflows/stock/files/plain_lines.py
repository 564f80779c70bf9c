"""Reads plain text with one code a line, and takes off what people leave around the codes of a pasted list.

Pure; `delimited` calls `plain_table`. Something counts as a habit of the list only where nearly every line has it: one
code that ends in a comma keeps it.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from novacore.errors import BadInput
from novacore.workflows.goods.quotes import unquoted
from novacore.workflows.stock.files.tables import Row, Table

_BULLET = re.compile(r"(?:\d{1,6}[.)]|[-*•–])\s+(?=\S)")
_COMMAS: Final = "The comma at the end of each line was left out."
_QUOTES: Final = "The quotation marks around each code were left out."
_BULLETS: Final = (
    "Every line begins with a list mark such as `1.` or `-`, and buyers would get it, too. If it isn't part of the "
    "codes, take it out of the file and upload it again."
)


def plain_table(lines: Sequence[str]) -> Table:
    """Return the lines with anything in them as rows of one cell."""
    numbers = [number for number, line in enumerate(lines, 1) if line.strip()]
    texts = [lines[number - 1] for number in numbers]
    notes: list[str] = []
    for changed, note in ((_without_comma, _COMMAS), (_without_quotes, _QUOTES)):
        cleaned = _all_but_one(texts, changed)
        if cleaned:
            texts = cleaned
            notes.append(note)
    if len(texts) > 1 and all(_BULLET.match(one) for one in texts[1:]):
        notes.append(_BULLETS)
    return Table([Row(number, (text,)) for number, text in zip(numbers, texts, strict=True)], notes=notes)


def _all_but_one(texts: Sequence[str], changed: Callable[[str], str | None]) -> list[str] | None:
    """Return the texts changed where at least two and all but one can be: a heading, or a list's last line, differs."""
    found = [changed(one.strip()) for one in texts]
    missing = sum(one is None for one in found)
    if missing > 1 or len(texts) - missing < 2:
        return None
    return [text if one is None else one for text, one in zip(texts, found, strict=True)]


def _without_comma(text: str) -> str | None:
    return text[:-1] if len(text) > 1 and text.endswith((",", ";")) else None


def _without_quotes(text: str) -> str | None:
    if len(text) > 2 and text[0] == text[-1] == "'":
        return text[1:-1]
    return unquoted(text)


# ---- a list in one line

_LEAST_OF_A_LIST: Final = 3
_SEPARATORS: Final = (",", ";", "|", "\t")


def refuse_list_in_a_line(rows: Sequence[Row]) -> None:
    """Raise BadInput where the only line of a file is a list of codes: it would be sold as one."""
    if len(rows) != 1:
        return
    cells = [cell or "" for cell in rows[0].cells]
    pieces = cells if len(cells) > 1 else max((cells[0].split(one) for one in _SEPARATORS), key=len)
    if len(pieces) >= _LEAST_OF_A_LIST and len({_shape(one) for one in pieces if one.strip()}) == 1:
        raise BadInput(
            f"Line {rows[0].number} looks like a list of {len(pieces)} codes. Please put each code on its own line "
            "and upload the file again."
        )


def _shape(piece: str) -> str:
    return re.sub(r"\w", "x", piece.strip(" \"'"))
