"""Notes of staff about customers and their orders, which nobody else ever reads.

Whoever wrote one, or the owner, may take it away again. Codes in it are hidden as in every text that is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, delete, exists, insert, or_, select, update

from novacore.db.event_kinds.kind import Detailed
from novacore.db.event_kinds.orders import ADD_NOTE, REMOVE_NOTE
from novacore.db.models import Card, Order, Person, StaffNote
from novacore.db.models.notes import MOST_NOTES, NOTE_LIMIT
from novacore.db.queries.desk import notes
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.errors import AlreadyDone, BadInput, LimitReached, NotAllowed, NotFound
from novacore.ids import parse_order_id
from novacore.states import ActorKind, OrderStatus
from novacore.workflows.goods.masking import hidden_in
from novacore.workflows.machine import job_kinds, jobs, policy
from novacore.workflows.machine.cards import CardKind
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.people import SUBJECT, meet
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import check_words
from novacore.workflows.orders.table import ORDERS

_WRITE: Final = "write notes"
_MOST_CARDS: Final = 25
"""Review cards that a note about a person appears on at once."""

_MOST_OLD_CARDS: Final = 200
"""Those that one disappears from, the newest orders first: an older card lost it when its order was decided."""

GONE: Final = "That note was removed already."


@dataclass(frozen=True, slots=True)
class NotesPage:
    """A page of the notes about someone: how many there are in all, and whether the person is known at all."""

    person_id: int
    name: str
    total: int
    notes: Sequence[StaffNote]


def add_to_person(shop: Shop, actor: Actor, target: Actor, text: str) -> int:
    """Keep a note about a person, who may never have ordered, and return its number.

    Raises NotAllowed, BadInput and LimitReached.
    """
    policy.require_staff(actor, _WRITE)
    words = _checked(text)
    if target.id is None:
        raise BadInput("Please say who the note is about.")
    with writing(shop.database) as tx:
        meet(tx, target)
        return _add(shop, tx, actor, target.id, None, words)


def add_to_order(shop: Shop, actor: Actor, order_id: str, text: str) -> int:
    """Keep a note about an order, and return its number. Raises NotAllowed, NotFound, BadInput and LimitReached."""
    policy.require_staff(actor, _WRITE)
    words = _checked(text)
    with writing(shop.database) as tx:
        order = tx.session.get(Order, parse_order_id(order_id) or "")
        if order is None:
            raise NotFound(ORDERS.missing)
        return _add(shop, tx, actor, order.customer_id, order.id, words)


def _checked(text: str) -> str:
    return check_words(text, NOTE_LIMIT, "note", "Please write something; only staff will read it.")


def _add(shop: Shop, tx: Transaction, actor: Actor, customer_id: int, order_id: str | None, words: str) -> int:
    _count(tx, customer_id)
    row = {
        "customer_id": customer_id,
        "order_id": order_id,
        "text": hidden_in(shop, tx.session, customer_id, words),
        "author_id": actor.id or 0,
        "author_name": actor.name[:100],
        "at": tx.now,
    }
    note_id = int(tx.session.execute(insert(StaffNote).values(**row).returning(StaffNote.id)).scalar_one())
    _tell(tx, actor, customer_id, order_id, ADD_NOTE({"note_id": note_id}))
    return note_id


def _count(tx: Transaction, customer_id: int) -> None:
    """Count one more, under the lock of the person's row. Raises LimitReached."""
    room = update(Person).where(Person.id == customer_id, Person.note_count < MOST_NOTES)
    if tx.connection.execute(room.values(note_count=Person.note_count + 1)).rowcount != 1:
        raise LimitReached(f"There are {MOST_NOTES} notes about this customer already. Please remove one first.")


def _tell(tx: Transaction, actor: Actor, customer_id: int, order_id: str | None, what: Detailed) -> None:
    """Record it, without the note's words, and have the cards show it that staff decide by now, or leave it out."""
    kind = ActorKind.owner if actor.is_owner else ActorKind.staff
    subject = (ORDERS.name, order_id) if order_id else (SUBJECT, str(customer_id))
    record(tx, NewEvent(*subject, what, actor, kind))
    cards = tx.session.execute(_cards(customer_id, order_id, what)).scalars().all()
    jobs.enqueue(tx, [job_kinds.REFRESH_CARDS.about(ORDERS.name, one) for one in cards])


def _cards(customer_id: int, order_id: str | None, what: Detailed) -> Select[str]:
    """Return the orders whose cards are to be looked at: of a note that is removed every one that may show it."""
    theirs = select(Order.id).where(Order.customer_id == customer_id).order_by(Order.id)
    waiting = Order.status.in_(OrderStatus.those(lambda row: row.may_be_approved))
    if order_id:
        theirs = theirs.where(Order.id == order_id)
    if what.trigger == REMOVE_NOTE.trigger:
        remembered = exists().where(Card.kind == CardKind.review, Card.subject_id == Order.id)
        newest = theirs.order_by(None).order_by(Order.placed_at.desc())
        return newest.where(or_(waiting, remembered)).limit(_MOST_OLD_CARDS)
    return theirs.where(waiting).limit(_MOST_CARDS)


def load(shop: Shop, actor: Actor, note_id: int) -> StaffNote:
    """Return a note that the actor may remove. Raises NotAllowed, and AlreadyDone for one that is gone."""
    policy.require_staff(actor, "read notes")
    with reading(shop.database) as session:
        note = session.get(StaffNote, note_id)
    return _theirs(actor, note)


def remove(shop: Shop, actor: Actor, note_id: int) -> int:
    """Take a note away for good, and return whom it was about. Raises NotAllowed and AlreadyDone."""
    policy.require_staff(actor, "remove notes")
    with writing(shop.database) as tx:
        locked = select(StaffNote).where(StaffNote.id == note_id).with_for_update()
        note = _theirs(actor, tx.session.execute(locked).scalar_one_or_none())
        customer_id, order_id = note.customer_id, note.order_id
        tx.session.execute(delete(StaffNote).where(StaffNote.id == note_id))
        fewer = update(Person).where(Person.id == customer_id).values(note_count=Person.note_count - 1)
        tx.connection.execute(fewer)
        _tell(tx, actor, customer_id, order_id, REMOVE_NOTE({"note_id": note_id}))
    return customer_id


def may_remove(actor: Actor, note: StaffNote) -> bool:
    """Tell whether this person may take a note away: its writer, and the owner."""
    return actor.is_owner or (actor.decides and note.author_id == actor.id)


def _theirs(actor: Actor, note: StaffNote | None) -> StaffNote:
    if note is None:
        raise AlreadyDone(GONE)
    if not may_remove(actor, note):
        raise NotAllowed("Only whoever wrote a note can remove it, or the owner.")
    return note


def listed(shop: Shop, actor: Actor, person_id: int, *, limit: int, offset: int) -> NotesPage:
    """Return a page of the notes about a person and their orders, the newest first. Raises NotAllowed."""
    policy.require_staff(actor, "read notes")
    with reading(shop.database) as session:
        person = session.get(Person, person_id)
        found = notes.of_customer(session, person_id, limit=limit, offset=offset) if person else ()
    return NotesPage(person_id, person.name if person else "", person.note_count if person else 0, found)
