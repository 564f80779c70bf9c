"""Decides what one buyer of an older bot's product gets: a code of their own, or the same goods as everyone else.

The old bot gave everything to everyone and counted a number down. Where several codes stand in a product, that number
is the only word on what they were meant for: if it doesn't say so clearly, the product comes in, but not on sale.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from novacore.legacy.fields.values import as_text, as_whole
from novacore.legacy.oddities import OFF_SALE, Judged, shown
from novacore.states import GoodsType, ProductKind
from novacore.workflows.goods.items import GoodsItem
from novacore.workflows.goods.json_items import looks_like_json
from novacore.workflows.stock.codes import tidy
from novacore.workflows.stock.files import faults, spreadsheet

MOST_STOCK: Final = 10_000
"""A count beyond this, and beyond the codes that there are, says "plenty", not a number of things."""
_PLENTY: Final = frozenset({"unlimited", "infinite", "infinity", "inf", "∞", "-1", "-1.0"})

_WORD: Final = re.compile(r"[^\W\d_][^\W\d_'’-]*|\d{1,4}|[&+/]")
_SEPARATORS: Final = re.compile(r"\s*[;|\t\n]\s*")
_COMMAS: Final = re.compile(r"\s*,\s*")


@dataclass(frozen=True, slots=True)
class Said:
    """What the old shop says about its stock: a count, plenty (None), or nothing that can be read."""

    count: int | None
    is_said: bool = True

    @property
    def is_plenty(self) -> bool:
        """Tell whether the old shop said that there is always some left."""
        return self.count is None and self.is_said


@dataclass(frozen=True, slots=True)
class Goods:
    """What a product sells: `codes` are units of their own, `stock` counts shared goods."""

    kind: ProductKind
    items: Sequence[GoodsItem] = ()
    codes: Sequence[str] = ()
    unit_type: GoodsType = GoodsType.code
    stock: int = 0


def judge_goods(items: Sequence[GoodsItem], said: Said, judged: Judged) -> Goods:
    """Return what one buyer gets. `items` may be empty: then staff do the work by hand."""
    if not items:
        judged.note(
            "no goods", "comes in as done by hand", f"its stock of {said.count:,} is not kept" if said.count else ""
        )
        return Goods(ProductKind.by_hand)
    codes = [one for one in items if one.type.row.is_secret and not _is_prose(one.value)]
    if len(items) > 1 and len(codes) == len(items) and _is_alike(items) and not said.is_plenty:
        return _own_codes(items, said, judged)
    _judge_shared(items, codes, said, judged)
    if said.count is None:
        return Goods(ProductKind.unlimited, items)
    return Goods(ProductKind.shared, items, stock=said.count)


def read_stock(value: Any, items: int, *, has_column: bool, judged: Judged) -> Said:
    """Read a count of stock, next to so many items. What can't be read is noted, and counts as nothing in stock."""
    text = as_text(value).casefold()
    if not has_column:
        return Said(None, is_said=False)
    if text in _PLENTY:
        return Said(None)
    count = as_whole(value)
    if count is None:
        what = "a stock that isn't a whole number" if text else "no stock count"
        # What doesn't look like a number may be goods: they are not to be printed.
        judged.note(what, "counts as 0", shown(text) if re.fullmatch(r"[0-9.,+-]{1,12}", text) else "")
        return Said(0, is_said=False)
    if count < 0:
        judged.note("a negative stock", "counts as 0", str(count))
        return Said(0)
    if count > max(MOST_STOCK, items):
        judged.note(f"a stock above {MOST_STOCK:,}", "comes in without a count", f"{count:,}")
        return Said(None)
    return Said(count)


def holds_goods(stock: Any) -> bool:
    """Tell whether a stock is no count but the goods themselves: a list, or several lines."""
    text = as_text(stock)
    return as_whole(stock) is None and (looks_like_json(text) or len([*filter(None, re.split(r"[\n,;|]", text))]) > 1)


