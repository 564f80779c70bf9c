"""A worker shows PostgreSQL that it lives: it holds an advisory lock in a session that does nothing else.

The server lets go of the lock when the session ends, and a process that is killed ends its sessions at once. But a
session may end without its process: the server starts again, or something on the way cuts the line. Therefore
- the name says since when the server runs: after a restart or on another server, nobody is judged by an older name;
- a thread notices the end of the session and takes the lock again, under the same name where the server goes on;
- others believe in a death only when the lock stays away for some seconds;
- a line that goes silent (no word of its end, as when a network fails) is given up by the server later than a lease.

Behind a pooler there is no session of one's own. Then nothing is shown, and the lease decides.
"""

import logging
import os
import secrets
import select
import selectors
import socket
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from novacore.db import limits
from novacore.db.engine import Database
from novacore.db.signs import forks
from novacore.db.trouble import reason_of
from novacore.db.unit_of_work import reading

PATIENCE: Final = 3.0
"""Seconds for which a lock has to be away before its owner counts as dead: a living one takes it back in one."""

BETWEEN_LOOKS: Final = 0.25
"""Seconds between two looks for a lock that is away."""

_CLASS: Final = 0x4E6F7641  # "NovA": the first half of the lock's key, the second is the worker's number
_NUMBERS: Final = 2**31

_LOOK_SECONDS: Final = 20.0
"""How often a session is asked whether it still has the lock. That it has ended is noticed at once."""

_AGAIN_SECONDS: Final = 0.5
_STOP_SECONDS: Final = 5.0

_SINCE: Final = "to_char(pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')"
_LOCKS: Final = (
    f"FROM pg_locks WHERE locktype = 'advisory' AND classid = {_CLASS} AND objsubid = 2 AND granted "  # noqa: S608 - ours
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)

# Shared, for a session that the server hasn't missed yet may hold it still when the next one takes it.
_TAKE: Final = text(f"SELECT pg_try_advisory_lock_shared({_CLASS}, :number), {_SINCE}")
_IS_HELD: Final = text(f"SELECT count(*) {_LOCKS} AND objid = :number AND pid = pg_backend_pid()")
_SHOWN: Final = text(f"SELECT {_SINCE}, array(SELECT objid {_LOCKS})")
_SET: Final = text("SELECT set_config(:name, :value, false) WHERE current_setting(:name, true) IS NOT NULL")

_AWAY: Final = (DBAPIError, PoolTimeoutError)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Session:
    """A session that holds the lock."""

    connection: Connection
    descriptor: int
    name: str


class _Pooled(Exception):
    """Someone else answers in the server's place: the session is not ours."""


def settings(lease_seconds: float) -> dict[str, str]:
    """Return what the session is told: it may be idle for ever, and its line silent for longer than a lease.

    A server looks whether a silent line is alive after `idle` seconds, and gives it up `count` intervals later.
    """
    return {
        "idle_session_timeout": "0",
        "tcp_user_timeout": "0",
        "tcp_keepalives_idle": "60",
        "tcp_keepalives_interval": f"{int(lease_seconds / 4) + 1}",
        "tcp_keepalives_count": "4",
    }


