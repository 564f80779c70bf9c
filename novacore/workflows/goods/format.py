"""Reads goods that an owner typed, uploaded or brought along: JSON first, the older comma-separated text as fallback.

Pure: text in, items out. Called for the owner's form and for files of older shops. No error quotes what it read, apart
from the name of an unknown type: goods are secrets.

JSON, a list of any of these (or one of them alone, or an object whose `items`, `deliverables` or `goods` is the list):

    "text"                                                     what the buyer gets
    {"item": "30 day warranty", "type": "warranty"}            the older bot's form: the item is what the buyer gets
    {"name": "Steam", "type": "account", "value": "a:b"}       a title and what the buyer gets
    {"name": "Steam", "username": "a", "password": "b"}        what is left over becomes lines "username: a"

Text of older shops (`read_goods`): items separated by commas or line breaks, quotation marks around one that has
commas in itself, straight or typographic. `code: XYZ` names the type; without it the type is taken from the text where
it says so ("Premium account", "https://..."). Text typed here (`read_form`) is the same, but for lines that name their
type: commas belong to them.
"""

import codecs
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from novacore.errors import BadInput
from novacore.states import GoodsType
from novacore.workflows.goods.documents import kind_of_bytes, kind_of_text
from novacore.workflows.goods.items import GoodsItem
from novacore.workflows.goods.json_items import from_json, looks_like_json
from novacore.workflows.goods.text_items import from_lines, from_text

MOST_ITEMS: Final = 100
MOST_TEXT: Final = 100_000
"""Characters of everything together."""

_DOCUMENTS: Final[Mapping[str, str]] = {
    "rtf": "an RTF document",
    "pdf": "a PDF",
    "html": "a web page (HTML)",
    "xml": "an XML file",
    "mail": "a saved email",
    "docx": "a word processor's document",
    "xlsx": "an Excel workbook",
    "ods": "a spreadsheet of LibreOffice or OpenOffice",
    "archive": "a packed archive",
    "picture": "a picture",
}
"""Files that would become goods with all that is written around the goods; by what `documents` calls them."""


def read_goods(text: str, default: GoodsType = GoodsType.code) -> list[GoodsItem]:
    """Return the items in order; `default` is the type where nothing says which. Raises BadInput with a sentence.

    Never returns an item without a value, and never nothing: an empty text is refused.
    """
    return _read(text, default, from_text)


def read_form(text: str, default: GoodsType = GoodsType.code) -> list[GoodsItem]:
    """Do the same with what was typed for this shop, where a line that names its type is one item: commas belong to it.

    Older shops wrote their lists in one line, so there a comma always begins the next item.
    """
    return _read(text, default, from_lines)


def _read(text: str, default: GoodsType, read_text: Callable[[str, GoodsType], Iterator[GoodsItem]]) -> list[GoodsItem]:
    bare = text.replace("\ufeff", "").replace("\0", "").encode("utf-8", "ignore").decode().strip()
    if not bare:
        raise BadInput("There are no goods in it. Please write at least one item.")
    if len(bare) > MOST_TEXT:
        raise BadInput(too_much())
    items = [*(from_json(bare, default) if looks_like_json(bare) else read_text(bare, default))]
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
    """Return the text of an uploaded file, UTF-8 or UTF-16. Raises BadInput for anything else, documents among them."""
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    binary = kind_of_bytes(content)
    kind = binary or kind_of_text(text)
    if "\0" in text or binary or kind in _DOCUMENTS:
        what = _DOCUMENTS.get(kind, "not a text that I can read")
        raise BadInput(f"That file is {what}. Please save it as plain text (UTF-8) or JSON and upload it again.")
    if not text.strip():
        raise BadInput("That file is empty.")
    return text
