"""What staff find by the amount that came in: the order that asks for it, and those near it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from novacore import clock
from novacore.db.models import Order
from novacore.db.queries.orders.amounts import Asking, Wanted, asking, nearest, priced, shared
from novacore.db.unit_of_work import reading
from novacore.errors import BadInput
from novacore.money import Money, parse_money
from novacore.money.coin_amounts import read_coin_amount, symbol_in
from novacore.money.coins import Coin, units_of
from novacore.money.reader import is_of_money, quoted
from novacore.states import PaymentMethod
from novacore.workflows.machine.policy import Actor, require_staff
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments.rates import COINS

NEAR_PERCENT = 2
"""How far an amount may be off: exchanges take their fees from what they send."""

MOST_FOUND = 5


@dataclass(frozen=True, slots=True)
class Found:
    """The orders that ask for exactly an amount, and others that may be meant; the first of each, and how many more."""

    exact: Sequence[Order]
    near: Sequence[Order]
    more_exact: int = 0
    more_near: int = 0
    shared: frozenset[str] = frozenset()
    """The ids of those whose very amount another order may be paid by as well."""
    by_price: bool = False
    """Whether an amount of money was looked for: `exact` are those of this price that may still be paid."""


def find_payment(shop: Shop, actor: Actor, typed: str) -> Found:
    """Look for the orders that a payment of this amount may be for: those that may still be paid first.

    Without a coin's name every coin is looked through, and an amount of money is the price of an order. Raises
    NotAllowed, and BadInput for what is no such amount.
    """
    require_staff(actor, "look for a payment")
    currency = shop.terms.currency
    if is_of_money(typed, currency) and symbol_in(typed) not in {unit.symbol for _, unit in _units()}:
        return _of_price(shop, parse_money(typed, currency))
    now, late = clock.now(), shop.terms.late_window
    wanted = [Wanted(method, units, now, late) for method, units in _read(typed)]
    with reading(shop.database) as session:
        exact, more_exact = _first([asking(session, one, limit=MOST_FOUND) for one in wanted])
        near, more_near = _first([nearest(session, one, *_around(one.units), limit=MOST_FOUND) for one in wanted])
        alike = shared(session, [order.id for order in (*exact, *near)], now, late)
    return Found(exact, near, more_exact, more_near, alike)


def _of_price(shop: Shop, price: Money) -> Found:
    now, late = clock.now(), shop.terms.late_window
    with reading(shop.database) as session:
        found = priced(session, price.minor, price.currency, now - late, limit=MOST_FOUND)
    return Found(found.orders, (), found.total - len(found.orders), by_price=True)


def _first(found: Sequence[Asking]) -> tuple[Sequence[Order], int]:
    """Return some of the orders of each coin in turn, and how many more there are."""
    in_turn = [order for row in zip_longest(*(one.orders for one in found)) for order in row if order is not None]
    shown = in_turn[:MOST_FOUND]
    return shown, sum(one.total for one in found) - len(shown)


def _around(units: int) -> tuple[int, int]:
    """Return the least and the most that an order may have asked for, if the payment is off by `NEAR_PERCENT` of it."""
    return units * 100 // (100 + NEAR_PERCENT), (units + 1) * 100 // (100 - NEAR_PERCENT)


def _read(typed: str) -> list[tuple[PaymentMethod, int]]:
    amount, symbol = read_coin_amount(typed)
    named = [(method, unit) for method, unit in _units() if symbol in ("", unit.symbol)]
    if not named:
        symbols = ", ".join(unit.symbol for _, unit in _units())
        raise BadInput(f"{quoted(typed)} is not in a coin that this shop knows. It knows {symbols}.")
    wanted = [(method, units) for method, unit in named if (units := units_of(amount, unit))]
    if not wanted:
        raise BadInput(f"{quoted(typed)} is zero, too large, or has more decimals than orders ask for.")
    return wanted


def _units() -> list[tuple[PaymentMethod, Coin]]:
    return [(method, method.row.unit) for method in COINS if method.row.unit]
