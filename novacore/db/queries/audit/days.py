"""Whether a day's stored figures are what the ledger says of that day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import case, func, literal, select, union_all
from sqlalchemy.orm import Session

from novacore.db.models import DailyFigures, DayToRoll, LedgerEntry
from novacore.states import LedgerDirection

Sums = Mapping[str, tuple[int, int]]
"""By currency: received and returned, in minor units."""


def ends(session: Session) -> tuple[datetime, datetime] | None:
    """Return when the first and the last money moved; None if none did."""
    # Each on its own: asked for together, SQLite reads the whole index.
    first: datetime | None = session.execute(select(func.min(LedgerEntry.at))).scalar_one()
    last: datetime | None = session.execute(select(func.max(LedgerEntry.at))).scalar_one()
    return None if first is None or last is None else (first, last)


def stored_days(session: Session) -> Sequence[date]:
    """Return the days that have figures of money."""
    moved = (DailyFigures.received_minor != 0) | (DailyFigures.returned_minor != 0)
    return session.execute(select(DailyFigures.day).where(moved).distinct()).scalars().all()


def compared(session: Session, day: date, span: tuple[datetime, datetime], followed: int) -> tuple[Sums, Sums] | None:
    """Return what is stored of a day and what the ledger says, read in one statement.

    None while the day has still to be added up again: it is due, or has rows beyond `followed`, which nobody saw yet.
    """
    mine = LedgerEntry.at >= span[0], LedgerEntry.at < span[1]
    came, went = (
        func.sum(case((LedgerEntry.direction == one, LedgerEntry.amount_minor), else_=0)) for one in LedgerDirection
    )
    stored = DailyFigures.currency, DailyFigures.received_minor, DailyFigures.returned_minor
    statement = union_all(
        select(literal("stored"), *stored).where(DailyFigures.day == day),
        select(literal("ledger"), LedgerEntry.currency, came, went).where(*mine).group_by(LedgerEntry.currency),
        select(literal("due"), literal(""), func.count(), literal(0)).where(DayToRoll.day == day),
        select(literal("due"), literal(""), func.count(), literal(0)).where(*mine, LedgerEntry.id > followed),
    )
    found: dict[str, dict[str, tuple[int, int]]] = {"stored": {}, "ledger": {}}
    for what, currency, one, other in session.execute(statement):
        if what == "due":
            if one:
                return None
        elif one or other:
            found[what][currency] = (int(one), int(other))
    return found["stored"], found["ledger"]
