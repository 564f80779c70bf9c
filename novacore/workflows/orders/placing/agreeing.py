"""The price at which an order is placed: what its page said, or nothing is ordered and the new total is said."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from novacore.db.unit_of_work import Transaction
from novacore.errors import CodeRefused, PageChanged
from novacore.money import format_money
from novacore.workflows.machine.policy import Actor
from novacore.workflows.orders.discounts import pricing
from novacore.workflows.orders.discounts.pricing import Price, Priced


def agree(tx: Transaction, actor: Actor, product: Priced, quantity: int, code: str) -> Price:
    """Return the price, with the code held for this transaction. Raises PageChanged where the code counts no longer."""
    return _or_changed(lambda: pricing.agree(tx, actor, product, quantity, code), product, quantity)


def refuse_early(session: Session, actor: Actor, product: Priced, quantity: int, code: str) -> None:
    """Raise the same before anything is held: who comes too late for a code is in nobody's way."""
    _or_changed(lambda: pricing.look_in(session, actor, product, quantity, code), product, quantity)


def _or_changed(price: Callable[[], Price], product: Priced, quantity: int) -> Price:
    try:
        return price()
    except CodeRefused as refusal:
        now = pricing.without_code(product, quantity)
        total = format_money(now.total_minor, now.currency)
        raise PageChanged(
            f"{refusal.sentence} So nothing was ordered: without the code your order comes to {total}."
        ) from None
