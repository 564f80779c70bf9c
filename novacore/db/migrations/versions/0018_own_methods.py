"""Ways to pay that the owner adds; orders keep how they are paid, whatever becomes of the method.

Orders of older releases were all paid by a method that the shop knows by itself: their new columns stay empty, and are
read as that one says.

Revision: 0018
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "own_methods",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("emoji", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("reference_name", sa.String(length=40), nullable=False),
        sa.Column("reference_need", sa.String(length=40), nullable=False),
        sa.Column("is_on_sale", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_methods")),
    )
    op.create_table(
        "own_method_drafts",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("method_id", _ID, nullable=True),
        sa.Column("method_version", sa.Integer(), nullable=True),
        sa.Column("form", _JSON, nullable=False),
        sa.Column("saved_method_id", _ID, nullable=True),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["method_id"], ["own_methods.id"], name=op.f("fk_own_method_drafts_method_id")),
        sa.ForeignKeyConstraint(
            ["saved_method_id"], ["own_methods.id"], name=op.f("fk_own_method_drafts_saved_method_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_method_drafts")),
    )
    op.create_index(op.f("ix_own_method_drafts_touched_at"), "own_method_drafts", ["touched_at"], unique=False)
    for name, kind in (
        ("method_label", sa.String(length=100)),
        ("method_emoji", sa.String(length=40)),
        ("pay_instructions", sa.Text()),
        ("reference_name", sa.String(length=40)),
        ("reference_need", sa.String(length=40)),
    ):
        op.add_column("orders", sa.Column(name, kind, nullable=True))
