"""Remembers people by their Discord id: their name as they act, and whether Discord lets us send them DMs."""

from datetime import datetime
from typing import Final

from sqlalchemy import update

from novacore.db.models import Person
from novacore.db.unit_of_work import Transaction
from novacore.db.upsert import insert_into
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.jobs import JobRequest
from novacore.workflows.machine.policy import Actor

SUBJECT: Final = "person"
"""What jobs about a person call it; the id is the one at Discord."""


def meet(tx: Transaction, actor: Actor) -> None:
    """Remember the person's present name, and since when they have been in the server.

    The touched row is the lock under which their limits are counted.
    """
    seen = {"name": actor.name[:100]} | ({"joined_at": actor.joined_at} if actor.joined_at else {})
    row = insert_into(tx, Person).values(id=actor.id, first_seen_at=tx.now, **seen)
    kept = {name: row.excluded[name] for name in seen}
    tx.session.execute(row.on_conflict_do_update(index_elements=["id"], set_=kept))


def note_dms(tx: Transaction, person_id: int, *, closed: bool) -> None:
    """Remember whether Discord refuses our DMs to this person; where that has changed, their pages say so at once."""
    was = Person.dms_closed_at.is_(None) if closed else Person.dms_closed_at.is_not(None)
    changed = update(Person).where(Person.id == person_id, was).values(dms_closed_at=tx.now if closed else None)
    if tx.session.connection().execute(changed).rowcount:
        jobs.enqueue(tx, [refresh_pages(person_id)])


def refresh_pages(person_id: int, due_at: datetime | None = None) -> JobRequest:
    """Ask for the private pages of this person to show what is true now."""
    return job_kinds.REFRESH_PAGES.about(SUBJECT, str(person_id), due_at=due_at)
