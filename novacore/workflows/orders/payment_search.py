"""What staff find by the amount that came in: the order that asks for it, and those near it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from novacore import clock
from novacore.db.models import Order
from novacore.db.queries.orders.amounts import Asking, Wanted, asking, nearest, shared
from novacore.db.unit_of_work import reading
from novacore.errors import BadInput
from novacore.money.coins import Coin, read_coin_amount, units_of
from novacore.money.reader import quoted
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


def find_payment(shop: Shop, actor: Actor, typed: str) -> Found:
    """Look for the orders that a payment of this amount may be for: those that may still be paid first.

    Without a coin's name every coin is looked through. Raises NotAllowed, and BadInput for what is no such amount.
    """
    require_staff(actor, "look for a payment")
    now, late = clock.now(), shop.terms.late_window
    wanted = [Wanted(method, units, now, late) for method, units in _read(typed)]
    with reading(shop.database) as session:
        exact, more_exact = _first([asking(session, one, limit=MOST_FOUND) for one in wanted])
        near, more_near = _first([nearest(session, one, *_around(one.units), limit=MOST_FOUND) for one in wanted])
        alike = shared(session, [order.id for order in (*exact, *near)], now, late)
    return Found(exact, near, more_exact, more_near, alike)


def _first(found: Sequence[Asking]) -> tuple[Sequence[Order], int]:
    """Return some of the orders of each coin in turn, and how many more there are."""
    in_turn = [order for row in zip_longest(*(one.orders for one in found)) for order in row if order is not None]
    shown = in_turn[:MOST_FOUND]
    return shown, sum(one.total for one in found) - len(shown)


def _around(units: int) -> tuple[int, int]:
    """Return the least and the most that an order may have asked for, if the payment is off by `NEAR_PERCENT` of it."""
    return units * 100 // (100 + NEAR_PERCENT), (units + 1) * 100 // (100 - NEAR_PERCENT)


def _read(typed: str) -> list[tuple[PaymentMethod, int]]:
    found = read_coin_amount(typed)
    if found is None:
        raise BadInput(
            f"{quoted(typed)} is not an amount I can read. Write it like 0.00031113 BTC, or without the coin."
        )
    amount, symbol = found
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
