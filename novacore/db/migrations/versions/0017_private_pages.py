"""Private pages that are kept true while Discord lets us edit them, and whose DMs are closed to us.

Revision: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.add_column("people", sa.Column("dms_closed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "private_pages",
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.String(length=20), nullable=True),
        sa.Column("list_page", sa.Integer(), nullable=False),
        sa.Column("is_answer", sa.Boolean(), nullable=False),
        sa.Column("sealed_token", sa.LargeBinary(), nullable=False),
        sa.Column("shown", sa.String(length=64), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_private_pages_order_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_private_pages")),
    )
    op.create_index(op.f("ix_private_pages_customer_id"), "private_pages", ["customer_id"], unique=False)
    op.create_index(op.f("ix_private_pages_ends_at"), "private_pages", ["ends_at"], unique=False)
