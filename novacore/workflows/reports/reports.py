"""The owner's reports: asked for, due by the schedule, and what is in them. Made and sent by jobs (`tasks.reports`)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, exists, insert, select, update

from novacore import clock, ids
from novacore.db.deleting import delete_free
from novacore.db.models import Job, Report, ReportPicture, ShopFact
from novacore.db.queries.reports import reports as queries
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.db.upsert import add_missing
from novacore.states import JobState
from novacore.workflows.machine import facts, job_kinds, jobs
from novacore.workflows.machine.policy import Actor, require_owner
from novacore.workflows.machine.shop import Shop
from novacore.workflows.reports import figures, rollups
from novacore.workflows.reports.figures import Figures
from novacore.workflows.reports.periods import Due, Period, Span, day_of, last_due
from novacore.workflows.reports.rollups import Tick

LAST_DUE = "report_due"
"""The fact that says up to which moment the schedule has been served."""

SUBJECT = "report"
"""The kind of subject of the jobs; its id is the report's."""

KEPT = timedelta(days=30)
"""How long the pictures of a report stay in the database."""


def ask(shop: Shop, actor: Actor, period: Period) -> int:
    """Have a report made for the owner, and return its id. Raises NotAllowed."""
    require_owner(actor, "see the sales reports")
    with writing(shop.database) as tx:
        report_id = _add(tx, f"asked:{ids.new_token(16)}", period, actor.id)
        jobs.enqueue(tx, [job_kinds.MAKE_REPORT.about(SUBJECT, str(report_id))], key=f"report:{report_id}")
    return report_id


def queue_due(shop: Shop) -> bool:
    """Queue the report that the schedule asks for by now, if it has not been; tells whether it did.

    The sweep calls this. What was missed while the machine was off is made up once, by the latest of the reports that
    were due; what was due before the shop existed is never made.
    """
    schedule = shop.terms.report_schedule
    if schedule is None:
        return False
    due = last_due(schedule, clock.now(), shop.terms.zone)
    served = facts.recall(shop, LAST_DUE)
    if not served:
        facts.note(shop, LAST_DUE, {"at": clock.now().isoformat()})
        return False
    if due.at <= datetime.fromisoformat(served["at"]):
        return False
    return _queue(shop, due)


def _queue(shop: Shop, due: Due) -> bool:
    with writing(shop.database) as tx:
        fact = select(ShopFact).where(ShopFact.name == LAST_DUE).with_for_update()
        served = tx.session.execute(fact).scalar_one()
        if due.at <= datetime.fromisoformat(served.value["at"]):
            return False  # another sweep was first
        served.value, served.at = {"at": due.at.isoformat()}, tx.now
        report_id = _add(tx, f"due:{due.day}", due.period, None)
        jobs.enqueue(tx, [job_kinds.MAKE_REPORT.about(SUBJECT, str(report_id))], key=f"report:{report_id}")
    return True


def queue_roll_up(shop: Shop) -> bool:
    """Queue the daily round of `rollups.catch_up`, from the second day on; it leaves little to do for a report."""
    today = day_of(clock.now(), shop.terms.zone)
    return facts.queue_daily(shop, _ROLLED, today, job_kinds.ROLL_UP.about(SUBJECT, "days"), "days")


_ROLLED = "rolled_up"


def _add(tx: Transaction, name: str, period: Period, requested_by: int | None) -> int:
    """Return the id of a new report, or of the one that bears this name already."""
    row = {
        "name": name,
        "title": period.title,
        "first_day": period.span.first,
        "last_day": period.span.last,
        "before_first": period.before.first,
        "before_last": period.before.last,
        "requested_by": requested_by,
        "asked_at": tx.now,
        "days_done": 0,
        "days_total": 0,
        "figures": {},
    }
    add_missing(tx, Report, row)
    return tx.session.execute(select(Report.id).where(Report.name == name)).scalar_one()


# ---- making


def period_of(report: Report) -> Period:
    """Return what a report is about."""
    span, before = Span(report.first_day, report.last_day), Span(report.before_first, report.before_last)
    return Period(report.title, span, before)


def figures_of(shop: Shop, period: Period, tick: Tick = lambda _done, _total: None) -> Figures:
    """Bring every day up to date, and read the figures of a period and of the one before it."""
    rollups.catch_up(shop, tick)
    with reading(shop.for_long_work().database) as session:
        if not shop.database.is_sqlite:
            # All statements see the same moment; on SQLite a reader's transaction does anyway.
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        return figures.gather(session, period, shop.terms.zone, shop.terms.currency, clock.now())


def note_progress(shop: Shop, report_id: int, done: int, total: int) -> None:
    """Let whoever waits for the report see how far it is."""
    with writing(shop.database) as tx:
        tx.session.execute(update(Report).where(Report.id == report_id).values(days_done=done, days_total=total))


def keep(shop: Shop, report_id: int, made: Figures, pictures: Sequence[bytes]) -> None:
    """Store a report that is made; one of the schedule is then sent. Made twice, the second takes the first's place."""
    with writing(shop.database) as tx:
        _forget_pictures(tx, report_id)
        values = {"figures": made.dump(), "made_at": tx.now}
        tx.session.execute(update(Report).where(Report.id == report_id).values(values))
        rows = [{"report_id": report_id, "number": number, "content": one} for number, one in enumerate(pictures)]
        if rows:
            tx.session.execute(insert(ReportPicture), rows)
        if tx.session.get_one(Report, report_id).requested_by is None:
            jobs.enqueue(tx, [job_kinds.SEND_REPORT.about(SUBJECT, str(report_id))], key=f"report:{report_id}")


def _forget_pictures(tx: Transaction, report_id: int) -> None:
    """Drop the pictures of this report, and those of reports that are long past."""
    old = select(Report.id).where(Report.asked_at < tx.now - KEPT)
    mine = delete(ReportPicture).where(ReportPicture.report_id == report_id)
    tx.session.execute(mine.execution_options(synchronize_session=False))
    delete_free(tx, ReportPicture, ReportPicture.report_id.in_(old))


# ---- looking


def load(shop: Shop, report_id: int) -> tuple[Report, Sequence[bytes], bool]:
    """Return a report as it is by now, its pictures, and whether the job that makes it has died."""
    with reading(shop.database) as session:
        report = session.get_one(Report, report_id)
        if report.made_at is not None:
            return report, queries.pictures(session, report_id), False
        mine = (Job.subject_kind == SUBJECT, Job.subject_id == str(report_id), Job.state == JobState.dead)
        return report, (), bool(session.execute(select(exists().where(*mine))).scalar_one())


def today(shop: Shop) -> date:
    """Return the day that it is in the shop's zone."""
    return day_of(clock.now(), shop.terms.zone)
