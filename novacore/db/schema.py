"""Brings a database to the schema of this release, once, however many processes start together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, select, table, text

from novacore import private_files
from novacore.db.engine import Database
from novacore.errors import NovaCoreError
from novacore.plurals import counted
from novacore.settings import load_settings

if TYPE_CHECKING:
    from alembic.config import Config

_FOLDER = Path(__file__).parent / "migrations"
_VERSION = table("alembic_version", column("version_num"))
_LOCK = 0x4E6F7661  # "Nova": the advisory lock that one migrating process holds on PostgreSQL


class SchemaMismatch(NovaCoreError):
    """The database belongs to another release; the text says which way and what to do."""


def migrate(database: Database) -> None:
    """Take every step that is missing, in one transaction; others wait for it and then find nothing to do.

    Raises SchemaMismatch when the database is newer than this release.
    """
    with _locked(database) as connection:
        if _refuse_newer(connection) != head():
            _upgrade(connection)


def require_current(database: Database) -> None:
    """Raise SchemaMismatch unless the database has exactly this release's schema."""
    with database.engine.connect() as connection:
        if _refuse_newer(connection) != head():
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


def config() -> "Config":
    """Return what Alembic has to know. It is imported here: with Mako it takes 10 MB, and most starts take no step."""
    from alembic.config import Config  # noqa: PLC0415 - see above

    made = Config()
    made.set_main_option("script_location", str(_FOLDER))
    return made


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see config

    steps = config()
    steps.attributes["connection"] = connection
    command.upgrade(steps, "head")


def head() -> str | None:
    """Return the newest step of this release."""
    return max(_steps(), default=None)


def _steps() -> set[str]:
    """Return the steps that this release knows. A file's name begins with its step's; they stand in one line."""
    return {file.name[:4] for file in (_FOLDER / "versions").glob("[0-9][0-9][0-9][0-9]_*.py")}


def _refuse_newer(connection: Connection) -> str | None:
    """Return the step that the database is at; None before the first. Raises SchemaMismatch for one nobody knows."""
    current = _current(connection)
    if current is not None and current not in _steps():
        raise SchemaMismatch(
            f"The database was written by a newer release of NovaCore (schema {current}). Start that release, or put "
            "back a backup from before its upgrade."
        )
    return current


def _current(connection: Connection) -> str | None:
    has = inspect(connection).has_table
    found = connection.execute(select(_VERSION.c.version_num)).scalars().all() if has(_VERSION.name) else []
    if len(found) > 1 or (not found and has("orders")):
        raise SchemaMismatch(
            "The database has tables of NovaCore, but does not say which release they are of: its table "
            f"alembic_version has {counted(len(found), 'row', 'rows')} in place of one. Put back a backup."
        )
    return found[0] if found else None


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
