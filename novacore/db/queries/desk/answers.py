"""Questions about the answers that the owner keeps ready. There are a hundred at most."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore.db.models import CannedAnswer


def every_answer(session: Session) -> Sequence[CannedAnswer]:
    """Return all answers, by their names."""
    return session.execute(select(CannedAnswer).order_by(CannedAnswer.key)).scalars().all()


def names(session: Session) -> Sequence[tuple[str, str]]:
    """Return the folded name of every answer and its name as the owner wrote it, without what the answers say."""
    found = session.execute(select(CannedAnswer.key, CannedAnswer.name).order_by(CannedAnswer.key))
    return [(key, name) for key, name in found]


def answer_named(session: Session, name: str) -> CannedAnswer | None:
    """Return the answer of this folded name; None if there is none."""
    return session.execute(select(CannedAnswer).where(CannedAnswer.key == name)).scalar_one_or_none()
