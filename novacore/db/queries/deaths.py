"""Questions about jobs that died: which ones died of the same cause as the one that staff were told of."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore.db.event_kinds.jobs import JOB_DIED
from novacore.db.models import Event, Job
from novacore.states import JobState

MOST = 500
"""Deaths that are looked through: what dies more often than that is fixed first."""


def of_same_cause(session: Session, told: Event) -> Sequence[Event]:
    """Return the deaths after `told` that had the same cause, the oldest first."""
    rows = select(Event).where(Event.trigger == JOB_DIED.trigger, Event.id > told.id).order_by(Event.id).limit(MOST)
    cause = _cause(told)
    return [event for event in session.execute(rows).scalars() if cause and _cause(event) == cause]


def standing(session: Session, deaths: Sequence[Event]) -> Sequence[Event]:
    """Return those whose job has not been tried again since, in the same order."""
    ids = [JOB_DIED.read(event.detail)["job_id"] for event in deaths]
    rows = session.execute(select(Job.id, Job.state, Job.finished_at).where(Job.id.in_(ids)))
    ended = {row.id: (row.state, row.finished_at) for row in rows}
    return [
        event for event, job_id in zip(deaths, ids, strict=True) if job_id in ended and _stands(event, *ended[job_id])
    ]


def _stands(died: Event, state: JobState, finished_at: datetime | None) -> bool:
    return state is JobState.dead and (finished_at is None or finished_at <= died.at)


def _cause(died: Event) -> str | None:
    return JOB_DIED.read(died.detail).get("cause")
