"""Discount codes, who uses them, and what they take off an order.

Revision: 0025
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NOT_ENDED = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "discounts",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("scope", _DOCUMENT, nullable=False),
        sa.Column("least_quantity", sa.Integer(), nullable=True),
        sa.Column("least_total_minor", sa.BigInteger(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=True),
        sa.Column("per_person", sa.Integer(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discounts")),
    )
    op.create_index(
        "ix_discounts_code",
        "discounts",
        ["code"],
        unique=True,
        postgresql_where=_NOT_ENDED,
        sqlite_where=_NOT_ENDED,
    )
    op.create_table(
        "discount_uses",
        sa.Column("order_id", sa.String(length=20), nullable=False),
        sa.Column("discount_id", _ID, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["discount_id"], ["discounts.id"], name=op.f("fk_discount_uses_discount_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_discount_uses_order_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_discount_uses")),
    )
    op.create_index(
        op.f("ix_discount_uses_discount_id_is_held_customer_id"),
        "discount_uses",
        ["discount_id", "is_held", "customer_id"],
        unique=False,
    )
    op.add_column("orders", sa.Column("discount_minor", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("orders", sa.Column("discount_code", sa.String(length=24), nullable=True))
    op.add_column("orders", sa.Column("discount_label", sa.String(length=60), nullable=True))
