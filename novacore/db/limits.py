"""How long anything may wait for the database or keep others waiting, and how each connection learns of it.

PostgreSQL is told once, when a connection is opened. Not by startup options, which pgbouncer refuses; and where a
pooler stands in between, what is set for a session reaches whoever gets its connection next. There, and wherever a
transaction has limits of its own, `SET LOCAL` begins it.
"""

import time
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine, event

from novacore.db.postgresql import forgo_prepared_statements


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds. PostgreSQL counts each by itself; on SQLite `turn` and `statement` have their like."""

    lock: float = 5.0
    """How long one statement waits for a row that another transaction holds."""
    statement: float = 30.0
    """How long one statement takes in all. On SQLite: how long after its transaction began it is still at work."""
    idle: float = 30.0
    """How long a transaction stays open while nothing is asked in it: its process is frozen, or gone without a word."""
    turn: float = 15.0
    """How long a writer of SQLite waits for the one before it, in this process or in another."""


ORDINARY: Final = Limits()
"""What a press or a job may take."""

LONG: Final = Limits(lock=60.0, statement=3600.0, idle=600.0, turn=60.0)
"""For work that takes minutes: migrations, imports, exports, reports, a new key, backups. It must not die half-way, and
nobody waits for it."""

_ALIVE: Final = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""What libpq does where a server vanishes without a word. Whatever the address says goes before it."""

_SERVER_ALIVE: Final = {"tcp_keepalives_idle": "60", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
"""The same for the server's own end: Linux would keep what a vanished client holds for two hours."""

_OPCODES: Final = 1_000_000
"""Steps of SQLite's machine between two looks at the clock: some 20 ms."""


def keep(engine: Engine, limits: Limits) -> None:
    """Put limits on every connection and transaction of an engine.

    A transaction may have its own: `engine.execution_options(limits=...)`.
    """
    if engine.dialect.name == "sqlite":
        sqlite = _Sqlite(limits)
        event.listen(engine, "connect", sqlite.opened)
        event.listen(engine, "begin", sqlite.begun)
        return
    postgresql = _Postgresql(limits)
    event.listen(engine, "do_connect", _keep_alive)
    event.listen(engine, "connect", postgresql.opened)
    event.listen(engine, "begin", postgresql.begun)


def _keep_alive(_dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
    for name, value in _ALIVE.items():
        parameters.setdefault(name, value)


class _Postgresql:
    """Tells a server. `_POOLED` in a connection's notes: a pooler answered, which takes nothing for the session."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def opened(self, connection: Any, record: Any) -> None:
        """Set the limits for the session, unless it is a pooler's: the process that answers is not who greeted us."""
        wanted = _settings(self._limits) | _SERVER_ALIVE
        statement = (
            f"SELECT CASE WHEN pg_backend_pid() = {connection.info.backend_pid:d} THEN {_set(wanted, 'false')} END"
        )
        before, connection.autocommit = connection.autocommit, True
        found = connection.execute(statement).fetchone()
        connection.autocommit = before
        record.info[_POOLED] = found[0] is None
        if record.info[_POOLED]:
            forgo_prepared_statements(connection)

    def begun(self, connection: Connection) -> None:
        """Set the limits of this transaction where they are not the session's."""
        own = connection.get_execution_options().get("limits")
        if own is None and not connection.info.get(_POOLED):
            return
        connection.exec_driver_sql(f"SELECT {_set(_settings(own or self._limits), 'true')}")


_POOLED: Final = "novacore_pooled"


def is_poolers(connection: Connection) -> bool:
    """Tell whether a pooler has answered in the place of PostgreSQL when this connection was opened."""
    return bool(connection.info.get(_POOLED))


def _settings(limits: Limits) -> dict[str, str]:
    return {
        "lock_timeout": _milliseconds(limits.lock),
        "statement_timeout": _milliseconds(limits.statement),
        "idle_in_transaction_session_timeout": _milliseconds(limits.idle),
    }


def _milliseconds(seconds: float) -> str:
    return f"{max(1, round(1000 * seconds))}"  # 0 would be no limit at all


def _set(settings: dict[str, str], is_local: str) -> str:
    """Return an expression that sets them all, in one request. Names and numbers are ours."""
    return " || ".join(f"set_config('{name}', '{value}', {is_local})" for name, value in settings.items())


class _Sqlite:
    """Looks at the clock while a statement runs, for SQLite has none."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def opened(self, connection: Any, record: Any) -> None:
        """Have SQLite ask now and then whether time is up; until the first transaction begins it never is."""
        info = record.info
        connection.set_progress_handler(lambda: time.monotonic() > info.get(_ENDS, float("inf")), _OPCODES)

    def begun(self, connection: Connection) -> None:
        """Say how long this transaction waits for its turn, and when its time is up."""
        limits = connection.get_execution_options().get("limits", self._limits)
        if connection.info.get(_TURN) != limits.turn:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_milliseconds(limits.turn)}").close()
            connection.info[_TURN] = limits.turn
        connection.info[_ENDS] = time.monotonic() + limits.turn + limits.statement


_ENDS: Final = "novacore_ends"
_TURN: Final = "novacore_turn"
