"""The jobs of an order that speak to its customer or let its time run out."""

from collections.abc import Sequence
from datetime import timedelta

from novacore import clock
from novacore.db.event_kinds.jobs import JOB_DIED
from novacore.db.models import Event, Order
from novacore.db.queries.deaths import of_same_cause, standing
from novacore.db.queries.orders import unpaid
from novacore.db.queries.orders.orders import dms_closed
from novacore.db.unit_of_work import reading
from novacore.errors import WrongState
from novacore.messages.orders.buttons import takes_proof
from novacore.messages.orders.customer.goods import goods
from novacore.messages.orders.customer.notes import note_to_customer, reminder
from novacore.messages.orders.staff.alerts import alert, others
from novacore.states import OrderStatus
from novacore.tasks.orders import dm_buttons
from novacore.tasks.orders.cards import load, refresh_cards
from novacore.tasks.orders.carried_files import carried_files
from novacore.tasks.queue.handlers import Postpone, Work, WorkWith, event_of, handles
from novacore.tasks.queue.sending.outgoing import outgoing, post
from novacore.tasks.queue.sending.send_once import ToChannel, ToPerson, send_once
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.cards import CardKind
from novacore.workflows.machine.job_kinds import AlertStaff, ByEvent
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.follow_ups import REMINDER_LEAD
from novacore.workflows.orders.goods import goods_of
from novacore.workflows.orders.placing.unpaid import HeldBack, held_back
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.orders.timers import opening_hours

ASLEEP = timedelta(seconds=10)
"""How long an expiry that comes too early waits at least: a sweep gives back the time the shop was down first."""


@handles(job_kinds.DELIVER_ORDER)
def deliver_order(work: Work) -> str:
    """Send the goods by DM, once, and record the delivery.

    A buyer who was quicker and had the goods shown gets them by DM all the same: what was shown is soon gone.
    """
    order = load(work)
    if order.status not in (OrderStatus.approved, OrderStatus.delivered):
        return f"Nothing to deliver: the order is {order.status.row.label}."
    bought = goods_of(work.shop, order.id)
    with carried_files(work, bought) as carried:
        send_once(
            work,
            f"deliver:{order.id}",
            "delivery",
            ToPerson(order.customer_id),
            lambda token: outgoing(goods(order, bought.items, token, carried.files)),
            carried.size,
        )
    if order.status is OrderStatus.approved:
        _record_delivery(work, order)
    return "The goods are with the customer."


def _record_delivery(work: Work, order: Order) -> None:
    try:
        orders.delivered(work.shop, SYSTEM, order.id)
    except WrongState:
        if load(work).status is order.status:
            raise  # nothing stands in the way but a bug of ours


@handles(job_kinds.TELL_CUSTOMER)
def tell_customer(work: WorkWith[ByEvent]) -> str:
    """Tell the customer by DM what happened to their order, and what they can do."""
    order, event = load(work), event_of(work)
    was_closed = _dms_closed(work)
    held = _held_back(work, order) if order.status.row.is_over else None
    person = ToPerson(order.customer_id)
    sent = post(work, f"tell:{event.id}", "note", person, lambda: note_to_customer(order, event, held))
    if takes_proof(order):  # then it has the button
        dm_buttons.keep(work, CardKind.note, order, sent.message)
    if was_closed:
        refresh_cards(work)  # the flag on the staff's card is out of date from here on
    return "The customer has been told."


@handles(job_kinds.ALERT_STAFF)
def alert_staff(work: WorkWith[AlertStaff]) -> str:
    """Tell staff, once, about something that needs them."""
    event = event_of(work)
    channel = ToChannel(work.shop.places.staff_channel_id)
    is_about_others: bool = work.job.payload.get("others", False)
    if is_about_others:
        return _tell_of_others(work, event, channel)
    if event.trigger == JOB_DIED.trigger and not _standing(work, [event]):
        return "Nothing to tell: it has been tried again since."
    order = load(work) if work.job.subject_kind == ORDERS.name else None
    post(work, f"alert:{event.id}", "alert", channel, lambda: alert(order, event))
    return "Staff have been told."


def _tell_of_others(work: Work, told: Event, channel: ToChannel) -> str:
    with reading(work.shop.database) as session:
        deaths = standing(session, of_same_cause(session, told))
    if not deaths:
        return "Nothing more of that kind has happened."
    post(work, f"others:{told.id}", "alert", channel, lambda: others(told, deaths))
    return f"Staff have been told of {len(deaths)} more."


def _standing(work: Work, deaths: Sequence[Event]) -> Sequence[Event]:
    with reading(work.shop.database) as session:
        return standing(session, deaths)


@handles(job_kinds.EXPIRE_ORDER)
def expire_order(work: Work) -> str:
    """Let an unpaid order's time run out; put off where it was given more time."""
    order = load(work)
    if not order.status.row.awaits_customer or order.expires_at is None:
        return f"Nothing to expire: the order is {order.status.row.label}."
    if not opening_hours.is_awake(work.shop, clock.now(), order.id):
        raise Postpone("The shop is closed; the time is given back first.", delay=ASLEEP)
    if order.expires_at > clock.now():
        raise Postpone("The customer was given more time.", until=order.expires_at)
    try:
        orders.expire(work.shop, SYSTEM, order.id)
    except WrongState:
        # It was given more time, paid or closed in this very moment: what it is by now says what is left to do.
        if load(work).version == order.version:
            raise
        return expire_order(work)
    return "The order has expired and its units are back on sale."


@handles(job_kinds.REMIND_UNPAID)
def remind_unpaid(work: Work) -> str:
    """Remind the customer, once for each order, that it is about to expire; put off where it was given more time."""
    order = load(work)
    if not order.status.row.awaits_customer or order.expires_at is None:
        return f"Nobody to remind: the order is {order.status.row.label}."
    if not opening_hours.is_awake(work.shop, clock.now(), order.id):
        raise Postpone("The shop is closed; the time is given back first.", delay=ASLEEP)
    if order.expires_at - REMINDER_LEAD > clock.now():
        raise Postpone("The customer was given more time.", until=order.expires_at - REMINDER_LEAD)
    if order.expires_at <= clock.now():
        return "Its time is up: too late to remind anybody."
    key = f"{dm_buttons.REMINDED}:{order.id}"
    sent = post(work, key, "note", ToPerson(order.customer_id), lambda: reminder(order))
    dm_buttons.keep(work, CardKind.note, order, sent.message)
    if sent.repeated:  # staff asked for another proof since, or a worker was killed right after the send
        return "The customer was reminded before, and is reminded once for each order."
    return "The customer has been reminded."


def _held_back(work: Work, order: Order) -> HeldBack | None:
    with reading(work.shop.database) as session:
        return held_back(work.shop.terms, unpaid.ends(session, order.customer_id, clock.now()))


def _dms_closed(work: Work) -> bool:
    with reading(work.shop.database) as session:
        return dms_closed(session, work.job.subject_id)
