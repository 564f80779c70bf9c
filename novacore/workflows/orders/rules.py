"""The guards and effects of the order table, one small function a rule. A guard raises a sentence."""

from datetime import UTC, datetime
from typing import Final, Protocol

from sqlalchemy import ColumnElement, bindparam, exists, select
from sqlalchemy.orm import Session

from novacore.db.models import Event, Job, Order, Person, Product, Proof, Send
from novacore.errors import BadInput, Blocked, SoldOut, WrongState
from novacore.money import format_money
from novacore.money.sale_prices import is_out
from novacore.states import JobState, OrderStatus, ProductKind, SendState
from novacore.workflows.goods.files import MoreThanAMessage
from novacore.workflows.machine import jobs
from novacore.workflows.machine.arrows import Move
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.shop import Terms
from novacore.workflows.orders.placing import limits
from novacore.workflows.orders.placing.offer import Offer
from novacore.workflows.payments import references
from novacore.workflows.stock import units

OrderMove = Move[Order]


def by_hand(order: Order) -> bool:
    """Tell whether staff do the work themselves."""
    return order.kind is ProductKind.by_hand


# ---- guards


_NOT_OFFERED: Final = "Sorry, this product is not on sale any more. Please pick another one."


def require_offered(offer: Offer) -> None:
    """Raise SoldOut for a product that was taken off sale or has not come yet, in words that don't name it."""
    if not offer.is_on_sale:
        raise SoldOut(_NOT_OFFERED)


def require_on_sale(move: OrderMove) -> None:
    """Only what is offered now can be ordered, at the price that was frozen a moment ago."""
    product = move.tx.connection.execute(_OFFERED, {"product": move.subject.product_id}).one_or_none()
    if product is None or product.is_deleted or not product.is_on_sale or not is_out(product, move.now):
        raise SoldOut(_NOT_OFFERED)
    require_quantity(move.shop.terms, product, move.subject.quantity)


class Offered(Protocol):
    """The part of a product that says how many of it one order may hold."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def max_quantity(self) -> int:
        """The most that the owner allows."""


def require_quantity(terms: Terms, product: Offered, quantity: int) -> None:
    """Raise BadInput where one order may not hold so many, or none at all."""
    most = min(product.max_quantity, terms.max_quantity)
    if quantity < 1:
        raise BadInput("Please order at least one.")
    if quantity > most:
        raise BadInput(f"You can order {most} of {product.name} at most in one order.")


def require_not_blocked(move: OrderMove) -> None:
    """A blocked person cannot order; orders that they have placed before go on."""
    until = move.tx.connection.execute(_BLOCKED, {"person": move.subject.customer_id}).scalar()
    if until and until > move.now:
        raise Blocked(blocked_sentence(until))


def blocked_sentence(until: datetime) -> str:
    """Say that someone may not order, and until when. Why is for staff alone."""
    return (
        f"You can't order here until {until.astimezone(UTC):%d %B %Y, %H:%M} UTC. Orders that you have placed already "
        "go on. Is that a mistake? Please tell our staff."
    )


def require_under_limit(move: OrderMove) -> None:
    """Open orders hold units back from others, so a person may have only so many. The person's row is locked here."""
    limits.refuse_too_many(move.tx.connection, move.shop.terms, move.subject.customer_id)


def require_not_too_quick(move: OrderMove) -> None:
    """Whoever orders and cancels all the time keeps units from others. The person's row is locked here."""
    limits.refuse_too_quick(move.tx.connection, move.shop.terms, move.subject.customer_id, move.now)


def require_late_window(move: OrderMove) -> None:
    """An expired order takes a proof for some days more; then it is over."""
    refuse_too_late(move.shop.terms, move.subject, move.now)


def refuse_too_late(terms: Terms, order: Order, now: datetime) -> None:
    """Raise WrongState for an order that expired too long ago to take a proof."""
    window = terms.late_window
    if order.status is OrderStatus.expired and order.expired_at and now > order.expired_at + window:
        raise WrongState(
            f"This order expired more than {window.days} days ago, so a proof can't be added any more. "
            "If you have paid, please tell our staff."
        )


def require_proof(move: OrderMove) -> None:
    """Another proof is asked for only after a first one. An order that was reinstated may have none."""
    if not move.tx.connection.execute(_PROVED, {"order": move.subject.id}).scalar_one():
        raise WrongState("No proof was ever sent for this order, so you can't ask for another one.")


_PROVED = select(exists().where(Proof.order_id == bindparam("order")))


def require_shown(move: OrderMove) -> None:
    """Delivered means that every unit was sent, or shown to the buyer; anything less is a bug of the caller."""
    if not move.tx.connection.execute(_SHOWN, {"order": move.subject.id}).scalar_one():
        raise WrongState("The goods of this order were neither sent nor shown yet.")


def require_no_delivery_in_flight(move: OrderMove) -> None:
    """Money goes back only when it is known whether the goods went out."""
    refuse_in_flight(move.session, move.subject.id)


CARRIES_GOODS = (JobName.deliver_order, JobName.resend_goods, JobName.send_replacement)
"""The jobs that send goods to the buyer."""


