"""Reads goods that an owner typed, uploaded or brought along: JSON first, the older comma-separated text as fallback.

Pure: text in, items out. Called for the owner's form and for files of older shops. No error quotes what it read, apart
from the name of an unknown type: goods are secrets.

JSON, a list of any of these (or one of them alone, or an object whose `items`, `deliverables` or `goods` is the list):

    "text"                                                     what the buyer gets
    {"item": "30 day warranty", "type": "warranty"}            the older bot's form: the item is what the buyer gets
    {"name": "Steam", "type": "account", "value": "a:b"}       a title and what the buyer gets
    {"name": "Steam", "username": "a", "password": "b"}        what is left over becomes lines "username: a"

Text of older shops (`read_goods`): items separated by commas or line breaks, double quotes around one that has commas
in itself. `code: XYZ` names the type; without it the type is taken from the text where it says so ("Premium account",
"https://..."). Text typed here (`read_form`) is the same, but for lines that name their type: commas belong to them.
"""

import codecs
import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from novacore.errors import BadInput
from novacore.states import GoodsType
from novacore.workflows.goods.items import GoodsItem

MOST_ITEMS: Final = 100
MOST_TEXT: Final = 100_000
"""Characters of everything together."""
NAME_LIMIT: Final = 100

_LISTS: Final = ("items", "deliverables", "goods")
_NAMES: Final = ("name", "title", "label")
_VALUES: Final = ("value", "content", "data", "text")

_ALSO_CALLED: Final[Mapping[str, GoodsType]] = {
    "gift card": GoodsType.code,
    "giftcard": GoodsType.code,
    "voucher": GoodsType.code,
    "coupon": GoodsType.code,
    "licence": GoodsType.key,
    "license": GoodsType.key,
    "serial": GoodsType.key,
    "login": GoodsType.account,
    "credentials": GoodsType.account,
    "url": GoodsType.link,
    "download": GoodsType.file,
    "tutorial": GoodsType.guide,
    "manual": GoodsType.guide,
    "ebook": GoodsType.guide,
    "help": GoodsType.support,
}
"""What else people write for a type where they name it."""

_LOOKS_LIKE_JSON = re.compile(r"""\{|\[\s*(?:[\[{"'\]\d-]|$)""")
_PREFIXED = re.compile(r"([A-Za-z][A-Za-z ]{1,14}?)\s*:\s*(.+)", re.DOTALL)
_ADDRESS = re.compile(r"https?://\S+")
_AFTER_THE_NOUN = re.compile(r"\b(?:with|for|to|of|in|on|and|plus|including|from)\b|[&+(/]", re.IGNORECASE)


def read_goods(text: str, default: GoodsType = GoodsType.code) -> list[GoodsItem]:
    """Return the items in order; `default` is the type where nothing says which. Raises BadInput with a sentence.

    Never returns an item without a value, and never nothing: an empty text is refused.
    """
    return _read(text, default, _from_text)


def read_form(text: str, default: GoodsType = GoodsType.code) -> list[GoodsItem]:
    """Do the same with what was typed for this shop, where a line that names its type is one item: commas belong to it.

    Older shops wrote their lists in one line, so there a comma always begins the next item.
    """
    return _read(text, default, _from_lines)


def _read(text: str, default: GoodsType, read_text: Callable[[str, GoodsType], Iterator[GoodsItem]]) -> list[GoodsItem]:
    bare = text.replace("\ufeff", "").replace("\0", "").encode("utf-8", "ignore").decode().strip()
    if not bare:
        raise BadInput("There are no goods in it. Please write at least one item.")
    if len(bare) > MOST_TEXT:
        raise BadInput(too_much())
    items = [*(_from_json(bare, default) if looks_like_json(bare) else read_text(bare, default))]
    if not items:
        raise BadInput("There are no goods in it. Please write at least one item.")
    if len(items) > MOST_ITEMS:
        raise BadInput(f"Goods may have {MOST_ITEMS} items; I count {len(items)}.")
    return items


def too_much() -> str:
    """Say that goods are too long; asked before a file is fetched, too."""
    return f"That is too much: goods may have {MOST_TEXT:,} characters in all. Offer a link instead."


def write_goods(items: list[GoodsItem]) -> str:
    """Return the items as JSON that `read_goods` reads back, an item a line."""
    rows = [{"name": one.name, "type": one.type, "value": one.value} for one in items]
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]"


def goods_from_file(content: bytes) -> str:
    """Return the text of an uploaded file, UTF-8 or UTF-16. Raises BadInput for anything else."""
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise BadInput("That file is not a text that I can read. Please save it as plain text (UTF-8) or JSON.")
    if not text.strip():
        raise BadInput("That file is empty.")
    return text


def looks_like_json(text: str) -> bool:
    """Tell whether somebody meant this as JSON, so that a slip in it is told and not read as comma-separated text."""
    return _LOOKS_LIKE_JSON.match(text.lstrip("\ufeff \t\r\n")) is not None


