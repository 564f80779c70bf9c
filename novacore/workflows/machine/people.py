"""Remembers people by their Discord id as they act. Called by the commands that customers give."""

from novacore.db.models import Person
from novacore.db.unit_of_work import Transaction
from novacore.db.upsert import insert_into
from novacore.workflows.machine.policy import Actor


def meet(tx: Transaction, actor: Actor) -> None:
    """Remember the person's present name; the touched row is the lock under which their limits are counted."""
    row = insert_into(tx, Person).values(id=actor.id, name=actor.name[:100], first_seen_at=tx.now)
    tx.session.execute(row.on_conflict_do_update(index_elements=["id"], set_={"name": row.excluded.name}))
