"""The owner's order of the shelf, sale prices, and the first day on which a product is on sale.

Revision: 0030
"""

import sqlalchemy as sa
from alembic import op

from novacore.db.base import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.add_column("products", sa.Column("position", sa.Integer(), server_default="0", nullable=False))
    op.add_column("products", sa.Column("sale_price_minor", sa.BigInteger(), nullable=True))
    op.add_column("products", sa.Column("sale_from", UtcDateTime(), nullable=True))
    op.add_column("products", sa.Column("sale_until", UtcDateTime(), nullable=True))
    op.add_column("products", sa.Column("on_sale_from", UtcDateTime(), nullable=True))
    op.add_column("orders", sa.Column("before_sale_minor", sa.BigInteger(), nullable=True))
    op.add_column("daily_figures", sa.Column("at_sale_price", sa.Integer(), server_default="0", nullable=False))
    op.add_column("daily_figures", sa.Column("sale_off_minor", sa.BigInteger(), server_default="0", nullable=False))
    op.drop_index("ix_products_on_sale", "products")
    op.drop_index("ix_products_category_id_is_deleted_name", "products")
    shelf = ["category_id", "is_deleted", "is_on_sale", "position", "name", "id", "on_sale_from"]
    op.create_index("ix_products_shelf", "products", shelf)
    every = ["category_id", "is_deleted", "position", "name"]
    op.create_index("ix_products_category_id_is_deleted_position_name", "products", every)
    op.create_index("ix_vouches_product_id_written_at", "vouches", ["product_id", "written_at"])
