"""The sweep: beat sends it every few seconds, and it makes sure that no due job waits for ever."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, cast

from sqlalchemy import ColumnElement, Table, TextClause, false, or_, select, true, update

from novacore.db.models import Job
from novacore.db.models.jobs import UNFINISHED
from novacore.db.trouble import reason_of
from novacore.db.unit_of_work import Transaction, Wake, writing
from novacore.errors import RowsHeld, TookTooLong
from novacore.states import JobState
from novacore.tasks.queue.handlers import Runtime
from novacore.tasks.queue.leases import machine_time
from novacore.tasks.queue.retry import DATABASE_AWAY
from novacore.tasks.queue.watch import doubt
from novacore.tasks.queue.watch.dead_workers import take_back
from novacore.telemetry import error_reports
from novacore.workflows.catalog import drafts
from novacore.workflows.goods import files
from novacore.workflows.machine.job_kinds import KINDS
from novacore.workflows.orders import kept_proofs, private_pages
from novacore.workflows.orders.delivered import roles
from novacore.workflows.orders.timers import opening_hours, slow_reviews
from novacore.workflows.orders.timers.lost_timers import restore_expiries
from novacore.workflows.orders.timers.opening_hours import credit_downtime
from novacore.workflows.payments import coin_amounts, feed, own_drafts
from novacore.workflows.reports import reports
from novacore.workflows.tickets import closed_hours
from novacore.workflows.upkeep import nightly_check, old_jobs, set_back, stale_rates

BATCH = 200
"""Rows a transaction: short enough that no press waits for it."""

BATCHES = 10
"""The most that one sweep wakes; the next one goes on from there."""

HELD_SECONDS: Final = 1.0
"""How long a step waits for what someone holds: the next sweep comes sooner than a lock that is held for long."""

Condition = tuple[ColumnElement[bool] | TextClause, ...]

_AHEAD: Final = 10.0
"""Seconds by which another machine's clock may be ahead."""

_DELIVERIES = [name for name, kind in KINDS.items() if kind.is_delivery]

_J = cast(Table, Job.__table__).c

log = logging.getLogger(__name__)


Step = Callable[[Runtime], int | None]


def sweep(runtime: Runtime) -> int:
    """Wake every job that is due or whose lease has run out, deliveries first and then the oldest; returns how many.

    Customers are first given back the time in which nothing swept, and lost timers are replaced; then the report that
    the schedule asks for by now is queued, and what dead workers had in hand is taken up again. Two sweeps at once do
    no harm. What another transaction holds is skipped, or waited for but a moment: it holds up its own step alone.
    While the bot is away, nobody's time to pay is looked at.
    """
    if runtime.in_flight.stopping:
        return 0
    begun = time.monotonic()
    hurried = _in_a_hurry(runtime)
    try:
        for step in _BEFORE:
            _try(step, hurried)
        woken = _sweep(hurried)
        for step in _AFTERWARDS:
            woken += _try(step, hurried)
    except DATABASE_AWAY as error:
        runtime.quiet.warning("sweep", "The database is away (%s); the next sweep will tell.", reason_of(error))
        return 0
    error_reports.check_in(time.monotonic() - begun)
    return woken


def _in_a_hurry(runtime: Runtime) -> Runtime:
    """Return the runtime with limits that leave the thread to others soon."""
    database = runtime.shop.database
    limits = replace(database.limits, lock=min(HELD_SECONDS, database.limits.lock))
    return replace(runtime, shop=replace(runtime.shop, database=database.within(limits)))


def _try(step: Step, runtime: Runtime) -> int:
    """Take a step, unless someone holds what it needs: the next sweep comes in seconds. Returns how many it woke.

    One that fails in a way nobody expected is reported, and holds up neither the other steps nor the jobs that are due.
    """
    try:
        return step(runtime) or 0
    except (RowsHeld, TookTooLong) as error:
        runtime.quiet.warning(step.__name__, "A step of the sweep is put off (%s): %s", step.__name__, reason_of(error))
    except DATABASE_AWAY:
        raise
    except Exception as error:  # noqa: BLE001  a fault of one step must not stop the shop
        runtime.quiet.error(f"{step.__name__} fails", error, "A step of the sweep failed (%s).", step.__name__)
    return 0


def _credit_downtime(runtime: Runtime) -> None:
    credit_downtime(runtime.shop, closed_hours.give_back)


def _restore_expiries(runtime: Runtime) -> None:
    if replaced := restore_expiries(runtime.shop):
        log.warning("%s unpaid orders were overdue and had lost their timer: each has a new one.", replaced)


def _tidy_drafts(runtime: Runtime) -> None:
    drafts.tidy(runtime.shop)


def _tidy_files(runtime: Runtime) -> None:
    files.tidy(runtime.shop)


def _tidy_own_drafts(runtime: Runtime) -> None:
    own_drafts.tidy(runtime.shop)


def _tidy_pages(runtime: Runtime) -> None:
    private_pages.tidy(runtime.shop)


def _tell_stale_rates(runtime: Runtime) -> None:
    stale_rates.tell(runtime.shop)


