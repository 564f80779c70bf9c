"""Who of the staff did how much in a stretch of time. Counted and put in order by either database alike."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from novacore.db.models import Event, Ticket
from novacore.db.models.events import DESK, REPORTED
from novacore.db.queries.reports.rollup_service import epoch
from novacore.states import ActorKind

DECISIONS: Final = ("approve", "reject", "ask_again")
_BEGINS: Final = ("submit_proof", "reinstate")
"""Since the latest of which before it a decision was waited for."""

_BY_STAFF: Final = Event.actor_kind.in_((ActorKind.staff, ActorKind.owner))


@dataclass(slots=True)
class StaffRow:
    """What one person did: how often, by trigger, how fast in the middle, and what their tickets were rated."""

    name: str = ""
    did: dict[str, int] = field(default_factory=dict)
    median: float | None = None
    """Seconds; None if nobody had waited for a decision of theirs."""
    ratings: int = 0
    stars: int = 0

    @property
    def decisions(self) -> int:
        """How often they approved, rejected or asked for another proof."""
        return sum(self.did.get(what, 0) for what in DECISIONS)


def by_person(session: Session, start: datetime, end: datetime) -> Mapping[int, StaffRow]:
    """Return what each of the staff did from `start` to before `end`, by their id at Discord."""
    found: defaultdict[int, StaffRow] = defaultdict(StaffRow)
    within = (Event.at >= start, Event.at < end)
    newest = [last for one in (_decided(within), _looked_after(within)) for last in _count(session, one, found)]
    for person, seconds in session.execute(_medians(within, is_sqlite=session.get_bind().dialect.name == "sqlite")):
        found[person].median = float(seconds)
    for person, name, count, stars in session.execute(_ratings(within)):
        one = found[person]
        one.name, one.ratings, one.stars = name or "", int(count), int(stars)
    _name(session, newest, found)
    return dict(found)


Within = tuple[ColumnElement[bool], ColumnElement[bool]]


def _decided(within: Within) -> Any:
    return _counted().where(REPORTED, *within, Event.trigger.in_(DECISIONS))


def _looked_after(within: Within) -> Any:
    return _counted().where(DESK, *within, Event.trigger.in_(("claim", "close")))


def _counted() -> Any:
    counts = select(Event.actor_id, Event.trigger, func.count(), func.max(Event.id))
    return counts.where(_BY_STAFF, Event.actor_id.is_not(None)).group_by(Event.actor_id, Event.trigger)


def _count(session: Session, rows: Any, found: defaultdict[int, StaffRow]) -> list[int]:
    """Put the counts in, and return the newest event of each: it has the person's newest name."""
    newest = []
    for person, trigger, count, last in session.execute(rows):
        found[person].did[trigger] = count
        newest.append(last)
    return newest


def _name(session: Session, newest: Sequence[int], found: defaultdict[int, StaffRow]) -> None:
    """Call everybody what they were called at the newest of these events of theirs."""
    names = select(Event.actor_id, Event.actor_name).where(Event.id.in_(newest)).order_by(Event.id)
    for person, name in session.execute(names):
        if person is not None:
            found[person].name = name


_BEFORE: Final = aliased(Event)


def _medians(within: Within, *, is_sqlite: bool) -> Any:
    """Return each one's median of the seconds from a proof to their decision on it: the middle one, or two."""
    # Past the index on what an event is about: SQLite would go through every event of that kind.
    of_orders = (Event.subject_kind + "") == "order"
    earlier = _BEFORE.subject_kind == "order", _BEFORE.subject_id == Event.subject_id, _BEFORE.id < Event.id
    begun = select(func.max(_BEFORE.at)).where(*earlier, _BEFORE.trigger.in_(_BEGINS)).correlate(Event)
    waited = epoch(Event.at, is_sqlite) - epoch(begun.scalar_subquery(), is_sqlite)
    decided = select(Event.actor_id.label("person"), waited.label("seconds")).where(REPORTED, *within, of_orders)
    decided = decided.where(Event.trigger.in_(DECISIONS), _BY_STAFF, Event.actor_id.is_not(None))
    waits = decided.subquery()
    place = func.row_number().over(partition_by=waits.c.person, order_by=waits.c.seconds)
    total = func.count().over(partition_by=waits.c.person)
    ranked = select(waits, place.label("place"), total.label("total")).where(waits.c.seconds.is_not(None)).subquery()
    middle = (2 * ranked.c.place).between(ranked.c.total, ranked.c.total + 2)
    return select(ranked.c.person, func.avg(ranked.c.seconds)).where(middle).group_by(ranked.c.person)


def _ratings(within: Within) -> Any:
    """Return what customers rated in that time, by who takes care of the ticket: how many, and stars together."""
    of_tickets = (Event.subject_kind + "") == "ticket"
    rated = select(Event.subject_id).where(REPORTED, *within, of_tickets, Event.trigger == "rate")
    mine = (Ticket.id.in_(rated), Ticket.claimed_by.is_not(None), Ticket.rating.is_not(None))
    sums = (func.max(Ticket.claimed_name), func.count(), func.sum(Ticket.rating))
    return select(Ticket.claimed_by, *sums).where(*mine).group_by(Ticket.claimed_by)
