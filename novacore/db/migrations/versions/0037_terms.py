"""The versions of the shop's terms, and the one that each order was placed on. Orders from before were placed on none.

Revision: 0037
"""

import sqlalchemy as sa
from alembic import op

from novacore.db.base import UtcDateTime

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "terms_versions",
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("saved_by", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("language", "version", name="pk_terms_versions"),
    )
    op.add_column("orders", sa.Column("terms_version", sa.Integer(), nullable=True))
