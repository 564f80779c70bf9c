"""The statements that write rows of the audit log, for `fire`. Built once: building one costs as much as sending it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Insert, Table, bindparam, func, insert, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningInsert

from novacore.db.models import Event

_TABLE: Final = cast(Table, Event.__table__)


def moment(subject_kind: str, subject_id: str, now: datetime) -> Mapping[str, Any]:
    """Return what the statements need to say when it happened."""
    return {"its_kind": subject_kind, "its_id": subject_id, "now": now}


def _insert(latest: Any) -> Insert:
    """An event is no earlier than the one before it: a clock may be set back, and another machine's may be ahead."""
    now = bindparam("now", type_=_TABLE.c.at.type)
    before = aliased(Event)
    mine = before.subject_kind == bindparam("its_kind"), before.subject_id == bindparam("its_id")
    newest = select(before.at).where(*mine).order_by(before.id.desc()).limit(1).scalar_subquery()
    return insert(_TABLE).values(at=latest(now, func.coalesce(newest, now)))


INSERT: Final[Mapping[bool, Insert]] = {True: _insert(func.max), False: _insert(func.greatest)}
"""Takes a row; by whether it is SQLite that takes it."""

INSERT_ONE: Final[Mapping[bool, ReturningInsert[int]]] = {
    is_sqlite: statement.returning(_TABLE.c.id) for is_sqlite, statement in INSERT.items()
}
"""The same, and returns the new row's id."""
