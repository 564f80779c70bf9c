"""How often a picture was kept for someone lately, so that there is an end to it.

Revision: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.add_column("kept_proofs", sa.Column("times", sa.Integer(), server_default="1", nullable=False))
