"""Exports: the owner asks for a list, a job sends it part by part, and every part is sent once.

A part is a run of rows that begins behind the last row that was sent. Where it ends is written down before the send,
so that a part that went out is never sent again with other rows, whatever is killed.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from novacore import clock
from novacore.db.event_kinds.jobs import EXPORT, EXPORT_FAILED
from novacore.db.models import Export
from novacore.db.queries.reports import exports as queries
from novacore.db.queries.reports.export_fields import Span
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import BadInput, NotFound, WrongState
from novacore.media.reports import tables
from novacore.states import ActorKind, ExportFormat, ExportState, ExportSubject
from novacore.workflows.exports.parts import FIRST_ROWS, Part, PartWanted
from novacore.workflows.machine import job_kinds, jobs, policy
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import read_day

SUBJECT: Final = "export"
"""What events, jobs and sends call it."""

_DAY = timedelta(days=1)
_NO_PARQUET: Final = (
    "Parquet needs the package pyarrow, which isn't installed here. Choose CSV or XLSX, or run `pip install pyarrow` "
    "where NovaCore is installed, and start the shop again."
)


def request(
    shop: Shop, actor: Actor, what: ExportSubject, file_format: ExportFormat, since: str = "", until: str = ""
) -> Export:
    """Begin an export of the days from `since` to `until` (YYYY-MM-DD, both included; empty: without end).

    Raises NotAllowed, BadInput for a day that is none and for Parquet where it isn't installed, and WrongState while an
    earlier one of the same owner is made.
    """
    policy.require_owner(actor, "export the shop's lists")
    if file_format is ExportFormat.parquet and not tables.can_write_parquet():
        raise BadInput(_NO_PARQUET)
    span = _span(shop, since, until)
    with reading(shop.for_long_work().database) as session:
        total = queries.count(session, what, span)
    with writing(shop.database) as tx:
        export = _add(tx, actor, what, file_format, span, total)
        asked = EXPORT({"what": what, "format": file_format, "rows": total})
        event_id = record(tx, NewEvent(SUBJECT, str(export.id), asked, actor, ActorKind.owner))
        jobs.enqueue(tx, [job_kinds.MAKE_EXPORT.about(SUBJECT, str(export.id))], event_id=event_id)
    return export


def standing(shop: Shop, export_id: int) -> Export:
    """Return an export as it is now. Raises NotFound."""
    with reading(shop.database) as session:
        export = session.get(Export, export_id)
    if export is None:
        raise NotFound("There is no such export.")
    return export


def next_part(shop: Shop, export: Export) -> PartWanted:
    """Say which rows come next."""
    key = export.place.get("key")
    return PartWanted(
        what=export.what,
        format=export.format,
        span=Span(export.since, export.until),
        after=tuple(key) if key else None,
        rows=export.rows_a_part,
        name=_name(shop, export),
        zone=shop.terms.zone.key,
        is_first=export.parts_sent == 0,
    )


def take_smaller_steps(shop: Shop, export: Export) -> None:
    """Let the next try hold fewer rows: this one took too long, or more memory than there was."""
    with writing(shop.database) as tx:
        _moved(tx, export, rows_a_part=max(1, export.rows_a_part // 4))


def plan(tx: Transaction, export: Export, part: Part) -> bool:
    """Write down where the next part ends, before it is sent. False: the export has gone on without us."""
    planned = {"key": part.last_key, "rows": part.rows, "is_last": part.is_last, "next_rows": part.next_rows}
    return _moved(tx, export, planned=planned)


def part_sent(shop: Shop, export: Export) -> Export:
    """Go on behind the part that was planned; after the last one the export is done. Twice is once."""
    with writing(shop.database) as tx:
        planned = tx.session.execute(select(Export.planned).where(Export.id == export.id)).scalar_one()
        values: dict[str, Any] = {
            "planned": {},
            "place": {"key": planned["key"]} if planned.get("key") else export.place,
            "parts_sent": export.parts_sent + 1,
            "rows_done": export.rows_done + planned.get("rows", 0),
            "rows_a_part": planned.get("next_rows", export.rows_a_part),
        }
        if planned.get("is_last"):
            values |= {"state": ExportState.done, "finished_at": tx.now}
        if planned:
            _moved(tx, export, **values)
    return standing(shop, export.id)


def fail(tx: Transaction, export_id: int, reason: str) -> None:
    """End an export whose job died; the owner may ask for another. What was sent stays with them.

    Staff are told: the page that shows it to the owner lives for a quarter of an hour, and their DMs may be closed.
    """
    values = {"state": ExportState.failed, "reason": reason[:500], "finished_at": tx.now}
    unfinished = update(Export).where(Export.id == export_id, Export.state == ExportState.making)
    if tx.session.execute(unfinished.values(**values)).rowcount:  # type: ignore[attr-defined]
        failed = EXPORT_FAILED({"job": JobName.make_export, "reason": reason[:500]})
        event_id = record(tx, NewEvent(SUBJECT, str(export_id), failed, SYSTEM, ActorKind.system))
        alert = job_kinds.ALERT_STAFF.about(SUBJECT, str(export_id), {"event_id": event_id})
        jobs.enqueue(tx, [alert], event_id=event_id)


def _add(
    tx: Transaction, actor: Actor, what: ExportSubject, file_format: ExportFormat, span: Span, total: int
) -> Export:
    export = Export(
        what=what,
        format=file_format,
        owner_id=actor.id,
        since=span.since,
        until=span.until,
        state=ExportState.making,
        rows_total=total,
        rows_done=0,
        parts_sent=0,
        rows_a_part=FIRST_ROWS,
        place={},
        planned={},
        requested_at=tx.now,
    )
    tx.session.add(export)
    try:
        tx.session.flush()
    except IntegrityError:
        raise WrongState(
            "Your last export is still being made. Please wait until it is done; it comes by DM, part by part."
        ) from None
    return export


def _moved(tx: Transaction, export: Export, **values: Any) -> bool:
    """Write, unless a later part was sent meanwhile or the export is over."""
    same = (Export.id == export.id, Export.parts_sent == export.parts_sent, Export.state == ExportState.making)
    return bool(tx.session.execute(update(Export).where(*same).values(**values)).rowcount)  # type: ignore[attr-defined]


def _span(shop: Shop, since: str, until: str) -> Span:
    """Read the days in the shop's zone. What is placed from now on belongs to no export that is asked for now."""
    zone, now = shop.terms.zone, clock.now()
    first, last = _day(since, "from"), _day(until, "to")
    if first and last and first > last:
        raise BadInput(f"The period ends ({last}) before it begins ({first}). Please swap the two days.")
    begins = _midnight(first, zone) if first else None
    if begins and begins >= now:
        raise BadInput(f"{first} is in the future. Please choose a day up to today.")
    return Span(begins, min(_midnight(last + _DAY, zone), now) if last else now)


def _day(text: str, option: str) -> date | None:
    if not text.strip():
        return None
    day = read_day(text)
    if day is None:
        raise BadInput(f"I can't read the day after `{option}`. Please write it like 2026-01-31.")
    return day


def _midnight(day: date, zone: Any) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _name(shop: Shop, export: Export) -> str:
    """Name the files so that they sort, and say in their names what is in them."""
    zone = shop.terms.zone
    begins = f"{export.since.astimezone(zone):%Y-%m-%d}" if export.since else "begin"
    ends = f"{(export.until - timedelta(microseconds=1)).astimezone(zone):%Y-%m-%d}"
    return f"{export.what}-{begins}-to-{ends}-part-{export.parts_sent + 1:02d}"
