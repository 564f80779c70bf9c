"""What is wrong with the database, for the owner: when the shop starts, in a command, in a log.

`trouble` speaks to customers and staff; this says what to do about it on the server. What the database itself says is
not repeated: it may quote a user, a host or a row, and comes in the server's language.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from novacore.errors import Unavailable

_AWAY: Final = "PostgreSQL does not answer. Start it, and check the host and the port in DATABASE_URL."
_NOT_LET_IN: Final = "PostgreSQL rejects the user or the password in DATABASE_URL."
_NO_DATABASE: Final = "PostgreSQL has no database of the name in DATABASE_URL. Create it, or correct the name."
_NO_ROOM: Final = "PostgreSQL has no connection left. Raise its max_connections, or stop what else is connected to it."
_NOT_READY: Final = "PostgreSQL is starting or stopping. Wait a moment, then start this again."
_NO_TLS: Final = "PostgreSQL speaks no TLS, which DATABASE_URL asks for. Turn it on there, or change sslmode."
_NOT_TRUSTED: Final = (
    "PostgreSQL's certificate can't be checked with what DATABASE_URL says. Give its authority with "
    "sslrootcert=/path/to/ca.pem, and the host by the name that stands in the certificate."
)
_NOT_FROM_HERE: Final = (
    "PostgreSQL does not let that user in from this machine. Allow it in pg_hba.conf, or put sslmode=require at the "
    "end of DATABASE_URL where the server wants TLS."
)
_NO_HOST: Final = "The host in DATABASE_URL is not known. Check how it is spelt."
_BAD_OPTION: Final = "PostgreSQL rejects one of the options at the end of DATABASE_URL. Leave it out."
_MAY_NOT: Final = (
    "The user in DATABASE_URL may not do this in the database. Make it the owner of the database, or grant it all "
    "rights on the schema public."
)
_POOLED: Final = (
    "pgbouncer stands between the shop and PostgreSQL and pools by transaction. Put pgbouncer=true at the end of "
    "DATABASE_URL, behind a ? (or an & where there is one)."
)
_UNCLEAR: Final = (
    "PostgreSQL can't be used. Check that it runs, and the host, the port, the user, the password and the name of the "
    "database in DATABASE_URL."
)

_BY_CODE: Final[Mapping[str, str]] = {
    "25006": "PostgreSQL only lets the shop read: it is a standby. Write the main server into DATABASE_URL.",
    "26000": _POOLED,  # invalid_sql_statement_name: prepared on another connection
    "3D000": _NO_DATABASE,
    "42501": _MAY_NOT,
    "42P05": _POOLED,  # duplicate_prepared_statement
    "53100": "The disk of PostgreSQL is full. Make room there.",
    "53300": _NO_ROOM,
    "55P03": "Another program holds what this needs in the database. Run it again in a moment.",
    "57014": "PostgreSQL took longer than it may. Run it again when less is going on.",
    "57P03": _NOT_READY,
}
_BY_CLASS: Final[Mapping[str, str]] = {
    "08": _AWAY,
    "28": _NOT_LET_IN,
    "53": "PostgreSQL has too little memory or room. Look into its log.",
    "57": _NOT_READY,
    "58": "PostgreSQL has trouble with its own files. Look into its log.",
}
_BY_WORDS: Final[Mapping[str, Iterable[str]]] = {
    _NOT_LET_IN: ("password", "authentication failed", "role does not exist", "no such user", "sasl", "scram"),
    _NOT_FROM_HERE: ("pg_hba.conf",),
    _NO_DATABASE: ("database does not exist", "no such database"),
    _NO_ROOM: ("too many clients", "connection slots", "no more connections"),
    _NOT_READY: ("starting up", "shutting down", "recovery"),
    _NO_TLS: ("does not support ssl",),
    _NOT_TRUSTED: ("certificate",),
    _BAD_OPTION: ("startup parameter", "invalid connection option", "sslmode", "definition of"),
    _NO_HOST: ("could not translate host", "failed to resolve", "name or service", "nodename nor"),
    _AWAY: ("refused", "timeout", "timed out", "no route", "unreachable", "no such file", "closed the", "reset by"),
}
"""What libpq says where no connection comes about, which has no code. Of what servers say only English is known."""

_SQLITE: Final[Mapping[int, str]] = {
    5: "Another program holds the database of the shop. Close it, then run this again.",
    6: "Another program holds the database of the shop. Close it, then run this again.",
    8: "The database can only be read here. Check the permissions of the file at DATABASE_PATH and of its folder.",
    10: "The disk does not read or write the database as it should. Check the disk, then the room on it.",
    11: "The database is damaged. Put back your backup, or see docs/operations.md.",
    13: "The disk of the database is full. Make room, then run this again.",
    14: "The database can't be opened. Check the permissions of the file at DATABASE_PATH and of its folder.",
    26: "The file at DATABASE_PATH is not a SQLite database. Put back your backup, or name another file.",
}


def sentence(error: BaseException) -> str | None:
    """Say what to do about an error of the database. None: it is not the database's, or a bug."""
    for one in _causes(error):
        if isinstance(one, PoolTimeoutError):
            return _NO_ROOM
        if isinstance(one, DBAPIError):
            return _of_driver(one.orig)
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    yield error
    if isinstance(error, Unavailable) and error.__cause__ is not None:
        yield error.__cause__


def _of_driver(error: BaseException | None) -> str | None:
    if (code := getattr(error, "sqlite_errorcode", None)) is not None:
        return _SQLITE.get(int(code) & 0xFF)  # the rest says more of the same
    state = getattr(error, "sqlstate", None)
    if state:
        return _BY_CODE.get(state) or _BY_CLASS.get(state[:2])
    if not type(error).__module__.startswith("psycopg"):
        return None
    found = _by_words(str(error))
    if any(kind.__name__ in _NO_ANSWER for kind in type(error).__mro__):
        return found or _UNCLEAR
    return found if found == _BAD_OPTION else None


_NO_ANSWER: Final = frozenset({"OperationalError", "InterfaceError"})
"""Kinds of error that psycopg raises without a code where no connection comes about; others are bugs of ours."""


def _by_words(said: str) -> str | None:
    # Names of hosts, users and databases stand in quotes, and may be any word.
    text = " ".join(re.sub('"[^"]*"', "", said).lower().split())
    return next((one for one, words in _BY_WORDS.items() if any(word in text for word in words)), None)
