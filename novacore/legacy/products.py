"""Judges a row of an older bot's products: what it becomes here, what is odd about it, and what is done about that."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from novacore.errors import BadInput
from novacore.legacy.columns import Columns
from novacore.legacy.old_file import Record
from novacore.legacy.values import as_key, as_moment, as_text, as_whole, is_yes, read_price
from novacore.states import GoodsType, ProductKind
from novacore.workflows.catalog.rules import (
    CATEGORY_LIMIT,
    DESCRIPTION_LIMIT,
    MOST_WARRANTY_DAYS,
    NAME_LIMIT,
    is_picture_address,
    length,
    tidy_name,
)
from novacore.workflows.goods.format import read_goods
from novacore.workflows.goods.items import GoodsItem
from novacore.workflows.upkeep.legacy_import import OldProduct

NO_CATEGORY: Final = "Other"
MOST_STOCK: Final = 10_000
"""A count beyond this says "plenty", not a number of things."""
_PLENTY: Final = frozenset({"unlimited", "infinite", "inf", "∞", "-1"})
_CODES: Final = frozenset({GoodsType.code, GoodsType.key, GoodsType.account})

_OFF_SALE: Final = "comes in, not on sale"


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something odd about a row, in words that hold no goods, and what is done about it."""

    what: str
    then: str


@dataclass(slots=True)
class _Judged:
    """What is known of a row so far."""

    odd: list[Oddity] = field(default_factory=list)
    is_on_sale: bool = True

    def note(self, what: str, then: str) -> None:
        self.odd.append(Oddity(what, then))
        if then == _OFF_SALE:
            self.is_on_sale = False


def read_product(
    columns: Columns, row: Record, currency: str, categories: Mapping[str, str]
) -> tuple[OldProduct, Sequence[Oddity]]:
    """Return the product as it will come in, and what is odd about it. `categories` are the old names by id."""
    judged = _Judged()
    old_id = as_key(columns.get(row, "id")) or str(row["rowid"])
    kind, items, codes, stock = _goods(columns, row, judged)
    price = _price(columns, row, currency, judged)
    if columns.has("is_active") and not is_yes(columns.get(row, "is_active")):
        judged.is_on_sale = False
    return OldProduct(
        old_id=old_id,
        old_name=as_text(columns.get(row, "name")),
        name=_name(columns, row, old_id, judged),
        category=_category(columns, row, categories, judged),
        description=_cut(as_text(columns.get(row, "description")), DESCRIPTION_LIMIT, "description", judged),
        kind=kind,
        price_minor=price,
        is_on_sale=judged.is_on_sale,
        is_deleted=is_yes(columns.get(row, "is_deleted")),
        picture_url=_picture(columns, row, judged),
        created_at=as_moment(columns.get(row, "created_at")),
        unit_type=items[0].type if codes else GoodsType.code,
        items=() if codes else items,
        codes=codes,
        stock=stock,
        warranty_days=min(max(as_whole(columns.get(row, "warranty_days")) or 0, 0), MOST_WARRANTY_DAYS),
    ), judged.odd


def _name(columns: Columns, row: Record, old_id: str, judged: _Judged) -> str:
    name = tidy_name(as_text(columns.get(row, "name")))
    if not any(letter.isalnum() for letter in name):
        judged.note("an empty name", _OFF_SALE)
        return f"Unnamed product {old_id}"[:NAME_LIMIT]
    return _cut(name, NAME_LIMIT, "name", judged)


def _category(columns: Columns, row: Record, categories: Mapping[str, str], judged: _Judged) -> str:
    key = as_key(columns.get(row, "category_id"))
    name = tidy_name(as_text(columns.get(row, "category")) or categories.get(key, ""))
    # A column `category` may hold the id of a category as well.
    name = tidy_name(categories.get(name, name))
    if not any(letter.isalnum() for letter in name):
        judged.note("no category" + (f" {key} in the old file" if key else ""), f"comes in under {NO_CATEGORY}")
        return NO_CATEGORY
    return _cut(name, CATEGORY_LIMIT, "category", judged)


