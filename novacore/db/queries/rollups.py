"""What one stretch of time came to, straight from orders, events, ledger and vouches. Called by `workflows.rollups`.

Everything is added up by the database, so that a worker thread beside the bot holds neither its interpreter nor
SQLite's one writer. The same statements run on both databases: the days of a time zone come in as instants.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Table,
    and_,
    bindparam,
    case,
    exists,
    extract,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from novacore.db.base import UtcDateTime
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


_START, _END = bindparam("start", type_=UtcDateTime()), bindparam("end", type_=UtcDateTime())
"""Of the stretch that is added up. The statements are built once: building one anew takes longer than running it."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Runs the statements below for one stretch of time."""

    session: Session
    start: datetime
    end: datetime

    def rows(self, statement: Any) -> Sequence[Any]:
        """Return what a statement finds."""
        return self.session.execute(statement, {"start": self.start, "end": self.end}).mappings().all()

    @property
    def is_sqlite(self) -> bool:
        """Which dialect is spoken."""
        return self.session.get_bind().dialect.name == "sqlite"


def sums_between(session: Session, start: datetime, end: datetime) -> DaySums:
    """Add up what happened from `start` up to, and not including, `end`."""
    stretch = _Stretch(session, start, end)
    money, first = stretch.rows(_money()), stretch.rows(_first_payments())
    received = [row for row in money if row["direction"] is LedgerDirection.received]
    return DaySums(
        figures=_figures(money, first, stretch.rows(_placed())),
        products=_by(("currency", "product_id"), received, first, "units"),
        methods=_by(("currency", "method"), received, first),
        waits=[row for kind in _WAITS for row in _histogram(kind, stretch.rows(_waits(kind, stretch.is_sqlite)))],
        ratings=_labelled("vouch", stretch.rows(_vouches())) + _labelled("ticket", stretch.rows(_ticket_ratings())),
        tickets=[row for row in stretch.rows(_tickets()) if row["opened"]],
    )


def _labelled(kind: str, rows: Sequence[Any]) -> list[Row]:
    return [{"kind": kind, **row} for row in rows]


def first_and_last(session: Session) -> tuple[datetime, datetime] | None:
    """Return the earliest and the latest moment that counts in any figure; None where nothing has happened yet."""
    # Each end by itself: asked for both in one breath, SQLite reads the index from end to end.
    moments = [
        (select(func.min(at)).where(*which), select(func.max(at)).where(*which))
        for at, which in ((Order.placed_at, ()), (_L.at, ()), (Vouch.written_at, ()), (_E.at, (REPORTED,)))
    ]
    pairs = [tuple(session.execute(end).scalar_one() for end in ends) for ends in moments]
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


@cache
def _money() -> Any:
    """Sums by direction, currency, method and product."""
    keys = (_L.direction, _L.currency, _L.method, Order.product_id)
    rows = select(*keys, func.sum(_L.amount_minor).label("amount"), func.count().label("entries"))
    return rows.join(Order, Order.id == _L.order_id).where(_L.at >= _START, _L.at < _END).group_by(*keys)


@cache
def _first_payments() -> Any:
    """Counts the orders whose first money came in here, with their units: whoever pays twice has bought once."""
    earlier = cast(Table, LedgerEntry.__table__).alias().c
    before = exists().where(
        earlier.order_id == _L.order_id,
        earlier.direction == LedgerDirection.received,
        or_(earlier.at < _L.at, and_(earlier.at == _L.at, earlier.id < _L.id)),
    )
    keys = (_L.currency, _L.method, Order.product_id)
    rows = select(*keys, func.count().label("paid"), func.sum(Order.quantity).label("units"))
    mine = (_L.direction == LedgerDirection.received, _L.at >= _START, _L.at < _END, ~before)
    return rows.join(Order, Order.id == _L.order_id).where(*mine).group_by(*keys)


def _by(keys: tuple[str, ...], received: Sequence[Any], first: Sequence[Any], *more: str) -> list[Row]:
    """Add up by these keys alone."""
    sums: dict[tuple[Any, ...], Row] = defaultdict(lambda: dict.fromkeys(("received_minor", "paid", *more), 0))
    for row in received:
        sums[_key(row, keys)]["received_minor"] += int(row["amount"])
    for row in first:
        for what in ("paid", *more):
            sums[_key(row, keys)][what] += int(row[what])
    return [{**dict(zip(keys, key, strict=True)), **values} for key, values in sums.items()]


