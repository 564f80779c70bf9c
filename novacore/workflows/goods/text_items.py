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
from novacore.workflows.goods.quotes import straight_list, unquoted
from novacore.workflows.goods.types import known_type, named, said_type

_PREFIXED = re.compile(r"([A-Za-z][A-Za-z ]{1,14}?)\s*:\s*(.+)", re.DOTALL)


def from_lines(text: str, default: GoodsType) -> Iterator[GoodsItem]:
    """Yield the items of a text typed here, where a line that names its type is one item. Raises BadInput."""
    text = straight_list(text)
    others: list[str] = []
    is_quoted = False
    for line in re.split(r"\r\n|\n|\r", text):
        found = None if is_quoted else _typed_line(line.strip())
        if found is None:
            others.append(line)
            is_quoted ^= line.count('"') % 2 == 1  # a quotation may go on over several lines
            continue
        yield from from_text("\n".join(others), default)
        others.clear()
        yield found
    yield from from_text("\n".join(others), default)


def _typed_line(line: str) -> GoodsItem | None:
    """Read `guide: first this, then that` as the one item that it is; None for anything else, and for lists."""
    found = _PREFIXED.fullmatch(line)
    kind = known_type(found[1]) if found else None
    if found is None or kind is None:
        return None
    value = found[2].strip()
    whole = unquoted(value)
    if whole is not None:
        return GoodsItem(named("", kind), kind, whole)
    is_list = any(_names_type(piece) for piece in value.split(",")[1:])
    is_more = kind.row.is_address and any(map(str.isspace, value))  # no address has blanks
    return None if is_list or is_more or value.count('"') % 2 else GoodsItem(named("", kind), kind, value)


def _names_type(piece: str) -> bool:
    found = _PREFIXED.fullmatch(piece.strip())
    return bool(found and known_type(found[1]))


def from_text(text: str, default: GoodsType) -> Iterator[GoodsItem]:
    """Yield the items of an older shop's text, where every comma begins another one. Raises BadInput."""
    try:
        rows = [*csv.reader(io.StringIO(straight_list(text), newline=""), skipinitialspace=True)]
    except csv.Error:
        raise BadInput("I can't tell the items apart. Please check the quotation marks, or use JSON.") from None
    for piece in (piece.strip() for row in rows for piece in row):
        if piece:
            yield plain(piece, default)


def plain(piece: str, default: GoodsType) -> GoodsItem:
    """Read one item without a title of its own: `type: text`, or a text that may say what it is."""
    prefixed = _PREFIXED.fullmatch(piece)
    kind = known_type(prefixed[1]) if prefixed else None
    if prefixed and kind:
        return GoodsItem(named("", kind), kind, prefixed[2].strip())
    kind = said_type(piece) or default
    return GoodsItem(named("", kind), kind, piece)
