"""Units are found by the mark of the key that sealed them, so that a lost key is noticed at the start."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    sealed = sa.text("content IS NOT NULL")
    mark = sa.text("substr(content, 1, 12)")
    op.create_index("ix_units_mark", "units", [mark], postgresql_where=sealed, sqlite_where=sealed)
