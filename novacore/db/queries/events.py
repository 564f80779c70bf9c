"""Questions to the audit log."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from novacore.db.models import Event
from novacore.states import ActorKind

_LATELY: Final = 100_000
"""Events that are looked at for who acted: they have no index by their actor."""

_MOST_OWNERS: Final = 20


def latest(session: Session, limit: int) -> Sequence[Event]:
    """Return the last events of the whole shop, the oldest of them first."""
    rows = select(Event).order_by(Event.id.desc()).limit(limit)
    return session.execute(rows).scalars().all()[::-1]


def latest_owners(session: Session) -> Sequence[int]:
    """Return the people who acted as the owner in the newest events, by their ids: twenty at most."""
    newest = select(func.max(Event.id)).scalar_subquery()
    acted = select(Event.actor_id).where(
        Event.id > newest - _LATELY, Event.actor_kind == ActorKind.owner, Event.actor_id.is_not(None)
    )
    each = acted.group_by(Event.actor_id).order_by(func.max(Event.id).desc()).limit(_MOST_OWNERS)
    return [*session.execute(each).scalars()]
