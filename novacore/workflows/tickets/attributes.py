"""What changes a ticket without moving it: claim, release, transfer, priority, linked order, wish to close, rating.

Each is a command with its event, and the ticket's card follows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from novacore.db.event_kinds import tickets as kinds
from novacore.db.event_kinds.kind import Detailed
from novacore.db.models import Ticket
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import AlreadyDone, BadInput, LimitReached, NotAllowed, NotFound, WrongState
from novacore.states import ActorKind, TicketPriority, TicketStatus
from novacore.workflows.goods import masking
from novacore.workflows.machine import job_kinds, jobs, loading
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import SYSTEM, Actor, Permission, Who, authorise
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import check_comment, read_stars
from novacore.workflows.tickets.commands import own_order
from novacore.workflows.tickets.table import TICKETS

_STAFF = frozenset({Who.staff, Who.owner})
CLAIM = Permission(_STAFF, "claim this ticket")
RELEASE = Permission(_STAFF, "release this ticket")
TRANSFER = Permission(_STAFF, "reassign this ticket")
PRIORITY = Permission(_STAFF, "set the priority of this ticket")
LINK = Permission(_STAFF | {Who.buyer}, "link an order to this ticket")
ASK_CLOSE = Permission(frozenset({Who.buyer}), "ask for this ticket to be closed")
RATE = Permission(frozenset({Who.buyer}), "rate this ticket")


_WITH_A_FORM = {"transfer": TRANSFER, "priority": PRIORITY, "link_order": LINK, "rate": RATE}


def refuse_early(shop: Shop, actor: Actor, ticket_id: str, verb: str) -> None:
    """Raise what the command would at the sight of who asks and where the ticket is: before a form asks for more.

    Raises KeyError for a verb without a form: a bug, not an input.
    """
    what = _WITH_A_FORM[verb]
    with reading(shop.database) as session:
        ticket = session.get(Ticket, ticket_id)
    if ticket is None:
        raise NotFound(TICKETS.missing)
    authorise(what, actor, ticket.customer_id, noun=TICKETS.name, missing=TICKETS.missing)
    if what is RATE:
        _require_ratable(ticket)
    else:
        _require_open(ticket, what)


def claim(shop: Shop, actor: Actor, ticket_id: str) -> Ticket:
    """Take care of a ticket oneself. Raises AlreadyDone naming whoever does so already."""
    with _changing(shop, actor, ticket_id, CLAIM) as change:
        _require_open(change.ticket, CLAIM)
        if change.ticket.claimed_by is not None:
            who = "You have" if change.ticket.claimed_by == actor.id else f"{change.ticket.claimed_name} has"
            raise AlreadyDone(f"{who} claimed this ticket already.")
        change.what = kinds.CLAIM({"to_id": _give(change, actor), "round": change.ticket.round})
    return change.ticket


def release(shop: Shop, actor: Actor, ticket_id: str) -> Ticket:
    """Let go of a ticket: anybody on the staff may, should a colleague be away. Raises WrongState if nobody has it."""
    with _changing(shop, actor, ticket_id, RELEASE) as change:
        _require_open(change.ticket, RELEASE)
        if change.ticket.claimed_by is None:
            raise WrongState("Nobody has claimed this ticket.")
        change.what = kinds.RELEASE({"from_id": change.ticket.claimed_by, "round": change.ticket.round})
        change.ticket.claimed_by = change.ticket.claimed_name = None
    return change.ticket


def transfer(shop: Shop, actor: Actor, ticket_id: str, to: Actor) -> Ticket:
    """Hand a ticket on to someone on the staff. Raises BadInput for anybody else, AlreadyDone if they have it."""
    with _changing(shop, actor, ticket_id, TRANSFER) as change:
        _require_open(change.ticket, TRANSFER)
        if not to.decides or to.id is None:
            raise BadInput("A ticket can be handed on to staff only.")
        if change.ticket.claimed_by == to.id:
            raise AlreadyDone(f"{change.ticket.claimed_name} has this ticket already.")
        before = change.ticket.claimed_by
        change.what = kinds.TRANSFER({"from_id": before, "to_id": _give(change, to), "round": change.ticket.round})
    return change.ticket


def set_priority(shop: Shop, actor: Actor, ticket_id: str, priority_text: str) -> Ticket:
    """Say how urgent a ticket is. Raises BadInput for a word that is no priority."""
    if priority_text not in {*TicketPriority}:
        raise BadInput(f"Please choose one of: {', '.join(TicketPriority)}.")
    with _changing(shop, actor, ticket_id, PRIORITY) as change:
        _require_open(change.ticket, PRIORITY)
        if change.ticket.priority == priority_text:
            raise AlreadyDone(f"Already done: the priority is {priority_text}.")
        change.ticket.priority = TicketPriority(priority_text)
        change.what = kinds.PRIORITY({"priority": priority_text, "round": change.ticket.round})
    return change.ticket


def link_order(shop: Shop, actor: Actor, ticket_id: str, order_text: str) -> Ticket:
    """Say which order a ticket is about: one of its customer's. Raises BadInput, NotFound, LimitReached."""
    try:
        with _changing(shop, actor, ticket_id, LINK) as change:
            _require_open(change.ticket, LINK)
            order_id = own_order(change.tx, change.ticket.customer_id, order_text, required=True)
            if order_id == change.ticket.order_id:
                raise AlreadyDone("Already done: the ticket is about this order.")
            change.ticket.order_id, change.ticket.order_key = order_id, order_id or ""
            change.what = kinds.LINK_ORDER({"order_id": order_id, "round": change.ticket.round})
    except IntegrityError:
        raise LimitReached("There is another open ticket of this kind about that order.") from None
    return change.ticket