def refuse_in_flight(session: Session, order_id: str) -> None:
    """Raise WrongState while goods of the order are on their way, or may be."""
    # A send of unknown outcome has a job that will find out. Once no job lives, waiting would change nothing.
    working = exists().where(
        Job.subject_kind == "order",
        Job.subject_id == order_id,
        Job.name.in_(CARRIES_GOODS),
        Job.state.in_((JobState.queued, JobState.running)),
    )
    if session.execute(select(working)).scalar_one():
        raise WrongState("The goods of this order are on their way right now. Please try again in a minute.")


def require_all_returned(move: OrderMove) -> None:
    """A refunded order keeps no money: what came in has gone back."""
    order = move.subject
    outstanding = references.balance(move.tx, order.id)
    given = outstanding if move.given.amount_minor is None else move.given.amount_minor
    if given != outstanding:
        have = format_money(outstanding, order.currency)
        raise BadInput(
            f"{have} of this order is still with you, and a refund returns all of it. You entered "
            f"{format_money(given, order.currency)}."
        )


# ---- what guards ask, built once: building a statement costs two to four times as much as sending it

_OFFERED = select(
    *(Product.name, Product.max_quantity, Product.is_deleted, Product.is_on_sale, Product.on_sale_from)
).where(Product.id == bindparam("product"))
_BLOCKED = select(Person.blocked_until).where(Person.id == bindparam("person"))
_OF_ORDER = Send.subject_kind == "order", Send.subject_id == bindparam("order")
_SENT = exists().where(*_OF_ORDER, Send.purpose == "delivery", Send.state == SendState.sent)
_SAID = Event.subject_kind == "order", Event.subject_id == bindparam("order")
_REVEALED = exists().where(*_SAID, Event.trigger == "reveal")
_SHOWN = select(_SENT | _REVEALED)


# ---- conditions of the statement itself


def is_due(move: OrderMove) -> ColumnElement[bool]:
    """The order's time is up, by the shop's clock, in the very statement that expires it."""
    return Order.expires_at <= move.now


def require_due(move: OrderMove) -> None:
    """Say so where the time is not up yet."""
    expires_at = move.subject.expires_at
    if expires_at is None or expires_at > move.now:
        raise WrongState("This order still has time left.")


# ---- effects


def stop_clock(move: OrderMove) -> None:
    """A proof has arrived, or nobody waits for one any more: this order never expires."""
    if move.subject.expires_at is not None:
        move.changes["expires_at"] = None


def start_round(move: OrderMove) -> None:
    """Begin a new review round; cards of earlier rounds decide nothing from here on."""
    move.changes["review_round"] = move.subject.review_round + 1
    move.changes["submitted_at"] = move.now


def note_late(move: OrderMove) -> None:
    """Flag a proof that came after the expiry: the units may be sold meanwhile."""
    late = move.subject.status is OrderStatus.expired
    move.changes["is_late"] = late or move.subject.is_late
    move.changes["reason"] = None


def note_decision(move: OrderMove) -> None:
    """Remember when staff decided."""
    move.changes["decided_at"] = move.now


def note_expired(move: OrderMove) -> None:
    """Remember when the late window opened."""
    move.changes["expired_at"] = move.now
    move.changes["expires_at"] = None


def note_delivered(move: OrderMove) -> None:
    """Remember when the customer had the goods."""
    move.changes["delivered_at"] = move.now


# ---- follows


def reserve_units(move: OrderMove) -> None:
    """Take the units for a new order."""
    units.reserve(move.tx, move.subject, move.subject.quantity)


def release_units(move: OrderMove) -> None:
    """Put the units back on sale."""
    units.release(move.tx, move.subject.id)


def hold_units(move: OrderMove) -> None:
    """Reserve what a late or reinstated order lacks. Staff read what is missing when it is gone."""
    try:
        units.complete(move.tx, move.subject)
    except SoldOut as refusal:
        raise SoldOut(
            f"{refusal.sentence} This order lost its units when it expired or was closed. Restock and try again, or "
            "reject it and return the money."
        ) from None
    except MoreThanAMessage:
        raise WrongState(
            "This order lost its units when it expired or was closed, and the files that are next in stock are more "
            "than one message carries. Reject it and return the money."
        ) from None


def sell_units(move: OrderMove) -> None:
    """Sell the reserved units, after reserving what is missing."""
    hold_units(move)
    units.sell(move.tx, move.subject)


def revoke_units(move: OrderMove) -> None:
    """Take the goods of a refunded order out of the books for good."""
    units.revoke(move.tx, move.subject.id)


def call_off_expiry(move: OrderMove) -> None:
    """Withdraw the expiry timer, and the reminder before it."""
    jobs.withdraw(move.tx, (JobName.expire_order, JobName.remind_unpaid), "order", move.subject.id)


# ---- jobs


def at_expiry(move: OrderMove) -> datetime | None:
    """Due when the customer's time is up."""
    return move.subject.expires_at


def not_by_hand(move: OrderMove) -> bool:
    """Goods by hand are not delivered by a job."""
    return not by_hand(move.subject)


def is_by_hand(move: OrderMove) -> bool:
    """Whoever waits for staff's work hears that it has begun; other goods are a message of their own."""
    return by_hand(move.subject)
