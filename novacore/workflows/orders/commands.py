"""The commands on orders: one a trigger, each one transaction. Every front door calls these and nothing below them."""

import random
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from novacore import clock, ids
from novacore.db import records
from novacore.db.models import Order, Product
from novacore.db.queries.orders import amounts
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import Busy, EvidenceUsed, NotFound, PageChanged, SoldOut, WrongState
from novacore.media.proofs import ProcessedProof, inspect_header
from novacore.money import format_money, parse_money
from novacore.states import OrderStatus
from novacore.workflows.machine import loading
from novacore.workflows.machine.arrows import Given, Upload
from novacore.workflows.machine.fire import begin, fire
from novacore.workflows.machine.fire import refuse_early as refuse_at_sight
from novacore.workflows.machine.people import meet
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import contests
from novacore.workflows.orders.placing import agreeing
from novacore.workflows.orders.placing.offer import offer_of
from novacore.workflows.orders.placing.promise import require_as_shown
from novacore.workflows.orders.rules import refuse_too_late, require_offered, require_quantity
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.payments import methods, received, typed_references
from novacore.workflows.stock import units
from novacore.workflows.texts.accepting import require_accepted

_NOTHING = Given()

PLACE_TRIES = 8
"""How often a checkout is tried when other buyers hold the last units, or an order id happens to be taken."""

_FIRST_PAUSE = 0.01
"""Seconds before the second try, at most; each later pause may be twice as long, so that the last holders get done."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """What a customer chose. `key` names the checkout: pressed twice it is one order. `method` is a `Method.key`.

    `seen` is the `promise_of` the product on the page that was pressed; None on pages of older releases. `code` takes
    something off; empty for none. `terms` is the version of the shop's terms that the customer accepted.
    """

    key: str
    product_id: int
    quantity: int
    method: str
    seen: str | None = None
    code: str = ""
    terms: int | None = None


def place(shop: Shop, actor: Actor, checkout: Checkout) -> Order:
    """Place an order, or return the one that this checkout has become already.

    Raises NotFound, SoldOut, PageChanged, BadInput, LimitReached, Blocked, or Busy after several tries.
    """
    for number in range(PLACE_TRIES - 1):
        try:
            return _place_once(shop, actor, checkout)
        except (Busy, IntegrityError):
            time.sleep(random.uniform(0, _FIRST_PAUSE * 2**number))  # noqa: S311 - no secret
    return _place_once(shop, actor, checkout)


def _place_once(shop: Shop, actor: Actor, checkout: Checkout) -> Order:
    if order := _look_first(shop, actor, checkout):
        return order
    with writing(shop.database) as tx:
        meet(tx, actor)
        tx.read_clock_again()  # their limits are counted as of now, not as of before another order of theirs
        if order := _earlier(tx.connection, actor, checkout):
            return order
        order, given = _draft(shop, tx, actor, checkout)
        return begin(shop, tx, ORDERS, order, "place", actor, given)


def _look_first(shop: Shop, actor: Actor, checkout: Checkout) -> Order | None:
    """Return what this checkout has become already; None if it may go on. Raises SoldOut, PageChanged and BadInput."""
    try:
        with reading(shop.database) as session:
            if order := _earlier(session.connection(), actor, checkout):
                return order
            _refuse_early(shop, session, actor, checkout)
    except (SoldOut, PageChanged):
        # What is gone may have gone to another press of this very checkout, a moment ago.
        with reading(shop.database) as session:
            if order := _earlier(session.connection(), actor, checkout):
                return order
        raise
    return None


def _refuse_early(shop: Shop, session: Session, actor: Actor, checkout: Checkout) -> None:
    """Only a look, but a cheap one: in a rush most people come too late, and should not stand in the buyers' way."""
    if product := records.find(session.connection(), Product, checkout.product_id):
        offer = offer_of(product, clock.now())
        require_offered(offer)  # first: whatever else is said names a product that nobody may know yet
        require_quantity(shop.terms, product, checkout.quantity)
        require_accepted(session, checkout.terms)
        units.refuse_if_gone(session, product, checkout.quantity)
        agreeing.refuse_early(session, actor, offer, checkout.quantity, checkout.code)


