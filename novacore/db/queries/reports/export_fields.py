"""The pieces that the lists of an export are made of: columns of each kind, and what several lists have in common."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, func

from novacore.db.models import Order
from novacore.media.reports.tables import Column, Kind
from novacore.money.coins import Coin
from novacore.states import PaymentMethod


@dataclass(frozen=True, slots=True)
class Span:
    """A period: from `since` (None: from the beginning) to before `until`."""

    since: datetime | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Field:
    """A column and the SQL behind it. Money is read in minor units; its currency is the field `currency`."""

    column: Column
    sql: ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """One list. `keys` order its rows and tell any two of them apart; the first is the time where there are two."""

    fields: Callable[[Span], Sequence[Field]]
    rows: Callable[[Select[Any], Span], Select[Any]]
    """Adds tables and conditions to a select."""
    keys: tuple[ColumnElement[Any], ...]


# ---- a column of each kind


def text(name: str, sql: Any, meaning: str) -> Field:
    """Return a column of text; numbers become text, too."""
    return Field(Column(name, Kind.text, meaning), sql)


def whole(name: str, sql: Any, meaning: str) -> Field:
    """Return a column of whole numbers."""
    return Field(Column(name, Kind.whole, meaning), sql)


def moment(name: str, sql: Any, meaning: str) -> Field:
    """Return a column of times."""
    return Field(Column(name, Kind.moment, meaning), sql)


def flag(name: str, sql: Any, meaning: str) -> Field:
    """Return a column of yes or no."""
    return Field(Column(name, Kind.flag, meaning), sql)


def money(name: str, sql: Any, meaning: str) -> list[Field]:
    """Return an amount twice: as people read it, and exact in minor units."""
    return [
        Field(Column(name, Kind.money, meaning), sql),
        Field(Column(f"{name}_minor", Kind.whole, "The same in the currency's smallest unit, such as cents"), sql),
    ]


def within(at: Any, span: Span) -> ColumnElement[bool]:
    """Tell whether a time lies in the period."""
    return and_(at < span.until, at >= span.since) if span.since else at < span.until


# ---- what several lists have in common

METHOD_LABEL: Final = func.coalesce(
    Order.method_label, case({one.value: one.row.label for one in PaymentMethod}, value=Order.method)
)
"""What the way to pay was called when the order was placed."""

_COINS: Final[Mapping[str, Coin]] = {one.value: one.row.unit for one in PaymentMethod if one.row.unit}


def symbol_of_coin(is_known: ColumnElement[bool]) -> ColumnElement[str | None]:
    """Return the symbol of the order's coin where an amount of it is known, else nothing."""
    return _of_coin(is_known, lambda coin: coin.symbol)


def decimals_of_coin(is_known: ColumnElement[bool]) -> ColumnElement[int | None]:
    """Return how many decimals the smallest unit of the order's coin has, under the same condition."""
    return _of_coin(is_known, lambda coin: coin.decimals)


def _of_coin(is_known: ColumnElement[bool], what: Callable[[Coin], Any]) -> ColumnElement[Any]:
    return case(*[(and_(is_known, Order.method == key), what(coin)) for key, coin in _COINS.items()])
