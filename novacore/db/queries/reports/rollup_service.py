"""How customers were served in a stretch of time: how long they waited, and what they said. Part of `rollups`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, Integer, Table, bindparam, exists, extract, func, select
from sqlalchemy import cast as sql_cast

from novacore.db.base import UtcDateTime
from novacore.db.event_kinds.tickets import RATE
from novacore.db.models import Event, Vouch
from novacore.db.models.events import REPORTED

EXACT_SECONDS = 1024
"""Waits below this are kept as they are; longer ones as the middle of a step of 1/512 to 1/1024 of them."""

_DOUBLINGS = 20
"""Of the width of a step: that of 2**30 seconds is the widest."""

E = cast(Table, Event.__table__).c

START, END = bindparam("start", type_=UtcDateTime()), bindparam("end", type_=UtcDateTime())
"""Of the stretch that is added up. The statements are built once: building one again takes longer than running it."""

Row = dict[str, Any]

# ---- waits

_DECISIONS = ("approve", "reject", "ask_again")
WAITS: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "decision": ("order", _DECISIONS, ("submit_proof", "reinstate")),
    "delivery": ("order", ("delivered", "fulfil"), ("approve",)),
    "answer": ("ticket", ("staff_replied",), ("open_ticket",)),
}
"""By kind: whose wait it is, which events end it, and since the latest of which it has lasted."""


@cache
def waits(kind: str, is_sqlite: bool) -> Any:
    """Count the waits of a kind by their whole seconds."""
    subject, ends, begins = WAITS[kind]
    begun = select(func.max(_BEFORE.at)).where(*_earlier(subject, begins)).scalar_subquery()
    wait = select((epoch(E.at, is_sqlite) - epoch(begun, is_sqlite)).label("seconds"))
    wait = wait.where(REPORTED, E.at >= START, E.at < END, _is(subject), E.trigger.in_(ends))
    if kind == "answer":
        wait = wait.where(~exists().where(*_earlier(subject, ends)))
    seconds = wait.subquery().c.seconds
    return select(seconds, func.count().label("count")).group_by(seconds)


def histogram(kind: str, rows: Sequence[Any]) -> list[Row]:
    """Put the waits into their steps; what never began is none."""
    steps: Counter[int] = Counter()
    for row in rows:
        if row["seconds"] is not None:
            steps[step_of(max(0, row["seconds"]))] += row["count"]
    return [{"kind": kind, "seconds": seconds, "count": count} for seconds, count in steps.items()]


def _is(subject: str) -> ColumnElement[bool]:
    """Tell what an event is about, past the index on that: SQLite would go through every event of that kind."""
    past: ColumnElement[bool] = (E.subject_kind + "") == subject
    return past


_BEFORE = cast(Table, Event.__table__).alias("before").c


def _earlier(subject: str, triggers: tuple[str, ...]) -> tuple[ColumnElement[bool], ...]:
    """Events of the same subject, before the one that is looked at."""
    same = (_BEFORE.subject_kind == subject, _BEFORE.subject_id == E.subject_id, _BEFORE.id < E.id)
    return (*same, _BEFORE.trigger.in_(triggers))


def epoch(moment: Any, is_sqlite: bool) -> Any:
    """Whole seconds since 1970: each moment is cut to the second, on both databases."""
    number = extract("epoch", moment)
    return sql_cast(number, Integer) if is_sqlite else sql_cast(func.floor(number), BigInteger)


def step_of(seconds: int) -> int:
    """Return as what a wait of so many seconds is kept: at most 0.1 % off."""
    width = 1 << min(_DOUBLINGS, max(0, seconds.bit_length() - EXACT_SECONDS.bit_length() + 1))
    return seconds - seconds % width + width // 2


# ---- what people say


@cache
def vouches() -> Any:
    """Count the vouches by their stars."""
    mine = (Vouch.written_at >= START, Vouch.written_at < END, Vouch.hidden_at.is_(None))
    stars = select(Vouch.rating.label("stars"), func.count().label("count"))
    return stars.where(*mine).group_by(Vouch.rating)


@cache
def ticket_ratings() -> Any:
    """Count the ratings of tickets by their stars; the last one of each ticket."""
    later = cast(Table, Event.__table__).alias("later").c
    same = (later.subject_kind == "ticket", later.subject_id == E.subject_id)
    again = exists().where(*same, later.trigger == "rate", later.id > E.id)
    rated = (REPORTED, _is("ticket"), E.trigger == "rate", E.at >= START, E.at < END)
    given = select(E.detail[RATE.key("rating")].as_integer().label("stars")).where(*rated, ~again).subquery().c.stars
    return select(given, func.count().label("count")).where(given.between(1, 5)).group_by(given)


@cache
def tickets() -> Any:
    """Count the tickets that were opened."""
    mine = (REPORTED, _is("ticket"), E.trigger == "open_ticket", E.at >= START, E.at < END)
    return select(func.count().label("opened")).where(*mine)
