"""Takes back what workers had in hand when they died, instead of waiting for their leases. Each sweep does.

Whether a worker has died is said by `db.signs`. One that is frozen keeps its lease, for its request may still
go out.
"""

import logging
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Table, exists, func, select, update

from novacore.db.models import Job, JobAttempt
from novacore.db.models.jobs import HELD, UNFINISHED
from novacore.db.unit_of_work import Transaction, Wake, reading, writing
from novacore.states import AttemptOutcome, JobState
from novacore.tasks.queue.handlers import Runtime
from novacore.tasks.queue.leases import machine_time

MOST_DEATHS: Final = 3
"""So often a job is taken from a dead worker at once. After that its lease has to run out each time: it may be what
kills the workers, and others need some time without it."""

_J = cast(Table, Job.__table__).c
_A = cast(Table, JobAttempt.__table__).c

_DEATHS = (
    select(func.count())
    .where(_A.job_id == _J.id, _A.number > _J.forgiven, _A.outcome == AttemptOutcome.killed)
    .correlate(Job)
    .scalar_subquery()
)
_MAY_BE_TAKEN = _DEATHS < MOST_DEATHS

log = logging.getLogger(__name__)


def take_back(runtime: Runtime) -> int:
    """End the leases of workers that have died, and wake others for their jobs; returns how many. May take seconds.

    Raises Unavailable.
    """
    database = runtime.shop.database
    with reading(database) as session:
        names = session.execute(select(_J.held_by).distinct().where(HELD, _MAY_BE_TAKEN)).scalars().all()
    dead = runtime.sign.dead(names)
    if not dead:
        return 0
    with writing(database) as tx:
        count = _release(tx, HELD & _J.held_by.in_(dead))
    if count:  # none are left where another sweep was first
        log.warning("A worker was killed in the middle of its work. Jobs that are taken up again: %s.", count)
    return count


def release(tx: Transaction, worker_prefix: str) -> int:
    """End the leases that workers with such names hold; returns how many. The caller knows that they are dead."""
    by_them = exists().where(
        _A.job_id == _J.id, _A.outcome == AttemptOutcome.running, _A.worker.startswith(worker_prefix)
    )
    return _release(tx, UNFINISHED & by_them)


def _release(tx: Transaction, theirs: ColumnElement[bool]) -> int:
    connection = tx.connection
    ended: Any = (
        update(Job.__table__)  # type: ignore[arg-type]
        .where(_J.state == JobState.running, theirs, _MAY_BE_TAKEN)
        .values(lease_until=machine_time(tx), woken_at=None, held_by=None)
        .returning(_J.id, _J.name, _J.queue)
    )
    wakes = [Wake(*row) for row in connection.execute(ended)]
    cut_off = _A.outcome == AttemptOutcome.running, _A.job_id.in_([each.job_id for each in wakes])
    connection.execute(
        update(JobAttempt.__table__)  # type: ignore[arg-type]
        .where(*cut_off)
        .values(outcome=AttemptOutcome.killed, error="Its worker was killed.", finished_at=tx.now)
    )
    tx.wakes.extend(wakes)
    return len(wakes)
