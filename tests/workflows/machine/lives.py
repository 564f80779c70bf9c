"""Brings orders to each state by the arrows alone, the way customers and staff would."""

from datetime import datetime
from io import BytesIO
from itertools import count

from PIL import Image
from sqlalchemy import insert, select, update

from novacore.db.base import Base
from novacore.db.models import Event, Job, LedgerEntry, Order, Send, ShopFact, Unit
from novacore.db.unit_of_work import reading, writing
from novacore.states import JobState, OrderStatus, PaymentMethod, SendState, UnitStatus
from novacore.workflows.machine import facts
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor, Who
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.orders.rules import CARRIES_GOODS
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.orders.timers import opening_hours
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, MovableClock

_numbers = count(1)
REASON = Given(reason="because of the test")


def picture(number: int | None = None) -> bytes:
    """Make a small PNG unlike every other one: drawing whole receipts would take most of the tests' time."""
    number = next(_numbers) if number is None else number
    file = BytesIO()
    Image.frombytes("RGB", (8, 8), number.to_bytes(192, "big")).save(file, "PNG")
    return file.getvalue()


def reference(number: int | None = None) -> str:
    """Make a Bitcoin transaction id that was not used before."""
    return f"{next(_numbers) if number is None else number:064x}"


def place(shop: Shop, product_id: int, actor: Actor = CUSTOMER, quantity: int = 1, key: str | None = None) -> Order:
    """Place an order to be paid in Bitcoin."""
    checkout = Checkout(key or f"checkout-{next(_numbers)}", product_id, quantity, PaymentMethod.btc)
    return orders.place(shop, actor, checkout)


def submit(shop: Shop, order: Order, actor: Actor = CUSTOMER) -> Order:
    """Send a proof that was never seen before."""
    return orders.submit_proof(shop, actor, order.id, picture(), reference())


def mark_sent(shop: Shop, order_id: str, state: SendState = SendState.sent) -> None:
    """Write what the delivery job writes around its send, and end that job."""
    write_send(shop, "order", order_id, "delivery", state, key=f"deliver:{order_id}")
    end_jobs(shop, order_id)


def write_send(
    shop: Shop,
    kind: str,
    subject_id: str,
    purpose: str,
    state: SendState,
    key: str | None = None,
    channel_id: int | None = None,
) -> None:
    """Write a message that went out, or was about to, for a subject."""
    number = next(_numbers)
    subject = {"subject_kind": kind, "subject_id": subject_id}
    with writing(shop.database) as tx:
        row = insert(Send).values(key=key or f"send:{number}", token=f"T{number}", purpose=purpose, **subject)
        tx.session.execute(row.values(state=state, begun_at=tx.now, channel_id=channel_id))


def end_jobs(shop: Shop, order_id: str) -> None:
    """Let no delivery job be in flight."""
    with writing(shop.database) as tx:
        jobs = tx.session.execute(
            select(Job).where(Job.subject_kind == "order", Job.subject_id == order_id, Job.name.in_(CARRIES_GOODS))
        ).scalars()
        for job in jobs:
            job.state = JobState.done
        tx.session.flush()


def bring_to(shop: Shop, product_id: int, status: OrderStatus, time: MovableClock) -> Order:
    """Place an order and take it to `status`; delivered means sent, refunded means money returned.

    A state that is not named here is reached by the first arrow that leads to it. Orders of this customer that ended
    unpaid are forgiven first: what they lead to is tested in `test_unpaid`.
    """
    forgive(shop)
    bring = _by_hand if status in _NAMED else _by_the_table
    return bring(shop, product_id, status, time)


def forgive(shop: Shop, customer: Actor = CUSTOMER) -> None:
    """Let no unpaid order count against a customer."""
    theirs = Order.customer_id == customer.id, Order.unpaid_at.is_not(None)
    with writing(shop.database) as tx:
        tx.session.execute(update(Order).where(*theirs).values(unpaid_at=None))


def _by_hand(shop: Shop, product_id: int, status: OrderStatus, time: MovableClock) -> Order:
    order = place(shop, product_id)
    if status is OrderStatus.cancelled:
        return orders.cancel(shop, CUSTOMER, order.id)
    if status is OrderStatus.expired:
        time.move(hours=25)
        return orders.expire(shop, SYSTEM, order.id)
    if status is OrderStatus.awaiting_payment:
        return order
    order = submit(shop, order)
    if status is OrderStatus.rejected:
        return orders.reject(shop, STAFF, order.id, REASON)
    if status is OrderStatus.under_review:
        return order
    order = orders.approve(shop, STAFF, order.id, Given())
    return _after_approval(shop, order, status)


_NAMED = {
    OrderStatus.awaiting_payment,
    OrderStatus.under_review,
    OrderStatus.approved,
    OrderStatus.delivered,
    OrderStatus.delivery_blocked,
    OrderStatus.rejected,
    OrderStatus.cancelled,
    OrderStatus.expired,
    OrderStatus.refunded,
}


