"""What the owner's side of the catalogue needs: soft deletion, batches, prices kept, who waits for stock."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the step."""
    _keep_drafts()
    _index_what_is_asked()
    _take_stock_in_batches()
    _watch_stock()
    _remember_older_shops()


def _index_what_is_asked() -> None:
    """Let the shop window, dead jobs and likenesses of proofs be found by an index, however large the shop is."""
    op.create_index("ix_products_on_sale", "products", ["category_id", "is_deleted", "is_on_sale", "name", "id"])
    op.create_index(op.f("ix_categories_position_name"), "categories", ["position", "name"])
    dead = sa.text("state = 'dead'")
    op.create_index("ix_jobs_dead", "jobs", ["finished_at"], postgresql_where=dead, sqlite_where=dead)
    for band in range(4):
        op.add_column("proofs", sa.Column(f"band_{band}", sa.Integer(), nullable=True))
    bands = ", ".join(f"band_{band} = (perceptual_hash >> {16 * (3 - band)}) & 65535" for band in range(4))
    op.execute(f"UPDATE proofs SET {bands} WHERE perceptual_hash IS NOT NULL")
    for band in range(4):
        op.create_index(op.f(f"ix_proofs_band_{band}"), "proofs", [f"band_{band}"])


def _take_stock_in_batches() -> None:
    """Let a restock be looked at before it is sold, filled in parts, and taken back as a whole."""
    for column in (
        sa.Column("state", sa.String(length=40), nullable=False, server_default="filled"),
        sa.Column("file_name", sa.String(length=100), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("done", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("added", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("stock_batches", column)
    count = "(SELECT count(*) FROM units WHERE units.batch_id = stock_batches.id)"
    op.execute(f"UPDATE stock_batches SET total = {count}, done = {count}, added = {count}, finished_at = added_at")
    op.drop_index("ix_units_batch_id", "units")
    op.create_index(op.f("ix_units_batch_id_status_id"), "units", ["batch_id", "status", "id"])
    op.create_table(
        "staged_parts",
        sa.Column("batch_id", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["stock_batches.id"], name=op.f("fk_staged_parts_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_staged_parts")),
    )


def _watch_stock() -> None:
    """Remember what staff were told of each product's stock, and which customers wait for it."""
    op.add_column("products", sa.Column("low_stock_at", sa.Integer(), nullable=False, server_default="5"))
    op.add_column("products", sa.Column("stock_level", sa.String(length=40), nullable=False, server_default="plenty"))
    op.create_table(
        "stock_waits",
        sa.Column("product_id", BIG_ID, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_stock_waits_product_id")),
        sa.PrimaryKeyConstraint("product_id", "customer_id", name=op.f("pk_stock_waits")),
    )
    op.create_index(op.f("ix_stock_waits_called_at_asked_at"), "stock_waits", ["called_at", "asked_at"])
    op.create_index(op.f("ix_stock_waits_customer_id"), "stock_waits", ["customer_id"])


def _keep_drafts() -> None:
    """Products that are being written, and a count of changes by which two at once are noticed."""
    op.add_column("products", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "product_drafts",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", BIG_ID, nullable=True),
        sa.Column("product_version", sa.Integer(), nullable=True),
        sa.Column("form", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("goods", sa.LargeBinary(), nullable=True),
        sa.Column("picture_state", sa.String(length=40), nullable=False),
        sa.Column("picture_round", sa.Integer(), nullable=False),
        sa.Column("picture_url", sa.String(length=1000), nullable=True),
        sa.Column("picture_upload", sa.LargeBinary(), nullable=True),
        sa.Column("picture_id", BIG_ID, nullable=True),
        sa.Column("picture_problem", sa.Text(), nullable=True),
        sa.Column("saved_product_id", BIG_ID, nullable=True),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["picture_id"], ["pictures.id"], name=op.f("fk_product_drafts_picture_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_product_drafts_product_id")),
        sa.ForeignKeyConstraint(["saved_product_id"], ["products.id"], name=op.f("fk_product_drafts_saved_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_drafts")),
    )
    op.create_index(op.f("ix_product_drafts_touched_at"), "product_drafts", ["touched_at"])


def _remember_older_shops() -> None:
    """What came in from older bots."""
    op.create_table(
        "legacy_sources",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("file_name", sa.String(length=100), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legacy_sources")),
    )
    op.create_table(
        "legacy_imports",
        sa.Column("source_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("old_id", sa.String(length=100), nullable=False),
        sa.Column("new_id", sa.String(length=40), nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["legacy_sources.id"], name=op.f("fk_legacy_imports_source_id")),
        sa.PrimaryKeyConstraint("source_id", "kind", "old_id", name=op.f("pk_legacy_imports")),
    )
    op.create_index(op.f("ix_legacy_imports_kind_old_id"), "legacy_imports", ["kind", "old_id"])
