"""One case: paid orders whose jobs run while something strikes, and the accounts when it is over."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, func, not_, select, update

from novacore.db.models import Contest, Job, JobAttempt, Order
from novacore.db.unit_of_work import reading, writing
from novacore.states import AttemptOutcome, JobState, OrderStatus
from novacore.workflows.machine.jobs import JobName
from tests.faults import books
from tests.faults.works import Works
from tests.wire.faults import wait_until


@dataclass(frozen=True)
class Form:
    """How long a case is. `patience`: seconds for a strike to find its work, and for the next job to be done."""

    orders: int
    strikes: int
    outage: float
    """Seconds that a server stays away."""
    patience: float


LONG = os.environ.get("NOVACORE_FAULTS") == "long"
"""Set by `make faults`."""
FORM = Form(120, 12, 20.0, 300.0) if LONG else Form(12, 2, 2.0, 60.0)
"""Ten orders a strike fill both workers' threads. With 25, most of the time went into proofs that nobody struck at."""


_WAITS = and_(
    Job.state == JobState.queued,
    Job.name.in_((JobName.invite_vouch, JobName.alert_contests, JobName.discard_stock)),
    Job.due_at > func.now() + timedelta(minutes=10),
    not_(exists().where(Contest.alert_job_id == Job.id)),  # that one has begun, and only waits to try again
)
"""Invitations, what staff hear of contests within an hour, and the look at a restock a day later: none of them is
waited for, nor brought forward."""


@dataclass
class Storm:
    """The orders of a case while it lasts."""

    works: Works
    order_ids: list[str] = field(default_factory=list)
    struck: list[int] = field(default_factory=list)
    """How many jobs were in flight at each strike."""

    def pay(self, share: int = FORM.strikes) -> None:
        """Let people order, pay and be approved: so many that there are enough for `share` strikes."""
        self.order_ids += self.works.paid(FORM.orders // share)

    def await_work(self) -> None:
        """Wait for the moment to strike: goods are on their way, and jobs in flight."""
        wait_until(self.in_flight, FORM.patience, f"work in flight; owed: {Counter(self.unfinished())}")
        assert self.undelivered()
        self.struck.append(self.in_flight())

    def in_flight(self) -> int:
        """How many jobs someone works on."""
        return self._count(Job, Job.state == JobState.running)

    def undelivered(self) -> int:
        """How many orders wait for their goods."""
        return self._count(Order, Order.id.in_(self.order_ids), Order.status != OrderStatus.delivered)

    def unfinished(self) -> list[str]:
        """Name the jobs that someone works on, and those that are owed soon."""
        rows = select(Job.name).where(Job.state.in_((JobState.queued, JobState.running)))
        with reading(self.works.database) as session:
            return [*session.execute(rows.where(not_(_WAITS))).scalars()]

    def retried(self) -> int:
        """How many jobs of these orders took more than one attempt."""
        return self._count(Job, Job.subject_id.in_(self.order_ids), Job.attempts > 1)

    def attempts(self, outcome: AttemptOutcome, error: str = "%") -> int:
        """How many attempts at jobs of these orders have ended so."""
        return self._count(
            JobAttempt,
            JobAttempt.job_id.in_(select(Job.id).where(Job.subject_id.in_(self.order_ids))),
            JobAttempt.outcome == outcome,
            func.coalesce(JobAttempt.error, "").like(error),
        )

    def await_attempts(self, count: int, outcome: AttemptOutcome, error: str = "%") -> None:
        """Wait until so many attempts at jobs of these orders have ended so."""
        wait_until(
            lambda: self.attempts(outcome, error) >= count, FORM.patience, f"{count} attempts that end as {outcome}"
        )

    def see_through(self) -> None:
        """Wait as long as it goes on. Waits between attempts are cut short: they are as long as Discord's moods."""
        done, deadline = -1, 0.0
        while not self._is_done():
            before, done = done, self._count(Job, Job.state == JobState.done)
            if done > before:
                deadline = time.monotonic() + FORM.patience
            left = f"{self.undelivered()} orders without goods, owed: {Counter(self.unfinished())}"
            assert time.monotonic() < deadline, f"Nothing was done for {FORM.patience:.0f} seconds; {left}"

    def _is_done(self) -> bool:
        with writing(self.works.database) as tx:
            waiting = (Job.state == JobState.queued, Job.last_error.is_not(None), Job.due_at > tx.now, not_(_WAITS))
            tx.session.execute(update(Job).where(*waiting).values(due_at=tx.now))
        time.sleep(0.2)
        return not self.unfinished()

    def _count(self, model: type[Job | JobAttempt | Order], *conditions: ColumnElement[bool]) -> int:
        with reading(self.works.database) as session:
            return session.execute(select(func.count()).select_from(model).where(*conditions)).scalar_one()


@contextmanager
def storm(works: Works) -> Iterator[Storm]:
    """Inside, people pay and things break; then all is fixed, the work is seen through, and the books are checked."""
    works.fix()
    case = Storm(works)
    yield case
    assert len(case.order_ids) == FORM.orders
    works.fix()
    case.see_through()
    books.check(works, case.order_ids)
    print(f"in flight at the strikes {case.struck}, retried {case.retried()}, "
          f"killed {case.attempts(AttemptOutcome.killed)}")  # fmt: skip
