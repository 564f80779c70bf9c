"""Reads goods from the older comma-separated text, and from lines that name their type. `format` calls it.

Quotation marks may be straight or typographic, as phones put them.
"""

import csv
import io
import re
from collections.abc import Iterator

from novacore.errors import BadInput
from novacore.states import GoodsType
from novacore.workflows.goods.items import GoodsItem
from novacore.workflows.goods.quotes import PAIRS, straight_list, unquoted
from novacore.workflows.goods.types import known_type, named, said_type

_ADDRESS = re.compile(r"https?://[^\s\"“”„«»]+(?<![,;])", re.IGNORECASE)
_LISTED_ADDRESS = re.compile(r",\s*https?://", re.IGNORECASE)
_QUOTED_VALUE = re.compile(
    rf"""(\A|[,\r\n])([ \t]*+)([A-Za-z][A-Za-z ]{{1,14}}?[ \t]*+:[ \t]*+)(["{"".join(PAIRS)}])"""
)
_BLANKS_BEHIND = re.compile(r'(?<!")"[ \t]+(?=[,\r\n]|\Z)')
"""Between a quotation and its comma; CSV knows none there."""
_PREFIXED = re.compile(r"([A-Za-z][A-Za-z ]{1,14}?)\s*:\s*(.+)", re.DOTALL)


def from_lines(text: str, default: GoodsType) -> Iterator[GoodsItem]:
    """Yield the items of a text typed here, where a line that names its type is one item. Raises BadInput."""
    lines = re.split(r"\r\n|\n|\r", straight_list(text).strip())
    others: list[str] = []
    is_quoted = False
    for line in lines:
        found = None if is_quoted else _whole_line(line.strip(), default, is_alone=len(lines) == 1)
        if found is None:
            others.append(line)
            is_quoted ^= line.count('"') % 2 == 1  # a quotation may go on over several lines
            continue
        yield from from_text("\n".join(others), default)
        others.clear()
        yield found
    yield from from_text("\n".join(others), default)


def _whole_line(line: str, default: GoodsType, *, is_alone: bool) -> GoodsItem | None:
    """Read a line as one item where its commas belong to it: an address, `guide: this, then that`, `Password: a,b`.

    None for anything else, and for lists. A word in front that names no type says so only where other lines follow.
    """
    if _ADDRESS.fullmatch(line) and not _LISTED_ADDRESS.search(line):
        return plain(line, GoodsType.link)
    found = _PREFIXED.fullmatch(line)
    kind = known_type(found[1]) if found else None
    if found and kind:
        return _of_type(kind, found[2].strip())
    are_several = any(map(_PREFIXED.fullmatch, map(str.strip, line.split(",")[1:])))
    return None if not found or are_several or is_alone or '"' in line or "//" in line else plain(line, default)


def _of_type(kind: GoodsType, value: str) -> GoodsItem | None:
    whole = unquoted(value)
    if whole is not None:
        return GoodsItem(named("", kind), kind, whole)
    is_list = any(map(_names_type, value.split(",")[1:]))
    is_more = kind.row.is_address and any(map(str.isspace, value))  # no address has blanks
    return None if is_list or is_more or value.count('"') % 2 else GoodsItem(named("", kind), kind, value)


def _names_type(piece: str) -> bool:
    found = _PREFIXED.fullmatch(piece.strip())
    return bool(found and known_type(found[1]))


def from_text(text: str, default: GoodsType) -> Iterator[GoodsItem]:
    """Yield the items of an older shop's text, where every comma begins another one. Raises BadInput."""
    whole = _QUOTED_VALUE.sub(_with_type_inside, text)
    for piece in (piece.strip() for row in _rows(straight_list(whole)) for piece in row):
        if piece:
            yield plain(piece, default)


def _with_type_inside(found: re.Match[str]) -> str:
    """Return `key: "A, b"` as `"key: A, b"`: the quotation marks are around one item, with the name of its type."""
    return f"{found[1]}{found[2]}{found[4]}{found[3]}" if known_type(found[3].strip(" \t:")) else found[0]


def _rows(text: str) -> list[list[str]]:
    """Split a text at its commas. A mark that nothing closes reaches to the end; one in the middle would be lost."""
    text = _BLANKS_BEHIND.sub('"', text)
    try:
        return [*csv.reader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True)]
    except csv.Error as fault:
        if "unexpected end" in str(fault):
            return [*csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)]
    raise BadInput("I can't tell the items apart. Please check the quotation marks, or use JSON.")


def plain(piece: str, default: GoodsType) -> GoodsItem:
    """Read one item without a title of its own: `type: text`, or a text that may say what it is."""
    prefixed = _PREFIXED.fullmatch(piece)
    kind = known_type(prefixed[1]) if prefixed else None
    if prefixed and kind:
        return GoodsItem(named("", kind), kind, prefixed[2].strip())
    kind = said_type(piece) or default
    return GoodsItem(named("", kind), kind, piece)
