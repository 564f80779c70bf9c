"""What a product gives to whoever orders more of it.

Revision: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.add_column("products", sa.Column("quantity_steps", sa.String(length=60), nullable=True))