def _tidy_claims(runtime: Runtime) -> None:
    coin_amounts.tidy(runtime.shop)


def _tidy_proofs(runtime: Runtime) -> None:
    kept_proofs.tidy(runtime.shop)


def _queue_roll_up(runtime: Runtime) -> None:
    reports.queue_roll_up(runtime.shop)


def _queue_report(runtime: Runtime) -> None:
    reports.queue_due(runtime.shop)


def _notice_set_back(runtime: Runtime) -> None:
    set_back.notice(runtime.shop, runtime.watch)


_BEFORE: Final[tuple[Step, ...]] = (
    _notice_set_back,
    _credit_downtime,
    _restore_expiries,
    _tidy_drafts,
    _tidy_files,
    _tidy_own_drafts,
    _tidy_pages,
    _tidy_claims,
    _tidy_proofs,
    _tell_stale_rates,
)


def _queue_reminders(runtime: Runtime) -> None:
    slow_reviews.queue_reminders(runtime.shop)


def _queue_role_check(runtime: Runtime) -> None:
    roles.queue_check(runtime.shop)


def _queue_rates(runtime: Runtime) -> None:
    feed.queue_due(runtime.shop)


def _queue_clearing(runtime: Runtime) -> None:
    old_jobs.queue_daily(runtime.shop)


def _queue_books_check(runtime: Runtime) -> None:
    nightly_check.queue_daily(runtime.shop)


_AFTERWARDS: Final[tuple[Step, ...]] = (
    _queue_roll_up,
    _queue_report,
    _queue_reminders,
    _queue_clearing,
    _queue_rates,
    _queue_role_check,
    _queue_books_check,
    take_back,
    doubt.settle,
)


def forget_wake_ups(runtime: Runtime) -> None:
    """Let the next sweep wake everything that is due: for a broker in memory, which begins empty."""
    with writing(runtime.shop.database) as tx:
        statement = update(Job.__table__).where(UNFINISHED, _J.woken_at.is_not(None))  # type: ignore[arg-type]
        tx.connection.execute(statement.values(woken_at=None))


def _sweep(runtime: Runtime) -> int:
    total = 0
    for _ in range(BATCHES):
        with writing(runtime.shop.database) as tx:
            _shorten_leases(tx, runtime.lease_seconds)
            woken = _wake_batch(tx, runtime.wake_again_seconds)
        total += woken
        if woken < BATCH:
            break
    return total


def _wake_batch(tx: Transaction, wake_again: float) -> int:
    free, count = _free(tx, wake_again), 0
    if asleep := opening_hours.asleep(tx):
        # Else a thousand overdue orders would be looked at again and again while the bot is away.
        free = (*free, _J.name.not_in(asleep))
    for part in _in_turn(tx):
        if count < BATCH:
            count += _wake(tx, (UNFINISHED, *part, *free), BATCH - count)
    return count


def _shorten_leases(tx: Transaction, seconds: float) -> None:
    """Let no lease run for longer than one that begins now: the clock by which it was written has been set back."""
    far = UNFINISHED, _J.state == JobState.running, _J.lease_until > machine_time(tx, seconds + _AHEAD)
    connection = tx.connection
    if connection.execute(select(_J.id).where(*far).limit(1)).first() is not None:
        shorter = update(Job.__table__).where(*far).values(lease_until=machine_time(tx, seconds))  # type: ignore[arg-type]
        log.warning("The clock was set back: %s leases are shorter now.", connection.execute(shorter).rowcount)


def _wake(tx: Transaction, which: Condition, most: int) -> int:
    due = select(_J.id).where(*which).order_by(_J.due_at, _J.id).limit(most)
    due = due.with_for_update(skip_locked=True)
    statement = (
        update(Job.__table__)  # type: ignore[arg-type]
        .where(_J.id.in_(due.scalar_subquery()))
        .values(woken_at=machine_time(tx))
        .returning(_J.due_at, _J.id, _J.name, _J.queue)
    )
    rows = sorted(tx.connection.execute(statement))
    tx.wakes.extend(Wake(job_id, name, queue) for _, job_id, name, queue in rows)
    return len(rows)


def _in_turn(tx: Transaction) -> tuple[Condition, ...]:
    """Say what is due, in the order of its turn. Four questions, each of which reads one stretch of the index."""
    is_delivery, at_once = _J.name.in_(_DELIVERIES), _J.at_once == true()
    by_the_clock = _J.at_once == false(), _J.due_at <= tx.now
    return (is_delivery, at_once), (is_delivery, *by_the_clock), (at_once,), by_the_clock


def _free(tx: Transaction, wake_again: float) -> Condition:
    """Leave out what someone works on, and what was woken a moment ago."""
    lapsed = (_J.state == JobState.running) & (_J.lease_until <= machine_time(tx))
    return (
        or_(_J.state == JobState.queued, lapsed),
        # A wake-up of the future is from before the clock was set back, and perhaps long lost.
        or_(_J.woken_at.is_(None), ~_J.woken_at.between(machine_time(tx, -wake_again), machine_time(tx, _AHEAD))),
    )
