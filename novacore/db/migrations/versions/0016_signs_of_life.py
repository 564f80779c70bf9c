"""A claim says under which sign of life its worker holds it, so that a dead worker is noticed at once.

Revision: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    held = sa.text("held_by IS NOT NULL")
    op.add_column("jobs", sa.Column("held_by", sa.String(60), nullable=True))
    op.create_index("ix_jobs_held", "jobs", ["held_by"], postgresql_where=held, sqlite_where=held)
