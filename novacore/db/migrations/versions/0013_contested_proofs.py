"""Proofs that came second, and which pairs of orders claim one payment.

Revision: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "contested_proofs",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("order_id", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("reference_of", sa.String(length=20), nullable=True),
        sa.Column("picture_of", sa.String(length=20), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_contested_proofs_order_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["people.id"], name=op.f("fk_contested_proofs_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contested_proofs")),
        sa.UniqueConstraint("order_id", "reference", name=op.f("uq_contested_proofs_order_id_reference")),
    )
    op.create_index(op.f("ix_contested_proofs_customer_id_sent_at"), "contested_proofs", ["customer_id", "sent_at"])
    op.create_index(op.f("ix_contested_proofs_picture_of"), "contested_proofs", ["picture_of"])
    op.create_index(op.f("ix_contested_proofs_reference_of"), "contested_proofs", ["reference_of"])
    op.create_table(
        "contested_proof_files",
        sa.Column("proof_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["proof_id"], ["contested_proofs.id"], name=op.f("fk_contested_proof_files_proof_id")
        ),
        sa.PrimaryKeyConstraint("proof_id", name=op.f("pk_contested_proof_files")),
    )
    op.create_table(
        "contests",
        sa.Column("order_id", sa.String(length=20), nullable=False),
        sa.Column("paid_order_id", sa.String(length=20), nullable=False),
        sa.Column("proof_id", BIG_ID, nullable=False),
        sa.Column("alert_job_id", sa.BigInteger(), nullable=True),
        sa.Column("alerted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_contests_order_id")),
        sa.ForeignKeyConstraint(["proof_id"], ["contested_proofs.id"], name=op.f("fk_contests_proof_id")),
        sa.PrimaryKeyConstraint("order_id", "paid_order_id", name=op.f("pk_contests")),
    )
    op.create_index(op.f("ix_contests_alert_job_id"), "contests", ["alert_job_id"])
    op.create_index(op.f("ix_contests_alerted_at"), "contests", ["alerted_at"])
