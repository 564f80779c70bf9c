"""What the owner is told of a database that can't be used, by real servers and by the words of libpq."""

import sqlite3
from contextlib import closing

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from novacore.db import schema
from novacore.db.diagnosis import sentence
from novacore.db.engine import Database
from novacore.db.unit_of_work import reading
from novacore.errors import DatabaseAway, NotFound
from tests.fixtures.servers.pgbouncer import Pgbouncer
from tests.fixtures.servers.postgresql import PostgresServer
from tests.fixtures.servers.processes import free_port

PASSWORD = "sesame-and-more"


def said_of(url: str) -> str:
    """Open a database as a start does, and return what is said of it."""
    with closing(Database(url, pool_size=1)) as database, pytest.raises(DBAPIError) as refused:
        schema.migrate(database)
    found = sentence(refused.value)
    assert found is not None
    assert PASSWORD not in found
    return found


@pytest.fixture
def guarded(own_postgresql: PostgresServer) -> PostgresServer:
    """A server that knows carol, wants her password, lets guest in and nobody else."""
    with psycopg.connect(f"postgresql://postgres@/postgres?host={own_postgresql.folder}", autocommit=True) as owner:
        owner.execute(f"CREATE ROLE carol LOGIN PASSWORD '{PASSWORD}'")
        owner.execute("CREATE ROLE guest LOGIN")
        owner.execute("CREATE ROLE stranger LOGIN")
        rules = own_postgresql.folder / "data" / "pg_hba.conf"
        rules.write_text("local all carol scram-sha-256\nlocal all postgres,guest,nobody trust\n")
        owner.execute("SELECT pg_reload_conf()")
    return own_postgresql


@pytest.mark.parametrize(
    ("user", "database", "said"),
    [
        ("carol:wrong-horse", "postgres", "rejects the user or the password"),
        ("carol", "postgres", "rejects the user or the password"),
        ("nobody", "postgres", "rejects the user or the password"),
        ("stranger", "postgres", "does not let that user in from this machine"),
        ("postgres", "no-such-shop", "has no database of the name"),
        ("guest", "postgres", "may not do this in the database"),
    ],
)
def test_a_server_that_will_not_have_us(guarded: PostgresServer, user: str, database: str, said: str) -> None:
    found = said_of(f"postgresql+psycopg://{user}@/{database}?host={guarded.folder}")
    assert said in found
    assert not any(word in found for word in ("wrong-horse", "carol", "no-such-shop", str(guarded.folder)))


def test_right_as_it_should_be(guarded: PostgresServer) -> None:
    """Else the rules of the server above would refuse everybody."""
    url = f"postgresql+psycopg://carol:{PASSWORD}@/postgres?host={guarded.folder}"
    with closing(Database(url)) as database, reading(database) as session:
        assert session.connection().exec_driver_sql("SELECT 1").scalar_one() == 1


def test_a_server_that_is_away(own_postgresql: PostgresServer) -> None:
    assert "does not answer" in said_of(f"postgresql+psycopg://u:{PASSWORD}@127.0.0.1:{free_port()}/novacore")
    own_postgresql.stop()
    assert "does not answer" in said_of(own_postgresql.url("postgres"))


def test_a_pooler_that_knows_no_such_database(pgbouncer: Pgbouncer) -> None:
    assert "has no database of the name" in said_of(pgbouncer.url("no-such-shop"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('failed to resolve host "db": [Errno -2] Name or service not known', "host in DATABASE_URL is not known"),
        ('could not translate host name "db" to address: No address', "host in DATABASE_URL is not known"),
        ('at "db", port 5432 failed: server does not support SSL, but SSL was required', "speaks no TLS"),
        ('at "db" failed: SSL error: certificate verify failed', "certificate can't be checked"),
        ('root certificate file "/root/.postgresql/root.crt" does not exist', "certificate can't be checked"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "u", no encryption', "does not let that user in"),
        ("FATAL:  sorry, too many clients already", "has no connection left"),
        ("FATAL:  remaining connection slots are reserved for roles with SUPERUSER", "has no connection left"),
        ("FATAL:  the database system is starting up", "starting or stopping"),
        ("FATAL:  the database system is in recovery mode", "starting or stopping"),
        ("FATAL:  unsupported startup parameter: options", "one of the options"),
        ('invalid connection option "schema"', "one of the options"),
        ("connection timeout expired", "does not answer"),
        ("server closed the connection unexpectedly", "does not answer"),
        ('at "password.example" failed: Connection refused', "does not answer"),
        ("FATAL:  Passwort-Authentifizierung für Benutzer »u« fehlgeschlagen", "Check that it runs, and the host"),
        ("", "Check that it runs, and the host"),
    ],
)
def test_a_connection_that_does_not_come_about(words: str, said: str) -> None:
    found = sentence(OperationalError("", {}, psycopg.OperationalError(f"connection failed: {words}")))
    assert found is not None
    assert said in found


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("DuplicatePreparedStatement", "pgbouncer=true at the end"),
        ("InvalidSqlStatementName", "pgbouncer=true at the end"),
        ("DiskFull", "The disk of PostgreSQL is full"),
        ("TooManyConnections", "has no connection left"),
        ("CannotConnectNow", "starting or stopping"),
        ("ReadOnlySqlTransaction", "it is a standby"),
        ("InsufficientPrivilege", "may not do this"),
        ("OutOfMemory", "too little memory"),
        ("ConnectionFailure", "does not answer"),
        ("QueryCanceled", "took longer than it may"),
        ("LockNotAvailable", "Another program holds"),
    ],
)
def test_a_code_of_postgresql(name: str, said: str) -> None:
    cause = getattr(psycopg.errors, name)("told by a test")
    for error in (ProgrammingError("", {}, cause), _refused(ProgrammingError("", {}, cause))):
        found = sentence(error)
        assert found is not None
        assert said in found


def _refused(cause: DBAPIError) -> DatabaseAway:
    refusal = DatabaseAway()
    refusal.__cause__ = cause
    return refusal


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (sqlite3.SQLITE_FULL, "The disk of the database is full"),
        (sqlite3.SQLITE_READONLY, "can only be read"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "can only be read"),
        (sqlite3.SQLITE_CANTOPEN, "can't be opened"),
        (sqlite3.SQLITE_BUSY, "Another program holds the database"),
        (sqlite3.SQLITE_IOERR_WRITE, "Check the disk"),
        (sqlite3.SQLITE_CORRUPT, "The database is damaged"),
        (sqlite3.SQLITE_NOTADB, "not a SQLite database"),
    ],
)
def test_a_code_of_sqlite(code: int, said: str) -> None:
    cause = sqlite3.OperationalError("told by a test")
    cause.sqlite_errorcode = code
    found = sentence(OperationalError("", {}, cause))
    assert found is not None
    assert said in found


def test_a_bug_stays_one() -> None:
    missing = sqlite3.OperationalError("no such table: orders")
    missing.sqlite_errorcode = sqlite3.SQLITE_ERROR
    broken = psycopg.errors.UniqueViolation("Key (reference)=(...) already exists.")
    adapted = psycopg.ProgrammingError("cannot adapt type 'Order': no connection refused")
    of_drivers = (OperationalError("", {}, missing), *(ProgrammingError("", {}, one) for one in (broken, adapted)))
    for error in (*of_drivers, KeyError("x"), NotFound("No.")):
        assert sentence(error) is None


def test_a_pool_that_is_used_up_is_no_bug() -> None:
    assert "has no connection left" in (sentence(PoolTimeoutError()) or "")
