"""Reads goods that are written as JSON: texts, and objects in the forms that `format` lists."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from novacore.errors import BadInput
from novacore.money.reader import quoted
from novacore.states import GoodsType
from novacore.workflows.goods.items import GoodsItem
from novacore.workflows.goods.quotes import PAIRS, has_typographic, straight_json
from novacore.workflows.goods.text_items import plain
from novacore.workflows.goods.types import known_type, named, said_type

_LISTS: Final = ("items", "deliverables", "goods")
_NAMES: Final = ("name", "title", "label")
_VALUES: Final = ("value", "content", "data", "text")

_REASONS: Final[Mapping[str, str]] = {
    "Expecting value": "a text in double quotes is missing there",
    "Expecting property name": "a name in double quotes is missing there",
    "Expecting ','": "a comma is missing",
    "Expecting ':'": "a colon is missing",
    "Extra data": "the list ends before it",
    "Illegal trailing comma": "there is a comma with nothing after it",
    "Invalid control character": "a text goes on over the end of the line (write \\n instead)",
    "Unterminated string": "the text that starts there never ends",
    "Invalid \\": "there is a single backslash (write two)",
}

_LOOKS_LIKE_JSON = re.compile(rf"""\{{|\[\s*(?:[\[{{"'\]\d{"".join(PAIRS)}-]|$)""")


def looks_like_json(text: str) -> bool:
    """Tell whether this is meant as JSON, so that a slip in it is named and not read as comma-separated text."""
    return _LOOKS_LIKE_JSON.match(text.lstrip("\ufeff \t\r\n")) is not None


def from_json(text: str, default: GoodsType) -> Iterator[GoodsItem]:
    """Yield the items of a list, or the one item. Raises BadInput with the place of a slip, or the item's number."""
    rows = _rows(_parsed(text))
    for number, row in enumerate(rows, 1):
        yield _item(row, number, default)


def _parsed(text: str) -> Any:
    try:
        return _loaded(text)
    except json.JSONDecodeError as slip:
        if not has_typographic(text):
            raise _slipped(slip) from None
    try:
        return _loaded(straight_json(text))
    except json.JSONDecodeError as slip:
        raise _slipped(slip, ' There are curly quotation marks in it: straight ones (") are safer.') from None


def _loaded(text: str) -> Any:
    try:
        # Numbers as they are written: a code may look like one, and longer than any float is exact.
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError:
        raise BadInput("This JSON has lists within lists within lists. Please write one list of items.") from None


def _slipped(slip: json.JSONDecodeError, hint: str = "") -> BadInput:
    return BadInput(
        f"This looks like JSON, but there is a slip in line {slip.lineno}, column {slip.colno}{_reason(slip.msg)}. "
        f"Often it is a missing comma, or single quotes where double ones belong.{hint}"
    )


def _reason(said: str) -> str:
    """Say in plain words what the parser says."""
    return next((f": {plainly}" for start, plainly in _REASONS.items() if said.startswith(start)), "")


def _rows(parsed: Any) -> list[Any]:
    if isinstance(parsed, list):
        return parsed
    for key in _LISTS:
        if isinstance(parsed.get(key), list):
            return list(parsed[key])
    return [parsed]


def _item(row: Any, number: int, default: GoodsType) -> GoodsItem:
    if isinstance(row, str):
        return plain(_filled(row, number), default)
    if not isinstance(row, dict):
        raise BadInput(f'Item {number} is neither a text nor an object like {{"name": "...", "value": "..."}}.')
    fields = {str(key).strip().lower(): _text(value, number) for key, value in row.items() if value is not None}
    said = fields.pop("type", "") or fields.pop("kind", "")
    kind = _type(said, number) if said else None
    item = fields.pop("item", "")
    name = _first(fields, _NAMES) or (item if _has_more(fields) else "")
    value = "\n".join(part for part in (_first(fields, _VALUES), *_leftover(fields)) if part)
    what = _filled(value or item or name, number)
    kind = kind or said_type(name or what) or default
    return GoodsItem(named(name if value or item else "", kind), kind, what)


def _has_more(fields: Mapping[str, str]) -> bool:
    return any(value for key, value in fields.items() if key not in _NAMES)


def _leftover(fields: Mapping[str, str]) -> list[str]:
    """Everything else that was said of the item: an account's username and password, a PIN."""
    single = [value for value in fields.values() if value]
    if len(fields) == 1 and single and next(iter(fields)) in {*GoodsType}:
        return single  # {"code": "XYZ"}: the key only names the type again
    return [f"{key}: {value}" for key, value in fields.items() if value]


def _first(fields: dict[str, str], keys: tuple[str, ...]) -> str:
    for key in keys:
        if fields.get(key):
            return fields.pop(key)
        fields.pop(key, None)
    return ""


def _text(value: Any, number: int) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "ignore").decode().strip()
    raise BadInput(f"Item {number} holds a list or an object where a text belongs.")


def _type(said: str, number: int) -> GoodsType:
    kind = known_type(said)
    if kind is None:
        known = ", ".join(GoodsType)
        raise BadInput(f"Item {number} has the type {quoted(said)}, which I don't know. Use one of: {known}.")
    return kind


def _filled(value: str, number: int) -> str:
    bare = _text(value, number)
    if not bare:
        raise BadInput(f"Item {number} is empty.")
    return bare
