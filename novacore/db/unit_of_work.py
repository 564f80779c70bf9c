"""The only place that commits. State, event and job rows go in together or not at all.

Waking the workers comes after the commit and may be lost: the sweep finds every job row that is due.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from novacore import clock, telemetry
from novacore.db.engine import Database

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
    """One open write transaction. `now` is the shop's time for everything written in it."""

    session: Session
    now: datetime
    is_sqlite: bool
    wakes: list[Wake] = field(default_factory=list)
    news: list[tuple[str, str]] = field(default_factory=list)
    """Lines for the log (subject id, sentence without names or secrets), written once it has really happened."""


Waker = Callable[[Sequence[Wake]], None]
_wakers: list[Waker] = []


def on_commit(waker: Waker) -> Callable[[], None]:
    """Call `waker` after every commit that left jobs due; returns what undoes it. A waker must not raise or block."""
    _wakers.append(waker)
    return lambda: _wakers.remove(waker)


def in_transaction() -> bool:
    """Tell whether this thread has a transaction open, in which nothing may go over the network."""
    return bool(getattr(_state, "open", False))


@contextmanager
def writing(database: Database) -> Iterator[Transaction]:
    """Open a write transaction; commit at the end, roll back on any error. Not to be nested."""
    if in_transaction():
        raise RuntimeError("A transaction is open in this thread already; pass it on instead of opening another.")
    with database.write_lock if database.is_sqlite else nullcontext():
        engine = database.engine.execution_options(writes=True)
        session = Session(engine, autoflush=False, expire_on_commit=False)
        _state.open = True
        try:
            transaction = Transaction(session, clock.now(), database.is_sqlite)
            yield transaction
            session.commit()
        finally:
            _state.open = False
            session.close()
    for subject_id, sentence in transaction.news:
        with telemetry.subject(subject_id):
            log.info("%s", sentence)
    if transaction.wakes:
        for waker in tuple(_wakers):
            waker(tuple(transaction.wakes))


@contextmanager
def reading(database: Database) -> Iterator[Session]:
    """Open a session that only reads. What it loaded may be kept: nothing is fetched behind anybody's back later."""
    with Session(database.engine, autoflush=False, expire_on_commit=False) as session:
        yield session
