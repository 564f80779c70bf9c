"""Private pages made by hand: one order, or a list, with DMs that are open or closed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from novacore.db.models import Order
from novacore.db.queries.orders.own_orders import OwnOrders
from novacore.db.queries.orders.waiting import MOST_AHEAD, Queue
from novacore.messages.kit.layout import Message
from novacore.messages.orders.customer.private_page import private_page
from novacore.states import OrderStatus
from tests.messages import samples

ENDS_AT: Final[datetime] = samples.NOW + timedelta(minutes=14)


def one(order: Order, *, dms_closed: bool = False) -> Message:
    """Build the page of one order."""
    return private_page(OwnOrders((order,), dms_closed=dms_closed, queue=long_queue([order])), ENDS_AT)


def listed(
    orders: Sequence[Order], list_page: int = 0, total: int | None = None, *, dms_closed: bool = False
) -> Message:
    """Build a page of the list."""
    count = len(orders) if total is None else total
    seen = OwnOrders(orders, dms_closed, is_list=True, total=count, list_page=list_page, queue=long_queue(orders))
    return private_page(seen, ENDS_AT)


def long_queue(orders: Sequence[Order]) -> Queue:
    """Put many others ahead of those that wait for staff, who take long: no page has more to say."""
    waiting = [order for order in orders if order.status is OrderStatus.under_review]
    return Queue({order.id: MOST_AHEAD + 1 for order in waiting}, timedelta(days=29))
