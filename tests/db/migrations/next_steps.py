"""How the orders of an upgraded shop go on."""

from collections.abc import Callable

from novacore.db.models import Order
from novacore.states import OrderStatus
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF
from tests.workflows.machine import lives

Step = Callable[[Shop, str], Order]


def _deliver(shop: Shop, order_id: str) -> Order:
    lives.mark_sent_once(shop, order_id)
    return orders.delivered(shop, SYSTEM, order_id)


NEXT: dict[OrderStatus, tuple[OrderStatus, Step]] = {
    OrderStatus.awaiting_payment: (
        OrderStatus.under_review,
        lambda shop, order_id: orders.submit_proof(shop, CUSTOMER, order_id, lives.picture(10**9), "ab" * 32),
    ),
    OrderStatus.under_review: (
        OrderStatus.approved,
        lambda shop, order_id: orders.approve(shop, STAFF, order_id, Given()),
    ),
    OrderStatus.approved: (OrderStatus.delivered, _deliver),
    OrderStatus.delivery_blocked: (
        OrderStatus.approved,
        lambda shop, order_id: orders.retry_delivery(shop, STAFF, order_id),
    ),
    OrderStatus.delivered: (
        OrderStatus.refunded,
        lambda shop, order_id: orders.refund(shop, OWNER, order_id, lives.REASON),
    ),
    **{
        status: (
            OrderStatus.under_review,
            lambda shop, order_id: orders.reinstate(shop, STAFF, order_id, lives.REASON),
        )
        for status in (OrderStatus.rejected, OrderStatus.cancelled, OrderStatus.expired)
    },
}
"""From each state that has a way on: where to, and the step."""
