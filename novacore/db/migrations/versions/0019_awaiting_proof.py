"""Orders that were asked for another proof go into a state of their own, and their cards show it.

Revision: 0019
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_REFRESH = """
    INSERT INTO jobs (name, queue, subject_kind, subject_id, payload, dedupe_key, due_at, at_once, state, attempts,
        fence, created_at)
    SELECT 'refresh_cards', 'discord', 'order', id, '{}', 'refresh_cards:order:' || id, :due, FALSE, 'queued', 0,
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
    now = datetime.now(UTC)
    # In a few minutes: a worker of the release before that is still running doesn't know the state.
    moments = {"now": now, "due": now + timedelta(minutes=3)}
    bound = [sa.bindparam(name, at, type_=sa.DateTime(timezone=True)) for name, at in moments.items()]
    op.execute(sa.text(_REFRESH).bindparams(*bound))
