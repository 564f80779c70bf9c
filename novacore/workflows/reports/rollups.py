"""Keeps the figures of each day in step with what happened. Called by the jobs that make reports, and by beat's own.

It follows the ids of `events` and `ledger_entries`, of which every change of the shop adds one. What is new names
orders and tickets, and each day on which one of those counts is made again from the raw rows: an import of old dates, a
hidden vouch, a late delivery all repair the days they touch. A year's report then reads days, not orders.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, delete, func, insert, literal, select, update

from novacore.db.models import (
    DailyFigures,
    DailyMethods,
    DailyProducts,
    DailyRatings,
    DailyTickets,
    DailyWaits,
    DayToRoll,
    Event,
    LedgerEntry,
    ShopFact,
)
from novacore.db.queries.reports import followed_ids, rollups
from novacore.db.queries.reports.rollups import DaySums
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.db.upsert import insert_into
from novacore.workflows.machine import facts
from novacore.workflows.machine.shop import Shop
from novacore.workflows.reports.periods import DAY, Span, day_of, start_of

FACT = "rollup"
"""How far it has come: the ids it has followed, the zone of its days, the newest mark."""

SHAPE = 1
"""Raised when the same rows have to give different figures: every day is then added up again."""

SLICE = 1_000
"""Ids that are followed in one go: short transactions, so that no press waits."""

MANY = 50_000
"""With more new rows than these (a first run, an import) all days are added up again: quicker than following each."""

Tick = Callable[[int, int], None]
"""Is told how many days are done, of how many."""


def catch_up(shop: Shop, tick: Tick = lambda _done, _total: None) -> int:
    """Add up every day that has changed; return how many. Several at once do no harm, only the same work twice."""
    shop = shop.for_long_work()
    _follow(shop)
    days = _days_to_roll(shop)
    for done, day in enumerate(days):
        tick(done, len(days))
        roll(shop, day)
    tick(len(days), len(days))
    return len(days)


def roll(shop: Shop, day: date) -> bool:
    """Add up one day, if it is due; False where someone else has done so, or it changed again meanwhile."""
    shop = shop.for_long_work()
    with reading(shop.database) as session:
        mark = session.execute(select(DayToRoll.mark).where(DayToRoll.day == day)).scalar_one_or_none()
        if mark is None:
            return False
        zone = shop.terms.zone
        sums = rollups.sums_between(session, start_of(day, zone), start_of(day + DAY, zone))
    # Added up before the write: nobody's press waits for it. What changed in between has raised the mark.
    with writing(shop.database) as tx:
        done = delete(DayToRoll).where(DayToRoll.day == day, DayToRoll.mark == mark)
        if tx.connection.execute(done).rowcount != 1:
            return False
        _store(tx, day, sums)
    return True


def mark_all(shop: Shop) -> None:
    """Have every day added up again at the next `catch_up`."""
    shop = shop.for_long_work()
    days = _all_days(shop)
    with writing(shop.database) as tx:
        _mark(tx, _locked(tx), days)


def mark_days(shop: Shop, days: Iterable[date]) -> None:
    """Have these days added up again at the next `catch_up`."""
    with writing(shop.database) as tx:
        _mark(tx, _locked(tx), days)


def _store(tx: Transaction, day: date, sums: DaySums) -> None:
    for model, rows in (
        (DailyFigures, sums.figures),
        (DailyProducts, sums.products),
        (DailyMethods, sums.methods),
        (DailyWaits, sums.waits),
        (DailyRatings, sums.ratings),
        (DailyTickets, sums.tickets),
    ):
        table = cast(Table, model.__table__)
        tx.connection.execute(delete(table).where(table.c.day == day))
        if rows:
            tx.connection.execute(insert(table), [{"day": day, **row} for row in rows])


# ---- following


def _follow(shop: Shop) -> None:
    """Find the days that changed since the last time."""
    settled = followed_ids.settled(shop.database)
    with reading(shop.database) as session:
        fact = session.get(ShopFact, FACT)
        value = fact.value if fact else {}
        top = followed_ids.newest(session)
    seen = {name: int(value.get(name, 0)) for name in followed_ids.TABLES}
    fits = (value.get("zone"), value.get("shape")) == (shop.terms.zone.key, SHAPE)
    if not fits or sum(top[name] - seen[name] for name in top) > MANY:
        _advance(shop, _all_days(shop), settled or {})
        return
    for name in followed_ids.TABLES:
        for start in range(seen[name], top[name], SLICE):
            end = min(start + SLICE, top[name])
            days = _touched(shop, name, start, end)
            # What is not settled is looked at again the next time; its days are added up again all the same.
            _advance(shop, days, {name: min(end, settled[name])} if settled else {})


def _touched(shop: Shop, table: str, after: int, up_to: int) -> set[date]:
    """The days on which whatever these rows are about counts."""
    with reading(shop.database) as session:
        if table == "events":
            named = select(Event.subject_kind, Event.subject_id).where(Event.id > after, Event.id <= up_to).distinct()
        else:
            own = (LedgerEntry.id > after, LedgerEntry.id <= up_to)
            named = select(literal("order"), LedgerEntry.order_id).where(*own).distinct()
        subjects = session.execute(named).all()
        orders, tickets = _of("order", subjects), _of("ticket", subjects)
        return {day_of(at, shop.terms.zone) for at in rollups.moments_of(session, orders, tickets)}


def _of(kind: str, subjects: Iterable[Sequence[Any]]) -> list[str]:
    return [subject_id for one, subject_id in subjects if one == kind]


def _all_days(shop: Shop) -> set[date]:
    """Every day on which something counts, or has counted when days were cut otherwise."""
    with reading(shop.database) as session:
        ends = rollups.first_and_last(session)
        days = {day_of(at, shop.terms.zone) for at in ends} if ends else set()
        for model in (DailyFigures, DailyWaits, DailyRatings, DailyTickets):
            found = session.execute(select(func.min(model.day), func.max(model.day))).one()
            days |= {day for day in found if day is not None}
    return {*Span(min(days), max(days))} if days else set()


def _advance(shop: Shop, days: Iterable[date], ids: Mapping[str, int]) -> None:
    """Note which days to add up again, and how far has been followed, in one transaction."""
    with writing(shop.database) as tx:
        value = _locked(tx)
        for name, seen in ids.items():
            value[name] = max(seen, int(value.get(name, 0)))
        value |= {"zone": shop.terms.zone.key, "shape": SHAPE}
        _mark(tx, value, days)


def _locked(tx: Transaction) -> dict[str, Any]:
    """Return the fact's value, locked: marks grow in one line."""
    return dict(facts.locked(tx, FACT).value)


def _mark(tx: Transaction, value: dict[str, Any], days: Iterable[date]) -> None:
    value["mark"] = mark = int(value.get("mark", 0)) + 1
    rows = [{"day": day, "mark": mark} for day in sorted(days)]
    if rows:
        insert = insert_into(tx, DayToRoll)
        again = insert.on_conflict_do_update(index_elements=["day"], set_={"mark": insert.excluded.mark})
        tx.connection.execute(again, rows)
    tx.session.execute(update(ShopFact).where(ShopFact.name == FACT).values(value=value, at=tx.now))


def _days_to_roll(shop: Shop) -> Sequence[date]:
    with reading(shop.database) as session:
        return session.execute(select(DayToRoll.day).order_by(DayToRoll.day)).scalars().all()
