"""Rows as plain records: objects of the models that no session knows, for the hot path.

An order found here takes 0.08 ms of CPU on SQLite and 0.20 on PostgreSQL; with a session it takes 0.16 and 0.37, and
making and closing the session takes 0.10 more.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Column, Connection, Select, Table, bindparam, insert, inspect, select
from sqlalchemy.orm import make_transient_to_detached

from novacore.db.base import Base

M = TypeVar("M", bound=Base)
"""A model with a primary key `id`, and no column that is loaded later."""


def find(connection: Connection, model: type[M], key: int | str | None) -> M | None:
    """Return the record with this id; None if there is none."""
    return _found(connection, model, _by_id(model), key)


def lock(connection: Connection, model: type[M], key: int | str) -> M | None:
    """Return the same, locked until the end of the transaction. Rows that refer to it may be added all the same.

    Else whoever holds the person and adds a row about their order would wait for an arrow that waits for the person.
    On SQLite the transaction is the lock, and FOR UPDATE is left out by the dialect.
    """
    return _found(connection, model, _locking(model), key)


def store(connection: Connection, record: Base) -> None:
    """Insert a new record, which has its id; columns that it leaves open get the model's default, or nothing."""
    table, given = cast(Table, record.__table__), vars(record)
    row = {
        one.name: given.get(one.name) for one in table.c if given.get(one.name) is not None or not _fills_itself(one)
    }
    stored = connection.execute(insert(table), row).last_inserted_params()
    given.update(cast(Mapping[str, Any], stored))
    make_transient_to_detached(record)


def _fills_itself(column: Column[Any]) -> bool:
    return column.default is not None or column.server_default is not None


@cache
def _by_id(model: type[Base]) -> Select[Any]:
    table = model.__table__
    return select(table).where(table.c.id == bindparam("key"))


@cache
def _locking(model: type[Base]) -> Select[Any]:
    return _by_id(model).with_for_update(key_share=True)


def _found(connection: Connection, model: type[M], statement: Select[Any], key: int | str | None) -> M | None:
    row = connection.execute(statement, {"key": key}).mappings().one_or_none()
    if row is None:
        return None
    record = cast(M, inspect(model).class_manager.new_instance())
    vars(record).update(row)
    make_transient_to_detached(record)
    return record
