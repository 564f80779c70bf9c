"""Shops whose goods are under more than one key, or as an earlier release stored them. For the tests next to it."""

from dataclasses import replace

from sqlalchemy import func, select, update

from novacore.crypto import FIRST_MARK, MARK_BYTES, GoodsCipher
from novacore.db.models import ShopFact, Unit
from novacore.db.queries.sealed import FINGERPRINT_KEY, SEALED, UNITS, mark
from novacore.db.unit_of_work import reading, writing
from novacore.workflows.machine.shop import Shop


def under(shop: Shop, *keys: str) -> Shop:
    """The same shop with these keys."""
    return replace(shop, cipher=GoodsCipher(keys))


def as_before_marks(shop: Shop) -> None:
    """Store everything as the earlier release did: without the mark of its key."""
    with writing(shop.database) as tx:
        for column in SEALED:
            table, name = column
            bare = func.substr(table.c[name], MARK_BYTES + 1)
            tx.session.execute(update(table).where(mark(column) >= FIRST_MARK).values({name: bare}))
        fact = tx.session.get(ShopFact, FINGERPRINT_KEY)
        if fact is not None and str(fact.value["sealed"]).encode() >= FIRST_MARK:
            fact.value = {"sealed": str(fact.value["sealed"])[MARK_BYTES:]}


def marks_of_units(shop: Shop) -> dict[bytes, int]:
    """How many units are under each mark."""
    rows = select(mark(UNITS), func.count()).where(Unit.content.is_not(None)).group_by(mark(UNITS))
    with reading(shop.database) as session:
        return {bytes(one): count for one, count in session.execute(rows)}