def _earlier(connection: Connection, actor: Actor, checkout: Checkout) -> Order | None:
    order_id = connection.execute(_EARLIER, {"key": checkout.key, "customer": actor.id}).scalar_one_or_none()
    return records.find(connection, Order, order_id) if order_id else None


_EARLIER = select(Order.id).where(Order.checkout_key == bindparam("key"), Order.customer_id == bindparam("customer"))


def _draft(shop: Shop, tx: Transaction, actor: Actor, checkout: Checkout) -> tuple[Order, Given]:
    """Freeze what the customer agreed to: price, method, address, goods and warranty as they are now."""
    product = records.find(tx.connection, Product, checkout.product_id)
    method = methods.one_on_sale(shop, tx.session, checkout.method)
    if product is None or actor.id is None:
        raise NotFound("I can't find that product any more. Please open the shop again.")
    if method is None:
        raise PageChanged(methods.NOT_OFFERED)
    terms_version = require_accepted(tx.session, checkout.terms)
    agreed = offer_of(product, tx.now)
    price = agreeing.agree(tx, actor, agreed, checkout.quantity, checkout.code)
    offer = offer_of(product, tx.now)  # once more: a sale may have ended while we waited for the code
    require_as_shown(offer, checkout.seen, price, agreed.price_minor)
    order_id = ids.new_order_id(tx.now)
    order = Order(
        id=order_id,
        status=OrderStatus.new,
        version=1,
        checkout_key=checkout.key,
        customer_id=actor.id,
        quantity=checkout.quantity,
        **offer.frozen(),
        terms_version=terms_version,
        **price.frozen(),
        **methods.frozen(method, format_money(price.total_minor, product.currency), order_id),
        placed_at=tx.now,
        review_round=0,
        is_late=False,
    )
    return order, Given(discount_id=price.discount_id)


def submit_proof(
    shop: Shop, actor: Actor, order_id: str, content: bytes, reference: str, picture: ProcessedProof | None = None
) -> Order:
    """Take a proof of payment: the picture's bytes as uploaded, the transaction id, and what was made of the picture.

    Without `picture` a job makes it later, and staff see a flag where that fails.

    Raises BadInput (no picture, too large, a reference of the wrong form), EvidenceUsed (kept for staff all the same),
    WrongState (too late), NotFound.
    """
    header = inspect_header(content)
    with reading(shop.database) as session:
        order = records.find(session.connection(), Order, order_id)
    if order is None or order.customer_id != actor.id:
        raise NotFound(ORDERS.missing)
    upload = Upload(content, header.width, header.height, picture)
    normal = typed_references.read(order.paid_by, reference)
    given = Given(upload=upload, reference=normal)
    try:
        return _fire(shop, order_id, "submit_proof", actor, given)
    except EvidenceUsed:
        contests.keep(shop, actor, order_id, given)
        raise


def refuse_proof(shop: Shop, actor: Actor, order_id: str, reference: str) -> None:
    """Raise what `submit_proof` would for this order and what was typed as the reference, before a picture is fetched.

    Only a look: `submit_proof` has the last word. Raises NotFound, WrongState, BadInput, and EvidenceUsed where the
    proof would not even be kept.
    """
    order = taking_proofs(shop, actor, order_id)
    normal = typed_references.read(order.paid_by, reference)
    with reading(shop.database) as session:
        contests.refuse_again(session, order, normal)


def taking_proofs(shop: Shop, actor: Actor, order_id: str) -> Order:
    """Return an order of this person's that takes a proof now. Raises NotFound and WrongState."""
    with reading(shop.database) as session:
        order = loading.own(session, ORDERS, actor, order_id)
    _open_to(order, "submit_proof")
    refuse_too_late(shop.terms, order, clock.now())
    return order


def cancellable(shop: Shop, actor: Actor, order_id: str) -> Order:
    """Return an order of this person's that they may cancel now. Raises NotFound and WrongState; `cancel` decides."""
    with reading(shop.database) as session:
        order = loading.own(session, ORDERS, actor, order_id)
    return _open_to(order, "cancel")