def _own_codes(items: Sequence[GoodsItem], said: Said, judged: Judged) -> Goods:
    """Give each buyer one of the codes. Only where the stock counts just as many is that sure enough to sell."""
    if said.count == len(items) and said.is_said:
        judged.note(
            "as many codes as there are in stock",
            "come in as unique codes, one for each buyer",
            f"{len(items):,} codes",
        )
    else:
        counted = (
            f"{len(items):,} codes, a stock of {said.count:,}" if said.count is not None else f"{len(items):,} codes"
        )
        judged.note("a number of codes that differs from the stock", OFF_SALE, f"{counted}; each would be sold once")
    if any(one.name != one.type.capitalize() for one in items):
        judged.note("codes with titles", "come in without their titles")
    _look_at_codes([one.value for one in items], judged)
    values = tuple(one.value for one in items)
    return Goods(ProductKind.unique, codes=values, unit_type=items[0].type)


def _judge_shared(items: Sequence[GoodsItem], codes: Sequence[GoodsItem], said: Said, judged: Judged) -> None:
    """Note whatever suggests that the goods are not meant for every buyer alike."""
    types = Counter(one.type for one in codes)
    repeated = sum(count for count in types.values() if count > 1)
    is_one_each = len(items) > 1 and len(items) == said.count and (len(codes) == len(items) or _is_alike(items))
    lists = [_parts(one, said) for one in items if _parts(one, said) > 1]
    if repeated:
        how = "every buyer would be given all of them"
        judged.note("several codes among the goods", OFF_SALE, f"{repeated:,} codes; {how}")
    elif is_one_each:
        judged.note(
            "as many items as there are in stock", OFF_SALE, f"{len(items):,}; every buyer would be given all of them"
        )
    elif lists:
        judged.note("a text that looks like a list of codes", OFF_SALE, f"{lists[0]:,} parts")
    elif _is_one_for_many(codes, said):
        count = f"a stock of {said.count:,}" if said.count is not None else "no stock count"
        judged.note("the same code for every buyer", OFF_SALE, f"1 code, {count}")


def _is_alike(items: Sequence[GoodsItem]) -> bool:
    return len({one.type for one in items}) == 1


def _is_one_for_many(codes: Sequence[GoodsItem], said: Said) -> bool:
    single = [one for one in codes if one.type is not GoodsType.account and _is_a_code(one.value)]
    if len(single) != 1:
        return False
    return not said.is_plenty if said.count is None else said.count > 1


def _is_a_code(text: str) -> bool:
    """Tell whether a text looks as codes do: no blanks, some length, a digit."""
    return len(text) >= 4 and not any(map(str.isspace, text)) and any(map(str.isdigit, text))


def _is_prose(text: str) -> bool:
    """Tell whether a text is words for people, like "Lifetime access": not a code that only one may have."""
    words = text.split()
    return len(words) > 1 and all(map(_WORD.fullmatch, words)) and any(map(str.islower, text))


def _parts(item: GoodsItem, said: Said) -> int:
    """Count the parts of a text that may be a list: `A-1;B-2`, a code a line, as many words as there is stock."""
    text = item.value
    if not item.type.row.is_secret:
        return text.count("://") if item.type is GoodsType.link else 1
    for separators, must in ((_SEPARATORS, bool), (_COMMAS, _has_digit)):
        parts = [one for one in separators.split(text) if one]
        if len(parts) > 1 and not any(" " in one for one in parts) and all(map(must, parts)):
            return len(parts)
    words = text.split()
    return len(words) if len(words) == said.count and all(map(_has_digit, words)) else 1


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _look_at_codes(values: Sequence[str], judged: Judged) -> None:
    """Note codes that no buyer could use, by the rules for stock that is uploaded."""
    for what, slips in (
        ("codes that can't be used", [faults.fault(tidy(one)) for one in values]),
        ("codes that a spreadsheet has changed", spreadsheet.changed([tidy(one) for one in values])),
    ):
        found = [one for one in slips if one]
        if found:
            judged.note(what, OFF_SALE, f"{len(found):,} of {len(values):,}; {found[0]}")
