"""Brings a database to the schema of this release, once, however many processes start together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from novacore import private_files
from novacore.db.engine import Database
from novacore.errors import NovaCoreError
from novacore.settings import load_settings

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x4E6F7661  # "Nova": the advisory lock that one migrating process holds on PostgreSQL


class SchemaMismatch(NovaCoreError):
    """The database belongs to another release; the text says which way and what to do."""


def migrate(database: Database) -> None:
    """Take every step that is missing, in one transaction; others wait for it and then find nothing to do.

    Raises SchemaMismatch when the database is newer than this release.
    """
    with _locked(database) as connection:
        _refuse_newer(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def require_current(database: Database) -> None:
    """Raise SchemaMismatch unless the database has exactly this release's schema."""
    with database.engine.connect() as connection:
        _refuse_newer(connection)
        if _current(connection) != head():
            raise SchemaMismatch("The database is older than this release. Run `novacore migrate`, then start again.")


@contextmanager
def shops_own() -> Iterator[Connection]:
    """Open the database of the shop's settings for one of Alembic's own commands. Raises SettingsError."""
    settings = load_settings(live=False)
    private_files.tighten(settings.own_files())
    database = Database(settings.database_url.render_as_string(hide_password=False), pool_size=1)
    try:
        with _locked(database) as connection:
            yield connection
    finally:
        database.close()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config


def head() -> str | None:
    """Return the newest step of this release."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(connection: Connection) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    current = _current(connection)
    if current is not None and current not in known:
        raise SchemaMismatch(
            f"The database was written by a newer release of NovaCore (schema {current}). Start that release, or put "
            "back a backup from before its upgrade."
        )


@contextmanager
def _locked(database: Database) -> Iterator[Connection]:
    # SQLite: BEGIN IMMEDIATE lets one writer in. PostgreSQL: an advisory lock, because there may be no table yet.
    # Whoever waits for it waits for all the steps of the other one.
    patient = database.within(replace(database.long, lock=database.long.statement, turn=database.long.statement))
    engine = patient.engine.execution_options(writes=True)
    with engine.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield connection
