"""Finds days whose stored figures differ from the ledger."""

from collections.abc import Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from novacore.db.engine import Database
from novacore.db.queries.audit import days
from novacore.db.unit_of_work import reading
from novacore.workflows.machine import facts
from novacore.workflows.reports import rollups
from novacore.workflows.reports.periods import DAY, Span, day_of, start_of


def find(database: Database, zone: ZoneInfo) -> Iterator[date]:
    """Find them, the first day first. What has still to be added up is not wrong yet.

    A statement a day: no transaction stays open for long.
    """
    database = database.for_long_work()
    with reading(database) as session:
        value = facts.known(session, rollups.FACT)
    if value.get("zone") != zone.key:
        return  # nothing was added up yet, or all of it will be again
    followed = int(value.get("ledger_entries", 0))
    for day in _days(database, zone):
        span = start_of(day, zone), start_of(day + DAY, zone)
        with reading(database) as session:
            found = days.compared(session, day, span, followed)
        if found is not None and found[0] != found[1]:
            yield day


def _days(database: Database, zone: ZoneInfo) -> Sequence[date]:
    with reading(database) as session:
        ends, stored = days.ends(session), days.stored_days(session)
    moved = Span(day_of(ends[0], zone), day_of(ends[1], zone)) if ends else ()
    return sorted({*stored, *moved})
