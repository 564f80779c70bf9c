"""Files of stock in which the owner still chooses the heading or the columns.

Revision: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Take the step."""
    op.add_column("stock_batches", sa.Column("choice", DOCUMENT, nullable=True))
    op.create_table(
        "staged_texts",
        sa.Column("batch_id", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["stock_batches.id"], name=op.f("fk_staged_texts_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_staged_texts")),
    )
