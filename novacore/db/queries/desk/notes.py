"""Questions about the notes of staff. Only what staff see may ask them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from novacore.db.models import StaffNote


@dataclass(frozen=True, slots=True)
class NoteHead:
    """What a card says of notes: how many there are about its order and its customer, and the newest one's words."""

    count: int
    newest: str


def head(session: Session, customer_id: int, order_id: str) -> NoteHead | None:
    """Return what the card of an order says; None if there is no note about it, or about the customer as a person."""
    found = session.execute(_HEAD, {"customer": customer_id, "order": order_id}).one_or_none()
    return NoteHead(*found) if found else None


def around_order(session: Session, customer_id: int, order_id: str, limit: int) -> Sequence[StaffNote]:
    """Return the notes about an order and about its customer as a person, the newest first."""
    rows = select(StaffNote).where(*_AROUND).order_by(StaffNote.id.desc()).limit(limit)
    return session.execute(rows, {"customer": customer_id, "order": order_id}).scalars().all()


def of_customer(session: Session, customer_id: int, *, limit: int = 3, offset: int = 0) -> Sequence[StaffNote]:
    """Return notes about a customer and any of their orders, the newest first."""
    mine = select(StaffNote).where(StaffNote.customer_id == customer_id).order_by(StaffNote.id.desc())
    return session.execute(mine.limit(limit).offset(offset)).scalars().all()


_AROUND = (
    StaffNote.customer_id == bindparam("customer"),
    or_(StaffNote.order_id.is_(None), StaffNote.order_id == bindparam("order")),
)
_HEAD = select(func.count().over(), StaffNote.text).where(*_AROUND).order_by(StaffNote.id.desc()).limit(1)
