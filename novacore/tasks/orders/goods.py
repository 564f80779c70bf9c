"""The jobs that carry goods to the buyer after the delivery: all of them once more, or one unit for a faulty one."""

from novacore.db.models import Order
from novacore.messages.orders.customer import goods as pages
from novacore.states import OrderStatus
from novacore.tasks.orders.cards import load
from novacore.tasks.orders.carried_files import carried_files
from novacore.tasks.queue.handlers import WorkWith, handles
from novacore.tasks.queue.sending.outgoing import outgoing
from novacore.tasks.queue.sending.send_once import ToPerson, send_once
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.job_kinds import ByEvent, SendReplacement
from novacore.workflows.orders.goods import goods_of, replacement


@handles(job_kinds.RESEND_GOODS)
def resend_goods(work: WorkWith[ByEvent]) -> str:
    """Send all of the goods once more, as they are by now: once for each press."""
    order = load(work)
    if order.status is not OrderStatus.delivered:
        return _over(order)
    bought = goods_of(work.shop, order.id)
    key = f"resend:{work.job.payload['event_id']}"
    with carried_files(work, bought) as carried:
        send_once(
            work,
            key,
            "resend",
            ToPerson(order.customer_id),
            lambda token: outgoing(pages.goods_again(order, bought.items, token, carried.files)),
            carried.size,
        )
    return "The goods are with the customer once more."


@handles(job_kinds.SEND_REPLACEMENT)
def send_replacement(work: WorkWith[SendReplacement]) -> str:
    """Send the unit that was given for a faulty one."""
    order = load(work)
    new = replacement(work.shop, order.id, work.job.payload["unit_id"])
    if new is None or order.status is not OrderStatus.delivered:
        return _over(order) if order.status is not OrderStatus.delivered else "This unit was replaced in its turn."
    key = f"replacement:{work.job.payload['event_id']}"
    with carried_files(work, new) as carried:
        send_once(
            work,
            key,
            "replacement",
            ToPerson(order.customer_id),
            lambda token: outgoing(pages.replacement(order, new.items, token, carried.files)),
            carried.size,
        )
    return "The new unit is with the customer."


def _over(order: Order) -> str:
    return f"Nothing to send: the order is {order.status.row.label}."
