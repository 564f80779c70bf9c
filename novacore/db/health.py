"""What the doctor wants to know of the database, read in a few cheap statements. Nothing here writes."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, or_, select, text
from sqlalchemy.exc import SQLAlchemyError

from novacore import clock
from novacore.db import diagnosis, schema
from novacore.db.engine import Database
from novacore.db.models import Discount, Job, Order, Product, ShopFact
from novacore.db.models.jobs import DEAD, UNFINISHED
from novacore.db.trouble import reason_of
from novacore.db.unit_of_work import reading
from novacore.errors import DatabaseAway
from novacore.states import JobState, OrderStatus


@dataclass(frozen=True, slots=True)
class DueJobs:
    """Jobs whose time has come and that nobody works on."""

    count: int
    oldest: datetime
    queue: str


def ping(database: Database) -> float:
    """Return how many milliseconds the database took to answer. Raises DatabaseAway, SchemaMismatch."""
    try:
        with database.engine.connect() as connection:
            begun = time.perf_counter()
            connection.execute(text("SELECT 1"))
            took = time.perf_counter() - begun
        schema.require_current(database)
    except SQLAlchemyError as error:
        raise DatabaseAway(diagnosis.sentence(error) or reason_of(error)) from None
    return 1000 * took


def due_jobs(database: Database, now: datetime) -> DueJobs | None:
    """Return how many jobs are due, since when, and on which queue it is worst; None when there are none."""
    due = select(func.min(Job.due_at), Job.queue, func.count()).group_by(Job.queue)
    with reading(database) as session:
        is_due = or_(Job.at_once, Job.due_at <= now)
        found = session.execute(due.where(UNFINISHED, Job.state == JobState.queued, is_due)).all()
    if not found:
        return None
    oldest, queue, _ = min(found, key=lambda row: row[0])
    return DueJobs(sum(count for _, _, count in found), oldest, queue)


def dead_jobs(database: Database, since: datetime) -> int:
    """Return how many jobs have died since then."""
    dead = select(func.count()).where(DEAD, Job.finished_at >= since)
    with reading(database) as session:
        return int(session.execute(dead).scalar_one())


def blocked_orders(database: Database) -> int:
    """Return how many orders are paid for and cannot be delivered."""
    blocked = select(func.count()).where(Order.status == OrderStatus.delivery_blocked)
    with reading(database) as session:
        return int(session.execute(blocked).scalar_one())


def other_currencies(database: Database, currency: str) -> list[tuple[str, int]]:
    """Return the currencies in which products of the shop are priced besides this one, and how many each has."""
    other = Product.is_deleted.is_(False), Product.currency != currency
    counted = select(Product.currency, func.count()).where(*other).group_by(Product.currency)
    with reading(database) as session:
        rows = session.execute(counted.order_by(Product.currency)).all()
    return [(str(code), int(count)) for code, count in rows]


def codes_without_use(database: Database, currency: str) -> list[str]:
    """Return the discount codes that take nothing off, because their amounts are in another currency."""
    has_amounts = or_(Discount.amount_minor.is_not(None), Discount.least_total_minor.is_not(None))
    is_good = Discount.ended_at.is_(None), or_(Discount.until.is_(None), Discount.until > clock.now())
    mine = *is_good, Discount.currency != currency, has_amounts
    with reading(database) as session:
        return [*session.execute(select(Discount.code).where(*mine).order_by(Discount.code)).scalars()]


def told_time(database: Database) -> datetime | None:
    """Return what the clock of PostgreSQL's machine says right now; None for SQLite, which has none of its own."""
    if database.is_sqlite:
        return None
    with reading(database) as session:
        told: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return told.astimezone(UTC)


def noted_at(database: Database, fact: str) -> datetime | None:
    """Return when a fact about the shop was last noted, if ever."""
    with reading(database) as session:
        return session.execute(select(ShopFact.at).where(ShopFact.name == fact)).scalar_one_or_none()
