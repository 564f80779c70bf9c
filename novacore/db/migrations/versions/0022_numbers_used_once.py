"""Drafts whose numbers are never used again: on SQLite a page of one that is gone would save another.

Revision: 0022
"""

from typing import Final

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_BEYOND: Final = 1_000_000
"""In a shop that has sold before, the numbers go on behind this one: pages of drafts that are gone may still be there."""


def upgrade() -> None:
    """Take the step. PostgreSQL has never used a number twice."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in ("product_drafts", "own_method_drafts"):
        with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
        op.execute(f"DELETE FROM sqlite_sequence WHERE name = '{table}'")
        op.execute(
            f"INSERT INTO sqlite_sequence (name, seq) SELECT '{table}', max(coalesce(max(id), 0), "
            f"CASE WHEN EXISTS (SELECT 1 FROM events) THEN {_BEYOND} ELSE 0 END) FROM {table}"
        )
