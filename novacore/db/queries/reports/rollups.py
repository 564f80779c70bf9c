"""What one stretch of time came to, straight from orders, events, ledger and vouches.

Called by `workflows.reports.rollups`. Everything is added up by the database, so that a worker thread next to the bot
holds neither its interpreter nor SQLite's one writer. The same statements run on both databases: the days of a time
zone come in as instants.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from novacore.db.models import LedgerEntry, Order, Vouch
from novacore.db.models.events import REPORTED
from novacore.db.queries.reports import rollup_service as service
from novacore.db.queries.reports.rollup_service import END, START, E, Row
from novacore.states import LedgerDirection, OrderStatus

_L = cast(Table, LedgerEntry.__table__).c


@dataclass(frozen=True, slots=True)
class DaySums:
    """The rows of one day, without the day: those of `daily_figures`, `daily_products` and so on."""

    figures: Sequence[Row]
    products: Sequence[Row]
    methods: Sequence[Row]
    waits: Sequence[Row]
    ratings: Sequence[Row]
    tickets: Sequence[Row]


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
        waits=[
            row
            for kind in service.WAITS
            for row in service.histogram(kind, stretch.rows(service.waits(kind, stretch.is_sqlite)))
        ],
        ratings=_labelled("vouch", stretch.rows(service.vouches()))
        + _labelled("ticket", stretch.rows(service.ticket_ratings())),
        tickets=[row for row in stretch.rows(service.tickets()) if row["opened"]],
    )


def _labelled(kind: str, rows: Sequence[Any]) -> list[Row]:
    return [{"kind": kind, **row} for row in rows]


def first_and_last(session: Session) -> tuple[datetime, datetime] | None:
    """Return the earliest and the latest moment that counts in any figure; None if nothing has happened yet."""
    # Each end by itself: asked for both in one breath, SQLite reads the index from end to end.
    moments = [
        (select(func.min(at)).where(*which), select(func.max(at)).where(*which))
        for at, which in ((Order.placed_at, ()), (_L.at, ()), (Vouch.written_at, ()), (E.at, (REPORTED,)))
    ]
    pairs = [tuple(session.execute(end).scalar_one() for end in ends) for ends in moments]
    known = [(first, last) for first, last in pairs if first is not None]
    return (min(first for first, _ in known), max(last for _, last in known)) if known else None


def moments_of(session: Session, orders: Sequence[str], tickets: Sequence[str]) -> set[datetime]:
    """Return every moment at which these orders and tickets count in a figure."""
    kinds = or_(
        and_(E.subject_kind == "order", E.subject_id.in_(orders)),
        and_(E.subject_kind == "ticket", E.subject_id.in_(tickets)),
    )
    every = union_all(
        select(E.at).where(kinds),
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
    return rows.join(Order, Order.id == _L.order_id).where(_L.at >= START, _L.at < END).group_by(*keys)


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
    rows = select(
        *keys,
        func.count().label("paid"),
        func.sum(Order.quantity).label("units"),
        func.sum(_one_if(Order.discount_minor > 0)).label("discounted"),
        func.sum(Order.discount_minor).label("discount_minor"),
        func.sum(_one_if(Order.before_sale_minor.is_not(None))).label("at_sale_price"),
        func.coalesce(func.sum((Order.before_sale_minor - Order.unit_price_minor) * Order.quantity), 0).label(
            "sale_off_minor"
        ),
    )
    mine = (_L.direction == LedgerDirection.received, _L.at >= START, _L.at < END, ~before)
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
    empty = dict.fromkeys(("received_minor", *_OF_PAID, "returned_minor", "returns", *_PLACED), 0)
    sums: dict[str, Row] = defaultdict(lambda: dict(empty))
    for row in money:
        figures = sums[row["currency"]]
        figures[f"{row['direction']}_minor"] += int(row["amount"])
        figures["returns"] += row["entries"] if row["direction"] is LedgerDirection.returned else 0
    for row in first:
        for what in _OF_PAID:
            sums[row["currency"]][what] += int(row[what])
    for counts in placed:
        sums[counts["currency"]].update({what: int(counts[what]) for what in _PLACED})
    return [{"currency": currency, **values} for currency, values in sums.items()]


_OF_PAID = ("paid", "discounted", "discount_minor", "at_sale_price", "sale_off_minor")


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
    here = (Order.placed_at >= START, Order.placed_at < END)
    reached = (
        select(E.subject_id, func.max(case(_STAGES, value=E.trigger, else_=0)).label("stage"))
        .where(E.subject_kind == "order", E.subject_id.in_(select(Order.id).where(*here)))
        .group_by(E.subject_id)
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
