"""What becomes of an error of the database: a refusal where waiting helps, a bug where it doesn't, and no guess."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import event, insert, make_url, select, text
from sqlalchemy.exc import IntegrityError, InterfaceError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from novacore import errors
from novacore.db.engine import Database
from novacore.db.fair_lock import OutOfTurn
from novacore.db.models import Category
from novacore.db.trouble import refusal_of
from novacore.db.unit_of_work import commits, reading, writing
from novacore.errors import DatabaseAway, DatabaseFull, OutcomeUnknown, RowsHeld, TookTooLong, Unavailable
from tests.fixtures.servers.cable import Cable


def from_postgresql(name: str) -> Exception:
    """Return the error as SQLAlchemy raises it."""
    cause = getattr(psycopg.errors, name)("told by a test")
    kinds = {psycopg.OperationalError: OperationalError, psycopg.InternalError: InternalError}
    kinds |= {psycopg.ProgrammingError: ProgrammingError, psycopg.IntegrityError: IntegrityError}
    kind = next(kind for base, kind in kinds.items() if isinstance(cause, base))
    return kind("", {}, cause)


def from_sqlite(code: int) -> Exception:
    cause = sqlite3.OperationalError("told by a test")
    cause.sqlite_errorcode = code
    return OperationalError("", {}, cause)


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("LockNotAvailable", RowsHeld),
        ("DeadlockDetected", RowsHeld),
        ("SerializationFailure", RowsHeld),
        ("QueryCanceled", TookTooLong),
        ("DiskFull", DatabaseFull),
        ("IdleInTransactionSessionTimeout", DatabaseAway),
        ("AdminShutdown", DatabaseAway),
        ("CrashShutdown", DatabaseAway),
        ("CannotConnectNow", DatabaseAway),
        ("TooManyConnections", DatabaseAway),
        ("OutOfMemory", DatabaseAway),
        ("IoError", DatabaseAway),
        ("ConnectionFailure", DatabaseAway),
        ("InvalidPassword", DatabaseAway),
        ("InvalidCatalogName", DatabaseAway),
        ("ReadOnlySqlTransaction", DatabaseAway),
        ("UndefinedTable", None),
        ("UniqueViolation", None),
        ("InFailedSqlTransaction", None),
        ("InternalError_", None),
    ],
)
def test_codes_of_postgresql(name: str, meaning: type[Unavailable] | None) -> None:
    found = refusal_of(from_postgresql(name))
    assert (type(found) if found else None) is meaning


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (sqlite3.SQLITE_BUSY, RowsHeld),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, RowsHeld),
        (sqlite3.SQLITE_LOCKED, RowsHeld),
        (sqlite3.SQLITE_INTERRUPT, TookTooLong),
        (sqlite3.SQLITE_FULL, DatabaseFull),
        (sqlite3.SQLITE_IOERR_FSYNC, DatabaseAway),
        (sqlite3.SQLITE_READONLY_DBMOVED, DatabaseAway),
        (sqlite3.SQLITE_CANTOPEN, DatabaseAway),
        (sqlite3.SQLITE_ERROR, None),
        (sqlite3.SQLITE_CORRUPT, None),
        (sqlite3.SQLITE_CONSTRAINT, None),
    ],
)
def test_codes_of_sqlite(code: int, meaning: type[Unavailable] | None) -> None:
    found = refusal_of(from_sqlite(code))
    assert (type(found) if found else None) is meaning


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (OperationalError("", {}, psycopg.OperationalError("the connection is closed")), DatabaseAway),
        (InterfaceError("", {}, psycopg.InterfaceError("the connection is closed")), DatabaseAway),
        (PoolTimeoutError("all busy"), DatabaseAway),
        (OutOfTurn("no turn"), RowsHeld),
        (ValueError("a bug"), None),
        (ProgrammingError("", {}, sqlite3.ProgrammingError("a bug")), None),
    ],
)
def test_what_has_no_code(error: Exception, meaning: type[Unavailable] | None) -> None:
    found = refusal_of(error)
    assert (type(found) if found else None) is meaning


def test_each_kind_has_a_sentence_of_its_own() -> None:
    kinds = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Unavailable)]
    said = [kind().sentence for kind in kinds]
    assert len(set(said)) == len(kinds) > 4
    for kind, sentence in zip(kinds, said, strict=True):
        assert ("nothing was changed" in sentence) is (kind is not OutcomeUnknown)


def test_a_missing_table_is_a_bug_on_either_database(empty_database: Database) -> None:
    with pytest.raises((OperationalError, ProgrammingError)), reading(empty_database) as session:
        session.execute(select(Category))


def test_a_server_that_is_not_there(postgresql_url: str) -> None:
    with closing(Database("postgresql+psycopg://postgres@127.0.0.1:9/shop")) as database:
        with pytest.raises(DatabaseAway), reading(database) as session:
            session.execute(text("SELECT 1"))
        with pytest.raises(DatabaseAway), writing(database) as tx:
            tx.session.execute(text("SELECT 1"))


def test_a_full_disk(sqlite_shop_url: str) -> None:
    """SQLite refuses to grow past a number of pages just as it does on a full disk."""
    with closing(Database(sqlite_shop_url, pool_size=1)) as database:
        with database.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        with pytest.raises(DatabaseFull), writing(database) as tx:
            tx.session.execute(insert(Category), [{"name": f"{n} {'x' * 70}", "position": n} for n in range(2000)])
        with reading(database) as session:
            assert session.execute(select(Category)).first() is None


# ---- at the commit


@pytest.fixture
def cabled(cable: Cable, postgresql_shop_url: str) -> Iterator[Database]:
    """Open a migrated database at the other end of the cable."""
    database = Database(cable.url(make_url(postgresql_shop_url).database or ""))
    yield database
    database.close()


def add(database: Database) -> None:
    with writing(database) as tx:
        tx.session.execute(insert(Category).values(name="Games", position=0))


@pytest.mark.parametrize("arrives", [True, False])
def test_a_line_cut_at_the_commit_leaves_it_open_what_became_of_it(
    cable: Cable, cabled: Database, arrives: bool
) -> None:
    before = commits()
    cable.cut_at_commit(arrives=arrives)
    with pytest.raises(OutcomeUnknown, match="can't tell"):
        add(cabled)
    assert (cable.cuts, commits() - before) == (1, 0)
    with reading(cabled) as session:
        found = session.execute(select(Category.name)).scalars().all()
    assert found == (["Games"] if arrives else [])


def test_a_line_cut_before_the_commit_has_saved_nothing(cable: Cable, cabled: Database) -> None:
    event.listen(cabled.engine, "before_cursor_execute", lambda *_: cable.pull_out(), once=True)
    before = commits()
    with pytest.raises(DatabaseAway):
        add(cabled)
    cable.plug_in()
    add(cabled)
    assert commits() - before == 1


def test_rows_that_wait_for_the_commit_are_written_before_it(cable: Cable, cabled: Database) -> None:
    """What is added to a session is flushed first: lost there, it is certainly not saved."""
    event.listen(cabled.engine, "before_cursor_execute", lambda *_: cable.pull_out(), once=True)
    with pytest.raises(DatabaseAway), writing(cabled) as tx:
        tx.session.add(Category(name="Games", position=0))


def test_a_rule_that_is_broken_is_no_trouble(shop_url: str) -> None:
    with closing(Database(shop_url)) as database:
        add(database)
        with pytest.raises(IntegrityError):
            add(database)
