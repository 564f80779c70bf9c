"""Private pages made by hand: one order, or a list, with DMs that are open or closed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from novacore.db.models import Order
from novacore.db.queries.orders.own_orders import OwnOrders
from novacore.messages.kit.layout import Message
from novacore.messages.orders.customer.private_page import private_page
from tests.messages import samples

ENDS_AT: Final[datetime] = samples.NOW + timedelta(minutes=14)


def one(order: Order, *, dms_closed: bool = False) -> Message:
    """Build the page of one order."""
    return private_page(OwnOrders((order,), dms_closed=dms_closed), ENDS_AT)


def listed(
    orders: Sequence[Order], list_page: int = 0, total: int | None = None, *, dms_closed: bool = False
) -> Message:
    """Build a page of the list."""
    count = len(orders) if total is None else total
    seen = OwnOrders(orders, dms_closed=dms_closed, is_list=True, total=count, list_page=list_page)
    return private_page(seen, ENDS_AT)
