"""The commands on tickets that move them: `take` for any trigger, or by its name; each is one transaction.

What changes a ticket without moving it is in `attributes`, what is said in its channel in `conversation`.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from novacore import clock, ids
from novacore.db.models import Order, ShopFact, Ticket
from novacore.db.models.tickets import DESCRIPTION_LIMIT, SUBJECT_LIMIT
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import BadInput, LimitReached, NotAllowed, NotFound, WrongState
from novacore.states import TicketKind, TicketPriority, TicketStatus
from novacore.workflows.goods import masking
from novacore.workflows.machine import facts
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.fire import begin, fire
from novacore.workflows.machine.fire import refuse_early as refuse_at_sight
from novacore.workflows.machine.people import meet
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import check_words
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.tickets import turns
from novacore.workflows.tickets.table import TICKETS

NEEDS_ORDER = frozenset({TicketKind.product_issue, TicketKind.refund_request})
"""Kinds that are about an order of the customer's; for the others one may be named."""

LAST_NUMBER = "ticket_number"
"""The fact under which the newest ticket's number is kept."""


@dataclass(frozen=True, slots=True)
class TicketForm:
    """What a customer wrote into the form; `order_text` as they typed it, empty for none."""

    kind: TicketKind
    subject: str
    description: str
    order_text: str = ""


def open_ticket(shop: Shop, actor: Actor, draft: TicketForm) -> Ticket:
    """Open a ticket; its channel follows in a moment.

    Raises BadInput, NotFound for an order that is missing or a stranger's, LimitReached with a pointer to the open
    ticket about the same, or for one opened a moment ago.
    """
    subject = _words(draft.subject, SUBJECT_LIMIT, "subject")
    description = _words(draft.description, DESCRIPTION_LIMIT, "description")
    if actor.id is None:
        raise NotAllowed("Only a customer can open a ticket.")
    with reading(shop.database) as session:  # cards, lists and the staff's channel show both
        subject, description = masking.hidden(shop, session, actor.id, [subject, description])
    with writing(shop.database) as tx:
        meet(tx, actor)
        order_id = own_order(tx, actor.id, draft.order_text, required=draft.kind in NEEDS_ORDER)
        number = _next_number(tx)
        ticket = Ticket(
            id=ticket_id(number),
            number=number,
            status=TicketStatus.new,
            version=1,
            round=1,
            customer_id=actor.id,
            kind=draft.kind,
            order_id=order_id,
            order_key=order_id or "",
            subject=subject,
            description=description,
            priority=TicketPriority.normal,
            opened_at=tx.now,
        )
        return begin(shop, tx, TICKETS, ticket, "open_ticket", actor)


def ticket_id(number: int) -> str:
    """Return the id of the ticket with this number."""
    return f"T-{number:06d}"


def own_order(tx: Transaction, customer_id: int, text: str, *, required: bool) -> str | None:
    """Return the id of the customer's order that `text` names, or None for no text where none is required.

    Raises BadInput, and NotFound for an order that is missing or a stranger's: the two read alike.
    """
    if not text.strip():
        if required:
            raise BadInput("Please give the id of the order that this is about. `/orders` shows your orders.")
        return None
    return _known_own(tx.session, customer_id, text)


def _known_own(session: Session, customer_id: int, text: str) -> str:
    order_id = ids.parse_order_id(text)
    mine = select(Order.id).where(Order.id == order_id, Order.customer_id == customer_id)
    if order_id is None or session.execute(mine).scalar_one_or_none() is None:
        raise NotFound(ORDERS.missing)
    return order_id


def refuse_opening(shop: Shop, actor: Actor, kind: TicketKind, about: str = "") -> None:
    """Raise what speaks against a new ticket, about an order where one is named. A look: `open_ticket` decides.

    Raises NotFound as `open_ticket` does, and LimitReached.
    """
    customer_id = actor.id or 0
    with reading(shop.database) as session:
        order_key = _known_own(session, customer_id, about) if about else ""
        if about or not (kind in NEEDS_ORDER or _has_orders(session, customer_id)):
            turns.refuse_repeat(session, Ticket(id="", customer_id=customer_id, kind=kind, order_key=order_key))
        turns.refuse_too_soon(session, shop.terms, customer_id, clock.now())
        turns.refuse_pause(session, customer_id, clock.now())


def _has_orders(session: Session, customer_id: int) -> bool:
    """Tell whether they may name an order in the form, which makes it a ticket about something else."""
    return bool(session.execute(select(exists().where(Order.customer_id == customer_id))).scalar_one())


def _words(text: str, limit: int, what: str) -> str:
    return check_words(text, limit, what, f"Please write a {what}, so that our staff know what it is about.")


def _next_number(tx: Transaction) -> int:
    # The locked row keeps two tickets of one moment from having one number, and leaves no gaps.
    number = int(facts.locked(tx, LAST_NUMBER, {"last": 0}).value["last"]) + 1
    changed = update(ShopFact).where(ShopFact.name == LAST_NUMBER).values(value={"last": number}, at=tx.now)
    tx.session.execute(changed.execution_options(synchronize_session=False))
    return number


def reopen(shop: Shop, actor: Actor, ticket_id: str, given: Given = Given()) -> Ticket:  # noqa: B008
    """Take up a closed ticket again, in a new channel. Raises as `fire` does, and LimitReached for one open already."""
    try:
        return _take("reopen", shop, actor, ticket_id, given)
    except IntegrityError:
        # Another one about the same was opened in this very moment.
        raise LimitReached("There is an open ticket about this already. Please write there.") from None


def take(shop: Shop, actor: Actor, ticket_id: str, trigger: str, given: Given = Given()) -> Ticket:  # noqa: B008
    """Take the arrow `trigger`, with nothing but what is given: what the button of any arrow does by itself."""
    return _take(trigger, shop, actor, ticket_id, given)


def refuse_early(shop: Shop, actor: Actor, ticket_id: str, trigger: str) -> None:
    """Raise what `take` would at the sight of who asks and where the ticket is: before a form asks for more."""
    refuse_at_sight(shop, TICKETS, ticket_id, trigger, actor)


class Command(Protocol):
    """An arrow as a call: the ticket afterwards, or a refusal."""

    def __call__(self, shop: Shop, actor: Actor, ticket_id: str, given: Given = ...) -> Ticket:
        """Take the arrow."""


def _take(trigger: str, shop: Shop, actor: Actor, ticket_id: str, given: Given = Given()) -> Ticket:  # noqa: B008
    with writing(shop.database) as tx:
        return fire(shop, tx, TICKETS, ticket_id, trigger, actor, given)


channel_ready: Command = partial(_take, "channel_ready")
channel_failed: Command = partial(_take, "channel_failed")
staff_replied: Command = partial(_take, "staff_replied")
customer_replied: Command = partial(_take, "customer_replied")
close: Command = partial(_take, "close")
idle_close: Command = partial(_take, "idle_close")
archived: Command = partial(_take, "archived")
archive_failed: Command = partial(_take, "archive_failed")
channel_lost: Command = partial(_take, "channel_lost")
customer_left: Command = partial(_take, "customer_left")


def fire_if_it_fits(shop: Shop, ticket: Ticket, trigger: str, given: Given = Given()) -> Ticket | None:  # noqa: B008
    """Take an arrow of the system's, or None if the ticket has moved on meanwhile and the arrow fits no more.

    What was seen of one round is never said of the next: the old channel goes while a new one is being made.
    """
    try:
        with writing(shop.database) as tx:
            return fire(shop, tx, TICKETS, ticket.id, trigger, SYSTEM, replace(given, round=ticket.round))
    except WrongState:
        return None
