"""Reads the amounts of a statement exactly. A program wrote them, so one column tells which mark is the decimal one.

`money.reader` asks a person where `1,234` can be read in two ways; here the other rows answer. Never a float.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_MOST: Final = 60
"""Characters of a cell that may be an amount."""

_SCALE: Final = range(-30, 31)
"""Powers of ten that an amount may have: what is beyond that is none, and would be slow to calculate with."""

_CELL: Final = re.compile(
    r"(?P<minus>[-+(]?)\s*(?P<before>[^\d.,()+-]{0,10}?)\s*(?P<minus2>[-+(]?)\s*"
    r"(?P<number>\d[\d.,]*|[.,]\d+)(?P<power>[eE][-+]?\d{1,2})?\s*(?P<after>[^\d.,()]{0,16}\)?[^\d.,()]{0,8})",
)
_SIDES: Final = {
    **dict.fromkeys(("s", "soll", "d", "dr", "db", "debit", "dbit", "af", "wn"), -1),
    **dict.fromkeys(("h", "haben", "c", "cr", "credit", "crdt", "bij", "ma"), 1),
}
"""What stands next to an amount in the lists of banks in place of a sign."""

_DASHES: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"), "-")
_GAPS: Final = re.compile(r"(?<=\d)[ '\u2019](?=\d{3})")
"""Blanks and apostrophes between digits only group."""


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as it stands in a cell. `unit` is what is written next to it: `BTC`, `€`."""

    value: Decimal
    unit: str = ""


def point_of(cells: Iterable[str], usual: str) -> str:
    """Return the decimal mark of a column, "." or ",": what its cells show, else the usual one."""
    shown = {mark for cell in cells if (found := _found(cell)) and (mark := _shown(found["number"]))}
    return shown.pop() if len(shown) == 1 else usual


def read(cell: str, point: str) -> Amount | None:
    """Return the amount in a cell; None if it is none. What went out is below zero: `-5`, `5-`, `(5)`, `5,00 S`."""
    found = _found(cell)
    if found is None:
        return None
    # A number that can be read in one way only is read so, whatever the others look like.
    point = _shown(found["number"]) or point
    group = "," if point == "." else "."
    whole, _, fraction = found["number"].partition(point)
    if group in fraction or point in fraction or not _is_grouped(whole, group):
        return None
    value = Decimal(f"{whole.replace(group, '') or '0'}.{fraction or '0'}{found['power'] or ''}")
    if value and value.adjusted() not in _SCALE:
        return None
    around = f"{found['minus']}{found['before']} {found['minus2']} {found['after']}".split()
    words = [word.strip("-+()") for word in around]
    sides = [_SIDES.get(word.casefold(), 0) for word in words]
    unit = " ".join(word for word, side in zip(words, sides, strict=True) if word and not side)
    is_negative = -1 in sides or any({word[0], word[-1]} & {*"-()"} for word in around)
    return Amount(-value if is_negative else value, unit)


def _found(cell: str) -> re.Match[str] | None:
    if len(cell) > _MOST:
        return None
    plain = unicodedata.normalize("NFKC", cell).translate(_DASHES).strip().removeprefix("'")
    return _CELL.fullmatch(_GAPS.sub("", plain))


def _is_grouped(whole: str, group: str) -> bool:
    """Tell whether thousands are marked, or India's lakhs and crores, or nothing."""
    first, *others = whole.split(group)
    return not others or (1 <= len(first) <= 3 and len(others[-1]) == 3 and all(len(one) in {2, 3} for one in others))


def _shown(number: str) -> str:
    """Return the decimal mark of a number where only one reading is possible, else an empty text."""
    marks = [one for one in number if not one.isdigit()]
    if not marks:
        return ""
    if len(set(marks)) > 1:
        return marks[-1]
    other = "," if marks[0] == "." else "."
    whole, _, fraction = number.partition(marks[0])
    if len(marks) > 1:
        return other
    return "" if len(fraction) == 3 and 0 < len(whole) <= 3 and whole.strip("0") else marks[0]
