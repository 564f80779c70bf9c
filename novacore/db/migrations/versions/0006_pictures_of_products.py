"""An index by which a picture that no product shows any more is found without a look at every product.

Revision: 0006
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.create_index(op.f("ix_products_picture_id"), "products", ["picture_id"], unique=False)
