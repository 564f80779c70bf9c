"""No wait without an end: what each connection is told, what becomes of whoever waits, and what long work may take."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest
from sqlalchemy import event, insert, make_url, select, text, update

from novacore.db.engine import Database
from novacore.db.limits import LONG, ORDINARY, Limits
from novacore.db.models import Category
from novacore.db.unit_of_work import reading, writing
from novacore.errors import DatabaseAway, RowsHeld, TookTooLong
from tests.db.naps import nap
from tests.fixtures.servers.pgbouncer import Pgbouncer

SHORT = Limits(lock=0.2, statement=0.4, idle=60.0, turn=0.2)
IMPATIENT = Limits(lock=60.0, statement=60.0, idle=0.3, turn=60.0)
PATIENCE = 60.0
"""Far more than anything here takes on a busy machine."""

NAMES = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")


@pytest.fixture
def short(shop_url: str) -> Iterator[Database]:
    """Open a migrated database, with one category in it, whose patience is soon over."""
    database = Database(shop_url, limits=SHORT)
    with writing(database.for_long_work()) as tx:
        tx.session.execute(insert(Category).values(name="Games", position=0))
    yield database
    database.close()


@contextmanager
def held(database: Database) -> Iterator[None]:
    """Freeze a session of another program in mid-transaction, the one row of categories in its hands."""
    url = database.engine.url
    if database.is_sqlite:
        with closing(sqlite3.connect(str(url.database), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        connection.execute("SELECT * FROM categories FOR UPDATE")
        yield


def rename(database: Database, name: str) -> None:
    with writing(database) as tx:
        tx.session.execute(update(Category).values(name=name))


def name_of(database: Database) -> str:
    with reading(database) as session:
        return session.execute(select(Category.name)).scalar_one()


def test_whoever_waits_for_a_held_row_is_refused_and_nothing_changes(short: Database) -> None:
    with held(short):
        with pytest.raises(RowsHeld, match="nothing was changed"):
            rename(short, "Films")
        assert name_of(short) == "Games"
    rename(short, "Films")
    assert name_of(short) == "Films"


def test_whoever_waits_for_a_writer_of_the_same_process_is_refused(short: Database) -> None:
    outcome: list[BaseException] = []

    def wait() -> None:
        try:
            rename(short, "Films")
        except RowsHeld as refusal:
            outcome.append(refusal)

    with writing(short.for_long_work()) as tx:
        tx.session.execute(update(Category).values(name="Books"))
        waiting = threading.Thread(target=wait)
        waiting.start()
        waiting.join(PATIENCE)
        assert not waiting.is_alive()
    assert [type(one) for one in outcome] == [RowsHeld]
    assert name_of(short) == "Books"


ENDLESS = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")


@pytest.mark.parametrize("way", [reading, writing])
def test_a_statement_without_an_end_is_stopped(shop_url: str, way: object) -> None:
    limits = Limits(statement=0.4, turn=0.1)
    with closing(Database(shop_url, limits=limits)) as database:
        with pytest.raises(TookTooLong), way(database) as one:  # type: ignore[operator]
            getattr(one, "session", one).execute(ENDLESS)
        with reading(database) as session:
            assert session.execute(text("SELECT 1")).scalar_one() == 1


def test_a_session_frozen_in_mid_transaction_is_ended_and_what_it_held_is_free(postgresql_shop_url: str) -> None:
    with closing(Database(postgresql_shop_url, limits=IMPATIENT)) as database:
        with writing(database) as tx:
            tx.session.execute(insert(Category).values(name="Games", position=0))
        with pytest.raises(DatabaseAway):
            freeze_while_another_renames(database)
        assert name_of(database) == "Films"


def freeze_while_another_renames(database: Database) -> None:
    """Hold a row and ask nothing more, until the other one has it; then go on, as if nothing had happened."""
    renaming = threading.Thread(target=rename, args=(database.for_long_work(), "Films"))
    with writing(database) as frozen:
        frozen.session.execute(update(Category).values(name="Books"))
        renaming.start()
        renaming.join(PATIENCE)
        assert not renaming.is_alive()
        assert name_of(database) == "Films"
        frozen.session.execute(update(Category).values(name="Books"))


# ---- long work


def test_long_work_outlasts_ordinary_limits_and_leaves_none_behind(shop_url: str) -> None:
    with closing(Database(shop_url, pool_size=1, limits=Limits(statement=0.2, turn=0.1))) as database:
        for _ in range(2):
            with reading(database.for_long_work()) as session:
                nap(session.connection())
            with writing(database.for_long_work()) as tx:
                nap(tx.session.connection())
            # The same connection, for there is only one.
            with pytest.raises(TookTooLong), reading(database) as session:
                nap(session.connection())


def test_long_work_has_longer_limits_than_presses() -> None:
    for name in ("lock", "statement", "idle", "turn"):
        assert getattr(LONG, name) > getattr(ORDINARY, name) > 0


# ---- what a connection is told


def settings(database: Database, names: tuple[str, ...] = NAMES) -> list[str]:
    with reading(database) as session:
        return [str(session.execute(text(f"SHOW {name}")).scalar_one()) for name in names]


def test_every_connection_is_told_when_it_is_opened(postgresql_shop_url: str) -> None:
    said = list[str]()
    with closing(Database(postgresql_shop_url, pool_size=2)) as database:
        event.listen(database.engine, "before_cursor_execute", lambda *one: said.append(one[2]))
        with reading(database) as one:
            one.execute(text("SELECT 1"))
            assert settings(database) == ["5s", "30s", "30s"]
        database.engine.dispose()
        assert settings(database) == ["5s", "30s", "30s"]
        assert not [one for one in said if "set_config" in one], "once a connection, and not for each transaction"
        assert settings(database.for_long_work()) == ["1min", "1h", "10min"]
        assert settings(database) == ["5s", "30s", "30s"]


def test_no_limit_is_so_short_that_it_is_none(postgresql_shop_url: str) -> None:
    with closing(Database(postgresql_shop_url)) as database:
        tiny = database.within(Limits(lock=0.0001))
        assert settings(tiny, ("lock_timeout", "statement_timeout")) == ["1ms", "30s"]


@pytest.mark.parametrize(("query", "idle"), [("", "15"), ("&keepalives_idle=7", "7")])
def test_a_server_that_vanishes_is_noticed_by_tcp(postgresql_shop_url: str, query: str, idle: str) -> None:
    with closing(Database(postgresql_shop_url + query)) as database, database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        told = driver.info.get_parameters()
    assert told["keepalives_idle"] == idle
    assert {name: told[name] for name in ("keepalives_interval", "keepalives_count", "tcp_user_timeout")} == {
        "keepalives_interval": "5",
        "keepalives_count": "3",
        "tcp_user_timeout": "30000",
    }
    assert told["connect_timeout"] == "5"


# ---- behind a pooler


@pytest.mark.parametrize("is_named", [True, False])
def test_behind_a_pooler_each_transaction_begins_with_them(
    pgbouncer: Pgbouncer, postgresql_shop_url: str, is_named: bool
) -> None:
    """Whether the address says that one is there, or it shows."""
    name = make_url(postgresql_shop_url).database or ""
    url = make_url(pgbouncer.url(name))
    if not is_named:
        url = url.difference_update_query(["pgbouncer"])
    with closing(Database(url.render_as_string(hide_password=False))) as database:
        assert database.is_pooled is is_named
        for _ in range(TURNS):
            assert settings(database) == ["5s", "30s", "30s"]
            assert settings(database.for_long_work()) == ["1min", "1h", "10min"]
    assert said_by_sessions(pgbouncer, name) == {("0", "0", "0")}, "whoever else uses the pooler keeps their own"


TURNS = 12
"""More than the pooler has connections, which take turns."""


def said_by_sessions(pgbouncer: Pgbouncer, name: str) -> set[tuple[str, ...]]:
    """Ask each of the pooler's connections what holds outside of our transactions."""
    asked = "SELECT " + ", ".join(f"current_setting('{one}')" for one in NAMES)
    with closing(psycopg.connect(pgbouncer.plain_url(name), autocommit=True, prepare_threshold=None)) as connection:
        return {connection.execute(asked).fetchone() or () for _ in range(TURNS)}


def test_behind_a_pooler_a_held_row_is_refused(pgbouncer: Pgbouncer, postgresql_shop_url: str) -> None:
    name = make_url(postgresql_shop_url).database or ""
    straight, pooled = Database(postgresql_shop_url), Database(pgbouncer.url(name), limits=SHORT)
    with closing(straight), closing(pooled):
        with writing(straight) as tx:
            tx.session.execute(insert(Category).values(name="Games", position=0))
        with held(straight), pytest.raises(RowsHeld):
            rename(pooled, "Films")
        rename(pooled, "Films")
