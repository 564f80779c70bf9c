"""Goes through everything that is sealed, part by part, and writes back what another key or a mark has changed."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import and_, bindparam, update

from novacore.db.models import ShopFact
from novacore.db.queries import sealed
from novacore.db.queries.sealed import FINGERPRINT_KEY, Column, Key
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.workflows.machine.shop import Shop

CHUNK: Final = 500
"""Rows a transaction: a press waits for one of them at most."""

Row = tuple[Key, bytes]


def parts(shop: Shop, column: Column) -> Iterator[Sequence[Row]]:
    """Go through a column along the primary key of its table."""
    last: Key | None = None
    while True:
        with reading(shop.database) as session:
            rows = sealed.rows(session, column, last, limit=CHUNK)
        if rows:
            yield rows
        if len(rows) < CHUNK:
            return
        last = rows[-1][0]


def write(shop: Shop, column: Column, changed: Sequence[tuple[Row, bytes]]) -> None:
    """Put something new in the place of what was read. What someone has written meanwhile stays."""
    table, name = column
    key = [*table.primary_key.columns]
    mine = and_(*(part == bindparam(f"key_{n}") for n, part in enumerate(key)))
    statement = update(table).where(mine, table.c[name] == bindparam("old")).values({name: bindparam("new")})
    rows = [{**{f"key_{n}": part for n, part in enumerate(row[0])}, "old": row[1], "new": new} for row, new in changed]
    with writing(shop.database) as tx:
        tx.connection.execute(statement, rows)


def fact(tx: Transaction) -> ShopFact | None:
    """Lock and return the sealed key of the codes' hashes, where there is one."""
    return tx.session.get(ShopFact, FINGERPRINT_KEY, with_for_update=True)


def sealed_in(fact: ShopFact) -> bytes:
    """Return what is sealed in that fact."""
    return str(fact.value["sealed"]).encode()
