"""What staff find by the amount that came in: the order that asks for it, and those near it."""

from collections.abc import Sequence

from novacore import clock
from novacore.db.models import Order
from novacore.db.queries.orders.amounts import asking, nearest
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


def find_payment(shop: Shop, actor: Actor, typed: str) -> tuple[Sequence[Order], Sequence[Order]]:
    """Return the orders that ask for exactly this amount, and others that may be meant, the nearest first.

    Without a coin's name every coin is looked through. Raises NotAllowed, and BadInput for what is no such amount.
    """
    require_staff(actor, "look for a payment")
    wanted = _read(typed)
    exact: list[Order] = []
    near: list[Order] = []
    with reading(shop.database) as session:
        for method, units in wanted:
            off = units * NEAR_PERCENT // 100
            exact += asking(session, method, units, limit=MOST_FOUND)
            near += nearest(session, method, units - off, units + off, clock.now(), limit=2 * MOST_FOUND)
    known = {order.id for order in exact}
    others = [order for order in near if order.id not in known]
    return exact[:MOST_FOUND], others[:MOST_FOUND]


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
        raise BadInput(f"{quoted(typed)} is zero, or has more decimals than orders ask for.")
    return wanted


def _units() -> list[tuple[PaymentMethod, Coin]]:
    return [(method, method.row.unit) for method in COINS if method.row.unit]
