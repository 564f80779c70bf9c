"""What orders ask for in a coin, which amounts are taken, what coins cost, and since when customers are in the server.

Revision: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_WORD = sa.String(length=40)


def upgrade() -> None:
    """Take the step."""
    for column in (
        sa.Column("coin_amount", sa.BigInteger(), nullable=True),
        sa.Column("coin_rate", sa.String(length=40), nullable=True),
        sa.Column("coin_rate_source", _WORD, nullable=True),
        sa.Column("coin_rate_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("coin_holds_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("coin_is_unique", sa.Boolean(), nullable=True),
        sa.Column("coin_amount_before", sa.BigInteger(), nullable=True),
        sa.Column("coin_changed_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("orders", column)
    op.create_index(op.f("ix_orders_method_coin_amount"), "orders", ["method", "coin_amount"], unique=False)
    op.add_column("people", sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "amount_claims",
        sa.Column("method", _WORD, nullable=False),
        sa.Column("amount", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.String(length=20), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_amount_claims_order_id")),
        sa.PrimaryKeyConstraint("method", "amount", name=op.f("pk_amount_claims")),
    )
    op.create_index(op.f("ix_amount_claims_order_id"), "amount_claims", ["order_id"], unique=False)
    op.create_index(op.f("ix_amount_claims_ends_at"), "amount_claims", ["ends_at"], unique=False)
    op.create_table(
        "coin_rates",
        sa.Column("method", _WORD, nullable=False),
        sa.Column("source", _WORD, nullable=False),
        sa.Column("price", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("method", "source", name=op.f("pk_coin_rates")),
    )