def _key(row: Any, keys: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(row[key] for key in keys)


def _figures(money: Sequence[Any], first: Sequence[Any], placed: Sequence[Any]) -> list[Row]:
    empty = dict.fromkeys(("received_minor", "paid", "returned_minor", "returns", *_PLACED), 0)
    sums: dict[str, Row] = defaultdict(lambda: dict(empty))
    for row in money:
        figures = sums[row["currency"]]
        figures[f"{row['direction']}_minor"] += int(row["amount"])
        figures["returns"] += row["entries"] if row["direction"] is LedgerDirection.returned else 0
    for row in first:
        sums[row["currency"]]["paid"] += row["paid"]
    for counts in placed:
        sums[counts["currency"]].update({what: int(counts[what]) for what in _PLACED})
    return [{"currency": currency, **values} for currency, values in sums.items()]


# ---- orders, by the day they were placed

_PLACED = ("placed", "placed_minor", "with_proof", "approved", "delivered", "expired", "rejected", "cancelled")

_STAGES = {"submit_proof": 1, "approve": 2, "delivered": 3, "fulfil": 3, "import_order": 9}
"""How far an event has brought its order."""


_IMPORTED = {
    OrderStatus.approved: 2,
    OrderStatus.delivery_blocked: 2,
    OrderStatus.refunded: 2,
    OrderStatus.delivered: 3,
}
"""How far an order of the old bot has come: of its life before, only the state is known."""

_OF_OLD = 9
"""The stage that stands for that."""


@cache
def _placed() -> Any:
    here = (Order.placed_at >= _START, Order.placed_at < _END)
    reached = (
        select(_E.subject_id, func.max(case(_STAGES, value=_E.trigger, else_=0)).label("stage"))
        .where(_E.subject_kind == "order", _E.subject_id.in_(select(Order.id).where(*here)))
        .group_by(_E.subject_id)
        .subquery()
    )
    of_old = case(*[(Order.status == status, stage) for status, stage in _IMPORTED.items()], else_=0)
    stage = case((reached.c.stage == _OF_OLD, of_old), else_=func.coalesce(reached.c.stage, 0))
    rows = select(
        Order.currency,
        func.count().label("placed"),
        func.sum(Order.total_minor).label("placed_minor"),
        *(func.sum(_one_if(stage >= least)).label(name) for name, least in _REACHED.items()),
        *(func.sum(_one_if(Order.status == status)).label(status.value) for status in _LOST),
    )
    return rows.outerjoin(reached, reached.c.subject_id == Order.id).where(*here).group_by(Order.currency)


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


@cache
def _waits(kind: str, is_sqlite: bool) -> Any:
    """Counts the waits of a kind by their whole seconds."""
    subject, ends, begins = _WAITS[kind]
    begun = select(func.max(_BEFORE.at)).where(*_earlier(subject, begins)).scalar_subquery()
    wait = select((_epoch(_E.at, is_sqlite) - _epoch(begun, is_sqlite)).label("seconds"))
    wait = wait.where(REPORTED, _E.at >= _START, _E.at < _END, _is(subject), _E.trigger.in_(ends))
    if kind == "answer":
        wait = wait.where(~exists().where(*_earlier(subject, ends)))
    seconds = wait.subquery().c.seconds
    return select(seconds, func.count().label("count")).group_by(seconds)


def _histogram(kind: str, rows: Sequence[Any]) -> list[Row]:
    """Put the waits into their steps; what never began is none."""
    steps: Counter[int] = Counter()
    for row in rows:
        if row["seconds"] is not None:
            steps[step_of(max(0, row["seconds"]))] += row["count"]
    return [{"kind": kind, "seconds": seconds, "count": count} for seconds, count in steps.items()]


def _is(subject: str) -> ColumnElement[bool]:
    """Tell what an event is about, past the index on that: SQLite would go through every event of that kind."""
    past: ColumnElement[bool] = (_E.subject_kind + "") == subject
    return past


_BEFORE = cast(Table, Event.__table__).alias("before").c


def _earlier(subject: str, triggers: tuple[str, ...]) -> tuple[ColumnElement[bool], ...]:
    """Events of the same subject, before the one that is looked at."""
    same = (_BEFORE.subject_kind == subject, _BEFORE.subject_id == _E.subject_id, _BEFORE.id < _E.id)
    return (*same, _BEFORE.trigger.in_(triggers))


def _epoch(moment: Any, is_sqlite: bool) -> Any:
    """Whole seconds since 1970: each moment is cut to the second, on both databases."""
    number = extract("epoch", moment)
    return sql_cast(number, Integer) if is_sqlite else sql_cast(func.floor(number), BigInteger)


def step_of(seconds: int) -> int:
    """Return as what a wait of so many seconds is kept: at most 0.1 % off."""
    width = 1 << min(_DOUBLINGS, max(0, seconds.bit_length() - EXACT_SECONDS.bit_length() + 1))
    return seconds - seconds % width + width // 2


# ---- what people say


@cache
def _vouches() -> Any:
    mine = (Vouch.written_at >= _START, Vouch.written_at < _END, Vouch.hidden_at.is_(None))
    stars = select(Vouch.rating.label("stars"), func.count().label("count"))
    return stars.where(*mine).group_by(Vouch.rating)


@cache
def _ticket_ratings() -> Any:
    """The last rating of each ticket counts."""
    later = cast(Table, Event.__table__).alias("later").c
    same = (later.subject_kind == "ticket", later.subject_id == _E.subject_id)
    again = exists().where(*same, later.trigger == "rate", later.id > _E.id)
    rated = (REPORTED, _is("ticket"), _E.trigger == "rate", _E.at >= _START, _E.at < _END)
    given = select(_E.detail["rating"].as_integer().label("stars")).where(*rated, ~again).subquery().c.stars
    return select(given, func.count().label("count")).where(given.between(1, 5)).group_by(given)


@cache
def _tickets() -> Any:
    mine = (REPORTED, _is("ticket"), _E.trigger == "open_ticket", _E.at >= _START, _E.at < _END)
    return select(func.count().label("opened")).where(*mine)
