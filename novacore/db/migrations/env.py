"""Alembic's entry: runs the steps on the connection that `novacore.db.schema` has opened and locked."""

from alembic import context

from novacore.db import models  # noqa: F401 - fills the metadata
from novacore.db.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
