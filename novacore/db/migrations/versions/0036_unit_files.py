"""Units that are files, and the restock such a file came in with. What is in stock already are codes.

Revision: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.add_column("units", sa.Column("file_id", sa.BigInteger(), nullable=True))
    op.add_column("goods_files", sa.Column("batch_id", sa.BigInteger(), nullable=True))
