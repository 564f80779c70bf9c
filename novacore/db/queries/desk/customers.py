"""Questions about one customer: what they ordered, paid, asked and said. Sums are made by the database, lists paged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from novacore.db.models import ContestedProof, LedgerEntry, Order, Person, StaffNote, Ticket, Vouch
from novacore.db.queries.desk import notes
from novacore.db.queries.orders.vouches import Stars
from novacore.states import OPEN_TICKET_STATUSES, LedgerDirection, OrderStatus

NEWEST_SHOWN: Final = 3
"""Orders, and notes, on the page about a customer; their lists have all."""


@dataclass(frozen=True, slots=True)
class Paid:
    """What came in and what went back in one currency, in minor units."""

    currency: str
    received: int
    returned: int


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What the page about a customer shows."""

    person: Person
    orders: Mapping[OrderStatus, int]
    first_order_at: datetime | None
    newest: Sequence[Order]
    paid: Sequence[Paid]
    tickets: int
    tickets_open: int
    vouches: Stars
    """Hidden ones left out."""
    vouches_hidden: int
    notes: Sequence[StaffNote]
    late: int
    """Orders that staff have to check and whose proof came after they had expired."""
    refused: int
    """Proofs that were refused, because their payment had counted for another order."""
    to_decide: Sequence[str]
    """The newest orders that staff decide on."""

    @property
    def orders_placed(self) -> int:
        """How many orders there are in all."""
        return sum(self.orders.values())


def facts(session: Session, customer_id: int) -> CustomerFacts | None:
    """Gather what the page about a customer shows; None for a person whom the shop has never met."""
    person = session.get(Person, customer_id)
    if person is None:
        return None
    orders = _by_state(session, customer_id)
    tickets, tickets_open = _tickets(session, customer_id)
    shown, hidden = _vouches(session, customer_id)
    return CustomerFacts(
        person=person,
        orders=orders,
        first_order_at=session.execute(select(func.min(Order.placed_at)).where(_mine(customer_id))).scalar_one(),
        newest=_newest(session, customer_id) if orders else (),
        paid=_paid(session, customer_id) if orders else (),
        tickets=tickets,
        tickets_open=tickets_open,
        vouches=shown,
        vouches_hidden=hidden,
        notes=notes.of_customer(session, customer_id, limit=NEWEST_SHOWN) if person.note_count else (),
        late=_late(session, customer_id),
        refused=session.execute(select(func.count()).where(ContestedProof.customer_id == customer_id)).scalar_one(),
        to_decide=_to_decide(session, customer_id),
    )


def _mine(customer_id: int) -> ColumnElement[bool]:
    return Order.customer_id == customer_id


def _by_state(session: Session, customer_id: int) -> dict[OrderStatus, int]:
    rows = select(Order.status, func.count()).where(_mine(customer_id)).group_by(Order.status)
    counts = {status: count for status, count in session.execute(rows)}  # noqa: C416 - typed
    return {status: counts[status] for status in OrderStatus if status in counts}


def _newest(session: Session, customer_id: int) -> Sequence[Order]:
    rows = select(Order).where(_mine(customer_id)).order_by(Order.placed_at.desc(), Order.id).limit(NEWEST_SHOWN)
    return session.execute(rows).scalars().all()


def _paid(session: Session, customer_id: int) -> list[Paid]:
    sums = (
        select(LedgerEntry.currency, LedgerEntry.direction, func.sum(LedgerEntry.amount_minor))
        .join(Order, Order.id == LedgerEntry.order_id)
        .where(_mine(customer_id))
        .group_by(LedgerEntry.currency, LedgerEntry.direction)
    )
    found = {(currency, direction): int(minor) for currency, direction, minor in session.execute(sums)}
    moved = LedgerDirection.received, LedgerDirection.returned
    return [
        Paid(currency, *(found.get((currency, direction), 0) for direction in moved))
        for currency in sorted({currency for currency, _ in found})
    ]


def _tickets(session: Session, customer_id: int) -> tuple[int, int]:
    rows = select(Ticket.status, func.count()).where(Ticket.customer_id == customer_id).group_by(Ticket.status)
    counts = session.execute(rows).all()
    return sum(row[1] for row in counts), sum(row[1] for row in counts if row[0] in OPEN_TICKET_STATUSES)


def _vouches(session: Session, customer_id: int) -> tuple[Stars, int]:
    """Return what they gave in public, and how many of their vouches staff have taken down."""
    hidden = Vouch.hidden_at.is_not(None)
    rows = select(hidden, func.count(), func.sum(Vouch.rating)).where(Vouch.customer_id == customer_id).group_by(hidden)
    found = {bool(is_hidden): (int(count), int(stars)) for is_hidden, count, stars in session.execute(rows)}
    return Stars(*found.get(False, (0, 0))), found.get(True, (0, 0))[0]


def _late(session: Session, customer_id: int) -> int:
    waiting = Order.status.in_(OrderStatus.those(lambda row: row.is_to_check))
    return session.execute(select(func.count()).where(_mine(customer_id), waiting, Order.is_late)).scalar_one()


def _to_decide(session: Session, customer_id: int) -> Sequence[str]:
    waiting = Order.status.in_(OrderStatus.those(lambda row: row.may_be_approved))
    rows = select(Order.id).where(_mine(customer_id), waiting).order_by(Order.placed_at.desc(), Order.id)
    return session.execute(rows.limit(NEWEST_SHOWN)).scalars().all()


def tickets_of(session: Session, customer_id: int, *, limit: int, offset: int) -> tuple[int, Sequence[Ticket]]:
    """Return how many tickets a customer has opened, and a page of them, the newest first."""
    mine = Ticket.customer_id == customer_id
    total = session.execute(select(func.count()).where(mine)).scalar_one()
    page = select(Ticket).where(mine).order_by(Ticket.opened_at.desc(), Ticket.id).limit(limit).offset(offset)
    return total, session.execute(page).scalars().all()


@dataclass(frozen=True, slots=True)
class OwnVouch:
    """A vouch with the product that it is about."""

    vouch: Vouch
    product_name: str


def vouches_of(session: Session, customer_id: int, *, limit: int, offset: int) -> tuple[int, Sequence[OwnVouch]]:
    """Return how many vouches a customer has written, hidden ones too, and a page of them, the newest first."""
    mine = Vouch.customer_id == customer_id
    total = session.execute(select(func.count()).where(mine)).scalar_one()
    page = select(Vouch, Order.product_name).join(Order, Order.id == Vouch.order_id).where(mine)
    found = session.execute(page.order_by(Vouch.written_at.desc(), Vouch.order_id).limit(limit).offset(offset))
    return total, [OwnVouch(vouch, name) for vouch, name in found]
