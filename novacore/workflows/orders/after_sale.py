"""What staff do with an order outside its state table: send the goods again, replace a faulty unit, note money.

None of it moves the state. Each is one transaction with its event and its job, and names the version of the order that
the card showed: of two presses on the same card one counts.
"""

from collections.abc import Callable
from datetime import timedelta

from novacore.db.event_kinds.kind import Detailed
from novacore.db.event_kinds.orders import RECEIVE_MONEY, REPLACE_UNIT, RESEND, RETURN_MONEY
from novacore.db.models import Order
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import BadInput, NotAllowed, NotFound, WrongState
from novacore.money import format_money, parse_money
from novacore.states import ActorKind, LedgerDirection, OrderStatus, ProductKind
from novacore.workflows.goods.files import MoreThanAMessage
from novacore.workflows.goods.masking import hidden_in
from novacore.workflows.machine import job_kinds, jobs, loading
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.job_kinds import ByEvent
from novacore.workflows.machine.jobs import JobKind, JobRequest
from novacore.workflows.machine.policy import Actor, Permission, Who, authorise
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import check_reason
from novacore.workflows.orders.rules import by_hand, refuse_in_flight
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.payments import references
from novacore.workflows.payments.references import Posting
from novacore.workflows.stock import units

_RESEND = Permission(frozenset({Who.staff}), "send these goods again")
_REPLACE = Permission(frozenset({Who.staff}), "replace a unit of this order", not_own=True)
_RETURN = Permission(frozenset({Who.owner}), "return money of this order", not_own=True)
_RECEIVE = Permission(frozenset({Who.owner}), "note a payment for this order", not_own=True)

_ASKING = {"replace_unit": _REPLACE, "return_money": _RETURN, "receive_money": _RECEIVE}
"""Those with a form, by verb."""

_OUTDATED = "Something has changed since this card was shown. Please look at the order again, and then decide."


def resend(shop: Shop, actor: Actor, order_id: str, version: int) -> Order:
    """Send the goods of a delivered order once more, as a message of its own. `version` is what the card showed.

    Raises NotFound, NotAllowed, and WrongState: not delivered, nothing to send, on their way, or pressed already.
    """
    with writing(shop.database) as tx:
        order, kind = _load(tx, _RESEND, actor, order_id, version)
        _require_delivered(order, "send again")
        refuse_in_flight(tx.session, order.id)
        _write(tx, order, actor, kind, RESEND({}), lambda by: _asked(job_kinds.RESEND_GOODS, order, by))
    return order


def replace_unit(shop: Shop, actor: Actor, order_id: str, version: int, number: str, reason: str) -> Order:
    """Give the buyer a new unit from stock for a faulty one; the job sends it.

    `number` is the faulty one's as the buyer's message counts them; it may stay empty where the order has only one.
    Staff do this within the warranty, the owner at any time. Raises BadInput, NotFound, NotAllowed, WrongState, SoldOut
    and Busy.
    """
    why = check_reason(reason, "the details of the order keep it")
    with writing(shop.database) as tx:
        order, kind = _load(tx, _REPLACE, actor, order_id, version)
        _require_delivered(order, "replace")
        if order.kind is not ProductKind.unique:
            raise WrongState("Every buyer of this product gets the same goods, so there is no unit to replace.")
        place = _place(number, order.quantity)
        overridden = _require_warranty(tx, order, kind)
        refuse_in_flight(tx.session, order.id)
        said = hidden_in(shop, tx.session, order.customer_id, why)
        faulty = units.numbered(tx.session, order.id)[place - 1]
        unit_id = _replaced(tx, order, faulty)
        what = REPLACE_UNIT(
            {"reason": said, "number": place, "unit_id": unit_id, "faulty_id": faulty, "override": overridden}
        )
        _write(tx, order, actor, kind, what, lambda event_id: _send_replacement(order, event_id, unit_id))
    return order


def _replaced(tx: Transaction, order: Order, faulty: int) -> int:
    try:
        return units.replace(tx, order, faulty)
    except MoreThanAMessage:
        raise WrongState(
            "Every file in stock is too large: with the others of this order it would be more than one message "
            "carries. Return the money for it instead."
        ) from None


def return_money(shop: Shop, actor: Actor, order_id: str, version: int, amount: str, reason: str) -> Order:
    """Note that the owner sent money back, in part or whole, from any state. `amount` empty means all that is left.

    Raises BadInput (unreadable, nothing, or more than is left), NotFound, NotAllowed, WrongState.
    """
    why = check_reason(reason, "the customer will read it")
    with writing(shop.database) as tx:
        order, kind = _load(tx, _RETURN, actor, order_id, version)
        minor = _returnable(order, references.balance(tx, order.id), amount)
        said = hidden_in(shop, tx.session, order.customer_id, why)
        what = RETURN_MONEY({"reason": said, "amount_minor": minor})
        event_id = _write(tx, order, actor, kind, what, lambda by: _asked(job_kinds.TELL_CUSTOMER, order, by))
        references.write_entry(tx, order, Posting(LedgerDirection.returned, minor, event_id, actor.id, said))
    return order


