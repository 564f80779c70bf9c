"""Which orders ended unpaid, and until when a person's were forgiven. What ended before this release counts for nobody.

Revision: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.add_column("orders", sa.Column("unpaid_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("people", sa.Column("forgiven_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        op.f("ix_orders_customer_id_status_unpaid_at"), "orders", ["customer_id", "status", "unpaid_at"], unique=False
    )
