"""Orders that were asked for another proof go into a state of their own, and their cards show it.

Revision: 0019
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_REFRESH = """
    INSERT INTO jobs (name, queue, subject_kind, subject_id, payload, dedupe_key, due_at, at_once, state, attempts,
        fence, created_at)
    SELECT 'refresh_cards', 'discord', 'order', id, '{}', 'refresh_cards:order:' || id, :now, TRUE, 'queued', 0,
        0, :now
    FROM orders WHERE status = 'awaiting_proof'
    ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    """Take the step."""
    # A first proof was looked at where there was a round; nothing else led back to waiting for payment.
    op.execute(
        "UPDATE orders SET status = 'awaiting_proof', version = version + 1 "
        "WHERE status = 'awaiting_payment' AND review_round > 0"
    )
    now = sa.bindparam("now", datetime.now(UTC), type_=sa.DateTime(timezone=True))
    op.execute(sa.text(_REFRESH).bindparams(now))
