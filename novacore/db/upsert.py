"""INSERT with an ON CONFLICT, which SQLite and PostgreSQL write alike and SQLAlchemy only knows by dialect."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from novacore.db.base import Base
from novacore.db.unit_of_work import Transaction


def insert_into(tx: Transaction, table: type[Base] | Table) -> sqlite.Insert | postgresql.Insert:
    """Begin an INSERT for the database of this transaction; say yourself what happens on a conflict."""
    return (sqlite.insert if tx.is_sqlite else postgresql.insert)(table)


def add_missing(tx: Transaction, table: type[Base] | Table, *rows: Mapping[str, Any]) -> None:
    """Insert the rows whose key is not there yet; the others stay as they are."""
    if rows:
        tx.session.execute(insert_into(tx, table).on_conflict_do_nothing(), [dict(row) for row in rows])


def put(tx: Transaction, table: type[Base] | Table, key: Sequence[str], row: Mapping[str, Any]) -> None:
    """Insert a row. Where one with this key is there already, its other columns in `row` are overwritten.

    The row is locked until the end of the transaction, whichever it was.
    """
    insert = insert_into(tx, table)
    changed = {name: insert.excluded[name] for name in row if name not in key}
    # Megabytes stand in no statement: SQLAlchemy keeps the first one of each kind, and the row is sent once.
    tx.connection.execute(insert.on_conflict_do_update(index_elements=[*key], set_=changed), [dict(row)])