class SessionSign:
    """Takes its lock when it is made, in a connection beyond the pool's; a thread takes it again where it is lost."""

    def __init__(
        self,
        database: Database,
        lease_seconds: float,
        patience: float = PATIENCE,
        away_since: Callable[[], Mapping[str, float]] = dict,
    ) -> None:
        self._database, self._patience, self._away_since = database, patience, away_since
        self._settings = settings(lease_seconds)
        self._number = secrets.randbelow(_NUMBERS)
        self._pid = os.getpid()
        self._session: _Session | None = None
        self._stopped = threading.Event()
        self._bell, self._ear = socket.socketpair()
        try:
            self._take()
        except _Pooled:
            log.info("A pooler stands before PostgreSQL. If a worker is killed, its jobs wait for their lease.")
            self._stopped.set()
        self._thread = threading.Thread(target=self._watch, name="sign of life", daemon=True)
        self._thread.start()

    @property
    def name(self) -> str | None:
        """As `SignOfLife`."""
        session = self._session
        return session.name if session is not None and os.getpid() == self._pid else None

    def holds(self, name: str) -> bool:
        """As `SignOfLife`. The kernel knows of the session's end, even if this process has slept until now."""
        session = self._session
        return name == self.name and session is not None and not _has_ended(session.descriptor)

    def dead(self, names: Collection[str]) -> frozenset[str]:
        """As `SignOfLife`. Looks again and again for a few seconds before it says so of anybody."""
        begun, since = time.monotonic(), self._away_since()
        away = missing(self._database, names)
        while any(time.monotonic() < since.get(each, begun) + self._patience for each in away):
            time.sleep(BETWEEN_LOOKS)
            away = missing(self._database, away)
        return away

    def close(self) -> None:
        """As `SignOfLife`."""
        if os.getpid() != self._pid:
            return
        self._stopped.set()
        with suppress(OSError):
            self._bell.send(b"!")
        self._thread.join(_STOP_SECONDS)
        self._drop()
        self._bell.close()
        self._ear.close()

    def _watch(self) -> None:
        while not self._stopped.is_set():
            session = self._session
            if session is None:
                self._take_again()
            elif not self._is_held(session):
                log.warning("PostgreSQL has ended the session that shows this worker. Another one is opened.")
                self._drop()
            else:
                _wait_for_news((session.descriptor, self._ear), _LOOK_SECONDS)

    def _take_again(self) -> None:
        try:
            self._take()
        except _Pooled:
            self._stopped.set()
        if self._session is None:
            self._stopped.wait(_AGAIN_SECONDS)

    def _take(self) -> None:
        try:
            connection = self._database.engine.execution_options(isolation_level="AUTOCOMMIT").connect()
        except _AWAY as error:
            log.debug("The worker can't be shown: %s", reason_of(error))
            return
        try:
            self._session = self._shown_by(connection)
        except _AWAY as error:
            log.debug("The worker can't be shown: %s", reason_of(error))
        finally:
            if self._session is None:
                connection.close()

    def _shown_by(self, connection: Connection) -> _Session | None:
        """Take the lock in this connection, which leaves the pool. Raises _Pooled."""
        if self._database.is_pooled or limits.is_poolers(connection):
            raise _Pooled
        connection.detach()
        for name, value in self._settings.items():
            connection.execute(_SET, {"name": name, "value": value}).close()
        is_taken, since = connection.execute(_TAKE, {"number": self._number}).one()
        if not is_taken:
            return None
        # Asked in a transaction of its own: where a pooler was not noticed, another session may answer.
        if connection.execute(_IS_HELD, {"number": self._number}).scalar_one() == 0:
            raise _Pooled
        descriptor = _descriptor(connection)
        forks.keep_from_children(descriptor)
        return _Session(connection, descriptor, _name(since, self._number))

    def _is_held(self, session: _Session) -> bool:
        try:
            return bool(session.connection.execute(_IS_HELD, {"number": self._number}).scalar_one())
        except _AWAY:
            return False

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            forks.forget(session.descriptor)
            with suppress(*_AWAY):
                session.connection.close()


def missing(database: Database, names: Collection[str]) -> frozenset[str]:
    """Return those of this server whose lock nobody holds right now. Raises Unavailable."""
    if not names:
        return frozenset()
    with reading(database) as session:
        since, numbers = session.execute(_SHOWN).one()
    shown = {_name(since, number) for number in numbers}
    return frozenset(each for each in names if _is_of(since, each) and each not in shown)


def _name(since: str, number: int | str) -> str:
    return f"server:{since}:{number}"


def _is_of(since: str, name: str) -> bool:
    beginning = _name(since, "")
    return name.startswith(beginning) and name.removeprefix(beginning).isdecimal()


def _descriptor(connection: Connection) -> int:
    driver: Any = connection.connection.dbapi_connection
    return int(driver.fileno())


def _wait_for_news(files: Sequence[int | socket.socket], seconds: float) -> None:
    """Wait so long until one of them has something to read: a server that ends a session says so, or closes it."""
    with selectors.DefaultSelector() as selector:
        for each in files:
            selector.register(each, selectors.EVENT_READ)
        selector.select(seconds)


def _has_ended(descriptor: int) -> bool:
    """Tell whether the other end was closed. Where the system can't tell, the thread is going to notice."""
    if not hasattr(select, "POLLRDHUP"):
        return False
    poll = select.poll()
    poll.register(descriptor, select.POLLRDHUP)
    return bool(poll.poll(0))
