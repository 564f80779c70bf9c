"""Reads the goods of an older bot's product: any text, however often it was packed. `units` judges what one buyer gets.

The reader of items is the owner's form's; here the text is only unpacked for it. Nothing that was not understood is on
sale: a buyer would be sold a fragment.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from novacore.errors import BadInput
from novacore.legacy.fields.values import as_text, is_garbled
from novacore.legacy.oddities import OFF_SALE, Judged, shown
from novacore.states import GoodsType
from novacore.workflows.goods.format import read_goods
from novacore.workflows.goods.items import GoodsItem
from novacore.workflows.goods.json_items import looks_like_json
from novacore.workflows.goods.quotes import straight_list
from novacore.workflows.stock.files.columns import words
from novacore.workflows.stock.files.columns.vocabulary import Role

MOST_ITEMS: Final = 100_000
_MOST_TEXT: Final = 100_000
_AT_ONCE: Final = 100
"""Items that the reader takes in one text."""

_NOTHING: Final = frozenset({"", "[]", "{}", "null", "None", '""'})
_LISTS: Final = ("items", "deliverables", "goods", "codes", "keys", "accounts", "stock")
_PACKED: Final = re.compile(r'\s*["\[{]')
_BEGINS: Final = re.compile(r"""\s*(?:b?["']*[\[{(]+\s*["'\\{\[(]|[aOs]:\d+:|=\s*"|b?'.*'\s*\Z|".*"\s*\Z)""", re.DOTALL)
"""A list in the notation of JSON, Python or PHP, a text in quotation marks, or in Excel's guard."""
_INSIDE: Final = re.compile(r"""\\["nrtu]|%(?:5B|7B)%22|&(?:quot|amp|#\d+);|</[a-z]+>|<br""")
_BASE64: Final = re.compile(r"(?:WyJ|W3s|WyA|eyJ)[A-Za-z0-9+/\s]{8,}={0,2}")
"""A list or an object, packed as text: the first letters are those of `["`, `[{` and `{"`."""
_ENDS: Final = re.compile(r"""["'\\}\])]\s*[\]})]+\s*\Z""")
_NUMBER: Final = re.compile(r"\d{1,6}\Z")
_FILE: Final = re.compile(
    r"(?:[a-z]:\\|\\\\|~?/|\.{1,2}[/\\])?(?:[\w .()-]+[/\\])*[\w .()-]+\."
    r"(?:zip|rar|7z|tar|gz|txt|csv|json|pdf|epub|docx?|xlsx?|exe|msi|apk|dmg|iso|png|jpe?g|gif|webp|mp[34]|psd)",
    re.IGNORECASE,
)
"""A file on the old bot's machine, which isn't in its database."""
_EXPIRED: Final = re.compile(
    r"https?://(?:cdn|media)\.discordapp\.(?:com|net)/(?:ephemeral-)?attachments/\S+", re.IGNORECASE
)
"""Since 2023 a link to a file that was sent on Discord works for a day."""
_SHORTEST_CODE: Final = 4
"""Characters from which on a field's name may be a code: `2fa` is none."""
_BULLET: Final = re.compile(r"\s*(?:[-*•–·]\s+|\(?\d{1,4}[.)]\s+)\S")


def read_items(value: Any, judged: Judged) -> Sequence[GoodsItem]:
    """Return the items in order; none if the old shop had none. What is odd about them goes to `judged`."""
    text = as_text(value)
    if text in _NOTHING:
        return ()
    if is_garbled(value):
        judged.note("goods with letters that can't be read", OFF_SALE)
    try:
        items = _taken_apart(text, judged)
    except BadInput as slip:
        return _as_one_item(text, slip, judged)
    _look_closer(items, judged)
    return items


def _taken_apart(text: str, judged: Judged) -> Sequence[GoodsItem]:
    """Read JSON's entries as they are, and of older text the parts between commas and line breaks."""
    unpacked, layers = _unpacked(text)
    if layers > 1 or (isinstance(unpacked, list) and any(_is_packed(one) for one in unpacked)):
        judged.note("goods that were encoded as JSON more than once", "are decoded")
    if not isinstance(unpacked, str):
        pieces = [*_flat(unpacked)]
        _look_at_fields(pieces, judged)
        return _without_unknown_types(pieces, judged)
    if looks_like_json(unpacked):
        return read_goods(unpacked)  # says what is wrong with it
    return _read([unpacked] if layers else [*_between_commas(unpacked)])


def _unpacked(text: Any) -> tuple[Any, int]:
    """Decode JSON that may hold JSON as a text, and count the layers. What is no JSON stays a text."""
    found: Any = text
    layers = 0
    while isinstance(found, str) and _PACKED.match(found):
        try:
            # Numbers as they are written: a code may look like one, and longer than any float is exact.
            found = json.loads(found, parse_int=str, parse_float=str, parse_constant=str)
        except (ValueError, RecursionError):
            break
        layers += 1
    return found, layers


def _is_packed(entry: Any) -> bool:
    return isinstance(entry, str) and _unpacked(entry)[1] > 0


def _flat(found: Any) -> Iterator[Any]:
    """Go through the entries of lists within lists, each unpacked."""
    if isinstance(found, dict):
        lists = (_unpacked(found[name])[0] for name in _LISTS if name in found)
        rows = next((one for one in lists if isinstance(one, list)), None)
        rows = _numbered(found) if rows is None else rows
        yield from [found] if rows is None else _flat(rows)
        return
    for entry in found if isinstance(found, list) else [found]:
        inner = _unpacked(entry)[0]
        yield from _flat(inner) if isinstance(inner, list) else [inner]


def _numbered(found: Mapping[str, Any]) -> list[Any] | None:
    """Return the entries of a list that was stored with a number for each: `{"1": "A-1", "2": "A-2"}`, `code1`."""
    stems = {_NUMBER.sub("", name) for name in found}
    are_numbered = len(found) > 1 and len(stems) == 1 and all(map(_NUMBER.search, found))
    return [*found.values()] if are_numbered and (stems == {""} or words.role(stems.pop())) else None


def _look_at_fields(pieces: Sequence[Any], judged: Judged) -> None:
    """Note what is said of single items next to the goods: that they were sold, to whom, or what they cost."""
    names = {name for one in pieces if isinstance(one, dict) for name in one}
    # With a digit in it, a name may be a code itself: it is not to be printed.
    plain, numbered = ([one for one in names if any(map(str.isdigit, one)) is has_digit] for has_digit in (False, True))
    private = sorted(name for name in plain if words.role(name) is Role.inside)
    if private:
        judged.note("fields of goods that aren't meant for buyers", OFF_SALE, ", ".join(private)[:80])
    unknown = [one for one in numbered if len(one) >= _SHORTEST_CODE and words.role(one) in (None, Role.inside)]
    if unknown:
        judged.note("fields of goods that aren't understood", OFF_SALE, f"{len(unknown):,} of them")


def _between_commas(text: str) -> Iterator[str]:
    try:
        rows = [*csv.reader(io.StringIO(straight_list(text), newline=""), skipinitialspace=True)]
    except csv.Error:
        raise BadInput("the quotation marks in it don't match.") from None
    yield from (piece.strip() for row in rows for piece in row if piece.strip())


def _read(pieces: Sequence[Any]) -> list[GoodsItem]:
    if len(pieces) > MOST_ITEMS:
        raise BadInput(f"it has {len(pieces):,} items, and {MOST_ITEMS:,} is the most.")
    items: list[GoodsItem] = []
    for begin in range(0, len(pieces), _AT_ONCE):
        items += read_goods(json.dumps(pieces[begin : begin + _AT_ONCE]))
    return items


def _without_unknown_types(pieces: Sequence[Any], judged: Judged) -> Sequence[GoodsItem]:
    """Read the items; where only types are unknown, read them again without those."""
    try:
        return _read(pieces)
    except BadInput:
        unknown = [one for one in pieces if isinstance(one, dict) and not _has_known_type(one)]
        if not unknown:
            raise
    spoilt = {id(one) for one in unknown}
    plain = [{k: v for k, v in one.items() if k != "type"} if id(one) in spoilt else one for one in pieces]
    items = _read(plain)
    what = "an unknown type of goods"
    judged.note(what, "comes in as the type that the text suggests", shown(unknown[0].get("type")))
    return items


def _has_known_type(row: Mapping[str, Any]) -> bool:
    try:
        read_goods(json.dumps([{"name": "x", "value": "x", "type": row.get("type") or "code"}]))
    except BadInput:
        return False
    return True


def _as_one_item(text: str, slip: BadInput, judged: Judged) -> Sequence[GoodsItem]:
    # The sentence of the slip may go into a log: it names places and types, never goods.
    judged.note("goods that can't be read", OFF_SALE, slip.sentence)
    if len(text) > _MOST_TEXT:
        judged.note("goods that are too long", f"are cut to {_MOST_TEXT:,} characters", f"{len(text):,} characters")
    return (GoodsItem("Goods of the old shop", GoodsType.guide, text[:_MOST_TEXT]),)


def _look_closer(items: Sequence[GoodsItem], judged: Judged) -> None:
    """Note what was read, but can't be what a buyer should get."""
    pieces = sum(_is_piece(one.value) for one in items)
    if pieces:
        judged.note("goods that look like fragments of code or markup", OFF_SALE, f"{pieces:,} of {len(items):,}")
    for what, form in (("goods that name a file of the old bot", _FILE), ("links of Discord that expire", _EXPIRED)):
        found = sum(form.fullmatch(one.value) is not None for one in items)
        if found:
            judged.note(what, OFF_SALE, f"{found:,} of {len(items):,}")
    if len(items) > 1 and all(_BULLET.match(one.value) for one in items):
        judged.note("goods with bullets or numbers before them", OFF_SALE)


def _is_piece(text: str) -> bool:
    head = text[:1000]
    return bool(_BEGINS.match(head) or _BASE64.fullmatch(head) or _INSIDE.search(head) or _ENDS.search(text[-100:]))
