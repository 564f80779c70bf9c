"""Jobs that are due at once say so, and are compared with no clock any more.

Revision: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.add_column("jobs", sa.Column("at_once", sa.Boolean(), nullable=False, server_default=sa.false()))
    # A retry or a timer was due after it was asked for. What somebody is working on was due when they began.
    op.execute(
        "UPDATE jobs SET at_once = TRUE WHERE state = 'running' OR (state = 'queued' AND due_at <= created_at)"
    )
    unfinished = sa.text("state IN ('queued', 'running')")
    op.drop_index("ix_jobs_unfinished", table_name="jobs")
    op.create_index(
        "ix_jobs_unfinished",
        "jobs",
        ["at_once", "due_at", "id"],
        unique=False,
        postgresql_where=unfinished,
        sqlite_where=unfinished,
    )
