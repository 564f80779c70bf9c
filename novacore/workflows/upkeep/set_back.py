"""A clock that was set back leaves behind times that lie in the future: they are set to now. The sweep calls `notice`.

Else whoever ordered in those hours would be over the limit for two days more, a report would not be due before then,
and what was to be tried again in a minute would wait as long.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final, cast

from sqlalchemy import String, Table, and_, bindparam, case, or_, select, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import InstrumentedAttribute

from novacore import clock
from novacore.db import health
from novacore.db.base import UtcDateTime
from novacore.db.models import (
    CoinRate,
    Contest,
    ContestedProof,
    GoodsFile,
    Job,
    JobAttempt,
    KeptProof,
    Order,
    OwnMethodDraft,
    Person,
    PrivatePage,
    ProductDraft,
    Report,
    ShopFact,
    TextDraft,
    Ticket,
)
from novacore.db.models.jobs import UNFINISHED
from novacore.db.unit_of_work import Transaction, writing
from novacore.states import JobState
from novacore.workflows.catalog import sales
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import private_pages
from novacore.workflows.orders.timers.opening_hours import OPEN_UNTIL

MARGIN: Final = timedelta(minutes=2)
"""As far as the clocks of two machines may be apart."""

STILL_SECONDS: Final = 60.0
"""What lies in the future and stands still is from before the clock was set back. What moves on, another machine writes
whose clock is ahead: nothing is changed then, and the doctor tells."""

REMEMBERED: Final[tuple[InstrumentedAttribute[Any], ...]] = (
    *(Order.placed_at, Order.submitted_at, Order.decided_at, Order.delivered_at, Order.expired_at),
    *(Order.unpaid_at, Person.forgiven_at),
    *(Ticket.opened_at, Ticket.closed_at, Ticket.staff_reply_at, Ticket.customer_reply_at, Ticket.warned_at),
    *(ContestedProof.sent_at, Contest.alerted_at, KeptProof.kept_at, CoinRate.at),
    *(ProductDraft.touched_at, GoodsFile.created_at, OwnMethodDraft.touched_at, TextDraft.touched_at),
    *(JobAttempt.started_at, JobAttempt.finished_at, Job.created_at, Job.finished_at),
)
"""What limits and waits are counted from. Events and money stay as they were written, and so does every deadline that
someone was told: nobody gets less time by this. Why each of the others is left alone stands in
`tests/workflows/upkeep/test_set_back.py`."""

log = logging.getLogger(__name__)


class Watch:
    """What one process has seen of a time that lies in the future, and since when it has not moved."""

    def __init__(self, still_seconds: float = STILL_SECONDS) -> None:
        self._still_seconds = still_seconds
        self._at: datetime | None = None
        self._since = 0.0

    def stands_still(self, at: datetime | None) -> bool:
        """Tell whether this time was the same at every look for so long; None: there is none."""
        now = time.monotonic()
        if at is None or at != self._at:
            self._at, self._since = at, now
            return False
        return now - self._since >= self._still_seconds


def notice(shop: Shop, watch: Watch) -> bool:
    """Put right what lies in the future, if the clock was set back; tells whether it was."""
    last, now = health.noted_at(shop.database, OPEN_UNTIL), clock.now()
    ahead = last - now if last is not None else timedelta(0)
    if not watch.stands_still(last if ahead > MARGIN else None):
        return False
    changed = {"waits": _shorten_waits(shop, now), **_set_to_now(shop, now), "reports": _forget_reports(shop, now)}
    changed["pages"] = _end_pages(shop, now)
    changed["products"] = sales.plan_again(shop)
    changed["facts"] = _correct_facts(shop, now)  # last: what is cut off before it is noticed again
    told = ", ".join(f"{count} in {what}" for what, count in changed.items() if count)
    log.warning("The clock was set back by %s. Times that lay in the future were set to now: %s.", ahead, told)
    return True


# ---- jobs: a wait keeps its length


def _shorten_waits(shop: Shop, now: datetime) -> int:
    with writing(shop.database) as tx:
        rows = [*_first_waits(tx, now), *_later_waits(tx, now)]
        if rows:
            jobs = cast(Table, Job.__table__)
            shorter = update(jobs).where(jobs.c.id == bindparam("its_id"), jobs.c.state == JobState.queued)
            tx.connection.execute(shorter.values(due_at=bindparam("sooner", type_=UtcDateTime())), rows)
        return len(rows)


def _first_waits(tx: Transaction, now: datetime) -> Iterator[Mapping[str, Any]]:
    """Jobs that have not been tried: they wait since they were asked for."""
    asked = select(Job.id, Job.due_at, Job.created_at).where(UNFINISHED, Job.attempts == 0, Job.created_at > now)
    return _shortened(tx.session.execute(asked), now)


def _later_waits(tx: Transaction, now: datetime) -> Iterator[Mapping[str, Any]]:
    """Jobs that are to be tried again: they wait since the last attempt."""
    last = and_(JobAttempt.job_id == Job.id, JobAttempt.number == Job.attempts)
    tried = select(Job.id, Job.due_at, JobAttempt.finished_at).join(JobAttempt, last)
    return _shortened(tx.session.execute(tried.where(UNFINISHED, JobAttempt.finished_at > now)), now)


def _shortened(rows: Iterable[Any], now: datetime) -> Iterator[Mapping[str, Any]]:
    for job_id, due_at, since in rows:
        yield {"its_id": job_id, "sooner": now + max(due_at - since, timedelta(0))}


# ---- the rest


def _set_to_now(shop: Shop, now: datetime) -> dict[str, int]:
    """Set every remembered time of the future to now; returns how many rows of which table, a transaction each."""
    changed = {}
    for table, columns in groupby(REMEMBERED, lambda column: column.class_.__table__):
        with writing(shop.database) as tx:
            changed[table.name] = _set_columns(tx, table, [*columns], now)
    return changed


def _set_columns(tx: Transaction, table: Table, columns: Sequence[InstrumentedAttribute[Any]], now: datetime) -> int:
    late = update(table).where(or_(*(column > now for column in columns)))
    values = {column.key: case((column > now, now), else_=column) for column in columns}
    return int(tx.connection.execute(late.values(values)).rowcount)


def _forget_reports(shop: Shop, now: datetime) -> int:
    """Let the reports of days that had not come be made again when they come."""
    with writing(shop.database) as tx:
        early = update(Report).where(Report.asked_at > now)
        freed = early.values(name="early:" + sql_cast(Report.id, String), asked_at=now)
        return int(tx.connection.execute(freed).rowcount)


def _end_pages(shop: Shop, now: datetime) -> int:
    """Give private pages of the future the time of one that is shown now, or newer ones would find no room."""
    with writing(shop.database) as tx:
        longest = now + private_pages.LIFE
        late = update(PrivatePage).where(PrivatePage.ends_at > longest).values(ends_at=longest)
        return int(tx.connection.execute(late).rowcount)


def _correct_facts(shop: Shop, now: datetime) -> int:
    with writing(shop.database) as tx:
        late = select(ShopFact).where(ShopFact.at > now).order_by(ShopFact.name).with_for_update()
        facts = tx.session.execute(late).scalars().all()
        for fact in facts:
            fact.value = _nearer(fact.value, fact.at - now)
            fact.at = now
        tx.session.flush()
        return len(facts)


def _nearer(value: Mapping[str, Any], by: timedelta) -> dict[str, Any]:
    """Keep how far the times in a fact are from when it was noted: until when nobody is told, which report is next."""
    times = {name: datetime.fromisoformat(value[name]) - by for name in _TIMES & value.keys()}
    return {**value, **{name: at.isoformat() for name, at in times.items()}}


_TIMES: Final = frozenset({"at", "next", "paused_until"})
