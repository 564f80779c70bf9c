"""What staff do with tickets is found by its time, for their figures.

Revision: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_DESK = sa.text("trigger IN ('claim', 'close')")


def upgrade() -> None:
    """Take the step."""
    op.create_index("ix_events_desk", "events", ["at"], unique=False, postgresql_where=_DESK, sqlite_where=_DESK)
