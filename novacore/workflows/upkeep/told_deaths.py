"""Which alert tells staff of a death, as one stands for many of a cause, and whether it ever reached them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from sqlalchemy import String, cast, literal, or_, select
from sqlalchemy.orm import Session

from novacore.db.engine import Database
from novacore.db.event_kinds.jobs import JOB_DIED
from novacore.db.models import Event, Job, Send
from novacore.db.models.jobs import DEAD
from novacore.db.unit_of_work import reading
from novacore.states import SendState
from novacore.workflows.machine.jobs import JobName

ALERTED: Final = "died:"
"""What the key of a shared alert begins with."""

_HOUR: Final = timedelta(hours=1)

_SPELLS: Final[Mapping[JobName, timedelta]] = {
    JobName.grant_customer_role: timedelta(days=1),
    JobName.withdraw_customer_role: timedelta(days=1),
}
"""For how long an alert stands for further deaths of its cause, where that is not an hour. A role that stands too high
does so for every customer of the day."""


def spell_of(name: JobName) -> timedelta:
    """Return for how long one alert stands for further deaths of its cause."""
    return _SPELLS.get(name, _HOUR)


def shared_by(name: JobName, cause: str, at: datetime) -> str:
    """Return what deaths that share an alert have in common."""
    return f"{cause}:{int(at.timestamp() // spell_of(name).total_seconds())}"


def count(database: Database, since: datetime) -> int:
    """Return of how many jobs that died since then, and are dead still, a message to staff has gone out."""
    told = select(Job.dedupe_key).join(Send, _MESSAGE).where(Send.state == SendState.sent)
    with reading(database) as session:
        dead = {job.id: job for job in session.execute(select(Job).where(DEAD, Job.finished_at >= since)).scalars()}
        deaths = sorted(_deaths(session, dead.values()), key=lambda event: event.id)
        newest = {JOB_DIED.read(event.detail)["job_id"]: event for event in deaths}
        alerts = {job_id: _alert_of(dead[job_id], event) for job_id, event in newest.items() if job_id in dead}
        reached = {*session.execute(told.where(Job.dedupe_key.in_({*alerts.values()}))).scalars()}
    return sum(alert in reached for alert in alerts.values())


def _deaths(session: Session, dead: Iterable[Job]) -> Iterator[Event]:
    """Yield the deaths of whatever these jobs are about. In parts, and by subject: a join would read every event."""
    subjects = sorted({(job.subject_kind, job.subject_id) for job in dead})
    for kind, some in groupby(subjects, key=lambda one: one[0]):
        ids = [subject_id for _, subject_id in some]
        about = select(Event).where(Event.subject_kind == kind, Event.trigger == JOB_DIED.trigger)
        for start in range(0, len(ids), _PART):
            yield from session.execute(about.where(Event.subject_id.in_(ids[start : start + _PART]))).scalars()


_PART: Final = 500
"""Subjects that are asked for at a time."""

_EVENT: Final = cast(Job.event_id, String)
_MESSAGE: Final = or_(Send.key == literal("alert:") + _EVENT, Send.key == literal("others:") + _EVENT)


def _alert_of(job: Job, died: Event) -> str:
    """Return the key of the job that tells of it: its own where staff had it tried again before."""
    cause = JOB_DIED.read(died.detail).get("cause", "")
    own = str(died.id) if job.forgiven else ALERTED + shared_by(JobName(job.name), cause, died.at)
    return f"{own}:{JobName.alert_staff}"