# ---- JSON


def _from_json(text: str, default: GoodsType) -> Iterator[GoodsItem]:
    rows = _rows(_parsed(text))
    for number, row in enumerate(rows, 1):
        yield _item(row, number, default)


def _parsed(text: str) -> Any:
    try:
        # Numbers as they are written: a code may look like one, and longer than any float is exact.
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as slip:
        raise BadInput(
            f"This looks like JSON, but there is a slip in line {slip.lineno}, column {slip.colno}: {slip.msg}. "
            "Often it is a missing comma, or single quotes where double ones belong."
        ) from None
    except RecursionError:
        raise BadInput("This JSON has lists within lists within lists. Please write one list of items.") from None


def _rows(parsed: Any) -> list[Any]:
    if isinstance(parsed, list):
        return parsed
    for key in _LISTS:
        if isinstance(parsed.get(key), list):
            return list(parsed[key])
    return [parsed]


def _item(row: Any, number: int, default: GoodsType) -> GoodsItem:
    if isinstance(row, str):
        return _plain(_filled(row, number), default)
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
    return GoodsItem(_named(name if value or item else "", kind), kind, what)


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
    kind = _known_type(said)
    if kind is None:
        known = ", ".join(GoodsType)
        raise BadInput(f"Item {number} has the type {said[:30]!r}, which I don't know. Use one of: {known}.")
    return kind


def _filled(value: str, number: int) -> str:
    bare = _text(value, number)
    if not bare:
        raise BadInput(f"Item {number} is empty.")
    return bare


# ---- a line each


def _from_lines(text: str, default: GoodsType) -> Iterator[GoodsItem]:
    others: list[str] = []
    is_quoted = False
    for line in re.split(r"\r\n|\n|\r", text):
        found = None if is_quoted else _typed_line(line.strip())
        if found is None:
            others.append(line)
            is_quoted ^= line.count('"') % 2 == 1  # a quotation may go on over several lines
            continue
        yield from _from_text("\n".join(others), default)
        others.clear()
        yield found
    yield from _from_text("\n".join(others), default)


def _typed_line(line: str) -> GoodsItem | None:
    """Read `guide: first this, then that` as the one item that it is; None for anything else, and for lists."""
    found = _PREFIXED.fullmatch(line)
    kind = _known_type(found[1]) if found else None
    if found is None or kind is None:
        return None
    value = found[2].strip()
    if len(value) > 2 and value[0] == value[-1] == '"':
        return GoodsItem(_named("", kind), kind, value[1:-1].replace('""', '"'))
    is_list = any(_names_type(piece) for piece in value.split(",")[1:])
    is_more = kind in (GoodsType.link, GoodsType.file) and any(map(str.isspace, value))  # no address has blanks
    return None if is_list or is_more or value.count('"') % 2 else GoodsItem(_named("", kind), kind, value)


def _names_type(piece: str) -> bool:
    found = _PREFIXED.fullmatch(piece.strip())
    return bool(found and _known_type(found[1]))


# ---- the older text


def _from_text(text: str, default: GoodsType) -> Iterator[GoodsItem]:
    try:
        rows = [*csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)]
    except csv.Error:
        raise BadInput("I can't tell the items apart. Please check the quotation marks, or use JSON.") from None
    for piece in (piece.strip() for row in rows for piece in row):
        if piece:
            yield _plain(piece, default)


def _plain(piece: str, default: GoodsType) -> GoodsItem:
    """Read one item without a title of its own: `type: text`, or a text that may say what it is."""
    prefixed = _PREFIXED.fullmatch(piece)
    kind = _known_type(prefixed[1]) if prefixed else None
    if prefixed and kind:
        return GoodsItem(_named("", kind), kind, prefixed[2].strip())
    kind = said_type(piece) or default
    return GoodsItem(_named("", kind), kind, piece)


def said_type(text: str) -> GoodsType | None:
    """Return the type that a text names, or None: "Premium account with warranty" is an account, "Netflix" nothing.

    An address is a link. Otherwise the last such word before a "with", "for" and the like counts, as in "Account setup
    guide".
    """
    if _ADDRESS.fullmatch(text):
        return GoodsType.link
    if len(text) > NAME_LIMIT:
        return None
    found = [_known_type(word) for word in re.findall(r"[A-Za-z]+", _AFTER_THE_NOUN.split(text)[0])]
    return next((kind for kind in reversed(found) if kind), None)


def _known_type(word: str) -> GoodsType | None:
    bare = " ".join(word.lower().replace("_", " ").split())
    for candidate in (bare, bare.removesuffix("s")):
        if candidate in {*GoodsType}:
            return GoodsType(candidate)
        if candidate in _ALSO_CALLED:
            return _ALSO_CALLED[candidate]
    return None


def _named(name: str, kind: GoodsType) -> str:
    return " ".join(name.split())[:NAME_LIMIT].strip() or kind.capitalize()
