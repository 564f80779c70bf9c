"""How the shop stands right now, in numbers alone: for programs that watch it. Cheap, however large the shop has grown.

Nothing is counted further than to `MOST`, and nothing names a customer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, func, literal, select, union_all
from sqlalchemy.orm import Session

from novacore.db.models import Job, Order, Send, ShopFact, Ticket
from novacore.db.models.jobs import DEAD, UNFINISHED
from novacore.states import JobState, OrderStatus, SendState, TicketStatus

MOST: Final = 10_000
"""Where counting ends: one more than this means more than this."""

NEWEST: Final = 1_000
"""Of how many sends, the newest, the outcomes are counted."""

_TO_CHECK: Final = OrderStatus.those(lambda row: row.is_to_check)
_STORED: Final = tuple(one for one in OrderStatus if one is not OrderStatus.new)


@dataclass(frozen=True, slots=True)
class FiguresNow:
    """Counts by state, and moments that an age is told from: None if there is nothing that old."""

    orders: Mapping[str, int]
    tickets: Mapping[str, int]
    reviews: int
    oldest_review: datetime | None
    due_jobs: Mapping[str, int]
    """By queue."""
    oldest_due_job: datetime | None
    dead_jobs: int
    sends: int
    """How many messages were ever begun."""
    newest_sends: Mapping[str, int]
    last_sweep: datetime | None


def read(session: Session, now: datetime, since: datetime, name: str) -> FiguresNow:
    """Read everything, in some ten statements that each find little or stop early.

    `since` when dead jobs count; `name` is that of the fact which tells of the last sweep.
    """
    orders = _by(session, _per_state(Order.status, _STORED))
    return FiguresNow(
        orders=orders,
        tickets=_by(session, _per_state(Ticket.status, TicketStatus)),
        reviews=sum(orders[one] for one in _TO_CHECK),
        oldest_review=_oldest(session, [_first_review(one) for one in _TO_CHECK]),
        due_jobs=_by(session, _due_by_queue(now)),
        oldest_due_job=_oldest(session, [_first_due(now, at_once=at_once) for at_once in (True, False)]),
        dead_jobs=session.execute(_up_to(select(Job.id).where(DEAD, Job.finished_at >= since))).scalar_one(),
        sends=session.execute(select(func.coalesce(func.max(Send.id), 0))).scalar_one(),
        newest_sends=dict.fromkeys(SendState, 0) | _by(session, _newest_sends()),
        last_sweep=_oldest(session, [select(ShopFact.at).where(ShopFact.name == name)]),
    )


def _up_to(rows: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(rows.limit(MOST + 1).subquery())


def _per_state(column: Any, states: Iterable[Any]) -> Any:
    """Count each state by its own index entries: `GROUP BY` would read every row there ever was."""
    counts = ((one, _up_to(select(column).where(column == one)).scalar_subquery()) for one in states)
    return union_all(*(select(literal(str(one)), count) for one, count in counts))


def _first_review(status: OrderStatus) -> Select[Any]:
    waiting = select(Order.submitted_at).where(Order.status == status, Order.submitted_at.is_not(None))
    return waiting.order_by(Order.submitted_at).limit(1)


def _is_due(now: datetime, *, at_once: bool) -> Any:
    due = (UNFINISHED, Job.state == JobState.queued, Job.at_once.is_(at_once))
    return and_(*due) if at_once else and_(*due, Job.due_at <= now)


def _due_by_queue(now: datetime) -> Any:
    rows = union_all(
        *(
            select(select(Job.queue).where(_is_due(now, at_once=at_once)).limit(MOST + 1).subquery())
            for at_once in (True, False)
        )
    ).subquery()
    return select(rows.c.queue, func.count()).group_by(rows.c.queue)


def _first_due(now: datetime, *, at_once: bool) -> Select[Any]:
    return select(Job.due_at).where(_is_due(now, at_once=at_once)).order_by(Job.due_at).limit(1)


def _newest_sends() -> Any:
    newest = select(Send.state).order_by(Send.id.desc()).limit(NEWEST).subquery()
    return select(newest.c.state, func.count()).group_by(newest.c.state)


def _by(session: Session, statement: Any) -> dict[str, int]:
    return {str(name): count for name, count in session.execute(statement)}


def _oldest(session: Session, statements: Iterable[Select[Any]]) -> datetime | None:
    found = [session.execute(one).scalar_one_or_none() for one in statements]
    return min((one for one in found if one is not None), default=None)
