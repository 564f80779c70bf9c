"""Seals everything again under the first key, row by row. `key_rotation` calls it; a test holds `SEALED` to the tables.

What stands under the first key already is left alone, so that a run which was killed is simply run again. The shop may
go on meanwhile, as long as each of its processes knows the new key.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import func, select

from novacore.crypto import MARK_BYTES, GoodsUnreadable
from novacore.db.queries import sealed
from novacore.db.queries.sealed import SEALED, Column
from novacore.db.unit_of_work import reading, writing
from novacore.workflows.machine.shop import Shop
from novacore.workflows.upkeep.keys import goods_keys, sealed_rows
from novacore.workflows.upkeep.keys.sealed_rows import Row

PASSES: Final = 5
"""A shop that goes on makes new rows behind us; another look finds those of a process with the old key."""

_NAMED: Final = 10


@dataclass(slots=True)
class Rotated:
    """What a rotation came to."""

    looked_at: int = 0
    resealed: int = 0
    unreadable: list[str] = field(default_factory=list)
    """Rows that no key opens, by table and id; the first few. Goods that were given up are none of them."""
    given_up: frozenset[bytes] = frozenset()
    is_settled: bool = False
    """Whether the last look found nothing left to do."""


def count(shop: Shop) -> int:
    """Count what there is to look at."""
    with reading(shop.for_long_work().database) as session:
        counts = (select(func.count()).select_from(table).where(table.c[name].is_not(None)) for table, name in SEALED)
        return sum(session.execute(one).scalar_one() for one in counts)


def rotate(shop: Shop, advance: Callable[[int], None]) -> Rotated:
    """Seal everything under the first key; `advance` hears of each part that was looked at, in the first look only."""
    shop = shop.for_long_work()
    found = Rotated(given_up=goods_keys.given_up(shop.database))
    for number in range(PASSES):
        before = found.resealed
        found.unreadable.clear()
        _rotate_fact(shop, found)
        for column in SEALED:
            for size in _rotate_column(shop, column, found):
                if number == 0:
                    advance(size)
                    found.looked_at += size
        if found.resealed == before:
            found.is_settled = True
            break
    return found


def is_pending(shop: Shop) -> bool:
    """Tell whether anything stands under another key than the first."""
    database = shop.for_long_work().database
    with reading(database) as session:
        there = sealed.marks(session)
    return not there - goods_keys.given_up(database) <= {shop.cipher.mark}


def _rotate_column(shop: Shop, column: Column, found: Rotated) -> Iterator[int]:
    for part in sealed_rows.parts(shop, column):
        # Sealed outside of the transaction, which takes no longer than the statements.
        changed = [row for row in (_resealed(shop, column, one, found) for one in part) if row]
        if changed:
            sealed_rows.write(shop, column, changed)
            found.resealed += len(changed)
        yield len(part)


def _resealed(shop: Shop, column: Column, row: Row, found: Rotated) -> tuple[Row, bytes] | None:
    key, content = row
    if shop.cipher.is_current(content):
        return None
    try:
        return row, shop.cipher.rotate(content)
    except GoodsUnreadable:
        _name(found, content, f"{column[0].name} {' '.join(str(part) for part in key)}")
        return None


def _name(found: Rotated, content: bytes, what: str) -> None:
    if content[:MARK_BYTES] not in found.given_up and len(found.unreadable) < _NAMED:
        found.unreadable.append(what)


def _rotate_fact(shop: Shop, found: Rotated) -> None:
    with writing(shop.database) as tx:
        fact = sealed_rows.fact(tx)
        if fact is None or shop.cipher.is_current(sealed_rows.sealed_in(fact)):
            return
        try:
            new = shop.cipher.rotate(sealed_rows.sealed_in(fact)).decode()
        except GoodsUnreadable:
            _name(found, sealed_rows.sealed_in(fact), "the key of the fingerprints")
            return
        fact.value = {**fact.value, "sealed": new}
        found.resealed += 1
