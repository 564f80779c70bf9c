"""Remembers people by their Discord id: their name as they act, and whether Discord lets us send them DMs."""

from datetime import datetime
from typing import Final

from sqlalchemy import Executable, func, update
from sqlalchemy.dialects import postgresql, sqlite

from novacore.db.models import Person
from novacore.db.unit_of_work import Transaction
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.jobs import JobRequest
from novacore.workflows.machine.policy import Actor

SUBJECT: Final = "person"
"""What jobs about a person call it; the id is the one at Discord."""


def meet(tx: Transaction, actor: Actor) -> None:
    """Remember the person's present name, and since when they have been in the server.

    The touched row is the lock under which their limits are counted.
    """
    row = {"id": actor.id, "name": actor.name[:100], "first_seen_at": tx.now, "joined_at": actor.joined_at}
    tx.connection.execute(_MEET[tx.is_sqlite], row)


def _meet(insert: sqlite.Insert | postgresql.Insert) -> Executable:
    seen = {"name": insert.excluded.name, "joined_at": func.coalesce(insert.excluded.joined_at, Person.joined_at)}
    return insert.on_conflict_do_update(index_elements=["id"], set_=seen)


_MEET: Final = {True: _meet(sqlite.insert(Person)), False: _meet(postgresql.insert(Person))}
"""By whether it is SQLite that takes it."""


def note_dms(tx: Transaction, person_id: int, *, closed: bool) -> None:
    """Remember whether Discord refuses our DMs to this person; where that has changed, their pages say so at once."""
    was = Person.dms_closed_at.is_(None) if closed else Person.dms_closed_at.is_not(None)
    changed = update(Person).where(Person.id == person_id, was).values(dms_closed_at=tx.now if closed else None)
    if tx.connection.execute(changed).rowcount:
        jobs.enqueue(tx, [refresh_pages(person_id)])


def refresh_pages(person_id: int, due_at: datetime | None = None) -> JobRequest:
    """Ask for the private pages of this person to show what is true now."""
    return job_kinds.REFRESH_PAGES.about(SUBJECT, str(person_id), due_at=due_at)
