"""Deletes many rows without ever waiting for another transaction: two of them can't hold what the other one wants."""

from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Table, delete, select, tuple_

from novacore.db.base import Base
from novacore.db.unit_of_work import Transaction

PART: Final = 500
"""The most rows at a time; whoever tidies up comes again."""


def delete_free(tx: Transaction, model: type[Base], *where: ColumnElement[bool]) -> int:
    """Delete the first `PART` of these rows, in the order of their keys; returns how many.

    What another transaction holds is left out: it deletes or renews the row itself, or the next look finds it.
    """
    table = cast(Table, model.__table__)
    keys = [*table.primary_key.columns]
    free = select(*keys).where(*where).order_by(*keys).limit(PART).with_for_update(skip_locked=True)
    found: list[Any] = [tuple(row) for row in tx.connection.execute(free)]
    if found:
        tx.connection.execute(delete(table).where(tuple_(*keys).in_(found)))
    return len(found)
