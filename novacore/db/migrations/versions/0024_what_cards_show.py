"""What a card shows, so that it is edited only where that has changed.

Revision: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.add_column("cards", sa.Column("shown", sa.String(64), nullable=True))
