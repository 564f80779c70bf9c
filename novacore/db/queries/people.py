"""Questions about people: who is blocked."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from novacore.db.models import Person


def blocked(session: Session, now: datetime, *, limit: int = 10, offset: int = 0) -> tuple[int, Sequence[Person]]:
    """Return how many people may not order at the moment, and a page of them, those first whose block ends first."""
    still = Person.blocked_until > now
    total = session.execute(select(func.count()).where(still)).scalar_one()
    page = select(Person).where(still).order_by(Person.blocked_until, Person.id).limit(limit).offset(offset)
    return total, session.execute(page).scalars().all()
