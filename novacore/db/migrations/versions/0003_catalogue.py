"""What the owner's side of the catalogue needs: soft deletion, batches, prices kept, who waits for stock."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    _index_what_is_asked()


def _index_what_is_asked() -> None:
    """Let the shop window, dead jobs and likenesses of proofs be found by an index, however large the shop is."""
    op.create_index(
        "ix_products_on_sale",
        "products",
        ["category_id", "name", "id"],
        postgresql_where=sa.text("is_on_sale IS true AND is_deleted IS false"),
        sqlite_where=sa.text("is_on_sale IS 1 AND is_deleted IS 0"),
    )
    dead = sa.text("state = 'dead'")
    op.create_index("ix_jobs_dead", "jobs", ["finished_at"], postgresql_where=dead, sqlite_where=dead)
    for band in range(4):
        op.add_column("proofs", sa.Column(f"band_{band}", sa.Integer(), nullable=True))
    bands = ", ".join(f"band_{band} = (perceptual_hash >> {16 * (3 - band)}) & 65535" for band in range(4))
    op.execute(f"UPDATE proofs SET {bands} WHERE perceptual_hash IS NOT NULL")
    for band in range(4):
        op.create_index(op.f(f"ix_proofs_band_{band}"), "proofs", [f"band_{band}"])
