"""Loads a subject and asks who may, in one call, for what moves no state. A stranger's looks like a missing one."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore.db.unit_of_work import Transaction
from novacore.errors import NotFound
from novacore.states import ActorKind
from novacore.workflows.machine import policy
from novacore.workflows.machine.arrows import S, Table
from novacore.workflows.machine.policy import Actor, Permission


def locked(tx: Transaction, table: Table[S], what: Permission, actor: Actor, subject_id: str) -> tuple[S, ActorKind]:
    """Lock a subject for someone who may do this, and say as what they do it. Raises NotFound, NotAllowed.

    It is read again: otherwise whoever waited for the lock would decide by what the session has seen before.
    """
    found = select(table.model).where(table.model.id == subject_id).with_for_update(key_share=True)
    subject: S | None = tx.session.execute(found, execution_options={"populate_existing": True}).scalar_one_or_none()
    if subject is None:
        raise NotFound(table.missing)
    kind = policy.authorise(what, actor, table.buyer_of(subject), noun=table.name, missing=table.missing)
    return subject, kind


def own(session: Session, table: Table[S], actor: Actor, subject_id: str) -> S:
    """Return a subject of this person's, for a look. Raises NotFound."""
    subject: S | None = session.get(table.model, subject_id)
    if subject is None or table.buyer_of(subject) != actor.id:
        raise NotFound(table.missing)
    return subject
