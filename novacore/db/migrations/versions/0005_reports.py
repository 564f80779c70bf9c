"""Blocks, ratings, replaced units, jobs tried again, rollups, reports and exports.

Revision: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the step."""
    _blocks()
    _after_the_sale()
    _ratings()


def _blocks() -> None:
    op.add_column("people", sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("people", sa.Column("blocked_by", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_people_blocked_until"), "people", ["blocked_until"], unique=False)


def _after_the_sale() -> None:
    op.add_column("jobs", sa.Column("forgiven", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("units", sa.Column("replaces_id", sa.BigInteger(), nullable=True))


def _ratings() -> None:
    """Make the sums, and fill them from the vouches that are there."""
    op.create_table(
        "ratings",
        sa.Column("product_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("vouches", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_ratings_product_id")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_ratings")),
    )
    op.execute(
        "INSERT INTO ratings (product_id, vouches, stars) "
        "SELECT product_id, count(*), sum(rating) FROM vouches WHERE hidden_at IS NULL GROUP BY product_id"
    )
