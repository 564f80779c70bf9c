"""Roles that come with products.

Revision: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    for table in ("products", "orders"):
        op.add_column(table, sa.Column("role_id", sa.BigInteger(), nullable=True))
        op.add_column(table, sa.Column("role_name", sa.String(length=100), nullable=True))
        op.add_column(table, sa.Column("role_days", sa.Integer(), nullable=True))
        _index(f"ix_{table}_role_id", table, "role_id")
    _index("ix_orders_role_customer_id", "orders", "customer_id")


def _index(name: str, table: str, column: str) -> None:
    some = sa.text("role_id IS NOT NULL")
    op.create_index(name, table, [column], unique=False, postgresql_where=some, sqlite_where=some)