def ask_close(shop: Shop, actor: Actor, ticket_id: str) -> Ticket:
    """The customer says that the ticket may be closed; staff close it. Raises AlreadyDone the second time."""
    with _changing(shop, actor, ticket_id, ASK_CLOSE) as change:
        if not change.ticket.status.row.is_talking:
            raise WrongState(f"This ticket can't be closed now: it is {change.ticket.status.row.label}.")
        if change.ticket.asked_close_at is not None:
            raise AlreadyDone("Our staff know that this ticket may be closed.")
        change.ticket.asked_close_at = change.tx.now
        change.what = kinds.ASK_CLOSE({"round": change.ticket.round})
    return change.ticket


def rate(shop: Shop, actor: Actor, ticket_id: str, rating_text: str, comment: str) -> Ticket:
    """Keep what the customer thought of a closed ticket, once. Raises BadInput, WrongState, AlreadyDone."""
    stars, words = read_stars(rating_text), check_comment(comment)
    with _changing(shop, actor, ticket_id, RATE) as change:
        _require_ratable(change.ticket)
        (comment,) = masking.hidden(shop, change.tx.session, change.ticket.customer_id, [words])
        change.ticket.rating, change.ticket.comment, change.ticket.rated_at = stars, comment or None, change.tx.now
        change.what = kinds.RATE({"rating": stars, "round": change.ticket.round})
    return change.ticket


def _require_ratable(ticket: Ticket) -> None:
    if ticket.rated_at is not None:
        raise AlreadyDone("You have rated this ticket already. Thank you!")
    if ticket.status is not TicketStatus.closed:
        raise WrongState(f"A ticket is rated once it is closed; this one is {ticket.status.row.label}.")


@dataclass(slots=True)
class _Change:
    """One change under way: write to the ticket, and say in `what` what the event should tell."""

    tx: Transaction
    ticket: Ticket
    kind: ActorKind
    what: Detailed = field(init=False)


@contextmanager
def _changing(shop: Shop, actor: Actor, ticket_id: str, may: Permission) -> Iterator[_Change]:
    """Lock the ticket and authorise; at the end write, record and refresh its card."""
    with writing(shop.database) as tx:
        ticket, kind = loading.locked(tx, TICKETS, may, actor, ticket_id)
        change = _Change(tx, ticket, kind)
        yield change
        ticket.version += 1
        tx.session.flush()
        event_id = record(tx, NewEvent(TICKETS.name, ticket.id, change.what, actor, kind))
        jobs.enqueue(tx, [job_kinds.REFRESH_TICKET.about(TICKETS.name, ticket.id)], event_id=event_id)


def _require_open(ticket: Ticket, what: Permission) -> None:
    if not ticket.status.row.is_open:
        raise WrongState(f"You can't {what.verb} now: it is {ticket.status.row.label}.")


def _give(change: _Change, to: Actor) -> int:
    if to.id is None:
        raise NotAllowed("Only staff can take care of a ticket.")
    change.ticket.claimed_by, change.ticket.claimed_name = to.id, to.name[:100]
    return to.id


def note_warned(shop: Shop, ticket_id: str, staff_reply_at: datetime | None) -> bool:
    """Note that the customer was reminded; from then on they have as long as between reminder and end.

    False where someone has replied since `staff_reply_at`, and the ticket is not about to close any more.
    """
    with writing(shop.database) as tx:
        ticket = tx.session.execute(
            select(Ticket).where(Ticket.id == ticket_id).with_for_update(key_share=True)
        ).scalar_one()
        waits = ticket.status is TicketStatus.awaiting_customer and ticket.closes_at is not None
        if not waits or ticket.staff_reply_at != staff_reply_at or ticket.warned_at is not None:
            return False
        left = shop.terms.ticket_close - shop.terms.ticket_idle
        ticket.warned_at, ticket.closes_at = tx.now, max(ticket.closes_at or tx.now, tx.now + left)
        ticket.version += 1
        tx.session.flush()
        what = NewEvent(TICKETS.name, ticket.id, kinds.WARN({"round": ticket.round}), SYSTEM, ActorKind.system)
        jobs.enqueue(tx, [job_kinds.REFRESH_TICKET.about(TICKETS.name, ticket.id)], event_id=record(tx, what))
    return True
