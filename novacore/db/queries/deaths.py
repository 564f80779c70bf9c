"""Questions about jobs that died: which ones died of the same cause as the one that staff were told of."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore.db.models import Event

DIED = "job_died"
"""The event of a job's death, where staff are told of it."""

MOST = 500
"""Deaths that are looked through: what dies more often than that is fixed first."""


def of_same_cause(session: Session, told: Event) -> Sequence[Event]:
    """Return the deaths after `told` that had the same cause, the oldest first."""
    rows = select(Event).where(Event.trigger == DIED, Event.id > told.id).order_by(Event.id).limit(MOST)
    cause = told.detail.get("cause")
    return [event for event in session.execute(rows).scalars() if cause and event.detail.get("cause") == cause]
