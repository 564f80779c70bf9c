"""Blocks, ratings, replaced units, jobs tried again, rollups, reports and exports.

Revision: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Take the step."""
    _blocks()
    _after_the_sale()
    _ratings()
    _daily_figures()
    _reports()
    _exports()


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


def _daily_figures() -> None:
    whole = ("paid", "returns", "placed", "with_proof", "approved", "delivered", "expired", "rejected", "cancelled")
    op.create_table(
        "daily_figures",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("received_minor", "returned_minor", "placed_minor")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in whole),
        sa.PrimaryKeyConstraint("day", "currency", name=op.f("pk_daily_figures")),
    )
    op.create_table(
        "daily_products",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("product_id", BIG_ID, nullable=False),
        sa.Column("received_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_daily_products_product_id")),
        sa.PrimaryKeyConstraint("day", "currency", "product_id", name=op.f("pk_daily_products")),
    )
    op.create_table(
        "daily_methods",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("received_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "currency", "method", name=op.f("pk_daily_methods")),
    )
    for table, what, kind in (
        ("daily_waits", "seconds", sa.BigInteger()),
        ("daily_ratings", "stars", sa.Integer()),
    ):
        op.create_table(
            table,
            sa.Column("day", sa.Date(), nullable=False),
            sa.Column("kind", sa.String(length=40), nullable=False),
            sa.Column(what, kind, autoincrement=False, nullable=False),
            sa.Column("count", sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint("day", "kind", what, name=op.f(f"pk_{table}")),
        )
    op.create_table(
        "daily_tickets",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_daily_tickets")),
    )
    op.create_table(
        "days_to_roll",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_days_to_roll")),
    )
    reported = sa.text(
        "trigger IN ('approve', 'ask_again', 'delivered', 'fulfil', 'open_ticket', 'rate', 'reject', 'staff_replied')"
    )
    op.create_index("ix_events_reported", "events", ["at"], postgresql_where=reported, sqlite_where=reported)
    op.create_index(op.f("ix_ledger_entries_at"), "ledger_entries", ["at"], unique=False)


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        *(
            sa.Column(name, sa.Date(), nullable=False)
            for name in ("first_day", "last_day", "before_first", "before_last")
        ),
        sa.Column("requested_by", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days_done", sa.Integer(), nullable=False),
        sa.Column("days_total", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("figures", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("name", name=op.f("uq_reports_name")),
    )
    op.create_table(
        "report_pictures",
        sa.Column("report_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_report_pictures_report_id")),
        sa.PrimaryKeyConstraint("report_id", "number", name=op.f("pk_report_pictures")),
    )


def _exports() -> None:
    op.create_table(
        "exports",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("parts_sent", sa.Integer(), nullable=False),
        sa.Column("rows_a_part", sa.Integer(), nullable=False),
        sa.Column("place", DOCUMENT, nullable=False),
        sa.Column("planned", DOCUMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    making = sa.text("state = 'making'")
    op.create_index(
        "uq_exports_making", "exports", ["owner_id"], unique=True, postgresql_where=making, sqlite_where=making
    )
