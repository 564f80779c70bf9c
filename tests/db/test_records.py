"""Plain records: what a session would have loaded, without one."""

from contextlib import suppress
from datetime import UTC, datetime

from sqlalchemy import inspect

from novacore.db import records
from novacore.db.models import Category, Person
from novacore.db.unit_of_work import reading, writing
from novacore.workflows.machine.shop import Shop

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_a_stored_record_reads_as_a_session_would_have_read_it(shop: Shop) -> None:
    person = Person(id=7, name="ann", first_seen_at=AT)
    with writing(shop.database) as tx:
        records.store(tx.connection, person)
        found = records.find(tx.connection, Person, 7)
        locked = records.lock(tx.connection, Person, 7)
    with reading(shop.database) as session:
        loaded = session.get_one(Person, 7)
    for column in inspect(Person).columns.keys():  # noqa: SIM118 - no mapping
        values = [getattr(one, column) for one in (person, found, locked, loaded)]
        assert values == [getattr(loaded, column)] * 4, column


def test_a_column_that_is_left_open_gets_the_default_of_its_model(shop: Shop) -> None:
    category = Category(id=3, name="Games", position=None)  # said or not said, as a session takes it
    with writing(shop.database) as tx:
        records.store(tx.connection, category)
    with reading(shop.database) as session:
        loaded = session.get_one(Category, 3)
    defaults = [column.key for column in inspect(Category).columns if column.default is not None]
    assert defaults
    assert [getattr(category, name) for name in defaults] == [getattr(loaded, name) for name in defaults]


def test_a_savepoint_undoes_what_the_connection_has_written_in_it(shop: Shop) -> None:
    with writing(shop.database) as tx:
        records.store(tx.connection, Person(id=5, name="eve", first_seen_at=AT))
        with suppress(LookupError), tx.savepoint():
            records.store(tx.connection, Person(id=6, name="fay", first_seen_at=AT))
            raise LookupError
    with reading(shop.database) as session:
        assert session.get(Person, 5) is not None
        assert session.get(Person, 6) is None


def test_nothing_is_found_under_an_id_that_is_not_there(shop: Shop) -> None:
    with writing(shop.database) as tx:
        assert records.find(tx.connection, Person, 8) is None
        assert records.lock(tx.connection, Person, 8) is None


def test_a_transaction_commits_what_its_session_still_has_to_write(shop: Shop) -> None:
    with writing(shop.database) as tx:
        tx.session.add(Person(id=9, name="bob", first_seen_at=AT))
    with reading(shop.database) as session:
        assert session.get(Person, 9) is not None
