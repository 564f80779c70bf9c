"""Notes of staff about customers and orders, of which nobody has any before this step, and vouches by their writer.

Revision: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "staff_notes",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.String(length=20), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("author_name", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["people.id"], name=op.f("fk_staff_notes_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_staff_notes_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_staff_notes_customer_id_id"), "staff_notes", ["customer_id", "id"], unique=False)
    op.create_index(op.f("ix_staff_notes_order_id"), "staff_notes", ["order_id"], unique=False)
    op.add_column("people", sa.Column("note_count", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        op.f("ix_vouches_customer_id_written_at"), "vouches", ["customer_id", "written_at"], unique=False
    )
