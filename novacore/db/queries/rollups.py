"""What one stretch of time came to, straight from orders, events, ledger and vouches. Called by `workflows.rollups`.

Everything is added up by the database, so that a worker thread beside the bot holds neither its interpreter nor
SQLite's one writer. The same statements run on both databases: the days of a time zone come in as instants.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    RowMapping,
    Table,
    and_,
    case,
    exists,
    extract,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from novacore.db.models import Event, LedgerEntry, Order, Vouch
from novacore.db.models.events import REPORTED
from novacore.states import LedgerDirection, OrderStatus

EXACT_SECONDS = 1024
"""Waits below this are kept as they are; longer ones as the middle of a step of 1/512 to 1/1024 of them."""

_DOUBLINGS = 20
"""Of the width of a step: that of 2**30 seconds is the widest."""

_E = cast(Table, Event.__table__).c
_L = cast(Table, LedgerEntry.__table__).c

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DaySums:
    """The rows of one day, without the day: those of `daily_figures`, `daily_products` and so on."""

    figures: Sequence[Row]
    products: Sequence[Row]
    methods: Sequence[Row]
    waits: Sequence[Row]
    ratings: Sequence[Row]
    tickets: Sequence[Row]


def sums_between(session: Session, start: datetime, end: datetime) -> DaySums:
    """Add up what happened from `start` up to, and not including, `end`."""
    money, first = _money(session, start, end), _first_payments(session, start, end)
    return DaySums(
        figures=_figures(money, first, _placed(session, start, end)),
        products=_by(("currency", "product_id"), _received(money), first, "units"),
        methods=_by(("currency", "method"), _received(money), first),
        waits=_waits(session, start, end),
        ratings=_ratings(session, start, end),
        tickets=_tickets(session, start, end),
    )


def first_and_last(session: Session) -> tuple[datetime, datetime] | None:
    """Return the earliest and the latest moment that counts in any figure; None where nothing has happened yet."""
    moments = [
        select(func.min(Order.placed_at), func.max(Order.placed_at)),
        select(func.min(_L.at), func.max(_L.at)),
        select(func.min(Vouch.written_at), func.max(Vouch.written_at)),
        select(func.min(_E.at), func.max(_E.at)).where(REPORTED),
    ]
    pairs = [session.execute(one).one() for one in moments]
    known = [(first, last) for first, last in pairs if first is not None]
    return (min(first for first, _ in known), max(last for _, last in known)) if known else None


def moments_of(session: Session, orders: Sequence[str], tickets: Sequence[str]) -> set[datetime]:
    """Return every moment at which these orders and tickets count in a figure."""
    kinds = or_(
        and_(_E.subject_kind == "order", _E.subject_id.in_(orders)),
        and_(_E.subject_kind == "ticket", _E.subject_id.in_(tickets)),
    )
    every = union_all(
        select(_E.at).where(kinds),
        select(Order.placed_at).where(Order.id.in_(orders)),
        select(_L.at).where(_L.order_id.in_(orders)),
        select(Vouch.written_at).where(Vouch.order_id.in_(orders)),
    )
    return {*session.execute(every).scalars()}


# ---- money


def _money(session: Session, start: datetime, end: datetime) -> Sequence[Any]:
    """Sums by direction, currency, method and product."""
    keys = (_L.direction, _L.currency, _L.method, Order.product_id)
    rows = select(*keys, func.sum(_L.amount_minor).label("amount"), func.count().label("entries"))
    rows = rows.join(Order, Order.id == _L.order_id).where(_L.at >= start, _L.at < end).group_by(*keys)
    return session.execute(rows).all()


def _received(money: Sequence[Any]) -> Sequence[Any]:
    return [row for row in money if row.direction is LedgerDirection.received]


def _first_payments(session: Session, start: datetime, end: datetime) -> Sequence[Any]:
    """Count the orders whose first money came in here, with their units: whoever pays twice has bought once."""
    earlier = cast(Table, LedgerEntry.__table__).alias().c
    before = exists().where(
        earlier.order_id == _L.order_id,
        earlier.direction == LedgerDirection.received,
        or_(earlier.at < _L.at, and_(earlier.at == _L.at, earlier.id < _L.id)),
    )
    keys = (_L.currency, _L.method, Order.product_id)
    rows = select(*keys, func.count().label("paid"), func.sum(Order.quantity).label("units"))
    mine = (_L.direction == LedgerDirection.received, _L.at >= start, _L.at < end, ~before)
    return session.execute(rows.join(Order, Order.id == _L.order_id).where(*mine).group_by(*keys)).all()


def _by(keys: tuple[str, ...], received: Sequence[Any], first: Sequence[Any], *more: str) -> list[Row]:
    """Add up by these keys alone."""
    sums: dict[tuple[Any, ...], Row] = defaultdict(lambda: dict.fromkeys(("received_minor", "paid", *more), 0))
    for row in received:
        sums[_key(row, keys)]["received_minor"] += int(row.amount)
    for row in first:
        for what in ("paid", *more):
            sums[_key(row, keys)][what] += int(getattr(row, what))
    return [{**dict(zip(keys, key, strict=True)), **values} for key, values in sums.items()]


def _key(row: Any, keys: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, key) for key in keys)


def _figures(money: Sequence[Any], first: Sequence[Any], placed: Sequence[RowMapping]) -> list[Row]:
    empty = dict.fromkeys(("received_minor", "paid", "returned_minor", "returns", *_PLACED), 0)
    sums: dict[str, Row] = defaultdict(lambda: dict(empty))
    for row in money:
        figures = sums[row.currency]
        figures[f"{row.direction}_minor"] += int(row.amount)
        figures["returns"] += row.entries if row.direction is LedgerDirection.returned else 0
    for row in first:
        sums[row.currency]["paid"] += row.paid
    for counts in placed:
        sums[counts["currency"]].update({what: int(counts[what]) for what in _PLACED})
    return [{"currency": currency, **values} for currency, values in sums.items()]


# ---- orders, by the day they were placed

_PLACED = ("placed", "placed_minor", "with_proof", "approved", "delivered", "expired", "rejected", "cancelled")

_STAGES = {"submit_proof": 1, "approve": 2, "delivered": 3, "fulfil": 3}
"""How far an event has brought its order."""


def _placed(session: Session, start: datetime, end: datetime) -> Sequence[RowMapping]:
    here = (Order.placed_at >= start, Order.placed_at < end)
    reached = (
        select(_E.subject_id, func.max(case(_STAGES, value=_E.trigger, else_=0)).label("stage"))
        .where(_E.subject_kind == "order", _E.subject_id.in_(select(Order.id).where(*here)))
        .group_by(_E.subject_id)
        .subquery()
    )
    stage = func.coalesce(reached.c.stage, 0)
    rows = select(
        Order.currency,
        func.count().label("placed"),
        func.sum(Order.total_minor).label("placed_minor"),
        *(func.sum(_one_if(stage >= least)).label(name) for name, least in _REACHED.items()),
        *(func.sum(_one_if(Order.status == status)).label(status.value) for status in _LOST),
    )
    rows = rows.outerjoin(reached, reached.c.subject_id == Order.id).where(*here).group_by(Order.currency)
    return session.execute(rows).mappings().all()


_REACHED = {"with_proof": 1, "approved": 2, "delivered": 3}
_LOST = (OrderStatus.expired, OrderStatus.rejected, OrderStatus.cancelled)


def _one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


# ---- waits

_DECISIONS = ("approve", "reject", "ask_again")
_WAITS: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "decision": ("order", _DECISIONS, ("submit_proof", "reinstate")),
    "delivery": ("order", ("delivered", "fulfil"), ("approve",)),
    "answer": ("ticket", ("staff_replied",), ("open_ticket",)),
}
"""By kind: whose wait it is, which events end it, and since the latest of which it has lasted."""


def _waits(session: Session, start: datetime, end: datetime) -> list[Row]:
    here = (REPORTED, _E.at >= start, _E.at < end)
    rows: list[Row] = []
    for kind, (subject, ends, begins) in _WAITS.items():
        mine = (_E.subject_kind == subject, _E.trigger.in_(ends))
        begun = select(func.max(_BEFORE.at)).where(*_earlier(subject, begins)).scalar_subquery()
        wait = select(_seconds(session, _E.at, begun).label("seconds")).where(*here, *mine)
        if kind == "answer":
            wait = wait.where(~exists().where(*_earlier(subject, ends)))
        rows += [{"kind": kind, **row} for row in _histogram(session, wait.subquery().c.seconds)]
    return rows


_BEFORE = cast(Table, Event.__table__).alias("before").c


def _earlier(subject: str, triggers: tuple[str, ...]) -> tuple[ColumnElement[bool], ...]:
    """Events of the same subject, before the one that is looked at."""
    same = (_BEFORE.subject_kind == subject, _BEFORE.subject_id == _E.subject_id, _BEFORE.id < _E.id)
    return (*same, _BEFORE.trigger.in_(triggers))


def _histogram(session: Session, seconds: Any) -> Sequence[RowMapping]:
    """Count the waits by their step; what never began is none."""
    whole = select(case((seconds < 0, 0), else_=seconds).label("whole")).where(seconds.is_not(None)).subquery().c.whole
    step = select(step_in_sql(whole).label("seconds")).subquery().c.seconds
    counted = select(step, func.count().label("count")).group_by(step)
    return session.execute(counted).mappings().all()


def _seconds(session: Session, later: Any, earlier: Any) -> Any:
    """Whole seconds between two moments, each cut to the second."""
    return _epoch(session, later) - _epoch(session, earlier)


def _epoch(session: Session, moment: Any) -> Any:
    number = extract("epoch", moment)
    if session.get_bind().dialect.name == "sqlite":
        return sql_cast(number, Integer)
    return sql_cast(func.floor(number), BigInteger)


def step_in_sql(seconds: Any) -> ColumnElement[int]:
    """Return the step that a wait falls into, as the middle of it. `step_of` says the same in Python."""
    widths = [(seconds < EXACT_SECONDS * 2**doubling, _number(2**doubling)) for doubling in range(_DOUBLINGS)]
    width = case(*widths, else_=_number(2**_DOUBLINGS))
    step: ColumnElement[int] = seconds - seconds % width + width // 2
    return step


def _number(value: int) -> ColumnElement[int]:
    number: ColumnElement[int] = literal_column(str(value), BigInteger)
    return number


def step_of(seconds: int) -> int:
    """Return as what a wait of so many seconds is kept: at most 0.1 % off."""
    width = 1 << min(_DOUBLINGS, max(0, seconds.bit_length() - EXACT_SECONDS.bit_length() + 1))
    return seconds - seconds % width + width // 2


# ---- what people say


def _ratings(session: Session, start: datetime, end: datetime) -> list[Row]:
    stars = select(Vouch.rating.label("stars"), func.count().label("count")).where(
        Vouch.written_at >= start, Vouch.written_at < end, Vouch.hidden_at.is_(None)
    )
    vouches = session.execute(stars.group_by(Vouch.rating)).mappings().all()
    return [{"kind": "vouch", **row} for row in vouches] + [
        {"kind": "ticket", **row} for row in _ticket_ratings(session, start, end)
    ]


def _ticket_ratings(session: Session, start: datetime, end: datetime) -> Sequence[RowMapping]:
    """The last rating of each ticket counts."""
    later = cast(Table, Event.__table__).alias("later").c
    same = (later.subject_kind == "ticket", later.subject_id == _E.subject_id)
    again = exists().where(*same, later.trigger == "rate", later.id > _E.id)
    rated = (REPORTED, _E.subject_kind == "ticket", _E.trigger == "rate", _E.at >= start, _E.at < end)
    given = select(_E.detail["rating"].as_integer().label("stars")).where(*rated, ~again).subquery().c.stars
    counted = select(given, func.count().label("count")).where(given.between(1, 5)).group_by(given)
    return session.execute(counted).mappings().all()


def _tickets(session: Session, start: datetime, end: datetime) -> list[Row]:
    mine = (REPORTED, _E.subject_kind == "ticket", _E.trigger == "open_ticket", _E.at >= start, _E.at < end)
    opened = session.execute(select(func.count()).where(*mine)).scalar_one()
    return [{"opened": opened}] if opened else []
