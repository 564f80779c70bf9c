"""All or nothing, wake-ups only after the commit, and one transaction a thread."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from novacore.db.engine import Database
from novacore.db.models import Category
from novacore.db.unit_of_work import Wake, in_transaction, on_commit, reading, retire, writing
from novacore.workflows.machine.shop import Shop


def names(shop: Shop) -> list[str]:
    with reading(shop.database) as session:
        return [*session.execute(select(Category.name).order_by(Category.name)).scalars()]


def write_and_fail(shop: Shop, *wakes: Wake) -> None:
    with writing(shop.database) as tx:
        tx.session.execute(insert(Category).values(name="Games", position=0))
        tx.wakes.extend(wakes)
        raise RuntimeError("half-way")


def test_what_is_written_is_there_after_the_end(shop: Shop) -> None:
    with writing(shop.database) as tx:
        tx.session.execute(insert(Category).values(name="Games", position=0))
        assert in_transaction()
    assert names(shop) == ["Games"]
    assert not in_transaction()


def test_an_error_leaves_nothing_behind(shop: Shop) -> None:
    with pytest.raises(RuntimeError, match="half-way"):
        write_and_fail(shop)
    assert names(shop) == []
    assert not in_transaction()


def test_workers_are_woken_after_the_commit_and_not_by_a_rollback(shop: Shop) -> None:
    woken: list[tuple[Wake, list[str]]] = []
    forget = on_commit(lambda wakes: woken.extend((wake, names(shop)) for wake in wakes))
    wake = Wake(7, "tell_customer", "discord")
    try:
        with pytest.raises(RuntimeError):
            write_and_fail(shop, wake)
        with writing(shop.database) as tx:
            tx.session.execute(insert(Category).values(name="Games", position=0))
            tx.wakes.append(wake)
    finally:
        forget()
    assert woken == [(wake, ["Games"])]


def test_a_transaction_inside_a_transaction_is_a_bug(shop: Shop) -> None:
    with (
        writing(shop.database),
        pytest.raises(RuntimeError, match="open in this thread"),
        writing(shop.database),
    ):
        pass


def test_on_sqlite_a_writer_has_the_file_from_its_first_read_on_and_a_reader_never(sqlite_shop_url: str) -> None:
    """Read first and locked later, what it has read may be out of date by then, and SQLite refuses the write."""
    database = Database(sqlite_shop_url)
    with closing(sqlite3.connect(str(database.engine.url.database), timeout=0)) as rival:
        with writing(database) as tx:
            tx.session.execute(select(Category)).all()
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                rival.execute("BEGIN IMMEDIATE")
        with reading(database) as session:
            session.execute(select(Category)).all()
            rival.execute("BEGIN IMMEDIATE")
    database.close()


def test_another_thread_is_not_in_this_transaction(shop: Shop) -> None:
    seen: list[bool] = []
    with writing(shop.database):
        thread = threading.Thread(target=lambda: seen.append(in_transaction()))
        thread.start()
        thread.join(10)
    assert seen == [False]


def driver_of(session: Session) -> Any:
    """The driver's own connection."""
    return session.connection().connection.dbapi_connection


@pytest.mark.parametrize("opening", [writing, reading])
def test_a_retired_connection_is_not_kept(shop: Shop, opening: Any) -> None:
    with reading(shop.database) as session:
        kept = driver_of(session)
    with reading(shop.database) as session:
        assert driver_of(session) is kept, "the others are"
    with opening(shop.database) as opened:
        session = opened if opening is reading else opened.session
        assert driver_of(session) is kept
        retire(session)
        assert driver_of(session) is kept, "until the end"
    with pytest.raises(Exception, match="closed"):
        kept.execute("SELECT 1")
    with reading(shop.database) as session:
        assert driver_of(session) is not kept


def test_what_a_retired_connection_wrote_stays_or_is_undone_as_ever(shop: Shop) -> None:
    def write(then: Callable[[], None]) -> None:
        with writing(shop.database) as tx:
            tx.session.execute(insert(Category).values(name="Games", position=0))
            retire(tx.session)
            then()

    def fail() -> None:
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        write(fail)
    assert names(shop) == []
    write(lambda: None)
    assert names(shop) == ["Games"]