def _cut(text: str, limit: int, what: str, judged: _Judged) -> str:
    if length(text) <= limit:
        return text
    judged.note(f"a {what} of {len(text):,} characters", f"is cut to {limit:,}")
    text = text[:limit]
    while length(text) > limit:
        text = text[:-1]
    return text.strip()


def _price(columns: Columns, row: Record, currency: str, judged: _Judged) -> int:
    minor, odd = read_price(columns.get(row, "price"), currency)
    if minor is None or minor == 0:
        judged.note(odd or "a price of 0", _OFF_SALE)
    elif odd:
        judged.note(odd, "comes in at that price")
    return minor or 0


def _picture(columns: Columns, row: Record, judged: _Judged) -> str | None:
    url = as_text(columns.get(row, "picture"))
    if not url:
        return None
    if not is_picture_address(url):
        judged.note("a picture that is no web address", "comes in without it")
        return None
    return url


# ---- goods


def _goods(
    columns: Columns, row: Record, judged: _Judged
) -> tuple[ProductKind, Sequence[GoodsItem], Sequence[str], int]:
    """Return the kind of product, its items, its codes (one a unit), and the count of shared goods."""
    items = _items(as_text(columns.get(row, "goods")), judged)
    if not items:
        judged.note("no goods", "comes in as done by hand")
        return ProductKind.by_hand, (), (), 0
    stock = _stock(columns, row, judged)
    if stock is None:
        return ProductKind.unlimited, items, (), 0
    if len(items) > 1 and len(items) == stock and all(one.type in _CODES for one in items):
        judged.note(f"{stock} codes and a stock of {stock}", "comes in as unique codes, one for each buyer")
        return ProductKind.unique, items, tuple(one.value for one in items), 0
    return ProductKind.shared, items, (), stock


def _stock(columns: Columns, row: Record, judged: _Judged) -> int | None:
    """Return the count, or None where there is none to be kept."""
    value = columns.get(row, "stock")
    if not columns.has("stock") or as_text(value).casefold() in _PLENTY:
        return None
    count = as_whole(value)
    if value is None or count is None:
        judged.note("a stock that is no number" if value is not None else "no stock count", "comes in sold out")
        return 0
    if count < 0:
        judged.note(f"a negative stock: {count}", "comes in sold out")
        return 0
    if count > MOST_STOCK:
        judged.note(f"a stock of {count:,}", "comes in without a count")
        return None
    return count


def _items(text: str, judged: _Judged) -> Sequence[GoodsItem]:
    if text in ("", "[]", "{}", "null", "None"):
        return ()
    try:
        return read_goods(text)
    except BadInput as slip:
        return _without_unknown_types(text, judged) or _as_one_item(text, slip, judged)


def _without_unknown_types(text: str, judged: _Judged) -> Sequence[GoodsItem]:
    """Read the goods again without types that nobody here knows; nothing where that was not what was wrong."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    unknown = (
        [one for one in rows if isinstance(one, dict) and not _has_known_type(one)] if isinstance(rows, list) else []
    )
    if not unknown:
        return ()
    kept: list[Any] = [{k: v for k, v in one.items() if k != "type"} if one in unknown else one for one in rows]
    try:
        items = read_goods(json.dumps(kept))
    except BadInput:
        return ()
    named = tidy_name(str(unknown[0].get("type")))[:30]
    judged.note(f"an unknown type of goods: {named!r}", "comes in as the type that the text suggests")
    return items


def _has_known_type(row: Mapping[str, Any]) -> bool:
    try:
        read_goods(json.dumps([{"name": "x", "value": "x", "type": row.get("type") or "code"}]))
    except BadInput:
        return False
    return True


def _as_one_item(text: str, slip: BadInput, judged: _Judged) -> Sequence[GoodsItem]:
    # The sentence of the slip may go into a log: it names places and types, never goods.
    judged.note(f"goods that can't be read: {slip.sentence}", _OFF_SALE)
    return (GoodsItem("Goods of the old shop", GoodsType.guide, text[:100_000]),)
