"""The only place that commits. State, event and job rows go in together or not at all.

Waking the workers comes after the commit and may be lost: the sweep finds every job row that is due.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from novacore import clock, full_disk, telemetry
from novacore.db import trouble
from novacore.db.engine import Database
from novacore.errors import DatabaseAway, DatabaseFull, OutcomeUnknown

_state = threading.local()

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wake:
    """A job row that is due as soon as the transaction has committed."""

    job_id: int
    name: str
    queue: str


@dataclass(slots=True)
class Transaction:
    """One open write transaction."""

    connection: Connection
    """For statements that were built once, on the hot path: a session does as much work again around each of them."""
    is_sqlite: bool
    wakes: list[Wake] = field(default_factory=list)
    events: set[int] = field(default_factory=set)
    """Ids of the audit log's rows that this transaction adds."""
    news: list[tuple[str, str]] = field(default_factory=list)
    """Lines for the log (mark, sentence without people's names or secrets), written once it has really happened."""
    _now: datetime | None = None
    _session: Session | None = None

    @property
    def session(self) -> Session:
        """A session within this transaction. Made when someone first asks: it costs as much as two statements."""
        if self._session is None:
            self._session = Session(self.connection, autoflush=False, expire_on_commit=False)
        return self._session

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what is written inside where it raises, by the session and by the connection alike."""
        with self.session.begin_nested():
            self.session.connection()  # a session sends its SAVEPOINT with its first statement, which may never come
            yield

    def flush(self) -> None:
        """Send what is still to be written."""
        if self._session is not None:
            self._session.flush()

    def close(self) -> None:
        """Let go of the session. Called once, at the end."""
        if self._session is not None:
            self._session.close()

    @property
    def now(self) -> datetime:
        """The shop's time for everything written in it.

        The clock is read when someone first asks, which is after the lock: whoever waited for it would otherwise write
        an earlier time than the one who had it before.
        """
        if self._now is None:
            self._now = clock.now()
        return self._now

    def read_clock_again(self) -> None:
        """Forget the time: for a lock that is taken after something has been written."""
        self._now = None


Waker = Callable[[Sequence[Wake]], None]
_wakers: list[Waker] = []


def on_commit(waker: Waker) -> Callable[[], None]:
    """Call `waker` after every commit that left jobs due; returns what undoes it. A waker must not raise or block."""
    _wakers.append(waker)
    return lambda: _wakers.remove(waker)


def in_transaction() -> bool:
    """Tell whether this thread has a transaction open, in which nothing may go over the network."""
    return bool(getattr(_state, "open", False))


def commits() -> int:
    """Count the transactions that this thread has committed so far: whether a command has left anything behind."""
    return int(getattr(_state, "commits", 0))


@contextmanager
def writing(database: Database) -> Iterator[Transaction]:
    """Open a write transaction; commit at the end, roll back on any error. Not to be nested.

    Raises Unavailable for what the database cannot do now: OutcomeUnknown where the connection was lost at the commit,
    else nothing is saved.
    """
    if in_transaction():
        raise RuntimeError("A transaction is open in this thread already; pass it on instead of opening another.")
    with _explained(), database.turn(), database.writer.connect() as connection:
        connection.begin()
        transaction = Transaction(connection, database.is_sqlite)
        _state.open = True
        try:
            yield transaction
            _commit(transaction)
        finally:
            _state.open = False
            transaction.close()
    for mark, sentence in transaction.news:
        with telemetry.subject(mark):
            log.info("%s", sentence)
    if transaction.wakes:
        for waker in tuple(_wakers):
            waker(tuple(transaction.wakes))


@contextmanager
def reading(database: Database) -> Iterator[Session]:
    """Open a session that only reads. What it loaded may be kept: nothing is fetched behind anybody's back later.

    Raises Unavailable for what the database cannot do now.
    """
    with _explained(), Session(database.engine, autoflush=False, expire_on_commit=False) as session:
        yield session


def retire(session: Session) -> None:
    """Close this session's connection at its end, instead of keeping it for the next one.

    For values of megabytes: a connection holds on to them for as long as it lives, SQLite's to what was last bound to
    each statement, PostgreSQL's to buffers of the largest size that it has seen.
    """
    session.connection().detach()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except trouble.RAISED as error:
        refusal = trouble.refusal_of(error)
        if refusal is None:
            raise
        if isinstance(refusal, DatabaseFull):
            full_disk.noticed()
        raise refusal from error


def _commit(transaction: Transaction) -> None:
    transaction.flush()  # apart from the commit: what is lost before it is certainly not saved
    try:
        transaction.connection.commit()
    except DBAPIError as error:
        if isinstance(trouble.refusal_of(error), DatabaseAway):
            raise OutcomeUnknown from error
        raise
    _state.commits = commits() + 1
