"""Reads the lists that the owner exports, page by page, so that neither memory nor the database is held for long."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, and_, func, literal, select, tuple_
from sqlalchemy.orm import Session

from novacore.db.base import UtcDateTime
from novacore.db.queries.reports.export_fields import Field, Span
from novacore.db.queries.reports.export_lists import LISTINGS
from novacore.media.reports.tables import Column, Kind, Row
from novacore.money import currency_exponent
from novacore.states import ExportSubject

PAGE: Final = 5_000
"""Rows of one statement. Between two of them nothing is held: no lock, no snapshot, no connection of SQLite's."""

Key = tuple[Any, ...]
"""Where a row stands in its list."""


def columns(what: ExportSubject) -> list[Column]:
    """Return the columns of a list, in order."""
    return [field.column for field in LISTINGS[what].fields(Span(None, datetime.max.replace(tzinfo=UTC)))]


def count(session: Session, what: ExportSubject, span: Span) -> int:
    """Count the rows of a list."""
    return int(session.execute(LISTINGS[what].rows(select(func.count()), span)).scalar_one())


def pages(
    session: Session, what: ExportSubject, span: Span, after: Key | None, limit: int
) -> Iterator[list[tuple[Key, Row]]]:
    """Read up to `limit` rows behind the key, page by page, each with its key. The session is let go between pages."""
    listing = LISTINGS[what]
    fields = listing.fields(span)
    read = _reader(fields)
    statement = listing.rows(select(*(field.sql for field in fields), *listing.keys), span).order_by(*listing.keys)
    while limit > 0:
        page = statement.where(_behind(listing.keys, after)) if after else statement
        rows = session.connection().execute(page.limit(min(limit, PAGE))).all()
        session.rollback()
        if not rows:
            return
        yield [(row[len(fields) :], read(row)) for row in rows]
        after, limit = rows[-1][len(fields) :], limit - len(rows)
        if len(rows) < PAGE:
            return


def _behind(keys: tuple[ColumnElement[Any], ...], after: Key) -> ColumnElement[bool]:
    if len(keys) == 1:
        behind: ColumnElement[bool] = keys[0] > after[0]
        return behind
    at = after[0] if isinstance(after[0], datetime) else datetime.fromisoformat(after[0])
    # The first condition says nothing new, but every database finds an index with it.
    return and_(keys[0] >= at, tuple_(*keys) > tuple_(literal(at, UtcDateTime()), literal(after[1])))


def storable(key: Key) -> Key:
    """Return a key in a form that JSON keeps; `pages` takes either."""
    return tuple(value.isoformat() if isinstance(value, datetime) else value for value in key)


def _reader(fields: Sequence[Field]) -> Callable[[Sequence[Any]], Row]:
    """Return what turns a row of the database into a row of the table. It is called a million times."""
    names = [field.column.name for field in fields]
    width, currency = len(names), names.index("currency") if "currency" in names else 0
    reads = [(place, how) for place, field in enumerate(fields) if (how := _read(field))]

    def read(row: Sequence[Any]) -> Row:
        values = list(row[:width])  # the keys follow behind
        for place, how in reads:
            if values[place] is not None:
                values[place] = how(values[place], values[currency])
        return tuple(values)

    return read


def _read(field: Field) -> Callable[[Any, Any], Any] | None:
    if field.column.kind is Kind.text and not isinstance(field.sql.type, Integer):
        return None
    return _READS.get(field.column.kind)


def _amount(minor: int, currency: str) -> Decimal:
    # PostgreSQL sums up whole numbers to decimals.
    return Decimal(int(minor)).scaleb(-currency_exponent(currency))


_READS: Final[Mapping[Kind, Callable[[Any, Any], Any]]] = {
    Kind.text: lambda value, _: str(value),
    Kind.whole: lambda value, _: int(value),
    Kind.money: _amount,
}