def receive_money(shop: Shop, actor: Actor, order_id: str, version: int, amount: str, reason: str) -> Order:
    """Note money that came in on top of an approval: paid twice, or for an order that will not be approved.

    It is there to be returned then. Raises BadInput, NotFound, NotAllowed, WrongState.
    """
    why = check_reason(reason, "the details of the order keep it")
    with writing(shop.database) as tx:
        order, kind = _load(tx, _RECEIVE, actor, order_id, version)
        minor = _some(amount, order.currency)
        said = hidden_in(shop, tx.session, order.customer_id, why)
        event_id = _write(tx, order, actor, kind, RECEIVE_MONEY({"reason": said, "amount_minor": minor}))
        references.write_entry(tx, order, Posting(LedgerDirection.received, minor, event_id, actor.id, said))
    return order


def refuse_early(shop: Shop, actor: Actor, order_id: str, verb: str, version: int) -> None:
    """Raise what the command would at the sight of who asks and what the card showed: before a form asks for more.

    Raises KeyError for a verb that is none of these: a bug, not an input.
    """
    with reading(shop.database) as session:
        order = session.get(Order, order_id)
    if order is None:
        raise NotFound(ORDERS.missing)
    authorise(_ASKING[verb], actor, order.customer_id)
    if order.version != version:
        raise WrongState(_OUTDATED)


def _load(tx: Transaction, what: Permission, actor: Actor, order_id: str, version: int) -> tuple[Order, ActorKind]:
    order, kind = loading.locked(tx, ORDERS, what, actor, order_id)
    if order.version != version:
        raise WrongState(_OUTDATED)
    return order, kind


def _write(
    tx: Transaction,
    order: Order,
    actor: Actor,
    kind: ActorKind,
    what: Detailed,
    follow: Callable[[int], JobRequest] | None = None,
) -> int:
    """Record it, move the version on, and queue what follows; return the event's id."""
    order.version += 1
    tx.session.flush()
    event_id = record(tx, NewEvent(ORDERS.name, order.id, what, actor, kind))
    wanted = [follow(event_id)] if follow else []
    jobs.enqueue(tx, [job_kinds.REFRESH_CARDS.about(ORDERS.name, order.id), *wanted], event_id=event_id)
    return event_id


def _asked(what: JobKind[ByEvent], order: Order, event_id: int) -> JobRequest:
    return what.about(ORDERS.name, order.id, {"event_id": event_id})


def _send_replacement(order: Order, event_id: int, unit_id: int) -> JobRequest:
    return job_kinds.SEND_REPLACEMENT.about(ORDERS.name, order.id, {"event_id": event_id, "unit_id": unit_id})


def _require_delivered(order: Order, verb: str) -> None:
    if by_hand(order):
        raise WrongState(f"Staff did this one by hand, so there is nothing to {verb}.")
    if order.status is OrderStatus.delivery_blocked:
        raise WrongState("These goods were never sent. Press **Try the delivery again** instead.")
    if order.status is not OrderStatus.delivered:
        raise WrongState(f"There is nothing to {verb}: this order is {order.status.row.label}.")


def _place(number: str, quantity: int) -> int:
    bare = number.strip() or ("1" if quantity == 1 else "")
    if not (bare.isascii() and bare.isdigit()) or not 1 <= int(bare[:6]) <= quantity:
        raise BadInput(
            f"Which one is faulty? This order has {quantity}. Please type its number, from 1 to {quantity}, as it "
            "stands in the customer's message."
        )
    return int(bare)


def _require_warranty(tx: Transaction, order: Order, kind: ActorKind) -> bool:
    """Tell whether the owner overrides the warranty; staff may not."""
    if order.delivered_at is not None and tx.now <= order.delivered_at + timedelta(days=order.warranty_days):
        return False
    if kind is ActorKind.owner:
        return True
    had = f"was {order.warranty_days} days and is over" if order.warranty_days else "is none"
    raise NotAllowed(f"The warranty of this order {had}. Only the owner can replace a unit all the same.")


def _returnable(order: Order, balance: int, amount: str) -> int:
    have = format_money(balance, order.currency)
    if balance <= 0:
        raise WrongState(
            "No money of this order is with you by the books: none was noted as received, or all of it went back. Did "
            "some come in? Note that payment first."
        )
    minor = _some(amount, order.currency) if amount.strip() else balance
    if minor > balance:
        raise BadInput(f"Only {have} of this order is still with you. Please enter that or less.")
    return minor


def _some(amount: str, currency: str) -> int:
    minor = parse_money(amount, currency).minor
    if minor < 1:
        raise BadInput("Please enter an amount above zero.")
    return minor
