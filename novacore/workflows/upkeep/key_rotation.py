"""Seals everything anew under the first key, row by row. `key_rotation` calls it; a test holds `SEALED` to the tables.

What stands under the first key already is left alone, so that a run which was killed is simply run again. The shop may
go on meanwhile, as long as each of its processes knows the new key.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from sqlalchemy import Table, and_, bindparam, func, select, tuple_, update

from novacore.crypto import GoodsUnreadable
from novacore.db.models import DraftProduct, GoodsVersion, ShopFact, StagedPart, StagedText, Unit
from novacore.db.unit_of_work import reading, writing
from novacore.workflows.machine.shop import Shop
from novacore.workflows.stock.codes import FINGERPRINT_KEY

SEALED: Final = (
    (cast(Table, Unit.__table__), "content"),
    (cast(Table, GoodsVersion.__table__), "content"),
    (cast(Table, StagedPart.__table__), "content"),
    (cast(Table, StagedText.__table__), "content"),
    (cast(Table, DraftProduct.__table__), "goods"),
)
"""Every column of sealed bytes. The fingerprints' own key is sealed as well, as text among the shop's facts."""

CHUNK: Final = 500
"""Rows a transaction: a press waits for one of them at most."""

PASSES: Final = 5
"""A shop that goes on makes new rows behind us; another look finds those of a process with the old key."""

_NAMED: Final = 10

Row = tuple[tuple[Any, ...], bytes]


@dataclass(slots=True)
class Rotated:
    """What a rotation came to."""

    looked_at: int = 0
    resealed: int = 0
    unreadable: list[str] = field(default_factory=list)
    """Rows that no key opens, by table and id; the first few."""
    is_settled: bool = False
    """Whether the last look found nothing left to do."""


def count(shop: Shop) -> int:
    """Count what there is to look at."""
    with reading(shop.for_long_work().database) as session:
        counts = (select(func.count()).select_from(table).where(table.c[name].is_not(None)) for table, name in SEALED)
        return sum(session.execute(one).scalar_one() for one in counts)


def rotate(shop: Shop, advance: Callable[[int], None]) -> Rotated:
    """Seal everything under the first key; `advance` hears of each part that was looked at, in the first look only."""
    found = Rotated()
    for number in range(PASSES):
        before = found.resealed
        found.unreadable.clear()
        _rotate_fact(shop, found)
        for table, name in SEALED:
            for size in _rotate_column(shop, table, name, found):
                if number == 0:
                    advance(size)
                    found.looked_at += size
        if found.resealed == before:
            found.is_settled = True
            break
    return found


def is_pending(shop: Shop) -> bool:
    """Tell whether anything stands under another key than the first."""
    with reading(shop.for_long_work().database) as session:
        fact = session.get(ShopFact, FINGERPRINT_KEY)
    if fact and not shop.cipher.is_current(fact.value["sealed"].encode()):
        return True
    parts = (part for table, name in SEALED for part in _parts(shop, table, name))
    return any(not shop.cipher.is_current(sealed) for part in parts for _, sealed in part)


def _rotate_column(shop: Shop, table: Table, name: str, found: Rotated) -> Iterator[int]:
    for part in _parts(shop, table, name):
        # Sealed outside of the transaction, which takes no longer than the statements.
        changed = [row for row in (_resealed(shop, table, one, found) for one in part) if row]
        if changed:
            _write(shop, table, name, changed)
            found.resealed += len(changed)
        yield len(part)


def _parts(shop: Shop, table: Table, name: str) -> Iterator[Sequence[Row]]:
    """Go through a table along its primary key."""
    key = [*table.primary_key.columns]
    some = select(*key, table.c[name]).where(table.c[name].is_not(None)).order_by(*key).limit(CHUNK)
    last: tuple[Any, ...] | None = None
    while True:
        statement = some if last is None else some.where(tuple_(*key) > tuple_(*last))
        with reading(shop.for_long_work().database) as session:
            rows = [((*row[:-1],), cast(bytes, row[-1])) for row in session.execute(statement)]
        if rows:
            yield rows
        if len(rows) < CHUNK:
            return
        last = rows[-1][0]


def _resealed(shop: Shop, table: Table, row: Row, found: Rotated) -> tuple[Row, bytes] | None:
    key, sealed = row
    if shop.cipher.is_current(sealed):
        return None
    try:
        return row, shop.cipher.rotate(sealed)
    except GoodsUnreadable:
        if len(found.unreadable) < _NAMED:
            found.unreadable.append(f"{table.name} {' '.join(str(part) for part in key)}")
        return None


def _write(shop: Shop, table: Table, name: str, changed: Sequence[tuple[Row, bytes]]) -> None:
    key = [*table.primary_key.columns]
    mine = and_(*(column == bindparam(f"key_{n}") for n, column in enumerate(key)))
    # Only what is still as it was read: a draft may be written anew in this very moment.
    statement = update(table).where(mine, table.c[name] == bindparam("old")).values({name: bindparam("new")})
    rows = [{**{f"key_{n}": part for n, part in enumerate(row[0])}, "old": row[1], "new": new} for row, new in changed]
    with writing(shop.for_long_work().database) as tx:
        tx.session.connection().execute(statement, rows)


def _rotate_fact(shop: Shop, found: Rotated) -> None:
    with writing(shop.for_long_work().database) as tx:
        fact = tx.session.get(ShopFact, FINGERPRINT_KEY, with_for_update=True)
        if fact is None or shop.cipher.is_current(fact.value["sealed"].encode()):
            return
        try:
            sealed = shop.cipher.rotate(fact.value["sealed"].encode()).decode()
        except GoodsUnreadable:
            found.unreadable.append("the key of the fingerprints")
            return
        fact.value = {**fact.value, "sealed": sealed}
        found.resealed += 1
