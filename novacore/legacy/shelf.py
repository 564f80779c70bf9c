"""What has been read of the products so far: their names and codes, each of which comes in once, and their prices."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from novacore.legacy.oddities import LEFT_OUT, Oddity
from novacore.workflows.catalog.rules import NAME_LIMIT
from novacore.workflows.stock import codes
from novacore.workflows.upkeep.legacy.rows import OldOrder, OldProduct

_ROOM: Final = 12
"""Characters of a number after a name."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is still needed of a product when the others and the orders are read."""

    old_id: str
    name: str
    price_minor: int


class Shelf:
    """The products of one file, in the order in which they are read."""

    def __init__(self) -> None:
        self._by_id: dict[str, _Kept] = {}
        self._by_name: dict[str, list[_Kept]] = {}
        self._names: set[tuple[str, str]] = set()
        self._codes: dict[bytes, _Kept] = {}

    def put(self, product: OldProduct) -> tuple[OldProduct | None, Sequence[Oddity]]:
        """Return the product as it comes in: not twice, under a name and with codes of its own."""
        if product.old_id in self._by_id:
            return None, [Oddity("the id of an earlier row", LEFT_OUT)]
        named, renamed = self._named_apart(product)
        kept = _Kept(product.old_id, named.name, product.price_minor)
        single, repeated = self._without_repeats(named, kept)
        self._by_id[product.old_id] = kept
        self._by_name.setdefault(product.name.casefold(), []).append(kept)
        return single, [*renamed, *repeated]

    def price_of(self, old_id: str, name: str) -> int:
        """Return the price of a product in minor units; 0 where there is none."""
        found = self._find(old_id, name)
        return found.price_minor if found else 0

    def name_of(self, old_id: str) -> str:
        """Return the name of a product; empty where there is none."""
        found = self._find(old_id, "")
        return found.name if found else ""

    def find(self, order: OldOrder) -> OldOrder:
        """Return the order with its product's id: where it has none that is known, the only product of that name."""
        found = self._find(order.product_id or "", order.product_name)
        return replace(order, product_id=found.old_id) if found else order

    def holds(self, order: OldOrder) -> bool:
        """Tell whether the product of an order is in the file."""
        return order.product_id in self._by_id

    def _find(self, old_id: str, name: str) -> _Kept | None:
        for key in (old_id, old_id.removesuffix(".0")):
            if key in self._by_id:
                return self._by_id[key]
        # A column `product_id` may hold the name as well.
        same = self._by_name.get((name or old_id).casefold(), [])
        return same[0] if len(same) == 1 else None

    def _named_apart(self, product: OldProduct) -> tuple[OldProduct, Sequence[Oddity]]:
        if product.is_deleted:
            return product, ()
        name, number = product.name, 1
        while (product.category.casefold(), name.casefold()) in self._names:
            number += 1
            name = f"{product.name[: NAME_LIMIT - _ROOM]} ({number})"
        self._names.add((product.category.casefold(), name.casefold()))
        if number == 1:
            return product, ()
        what = Oddity("the name of an earlier product", "gets a number after its name", f"comes in as {name!r}")
        return replace(product, name=name), [what]

    def _without_repeats(self, product: OldProduct, kept: _Kept) -> tuple[OldProduct, Sequence[Oddity]]:
        """Leave out codes that appear earlier in the file, in this product or another one: each may be sold once."""
        single: list[str] = []
        earlier: Counter[_Kept] = Counter()
        for code in product.codes:
            mark = hashlib.sha256(codes.tidy(code).encode()).digest()
            if mark in self._codes:
                earlier[self._codes[mark]] += 1
            else:
                self._codes[mark] = kept
                single.append(code)
        if not earlier:
            return product, ()
        where = ", ".join(_stood(count, one, kept) for one, count in earlier.most_common(3))
        detail = f"{earlier.total():,} of {len(product.codes):,}; {where}"
        return replace(product, codes=tuple(single)), [
            Oddity("codes that appear earlier in the file", "are left out", detail)
        ]


def _stood(count: int, first: _Kept, here: _Kept) -> str:
    return f"{count:,} in this product" if first is here else f"{count:,} in {first.old_id} {first.name}"
