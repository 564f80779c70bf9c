"""Holds what came in against what an order asks for: exactly, in the coin or the currency of the order. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from novacore.db.queries.orders.statements import Asked
from novacore.money.coins import Coin
from novacore.money.currencies import currency_exponent
from novacore.money.reader import EXACT
from novacore.states import PaymentMethod, ReferenceForm
from novacore.workflows.orders.payment_search import NEAR_PERCENT
from novacore.workflows.orders.statements.groups import Group
from novacore.workflows.payments.statements.statement import Payment
from novacore.workflows.payments.transaction_ids import forms_of

ZONES: Final = timedelta(days=1)
"""How far the day on a list may be before the order: lists are in all kinds of time zones."""

Earlier = Mapping[str, frozenset[int]]
"""By order: the amounts of a coin that it asks for or asked for, in smallest units."""

_HUNDRED: Final = Decimal(100)
_LEAST: Final = _HUNDRED / (100 + NEAR_PERCENT)
_MOST: Final = _HUNDRED / (100 - NEAR_PERCENT)


def is_too_early(payment: Payment, order: Asked) -> bool:
    """Tell whether it was paid before the order was placed."""
    return payment.day is not None and payment.day < (order.placed_at - ZONES).date()


def price(order: Asked) -> tuple[str, Decimal] | None:
    """Return what an order asks for, with its unit; None for one that asked for no exact amount of its coin."""
    coin = _coin_of(order.method)
    if coin is None:
        return order.currency, Decimal(order.total_minor).scaleb(-currency_exponent(order.currency), EXACT)
    return None if order.coin_amount is None else (coin.symbol, _coins(order, order.coin_amount))


def compared(payment: Payment, order: Asked, earlier: Earlier) -> tuple[Group, Decimal | None]:
    """Return how a payment for this order fits, and what came in beyond its price."""
    asked = price(order)
    unsaid = "" if _coin_of(order.method) else None
    if asked is None or payment.amount is None or payment.doubt or payment.symbol not in {unsaid, asked[0]}:
        return Group.unclear, None
    difference = payment.amount - asked[1]
    if not difference:
        return Group.exact, None
    if payment.amount in old_prices(order, earlier):
        return Group.old_amount, difference
    return (Group.too_little if difference < 0 else Group.too_much), difference


def old_prices(order: Asked, earlier: Earlier) -> frozenset[Decimal]:
    """Return the amounts of its coin that an order has asked for; empty where it never got a new one."""
    return frozenset(_coins(order, units) for units in earlier.get(order.id, ()))


@lru_cache(100)
def _coin_of(method: str) -> Coin | None:
    known = PaymentMethod.of(method)
    return known.row.unit if known else None


def _coins(order: Asked, units: int) -> Decimal:
    coin = _coin_of(order.method)
    return Decimal(units).scaleb(-(coin.decimals if coin else 0), EXACT)


# ---- orders by what they ask for

PERIOD: Final = timedelta(days=31)
"""How long before a payment an order may have been placed that has ended since."""

MOST: Final = 20
"""Orders that are named of one payment; the others are counted."""

Form = ReferenceForm | None
"""What the transaction ids of an order look like; None if anything may be a reference."""

Table = dict[tuple[str, Decimal, Form], list[Asked]]
"""By unit, amount and form, the oldest order first."""


@dataclass(slots=True)
class Prices:
    """Orders by what they ask for, or asked for."""

    asked: Table = field(default_factory=dict)
    before: Table = field(default_factory=dict)
    sorted: dict[tuple[str, Form], list[tuple[Decimal, Asked]]] = field(default_factory=dict)
    """Those in a coin alone: exchanges take their fees from what they send, PayPal doesn't."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an order has to ask for to be the one of a payment, and what its transaction ids look like."""

    units: Sequence[str]
    payment: Payment
    forms: Sequence[Form]


def wanted(payment: Payment, units: Sequence[str]) -> Wanted:
    """Return what an order has to be like; `units` are those in which the payment may be."""
    forms = forms_of(payment.ids) if payment.ids else ReferenceForm
    return Wanted(units, payment, (*forms, None))


def by_price(orders: Iterable[Asked], earlier: Earlier) -> Prices:
    """Sort orders by what they ask for."""
    found = Prices()
    for order in sorted(orders, key=_age):
        asked, form = price(order), _form_of(order.method, order.pay_network)
        if asked is None:
            continue
        found.asked.setdefault((*asked, form), []).append(order)
        if order.coin_amount is not None:
            found.sorted.setdefault((asked[0], form), []).append((asked[1], order))
            for amount in old_prices(order, earlier) - {asked[1]}:
                found.before.setdefault((asked[0], amount, form), []).append(order)
    for rows in found.sorted.values():
        rows.sort(key=lambda row: row[0])
    return found


def fitting(table: Table, like: Wanted, period: timedelta | None = None) -> tuple[list[Asked], int]:
    """Return the orders with this amount that were there when it was paid, at most `MOST`, and how many more.

    None that was placed more than `period` before.
    """
    found: list[Asked] = []
    count = 0
    for unit in like.units if like.payment.amount else ():
        for form in like.forms:
            rows = table.get((unit, like.payment.amount or Decimal(0), form), ())
            first, end = _span(rows, like.payment, period)
            count += end - first
            found += rows[first : min(end, first + MOST)]
    few = sorted(found, key=_age)[:MOST]
    return few, count - len(few)


def near(prices: Prices, like: Wanted, most: int) -> list[Asked]:
    """Return the orders whose price is within two percent of an amount; none if there are more than `most`."""
    found: list[Asked] = []
    for unit in like.units if like.payment.amount else ():
        for form in like.forms:
            found += _near(prices.sorted.get((unit, form), ()), like.payment.amount or Decimal(0), most)
    return [one for one in found if not is_too_early(like.payment, one)] if len(found) <= most else []


def _near(rows: Sequence[tuple[Decimal, Asked]], amount: Decimal, most: int) -> list[Asked]:
    low, high = amount * _LEAST, amount * _MOST
    first = bisect_left(rows, low, key=lambda row: row[0])
    return [order for asked, order in rows[first : first + most + 1] if asked <= high]


def _span(rows: Sequence[Asked], payment: Payment, period: timedelta | None) -> tuple[int, int]:
    """Return where the orders begin and end that may have been paid on this day."""
    if payment.day is None:
        return 0, len(rows)
    day = datetime.combine(payment.day, time(), UTC)
    first = bisect_left(rows, day - period, key=_placed_at) if period else 0
    return first, max(first, bisect_left(rows, day + timedelta(days=1) + ZONES, key=_placed_at))


def _placed_at(order: Asked) -> datetime:
    return order.placed_at


def _age(order: Asked) -> tuple[datetime, str]:
    return order.placed_at, order.id


@lru_cache(100)
def _form_of(method: str, network: str) -> Form:
    known = PaymentMethod.of(method)
    is_known = known and (network or len(known.row.networks) == 1)
    return known.row.network(network).form if known and is_known else None
