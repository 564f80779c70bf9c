"""What a stretch of days came to, from the rows of each day. Called by `workflows.reports`; costs days, not orders."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from novacore.db.models import (
    Category,
    DailyFigures,
    DailyMethods,
    DailyProducts,
    DailyRatings,
    DailyTickets,
    DailyWaits,
    Product,
    Report,
    ReportPicture,
)

COUNTS = (
    "received_minor",
    "paid",
    "returned_minor",
    "returns",
    "placed",
    "placed_minor",
    "with_proof",
    "approved",
    "delivered",
    "expired",
    "rejected",
    "cancelled",
    "discounted",
    "discount_minor",
    "at_sale_price",
    "sale_off_minor",
)
"""The columns of `daily_figures` that are added up."""

Sums = Mapping[str, Any]


def _within(model: Any, first: date, last: date) -> ColumnElement[bool]:
    days: ColumnElement[bool] = model.day.between(first, last)
    return days


def sums(session: Session, first: date, last: date) -> Mapping[str, Sums]:
    """Return the sums of these days by currency."""
    columns = [func.sum(getattr(DailyFigures, name)).label(name) for name in COUNTS]
    rows = select(DailyFigures.currency, *columns).where(_within(DailyFigures, first, last))
    found = session.execute(rows.group_by(DailyFigures.currency)).mappings()
    return {row["currency"]: {name: int(row[name]) for name in COUNTS} for row in found}


def by_day(session: Session, first: date, last: date, currency: str) -> Sequence[tuple[date, int, int]]:
    """Return the days on which money moved, each with what was received and returned, in order."""
    rows = select(DailyFigures.day, DailyFigures.received_minor, DailyFigures.returned_minor)
    mine = (_within(DailyFigures, first, last), DailyFigures.currency == currency)
    return [(day, came, went) for day, came, went in session.execute(rows.where(*mine).order_by(DailyFigures.day))]


def top_products(
    session: Session, first: date, last: date, currency: str, limit: int
) -> tuple[int, Sequence[tuple[str, int, int]]]:
    """Return how many products brought money in, and the foremost as (name, minor units, units sold)."""
    mine = (_within(DailyProducts, first, last), DailyProducts.currency == currency)
    each = select(
        DailyProducts.product_id,
        func.sum(DailyProducts.received_minor).label("received"),
        func.sum(DailyProducts.units).label("units"),
    )
    each_product = each.where(*mine).group_by(DailyProducts.product_id).subquery()
    rows = select(Product.name, each_product.c.received, each_product.c.units, func.count().over())
    rows = rows.join(Product, Product.id == each_product.c.product_id)
    foremost = session.execute(rows.order_by(each_product.c.received.desc(), Product.id).limit(limit)).all()
    return (foremost[0][3] if foremost else 0), [(name, int(came), int(sold)) for name, came, sold, _ in foremost]


def top_categories(session: Session, first: date, last: date, currency: str, limit: int) -> Sequence[tuple[str, int]]:
    """Return the foremost categories as (name, minor units). A product counts where it stands today."""
    received = func.sum(DailyProducts.received_minor)
    rows = select(Category.name, received).join(Product, Product.category_id == Category.id)
    rows = rows.join(DailyProducts, DailyProducts.product_id == Product.id)
    mine = (_within(DailyProducts, first, last), DailyProducts.currency == currency)
    rows = rows.where(*mine).group_by(Category.id, Category.name).order_by(received.desc(), Category.id)
    return [(name, int(came)) for name, came in session.execute(rows.limit(limit))]


def methods(session: Session, first: date, last: date, currency: str) -> Sequence[tuple[str, int, int]]:
    """Return the ways to pay as (method, minor units, orders), the largest first."""
    received = func.sum(DailyMethods.received_minor)
    rows = select(DailyMethods.method, received, func.sum(DailyMethods.paid))
    mine = (_within(DailyMethods, first, last), DailyMethods.currency == currency)
    found = session.execute(
        rows.where(*mine).group_by(DailyMethods.method).order_by(received.desc(), DailyMethods.method)
    )
    return [(method, int(came), int(paid)) for method, came, paid in found]


def waits(session: Session, first: date, last: date) -> Mapping[str, Sequence[tuple[int, int]]]:
    """Return the waits by kind as a histogram: (seconds, how many), the shortest first."""
    rows = select(DailyWaits.kind, DailyWaits.seconds, func.sum(DailyWaits.count))
    rows = rows.where(_within(DailyWaits, first, last)).group_by(DailyWaits.kind, DailyWaits.seconds)
    found: dict[str, list[tuple[int, int]]] = {}
    for kind, seconds, count in session.execute(rows.order_by(DailyWaits.kind, DailyWaits.seconds)):
        found.setdefault(kind, []).append((int(seconds), int(count)))
    return found


def stars(session: Session, first: date, last: date) -> Mapping[str, tuple[int, int]]:
    """Return by kind how many ratings there are and how many stars they come to."""
    rows = select(
        DailyRatings.kind, func.sum(DailyRatings.count), func.sum(DailyRatings.count * DailyRatings.stars)
    ).where(_within(DailyRatings, first, last))
    found = session.execute(rows.group_by(DailyRatings.kind))
    return {kind: (int(count), int(together)) for kind, count, together in found}


def tickets_opened(session: Session, first: date, last: date) -> int:
    """Count the tickets opened within these days."""
    total = select(func.coalesce(func.sum(DailyTickets.opened), 0)).where(_within(DailyTickets, first, last))
    return int(session.execute(total).scalar_one())


def pictures(session: Session, report_id: int) -> Sequence[bytes]:
    """Return the pictures of a report in their order."""
    rows = select(ReportPicture.content).where(ReportPicture.report_id == report_id).order_by(ReportPicture.number)
    return session.execute(rows).scalars().all()


def by_name(session: Session, name: str) -> Report | None:
    """Return the report of this name."""
    return session.execute(select(Report).where(Report.name == name)).scalar_one_or_none()
