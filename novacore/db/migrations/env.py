"""Alembic's entry: runs the steps on the connection of `novacore.db.schema`, or, by `alembic`, on the shop's own."""

from collections.abc import Iterable
from typing import Any

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection

from novacore.db import (
    models,  # noqa: F401 - fills the metadata
    schema,
)
from novacore.db.base import Base
from novacore.errors import NovaCoreError


def _number(_context: object, _revision: object, directives: Iterable[Any]) -> None:
    """Give a new step the next number: its file then stands behind the others."""
    for script in directives:
        script.rev_id = f"{int(schema.head() or 0) + 1:04d}"


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transactional_ddl=True,
        compare_type=True,
        process_revision_directives=_number,
    )
    with context.begin_transaction():
        context.run_migrations()


def _run_for_command() -> None:
    try:
        with schema.shops_own() as connection:
            _run(connection)
    except NovaCoreError as fault:
        raise CommandError(str(fault)) from None


if "connection" in context.config.attributes:
    _run(context.config.attributes["connection"])
else:
    _run_for_command()
