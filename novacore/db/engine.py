"""Opens the database, SQLite or PostgreSQL, so that a transaction means the same on both."""

import copy
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import QueuePool

from novacore import private_files
from novacore.db import limits as connection_limits
from novacore.db.fair_lock import FairLock
from novacore.db.limits import LONG, ORDINARY, Limits
from novacore.db.postgresql import is_pooled, open_postgresql

POOL_SECONDS = 10.0
"""How long a transaction waits for a free connection of this process."""


class Database:
    """A database that is open, and how long whatever is done with it may take. Tests set limits that are over soon."""

    def __init__(self, url: str, *, pool_size: int = 10, limits: Limits = ORDINARY, long: Limits = LONG) -> None:
        self.engine = _open(url, pool_size)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.is_pooled = is_pooled(self.engine.url)
        """Whether pgbouncer is in between, so that no setting outlives its transaction."""
        connection_limits.keep(self.engine, limits)
        if self.is_sqlite:
            event.listen(self.engine, "begin", _begin_sqlite)  # behind the limits, which say how long it waits
        self.limits, self.long = limits, long
        self.writer = _writer(self.engine)
        """The same engine for transactions that write."""
        self._line = FairLock()

    def within(self, limits: Limits) -> "Database":
        """Return the same database, with its connections, for transactions that have other limits."""
        same = copy.copy(self)
        same.limits, same.engine = limits, self.engine.execution_options(limits=limits)
        same.writer = _writer(same.engine)
        return same

    def for_long_work(self) -> "Database":
        """Return the same database for work that takes minutes and that nobody waits for."""
        return self.within(self.long)

    def turn(self) -> AbstractContextManager[None]:
        """Let one SQLite writer of this process in at a time: waiting in line beats busy retries. Raises OutOfTurn."""
        return self._line.turn(self.limits.turn) if self.is_sqlite else nullcontext()

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _writer(engine: Engine) -> Engine:
    return engine.execution_options(writes=True)


def _open(url: str, pool_size: int) -> Engine:
    shared: dict[str, Any] = {
        "hide_parameters": True,
        "pool_size": pool_size,
        "max_overflow": 2 * pool_size,
        "pool_timeout": POOL_SECONDS,
    }
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return open_postgresql(address, **shared)
    engine = create_engine(address, poolclass=QueuePool, **shared)
    event.listen(engine, "do_connect", _make_file)
    event.listen(engine, "connect", _prepare_sqlite)
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
        "fullfsync=ON",  # macOS only: without it, what is written may still be in the disk's own memory
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: a reader that turns writer half-way would fail with "database is locked".
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")
