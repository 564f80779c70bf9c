"""Holds what came in against what an order asks for: exactly, in the coin or the currency of the order. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from novacore.db.queries.orders.statements import Asked
from novacore.money.coins import Coin
from novacore.money.currencies import currency_exponent
from novacore.money.reader import EXACT
from novacore.states import PaymentMethod
from novacore.workflows.orders.payment_search import NEAR_PERCENT
from novacore.workflows.orders.statements.groups import Group
from novacore.workflows.payments.statements.statement import Payment

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
    if asked is None or payment.amount is None or payment.symbol not in {"", asked[0]}:
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


@dataclass(slots=True)
class Prices:
    """Orders by what they ask for, or asked for. `asked` has a unit and an amount as its keys."""

    asked: dict[tuple[str, Decimal], list[Asked]] = field(default_factory=dict)
    before: dict[tuple[str, Decimal], list[Asked]] = field(default_factory=dict)
    sorted: dict[str, list[tuple[Decimal, Asked]]] = field(default_factory=dict)
    """Those in a coin alone, by unit: exchanges take their fees from what they send, PayPal doesn't."""


def by_price(orders: Iterable[Asked], earlier: Earlier) -> Prices:
    """Sort orders by what they ask for."""
    found = Prices()
    for order in orders:
        asked = price(order)
        if asked is None:
            continue
        found.asked.setdefault(asked, []).append(order)
        if order.coin_amount is not None:
            found.sorted.setdefault(asked[0], []).append((asked[1], order))
            for amount in old_prices(order, earlier) - {asked[1]}:
                found.before.setdefault((asked[0], amount), []).append(order)
    for rows in found.sorted.values():
        rows.sort(key=lambda row: row[0])
    return found


def near(rows: Sequence[tuple[Decimal, Asked]], amount: Decimal, most: int) -> list[Asked]:
    """Return the orders whose price is within two percent of an amount; none if there are more than `most`."""
    low, high = amount * _LEAST, amount * _MOST
    first = bisect_left(rows, low, key=lambda row: row[0])
    some = [order for asked, order in rows[first : first + most + 1] if asked <= high]
    return some if len(some) <= most else []
