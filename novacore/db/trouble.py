"""What an error of the database means for whoever asked, as a refusal with a sentence. `unit_of_work` raises them.

Told apart by the codes of PostgreSQL and SQLite, for their classes say too little: a missing table and a lost
connection are both an OperationalError of Python's. What is none of these is a bug, and stays what it was.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from novacore.db.fair_lock import OutOfTurn
from novacore.errors import DatabaseAway, DatabaseFull, RowsHeld, TookTooLong, Unavailable
from novacore.telemetry.redaction import redacted

RAISED: Final = (DBAPIError, PoolTimeoutError, OutOfTurn)
"""What may be one of these."""

_POSTGRESQL: Final[Mapping[str, type[Unavailable]]] = {
    "25P03": DatabaseAway,  # idle_in_transaction_session_timeout: the server has ended the connection
    "25P04": DatabaseAway,  # transaction_timeout, likewise
    "25006": DatabaseAway,  # read only: the standby answers while another server takes over
    "40001": RowsHeld,  # serialization_failure
    "40P01": RowsHeld,  # deadlock_detected
    "53100": DatabaseFull,  # disk_full
    "55P03": RowsHeld,  # lock_not_available: lock_timeout
    "57014": TookTooLong,  # query_canceled: statement_timeout
}
_POSTGRESQL_AWAY: Final = ("08", "28", "3D", "53", "57", "58")
"""Classes: connection lost, not let in, no such database, no resources, ended by an operator, the system's errors."""

_SQLITE: Final[Mapping[int, type[Unavailable]]] = {
    5: RowsHeld,  # SQLITE_BUSY
    6: RowsHeld,  # SQLITE_LOCKED
    8: DatabaseAway,  # SQLITE_READONLY: the disk was mounted so, or someone took the right away
    9: TookTooLong,  # SQLITE_INTERRUPT: by our own look at the clock
    10: DatabaseAway,  # SQLITE_IOERR
    13: DatabaseFull,  # SQLITE_FULL
    14: DatabaseAway,  # SQLITE_CANTOPEN
    15: RowsHeld,  # SQLITE_PROTOCOL: too many tries for the lock
}


def refusal_of(error: BaseException) -> Unavailable | None:
    """Return what the error means, or None if it is a bug."""
    if isinstance(error, OutOfTurn):
        return RowsHeld()
    if isinstance(error, PoolTimeoutError):
        return DatabaseAway()
    if not isinstance(error, DBAPIError):
        return None
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(code, str):
        kind = _POSTGRESQL.get(code) or (DatabaseAway if code.startswith(_POSTGRESQL_AWAY) else None)
    elif code is not None:
        kind = _SQLITE.get(int(code) & 0xFF)  # the rest says more of the same
    else:
        # No answer at all: neither of them gives a code where the connection itself is lost, or cannot be made.
        kind = DatabaseAway if isinstance(error, OperationalError | InterfaceError) else None
    return kind() if kind else None


def reason_of(error: BaseException) -> str:
    """Return in one line what the database, or the way to it, said. Without secrets: for a log or the doctor."""
    cause = error.__cause__ if isinstance(error, Unavailable) else error
    said = str(getattr(cause, "orig", None) or cause or error).strip()
    return redacted(said.splitlines()[0] if said else type(error).__name__)
