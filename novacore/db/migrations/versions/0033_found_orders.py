"""Orders are found by their product, the newest first, and by the reference of a payment.

Revision: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_KNOWN = sa.text("reference IS NOT NULL")


def upgrade() -> None:
    """Take the step."""
    op.create_index(op.f("ix_orders_product_id_placed_at"), "orders", ["product_id", "placed_at"], unique=False)
    op.drop_index(op.f("ix_orders_product_id"), table_name="orders")
    op.create_index(op.f("ix_contested_proofs_reference"), "contested_proofs", ["reference"], unique=False)
    op.create_index(
        "ix_ledger_entries_reference",
        "ledger_entries",
        ["reference"],
        unique=False,
        postgresql_where=_KNOWN,
        sqlite_where=_KNOWN,
    )
