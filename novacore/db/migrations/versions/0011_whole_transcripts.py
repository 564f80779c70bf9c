"""What a message held besides its words, the customer's copy of a transcript, and the files that go out beside it.

Revision: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Take the step."""
    op.add_column("ticket_messages", sa.Column("holds", DOCUMENT, nullable=True))
    op.add_column("transcripts", sa.Column("customer_html", sa.LargeBinary(), nullable=True))
    op.add_column("transcripts", sa.Column("customer_text", sa.Text(), nullable=True))
    op.add_column("transcripts", sa.Column("is_for_all", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("transcripts", sa.Column("files", DOCUMENT, nullable=True))
