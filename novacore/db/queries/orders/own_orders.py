"""What a private page shows someone of their own orders: one of them, or a page of the list."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore import clock
from novacore.db.models import Order, Person
from novacore.db.queries.orders.orders import of_customer
from novacore.db.queries.orders.waiting import Queue, ahead_of, usual_wait
from novacore.db.queries.texts import own_word
from novacore.states.texts import ShopText

ORDERS_PAGE: Final = 5
"""Orders on one page of the list."""


@dataclass(frozen=True, slots=True)
class OwnOrders:
    """What stands on a private page. Of one order there is no list."""

    orders: Sequence[Order]
    dms_closed: bool
    """Discord refused our last DM to this person."""
    is_list: bool = False
    total: int = 1
    list_page: int = 0
    queue: Queue = field(default_factory=Queue)
    """Where those that wait for staff stand; empty until `with_queue` has looked."""
    after_payment: str = ""
    """What the owner has us say meanwhile, in their own words; empty until then as well."""

    @property
    def mark(self) -> str:
        """A hash of what is shown: with another one the page has to be shown again.

        The queue is left out of it: it moves all the time, and is only said where something is drawn anyway.
        """
        orders = [(order.id, order.version) for order in self.orders]
        return sha256(repr((orders, self.dms_closed, self.is_list, self.total, self.list_page)).encode()).hexdigest()


def one_order(session: Session, customer_id: int, order_id: str) -> OwnOrders | None:
    """Return one order of this person's; None for a stranger's, and for one that isn't there."""
    order = session.get(Order, order_id)
    if order is None or order.customer_id != customer_id:
        return None
    return OwnOrders((order,), dms_closed=dms_closed(session, customer_id))


def all_orders(session: Session, customer_id: int, list_page: int) -> OwnOrders:
    """Return a page of their list, counted from 0."""
    total, found = of_customer(session, customer_id, limit=ORDERS_PAGE, offset=list_page * ORDERS_PAGE)
    closed = dms_closed(session, customer_id)
    return OwnOrders(found, dms_closed=closed, is_list=True, total=total, list_page=list_page)


def with_queue(session: Session, seen: OwnOrders) -> OwnOrders:
    """Add where the orders stand that wait for staff: for a page that is about to be drawn."""
    ahead = {one.id: ahead_of(session, one) for one in seen.orders if one.status.row.is_to_check}
    if not ahead:
        return seen
    own = own_word(session, ShopText.after_payment)
    return replace(seen, queue=Queue(ahead, usual_wait(session, clock.now())), after_payment=own)


def dms_closed(session: Session, person_id: int) -> bool:
    """Tell whether Discord refused our last DM to this person."""
    since = session.execute(select(Person.dms_closed_at).where(Person.id == person_id)).scalar_one_or_none()
    return since is not None
