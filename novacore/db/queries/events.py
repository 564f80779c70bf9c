"""Questions to the audit log."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore.db.models import Event


def latest(session: Session, limit: int) -> Sequence[Event]:
    """Return the last events of the whole shop, the oldest of them first."""
    rows = select(Event).order_by(Event.id.desc()).limit(limit)
    return session.execute(rows).scalars().all()[::-1]
