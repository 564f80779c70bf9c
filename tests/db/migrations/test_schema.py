"""The migrations make exactly the schema of the models, on both databases, once, and refuse a newer one."""

import re
import threading
from collections.abc import Callable
from typing import cast

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Table, insert, inspect, text

from novacore import clock
from novacore.db import schema
from novacore.db.base import Base
from novacore.db.engine import Database
from novacore.db.models import Category, Ticket
from novacore.states import OPEN_TICKET_STATUSES


# An index on an expression is not read back from SQLite; test_query_plans sees that this one is there.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index ix_units_mark")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index 'ix_units_mark'")
def test_the_migrations_make_what_the_models_say(empty_database: Database) -> None:
    schema.migrate(empty_database)
    with empty_database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_index_of_open_tickets_names_the_states_that_are_open(empty_database: Database) -> None:
    """`is_open` of a ticket's state, the text in `db.models.tickets` and the index in the database say the same."""
    schema.migrate(empty_database)
    dialect = empty_database.engine.dialect.name
    said = {str(index.name): index.dialect_options[dialect]["where"] for index in cast(Table, Ticket.__table__).indexes}
    made = {index["name"]: index["dialect_options"] for index in inspect(empty_database.engine).get_indexes("tickets")}
    for where in (said["uq_tickets_open"], made["uq_tickets_open"][f"{dialect}_where"]):
        assert set(re.findall(r"'(\w+)'", str(where))) == set(OPEN_TICKET_STATUSES)


def test_migrating_again_keeps_what_is_there(empty_database: Database) -> None:
    schema.migrate(empty_database)
    with empty_database.engine.execution_options(writes=True).begin() as connection:
        connection.execute(insert(Category).values(name="Games", position=0))
    schema.migrate(empty_database)
    with empty_database.engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM categories")).scalar_one() == "Games"


def test_processes_that_start_together_migrate_once(empty_database: Database) -> None:
    faults: list[BaseException] = []

    def start() -> None:
        own = Database(empty_database.engine.url.render_as_string(hide_password=False))
        try:
            schema.migrate(own)
        except BaseException as fault:  # noqa: BLE001 - shown below
            faults.append(fault)
        finally:
            own.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert "orders" in inspect(empty_database.engine).get_table_names()


def test_an_empty_database_is_refused_with_the_fix(empty_database: Database) -> None:
    with pytest.raises(schema.SchemaMismatch, match="novacore migrate"):
        schema.require_current(empty_database)


def test_a_current_database_is_taken(empty_database: Database) -> None:
    schema.migrate(empty_database)
    schema.require_current(empty_database)


@pytest.mark.parametrize("door", [schema.migrate, schema.require_current])
@pytest.mark.parametrize(
    "change",
    ["DELETE FROM alembic_version", "DROP TABLE alembic_version", "INSERT INTO alembic_version VALUES ('0001')"],
)
def test_a_database_that_does_not_say_which_release_it_is_of_is_refused(
    empty_database: Database, change: str, door: Callable[[Database], None]
) -> None:
    schema.migrate(empty_database)
    with empty_database.engine.execution_options(writes=True).begin() as connection:
        connection.execute(text(change))
    with pytest.raises(schema.SchemaMismatch, match="Put back a backup"):
        door(empty_database)


@pytest.mark.parametrize("door", [schema.migrate, schema.require_current])
def test_a_newer_database_is_refused(empty_database: Database, door: object) -> None:
    schema.migrate(empty_database)
    with empty_database.engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert callable(door)
    with pytest.raises(schema.SchemaMismatch, match="newer release"):
        door(empty_database)


def test_times_come_back_aware_and_in_utc(empty_database: Database) -> None:
    assert clock.now().utcoffset() is not None


def test_the_steps_stand_in_one_line_as_alembic_sees_them() -> None:
    steps = [script.revision for script in ScriptDirectory.from_config(schema.config()).walk_revisions()]
    assert steps[0] == schema.head()
    assert steps == sorted(schema._steps(), reverse=True)