def cancel_as_asked(shop: Shop, actor: Actor, order_id: str, version: int) -> Order:
    """Cancel an order of this person's that is still as it was when they were asked: `version` is what they saw.

    Raises NotFound, AlreadyDone and WrongState: another proof, a new amount or more time makes it another question.
    """
    with writing(shop.database) as tx:
        order = records.lock(tx.connection, Order, order_id)
        if order is None or order.customer_id != actor.id:
            raise NotFound(ORDERS.missing)
        if order.version != version and order.status in ORDERS.arrow("cancel").sources:
            raise WrongState("This order has changed since you were asked, so I haven't cancelled it.")
        return fire(shop, tx, ORDERS, order_id, "cancel", actor)


def _open_to(order: Order, trigger: str) -> Order:
    arrow = ORDERS.arrow(trigger)
    if order.status not in arrow.sources:
        raise WrongState(f"You can't {arrow.verb} now: it is {order.status.row.label}.")
    return order


def approve(shop: Shop, actor: Actor, order_id: str, given: Given) -> Order:
    """Accept the payment. `given.amount_minor` is what really came in, where it was not the total."""
    return _fire(shop, order_id, "approve", actor, given)


def approve_amount(
    shop: Shop, actor: Actor, order_id: str, given: Given, amount: str, again: str | None = None
) -> Order:
    """Accept a payment of another amount than the total: the ledger gets what was typed. Raises BadInput besides.

    `again` is what a person typed the second time, as they must where it is far from the price.
    """
    with reading(shop.database) as session:
        order = session.get(Order, order_id)
        asked = amounts.asked_by(session, order_id)
    # Read only for staff: what is wrong with an amount would tell anybody else that the order exists.
    if order is not None and actor.reviews:
        came_in = received.read(order, amount, asked)
        if again is not None:
            received.require_meant(order, came_in, again)
        given = replace(given, amount_minor=came_in.minor, coin_units=came_in.coin_units)
    return _fire(shop, order_id, "approve", actor, given)


def refund(shop: Shop, actor: Actor, order_id: str, given: Given, amount: str = "") -> Order:
    """Record that the owner sent the money back. `amount` is what they typed; empty means all of it."""
    with reading(shop.database) as session:
        order = session.get(Order, order_id)
    # Read only for the owner: what is wrong with an amount would tell anybody else that the order exists.
    if order is not None and amount.strip() and actor.is_owner:
        given = replace(given, amount_minor=parse_money(amount, order.currency).minor)
    return _fire(shop, order_id, "refund", actor, given)


def take(shop: Shop, actor: Actor, order_id: str, trigger: str, given: Given = _NOTHING) -> Order:
    """Take the arrow `trigger`, with nothing but what is given: what the button of any arrow does by itself."""
    return _fire(shop, order_id, trigger, actor, given)


def refuse_early(shop: Shop, actor: Actor, order_id: str, trigger: str, given: Given = _NOTHING) -> None:
    """Raise what `take` would at the sight of who asks and where the order is: before a form asks for more."""
    refuse_at_sight(shop, ORDERS, order_id, trigger, actor, given)


class Command(Protocol):
    """An arrow as a call: the order afterwards, or a refusal."""

    def __call__(self, shop: Shop, actor: Actor, order_id: str, given: Given = ...) -> Order:
        """Take the arrow."""


def _fire(shop: Shop, order_id: str, trigger: str, actor: Actor, given: Given) -> Order:
    with writing(shop.database) as tx:
        return fire(shop, tx, ORDERS, order_id, trigger, actor, given)


def _take(trigger: str, shop: Shop, actor: Actor, order_id: str, given: Given = Given()) -> Order:  # noqa: B008
    return _fire(shop, order_id, trigger, actor, given)


ask_again: Command = partial(_take, "ask_again")
reject: Command = partial(_take, "reject")
cancel: Command = partial(_take, "cancel")
reinstate: Command = partial(_take, "reinstate")
fulfil: Command = partial(_take, "fulfil")
retry_delivery: Command = partial(_take, "retry_delivery")
expire: Command = partial(_take, "expire")
delivered: Command = partial(_take, "delivered")
delivery_blocked: Command = partial(_take, "delivery_blocked")
