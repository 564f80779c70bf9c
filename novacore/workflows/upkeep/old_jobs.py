"""Clears away the finished jobs of what has ended long ago, with their tries, in parts that hold up nobody.

Their keys stay, so that none of them is done again. Events, money and sends stay as they are: the books need them, and
a message that was sent may still be edited.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select

from novacore import clock
from novacore.db.models import Event, Job, JobAttempt, Order, Ticket, UsedKey
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.db.upsert import add_missing
from novacore.states import JobState, OrderStatus, TicketStatus
from novacore.workflows.machine import facts, job_kinds
from novacore.workflows.machine.job_kinds import KINDS
from novacore.workflows.machine.shop import Shop
from novacore.workflows.upkeep.retries import PATIENCE

PART: Final = 200
"""Jobs a transaction: no press waits for longer than that takes."""

SUBJECT: Final = "shop"

_FACT: Final = "cleared_away"
_STEP: Final = 2_000
"""Ids of jobs that are looked through in one go."""

Tick = Callable[[int], None]
"""Is told after each part how many are gone by now. May raise to stop."""


def queue_daily(shop: Shop) -> bool:
    """Queue the day's round, from the second day on; tells whether it did. The sweep calls this."""
    return facts.queue_daily(shop, _FACT, clock.now().date(), job_kinds.CLEAR_AWAY.about(SUBJECT, "jobs"), "clear")


def clear_away(shop: Shop, tick: Tick = lambda _gone: None) -> int:
    """Clear away all that is old enough; returns how many jobs. Stopped in between, the rest comes the next time."""
    before = clock.now() - shop.terms.retention
    after, gone = 0, 0
    while (until := _next_stop(shop, after, before)) is not None:
        while cleared := _clear_part(shop, after, until, before):
            gone += cleared
            tick(gone)
        after = until
    return gone


def _next_stop(shop: Shop, after: int, before: datetime) -> int | None:
    """Return the id up to which to look next; None if only newer jobs follow. Ids rise with time."""
    some = select(Job.id, Job.created_at).where(Job.id > after).order_by(Job.id).limit(_STEP).subquery()
    with reading(shop.database) as session:
        stop = session.execute(select(func.max(some.c.id)).where(some.c.created_at < before)).scalar_one()
    return int(stop) if stop is not None else None


def _clear_part(shop: Shop, after: int, until: int, before: datetime) -> int:
    with writing(shop.database) as tx:
        old = select(Job.id, Job.name, Job.dedupe_key).where(Job.id > after, Job.id <= until, *_is_old(before, tx.now))
        rows = tx.session.execute(old.order_by(Job.id).limit(PART).with_for_update(skip_locked=True)).all()
        if rows:
            _keep_keys(tx, rows)
            ids = [row.id for row in rows]
            for gone in (delete(JobAttempt).where(JobAttempt.job_id.in_(ids)), delete(Job).where(Job.id.in_(ids))):
                tx.session.execute(gone.execution_options(synchronize_session=False))
    return len(rows)


def _keep_keys(tx: Transaction, rows: Sequence[Any]) -> None:
    """Keep the keys of what may be asked for once only. What coalesces gave its key up when it began."""
    keys = [{"key": row.dedupe_key} for row in rows if row.name not in _ASKED_FOR_AGAIN]
    add_missing(tx, UsedKey, *keys)


_ASKED_FOR_AGAIN: Final = frozenset(name for name, kind in KINDS.items() if kind.coalesce)


def _is_old(before: datetime, now: datetime) -> tuple[ColumnElement[bool], ...]:
    ended = func.coalesce(Job.finished_at, Job.created_at)
    # Staff may have a dead job tried again for a while.
    dead = and_(Job.state == JobState.dead, ended < min(before, now - PATIENCE - timedelta(days=1)))
    over = and_(Job.state.in_((JobState.done, JobState.withdrawn)), ended < before)
    return or_(over, dead), or_(Job.subject_kind.not_in(("order", "ticket")), _has_ended(before))


def _has_ended(before: datetime) -> ColumnElement[bool]:
    """Tell whether the job's order or ticket has ended, and nothing has happened to it since."""
    over = OrderStatus.those(lambda row: not row.is_unfinished)
    order = exists().where(Job.subject_kind == "order", Order.id == Job.subject_id, Order.status.in_(over))
    closed = TicketStatus.those(lambda row: not row.is_open)
    ticket = exists().where(Job.subject_kind == "ticket", Ticket.id == Job.subject_id, Ticket.status.in_(closed))
    lately = exists().where(
        Event.subject_kind == Job.subject_kind, Event.subject_id == Job.subject_id, Event.at >= before
    )
    return and_(or_(order, ticket), ~lately)
