"""Words for tests about discount codes: the owner adds one, someone orders with it, and how often it counts."""

from itertools import count
from typing import Any

from sqlalchemy import func, select

from novacore.db.models import Discount, DiscountUse, Order
from novacore.db.unit_of_work import reading
from novacore.states import PaymentMethod
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.orders.discounts import codes
from novacore.workflows.orders.discounts.codes import NewCode
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF
from tests.workflows.machine import lives

_numbers = count(1)


def add(shop: Shop, code: str = "SUMMER", **given: Any) -> Discount:
    """Let the owner add a code; 10 per cent if nothing else is said."""
    if "amount" not in given:
        given.setdefault("percent", 10)
    return codes.add(shop, OWNER, NewCode(code, **given))


def buy(shop: Shop, product_id: int, actor: Actor = CUSTOMER, *, code: str = "SUMMER", quantity: int = 1) -> Order:
    """Place an order with a code."""
    key = f"with-a-code-{next(_numbers)}"
    return orders.place(shop, actor, Checkout(key, product_id, quantity, PaymentMethod.btc, code=code))


def held(shop: Shop) -> int:
    """Count the uses of all codes that count now."""
    with reading(shop.database) as session:
        rows = select(func.count()).select_from(DiscountUse).where(DiscountUse.is_held)
        return session.execute(rows).scalar_one()


def paid(shop: Shop, product_id: int) -> Order:
    """Add a code, order with it, pay and be approved."""
    add(shop)
    order = lives.submit(shop, buy(shop, product_id))
    return orders.approve(shop, STAFF, order.id, Given())
