"""Questions about jobs that died: which ones died of the same cause as the one that staff were told of."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore.db.event_kinds.jobs import JOB_DIED
from novacore.db.models import Event

MOST = 500
"""Deaths that are looked through: what dies more often than that is fixed first."""


def of_same_cause(session: Session, told: Event) -> Sequence[Event]:
    """Return the deaths after `told` that had the same cause, the oldest first."""
    rows = select(Event).where(Event.trigger == JOB_DIED.trigger, Event.id > told.id).order_by(Event.id).limit(MOST)
    cause = _cause(told)
    return [event for event in session.execute(rows).scalars() if cause and _cause(event) == cause]


def _cause(died: Event) -> str | None:
    return JOB_DIED.read(died.detail).get("cause")
