"""Judges a row of an older bot's products: what it becomes here, what is odd about it, and what is done about that."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from novacore.legacy.columns import Columns, key_of
from novacore.legacy.fields.flags import Flag, read_flag
from novacore.legacy.fields.moments import read_moment
from novacore.legacy.fields.prices import Amount, read_amount
from novacore.legacy.fields.values import as_key, as_text, as_whole, is_garbled
from novacore.legacy.goods import read_items
from novacore.legacy.oddities import OFF_SALE, Judged, Oddity, shown
from novacore.legacy.old_file import Record
from novacore.legacy.tables import Related
from novacore.legacy.units import Goods, Said, holds_goods, judge_goods, read_stock
from novacore.money import MAX_PRICE
from novacore.states import ProductKind
from novacore.workflows.catalog.rules import (
    CATEGORY_LIMIT,
    DESCRIPTION_LIMIT,
    MOST_WARRANTY_DAYS,
    NAME_LIMIT,
    is_picture_address,
)
from novacore.workflows.machine.typed_text import length, tidy_name
from novacore.workflows.upkeep.legacy.rows import OldProduct

NO_CATEGORY: Final = "Other"

_DAYS: Final = re.compile(r"\s*(?:d|days?)\.?\s*\Z", re.IGNORECASE)


def read_product(columns: Columns, row: Record, currency: str, related: Related) -> tuple[OldProduct, Sequence[Oddity]]:
    """Return the product as it will come in, and what is odd about it."""
    judged = Judged()
    old_id = key_of(columns, row)
    goods = _goods(columns, row, judged)
    if goods.kind is ProductKind.by_hand:
        _look_for_goods(columns, row, old_id, related, judged)
    price = _price(columns, row, currency, judged)
    is_deleted = _flags(columns, row, judged)
    return OldProduct(
        old_id=old_id,
        old_name=as_text(columns.get(row, "name")),
        name=_name(columns, row, old_id, judged),
        category=_category(columns, row, related.categories, judged),
        description=_cut(as_text(columns.get(row, "description")), DESCRIPTION_LIMIT, "description", judged),
        kind=goods.kind,
        price_minor=price,
        is_deleted=is_deleted,
        picture_url=_picture(columns, row, judged),
        created_at=_created_at(columns, row, judged),
        unit_type=goods.unit_type,
        items=goods.items,
        codes=goods.codes,
        stock=goods.stock,
        warranty_days=_warranty(columns, row, judged),
        is_on_sale=judged.is_on_sale,
    ), judged.odd


def _goods(columns: Columns, row: Record, judged: Judged) -> Goods:
    stock, goods = columns.get(row, "stock"), columns.get(row, "goods")
    if goods is None and holds_goods(stock):
        judged.note("goods in the column of the stock", OFF_SALE, f"column {columns.called('stock')}")
        return judge_goods(read_items(stock, judged), Said(None, is_said=False), judged)
    items = read_items(goods, judged)
    return judge_goods(items, read_stock(stock, len(items), has_column=columns.has("stock"), judged=judged), judged)


def _look_for_goods(columns: Columns, row: Record, old_id: str, related: Related, judged: Judged) -> None:
    """Note where the goods of a product without any may be."""
    name = as_text(columns.get(row, "name")).casefold()
    table = related.stocked.get(old_id.casefold()) or related.stocked.get(name)
    if table:
        judged.note("goods that seem to be in another table", OFF_SALE, table)
    elif not columns.has("goods"):
        judged.note("no column that holds goods", OFF_SALE)


def _name(columns: Columns, row: Record, old_id: str, judged: Judged) -> str:
    value = columns.get(row, "name")
    name = tidy_name(as_text(value))
    if not any(letter.isalnum() for letter in name):
        odd = "a name without letters or digits" if name else "an empty name"
        judged.note(odd, OFF_SALE, shown(name) if name else "")
        return f"Unnamed product {old_id}"[:NAME_LIMIT]
    if is_garbled(value):
        judged.note("a name with letters that can't be read", "comes in with gaps")
    return _cut(name, NAME_LIMIT, "name", judged)


def _category(columns: Columns, row: Record, categories: Mapping[str, str], judged: Judged) -> str:
    key = as_key(columns.get(row, "category_id"))
    name = tidy_name(as_text(columns.get(row, "category")) or categories.get(key, ""))
    # A column `category` may hold the id of a category as well.
    name = tidy_name(categories.get(name, name))
    if not any(letter.isalnum() for letter in name):
        odd = "a category without letters or digits" if name else "no category"
        detail = f"{shown(key)} is not in the old file" if key and key not in categories else ""
        judged.note(odd, f"comes in under {NO_CATEGORY}", shown(name) if name else detail)
        return NO_CATEGORY
    return _cut(name, CATEGORY_LIMIT, "category", judged)


def _cut(text: str, limit: int, what: str, judged: Judged) -> str:
    if length(text) <= limit:
        return text
    judged.note(f"a {what} that is too long", f"is cut to {limit:,} characters", f"{len(text):,} characters")
    text = text[:limit]
    while length(text) > limit:
        text = text[:-1]
    return text.strip()


def _price(columns: Columns, row: Record, currency: str, judged: Judged) -> int:
    value = columns.get(row, "price")
    amount = read_amount(value, currency, columns.currency(row, "price"), in_cents=columns.is_in_cents("price"))
    if columns.called("price") == "amount" and not columns.has("stock") and as_whole(value) is not None:
        amount = Amount(None, "that may be the count of the stock", f"amount {shown(value)}")
    elif amount.minor and amount.minor > MAX_PRICE:
        amount = Amount(None, "that is too high", shown(value))
    if not amount.minor:
        judged.note(amount.odd("price"), OFF_SALE, amount.detail)
    elif amount.what:
        judged.note(amount.odd("price"), "comes in at that price", amount.detail)
    return amount.minor or 0


def _flags(columns: Columns, row: Record, judged: Judged) -> bool:
    """Tell whether the product was removed, and take it off sale where another flag says so. NULL says nothing."""
    deleted, hidden, active = (
        read_flag(columns.get(row, field), of_deleted=field == "is_deleted")
        for field in ("is_deleted", "is_hidden", "is_active")
    )
    for field, flag in (("is_deleted", deleted), ("is_hidden", hidden), ("is_active", active)):
        if flag is Flag.unknown:
            said = f"{columns.called(field)} {shown(as_text(columns.get(row, field)))}"
            judged.note("a flag with an unknown value", OFF_SALE, said)
    if active is Flag.no or hidden is Flag.yes:
        judged.is_on_sale = False
    return deleted is Flag.yes


def _picture(columns: Columns, row: Record, judged: Judged) -> str | None:
    url = as_text(columns.get(row, "picture"))
    if not url:
        return None
    if not is_picture_address(url):
        judged.note("a picture that isn't a web address", "comes in without it", shown(url))
        return None
    return url


def _created_at(columns: Columns, row: Record, judged: Judged) -> datetime | None:
    value = columns.get(row, "created_at")
    moment = read_moment(value)
    if moment.at is None and value is not None:
        judged.note(moment.what, "counts as added today", shown(as_text(value)))
    return moment.at


def _warranty(columns: Columns, row: Record, judged: Judged) -> int:
    value = columns.get(row, "warranty_days")
    days = 0 if value is None else as_whole(_DAYS.sub("", as_text(value)))
    if days is None or days < 0:
        judged.note("a warranty that isn't a number of days", "comes in without one", shown(as_text(value)))
        return 0
    if days > MOST_WARRANTY_DAYS:
        judged.note("a warranty that is too long", f"is cut to {MOST_WARRANTY_DAYS:,} days", f"{days:,} days")
    return min(days, MOST_WARRANTY_DAYS)
