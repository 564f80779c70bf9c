"""Files that are goods, in sealed parts.

Revision: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "goods_files",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_files")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_goods_files_is_kept_created_at"), "goods_files", ["is_kept", "created_at"], unique=False)
    op.create_table(
        "goods_file_parts",
        sa.Column("file_id", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["goods_files.id"], name=op.f("fk_goods_file_parts_file_id")),
        sa.PrimaryKeyConstraint("file_id", "number", name=op.f("pk_goods_file_parts")),
    )
    _hung_on("version_files", "version_id", "goods_versions")
    _hung_on("draft_files", "draft_id", "product_drafts")
    op.add_column(
        "product_drafts", sa.Column("files_changed", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def _hung_on(table: str, column: str, parent: str) -> None:
    op.create_table(
        table,
        sa.Column(column, BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=op.f(f"fk_{table}_{column}")),
        sa.ForeignKeyConstraint(["file_id"], ["goods_files.id"], name=op.f(f"fk_{table}_file_id")),
        sa.PrimaryKeyConstraint(column, "number", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_file_id"), table, ["file_id"], unique=False)
