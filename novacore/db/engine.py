"""Opens the database, SQLite or PostgreSQL, so that a transaction means the same on both."""

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import QueuePool

from novacore import private_files
from novacore.db.line import Line
from novacore.db.postgresql import is_pooled, open_postgresql

BUSY_MILLISECONDS = 15_000
"""How long a SQLite writer waits for a writer of another process."""


class Database:
    """A database that is open. `write_lock` lets one SQLite writer in at a time: waiting in line beats busy retries."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.engine = _open(url, pool_size)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.is_pooled = is_pooled(self.engine.url)
        """Whether pgbouncer is in between, so that no setting outlives its transaction."""
        self.write_lock = Line()

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _open(url: str, pool_size: int) -> Engine:
    shared: dict[str, Any] = {
        "hide_parameters": True,
        "pool_size": pool_size,
        "max_overflow": 2 * pool_size,
    }
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return open_postgresql(address, **shared)
    engine = create_engine(address, poolclass=QueuePool, **shared)
    event.listen(engine, "do_connect", _make_file)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_file(_dialect: Any, _record: Any, arguments: Sequence[Any], _options: Any) -> None:
    """Make a database that is not there yet, for its owner alone. What SQLite puts next to it gets the same mode."""
    name = str(arguments[0])
    if name.startswith(("file:", ":")):
        return
    # Whatever is wrong, SQLite is about to say so itself.
    with suppress(OSError):
        os.close(private_files.opener(name, os.O_RDWR | os.O_CREAT | os.O_EXCL))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the module's own never says IMMEDIATE
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # a sale that was confirmed must survive a power cut
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MILLISECONDS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: a reader that turns writer half-way would fail with "database is locked".
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")
