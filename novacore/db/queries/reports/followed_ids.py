"""How far the ids of a table are settled: up to where no row can turn up any more.

Called by `workflows.reports.rollups`. On PostgreSQL ids are given out before the commit, so that a lower one may become
visible after a higher one. The way out is that of CREATE INDEX CONCURRENTLY: whoever was given an id held a lock on the
table by then, so once every holder of that moment has ended, all is visible. Nobody is made to wait but the asker.
"""

import time
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.orm import Session

from novacore.db.engine import Database
from novacore.db.models import Event, LedgerEntry
from novacore.db.unit_of_work import reading

TABLES: Mapping[str, type[Event | LedgerEntry]] = {"events": Event, "ledger_entries": LedgerEntry}
"""Tables to which rows are only ever added."""

PATIENCE_SECONDS = 2.0
"""Commands take milliseconds; what is open for longer, such as an import, is not waited for."""

_LOOK_SECONDS = 0.02

_GIVEN_OUT = text("SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence(:table, 'id')::regclass), 0)")
_WRITERS = text(
    "SELECT DISTINCT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND relation IN (SELECT table_name::regclass FROM unnest(CAST(:tables AS text[])) AS table_name) "
    "AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()"
)
_STILL = text("SELECT EXISTS (SELECT FROM pg_locks WHERE virtualtransaction IN :writers AND mode = 'RowExclusiveLock')")
_STILL = _STILL.bindparams(bindparam("writers", expanding=True))


def newest(session: Session) -> Mapping[str, int]:
    """Return the highest id of each table that is visible now."""
    newest_of = {name: select(func.coalesce(func.max(model.id), 0)) for name, model in TABLES.items()}
    return {name: session.execute(statement).scalar_one() for name, statement in newest_of.items()}


def settled(database: Database, patience: float = PATIENCE_SECONDS) -> Mapping[str, int] | None:
    """Return, by table, an id up to which every row there will ever be is visible from now on.

    None if a writer stayed for longer than `patience` seconds.
    """
    with reading(database) as session:
        if database.is_sqlite:
            return newest(session)  # one writer at a time: ids become visible in their order
        # First the ids, then who is writing: the other way round a writer could come in between.
        given_out = {name: session.execute(_GIVEN_OUT, {"table": name}).scalar_one() for name in TABLES}
        writers = session.execute(_WRITERS, {"tables": [*TABLES]}).scalars().all()
    return given_out if _have_ended(database, writers, patience) else None


def _have_ended(database: Database, writers: Sequence[str], patience: float) -> bool:
    deadline = time.monotonic() + patience
    while writers:
        with reading(database) as session:
            if not session.execute(_STILL, {"writers": writers}).scalar_one():
                return True
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_SECONDS)
    return True