def _by_the_table(shop: Shop, product_id: int, status: OrderStatus, time: MovableClock) -> Order:
    arrow = next(arrow for arrow in ORDERS.arrows if arrow.target == status)
    order = bring_to(shop, product_id, OrderStatus[arrow.sources[0]], time)
    prepare(shop, order, arrow.trigger, time)
    actors = {Who.buyer: CUSTOMER, Who.staff: STAFF, Who.owner: OWNER, Who.system: SYSTEM}
    return take(shop, arrow.trigger, order, actors[min(arrow.who)])


def take(shop: Shop, trigger: str, order: Order, actor: Actor) -> Order:
    """Fire a trigger with everything it asks for, so that only the table can be in the way."""
    if trigger == "submit_proof":
        return submit(shop, order, actor)
    if trigger == "refund":
        return orders.refund(shop, actor, order.id, REASON)
    return orders.take(shop, actor, order.id, trigger, REASON)


def prepare(shop: Shop, order: Order, trigger: str, time: MovableClock) -> None:
    """Meet the guards that are about something else than state and actor."""
    if trigger == "expire":
        time.move(hours=25)
    if trigger == "delivered" and order.status in (OrderStatus.approved, OrderStatus.delivery_blocked):
        mark_sent(shop, order.id)
    if trigger == "refund":
        end_jobs(shop, order.id)


def _after_approval(shop: Shop, order: Order, status: OrderStatus) -> Order:
    if status is OrderStatus.delivery_blocked:
        order = orders.delivery_blocked(shop, SYSTEM, order.id, REASON)
        end_jobs(shop, order.id)
    if status in (OrderStatus.delivered, OrderStatus.refunded):
        mark_sent(shop, order.id)
        order = orders.delivered(shop, SYSTEM, order.id)
    if status is OrderStatus.refunded:
        order = orders.refund(shop, OWNER, order.id, REASON)
    return order


def units(shop: Shop, status: UnitStatus) -> int:
    """Count the units in a status."""
    with reading(shop.database) as session:
        return len(session.execute(select(Unit.id).where(Unit.status == status)).all())


def jobs_of(shop: Shop, order_id: str) -> set[str]:
    """Return the names of the order's queued jobs."""
    with reading(shop.database) as session:
        return set(session.execute(select(Job.name).where(Job.subject_id == order_id, Job.state == "queued")).scalars())


def events_of(shop: Shop, order_id: str) -> list[str]:
    """Return the order's events by trigger, the oldest first."""
    with reading(shop.database) as session:
        rows = select(Event.trigger).where(Event.subject_id == order_id).order_by(Event.id)
        return [*session.execute(rows).scalars()]


def ledger_of(shop: Shop, order_id: str) -> list[tuple[str, int]]:
    """Return the order's money rows as (direction, minor units)."""
    with reading(shop.database) as session:
        rows = select(LedgerEntry.direction, LedgerEntry.amount_minor).where(LedgerEntry.order_id == order_id)
        return [(str(direction), amount) for direction, amount in session.execute(rows.order_by(LedgerEntry.id))]


def next_step(shop: Shop, product_id: int, order: Order | None) -> Order:
    """Take an order one arrow further, on the way that frees, sells or revokes its units."""
    if order is None:
        return place(shop, product_id)
    if order.status is OrderStatus.awaiting_payment:
        return orders.cancel(shop, CUSTOMER, order.id)
    if order.status is OrderStatus.under_review:
        return orders.approve(shop, STAFF, order.id, Given())
    return orders.refund(shop, OWNER, order.id, REASON)


def snapshot(shop: Shop) -> dict[str, list[tuple[object, ...]]]:
    """Read every row of every table, so that two moments can be compared."""
    with reading(shop.database) as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def mark_sent_once(shop: Shop, order_id: str) -> None:
    """Write that the goods went out, unless that is written already."""
    with reading(shop.database) as session:
        if session.execute(select(Send.id).where(Send.key == f"deliver:{order_id}")).first():
            return
    mark_sent(shop, order_id)


def resaved(content: bytes) -> bytes:
    """Save a picture again as someone would who hopes that nobody notices: smaller, and as a JPEG."""
    file = BytesIO()
    picture = Image.open(BytesIO(content)).convert("RGB")
    picture.resize((picture.width * 3 // 4, picture.height * 3 // 4)).save(file, "JPEG", quality=60)
    return file.getvalue()


def note_open(shop: Shop) -> None:
    """Write that the shop is open right now, as a sweep does whose bot is there."""
    facts.note(shop, opening_hours.OPEN_UNTIL, {})


def noted(shop: Shop, name: str) -> datetime | None:
    """When a fact was noted last."""
    with reading(shop.database) as session:
        fact = session.get(ShopFact, name)
        return fact.at if fact else None
