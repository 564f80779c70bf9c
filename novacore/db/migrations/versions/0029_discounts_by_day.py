"""What discounts took off, in the figures of each day. Days before this step had none.

Revision: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.add_column("daily_figures", sa.Column("discounted", sa.Integer(), server_default="0", nullable=False))
    op.add_column("daily_figures", sa.Column("discount_minor", sa.BigInteger(), server_default="0", nullable=False))
