"""Proofs whose transaction id or order id was wrong, kept for an hour to be tried again.

Revision: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "kept_proofs",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.String(length=20), nullable=True),
        sa.Column("reference", sa.String(length=500), nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["people.id"], name=op.f("fk_kept_proofs_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_kept_proofs_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_proofs")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_kept_proofs_customer_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_kept_proofs_kept_at"), "kept_proofs", ["kept_at"], unique=False)
