"""DATABASE_URL: an address that psycopg and libpq will take, or a sentence. `model` puts this on its field."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from pydantic import SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from novacore.settings.server_url import single, take_apart
from novacore.settings.values import yes_or_no

PGBOUNCER: Final = "pgbouncer"
"""The one option of our own, as Prisma writes it: pgbouncer stands in between and pools by transaction."""

_NOWHERE: Final = "/dev/null"
"""A folder for libpq's socket that can hold none."""

_WHERE_AND_WHO: Final = frozenset({"hostaddr", "user", "password", "dbname", "passfile"})

_NUMBERS: Final = frozenset(
    {"connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"}
)
"""Options that libpq reads only while it connects; it looks at all others at once."""

_OTHERS_OPTIONS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("schema", "connection_limit", "pool_timeout", "sslaccept", "statement_cache_size"), ""),
    **dict.fromkeys(("socket_timeout", "charset", "serverVersion", "sslidentity", "prepareThreshold"), ""),
    "prepare_threshold": " For pgbouncer write pgbouncer=true.",
    "ssl": " For TLS write sslmode=require.",
    "sslMode": " For TLS write sslmode=require.",
}
"""Options of Prisma, JDBC, asyncpg and Doctrine, and what to write in their place."""


def read_postgres_url(text: str) -> SecretStr:
    """Read a PostgreSQL address, and name the driver in it that the shop uses (psycopg 3)."""
    given = take_apart(text, "a database address")
    if given.scheme not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise ValueError("is not a PostgreSQL address.")
    if not re.fullmatch("/[^/]+", given.path):
        raise ValueError("names no database.")
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("is not a database address.") from None
    url = url.set(drivername="postgresql+psycopg", query=_postgres_options(given.options))
    return SecretStr(url.render_as_string(hide_password=False))


def _postgres_options(given: Mapping[str, list[str]]) -> dict[str, Sequence[str] | str]:
    """Return the options as SQLAlchemy takes them. Several hosts may stand in them, each with its port."""
    places = {name: values for name, values in given.items() if name in {"host", "port"}}
    others = single({name: values for name, values in given.items() if name not in places})
    pooled = _is_pooled(others.pop(PGBOUNCER, "no"))
    if others:
        _refuse_what_libpq_refuses(others)
    return {**places, **others, **({PGBOUNCER: "true"} if pooled else {})}


def _is_pooled(said: str) -> bool:
    try:
        return yes_or_no(said)
    except ValueError:
        raise ValueError(f"says neither true nor false for {PGBOUNCER}.") from None


def _refuse_what_libpq_refuses(options: Mapping[str, str]) -> None:
    """Ask the library that will connect: which options there are differs from version to version."""
    from psycopg import pq  # noqa: PLC0415 - a shop on SQLite never needs it

    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    for name in options.keys() - known:
        raise ValueError(_unknown(name, known))
    for name in options.keys() & _NUMBERS:
        if not re.fullmatch(r"\d{1,9}", options[name], re.ASCII):
            raise ValueError(_bad_value(name))
    if not _libpq_takes(options):
        for name in options:
            if not _libpq_takes({name: options[name]}):
                raise ValueError(_bad_value(name))
        raise ValueError("has options that exclude each other.")


def _unknown(name: str, known: Iterable[str]) -> str:
    if name in _OTHERS_OPTIONS:
        return f"has the option {name}, which PostgreSQL does not know. Leave it out.{_OTHERS_OPTIONS[name]}"
    guesses = get_close_matches(name.lower(), [*known, PGBOUNCER], n=1, cutoff=0.75)
    return "has an option that PostgreSQL does not know." + "".join(f" Did you mean {guess}?" for guess in guesses)


def _bad_value(name: str) -> str:
    return f"has a value for {name} that PostgreSQL does not know."


def _libpq_takes(options: Mapping[str, str]) -> bool:
    """Begin to connect where nobody can be, and compare: libpq looks at its options first."""
    looked_at = {name: value for name, value in options.items() if name not in _WHERE_AND_WHO}
    if looked_at.get("gssencmode") == "require":
        del looked_at["gssencmode"]  # the one right value that does not go with a socket like this
    return _libpqs_answer(looked_at) == _libpqs_answer({})


def _libpqs_answer(options: Mapping[str, str]) -> bytes:
    from psycopg import conninfo, pq  # noqa: PLC0415 - as above

    text = conninfo.make_conninfo("", **options, host=_NOWHERE, user="nobody", dbname="nothing")
    connection = pq.PGconn.connect_start(text.encode())
    try:
        return connection.error_message
    finally:
        connection.finish()
