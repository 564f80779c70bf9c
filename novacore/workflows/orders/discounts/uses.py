"""Counts the uses of codes along with the orders: taken at `place`, given back where an order ends unpaid.

An order that comes back keeps what it was promised, and its use counts again, also where the code is used up by then:
staff decide on such an order, and `/discount list` shows one use too many.
"""

from sqlalchemy import bindparam, insert, update

from novacore.db.models import DiscountUse, Order
from novacore.workflows.machine.arrows import Move

OrderMove = Move[Order]

_TAKE = insert(DiscountUse)
_HOLD = update(DiscountUse).where(DiscountUse.order_id == bindparam("of"))


def take_use(move: OrderMove) -> None:
    """Count the code of a new order. `pricing.agree` has looked whether it may have it, and holds the code."""
    if move.given.discount_id is not None:
        order = move.subject
        row = {"order_id": order.id, "discount_id": move.given.discount_id, "customer_id": order.customer_id}
        move.tx.connection.execute(_TAKE, {**row, "is_held": True})


def give_use_back(move: OrderMove) -> None:
    """Let someone else use the code: this order ended without a payment."""
    _hold(move, is_held=False)


def take_use_again(move: OrderMove) -> None:
    """Count it once more: the order that had ended goes on."""
    _hold(move, is_held=True)


def _hold(move: OrderMove, *, is_held: bool) -> None:
    if move.subject.discount_code is not None:
        move.tx.connection.execute(_HOLD, {"of": move.subject.id, "is_held": is_held})
