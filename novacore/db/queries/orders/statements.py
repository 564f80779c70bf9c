"""Which orders the payments of a statement may be for: a few statements to the database, however many rows it has."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import Session

from novacore.db.models import AmountClaim, Card, ContestedProof, EvidenceClaim, Order, Proof
from novacore.states import OrderStatus, ProductKind

CHUNK: Final = 2_000
"""Values in one statement."""

MOST_CLOSED: Final = 2_000
"""Orders that have ended and asked for one of some amounts: the newest are looked at, of a shop with a single price."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An order, as far as a payment is held against it."""

    id: str
    status: OrderStatus
    method: str
    pay_network: str
    """On which it is to be paid; empty for orders of long ago."""
    customer_id: int
    product_name: str
    quantity: int
    total_minor: int
    currency: str
    coin_amount: int | None
    placed_at: datetime
    submitted_at: datetime | None
    kind: ProductKind
    has_reference: bool
    """Whether its customer has named a transaction."""


_REFERENCE = select(Proof.id).where(Proof.order_id == Order.id, Proof.reference.is_not(None)).correlate(Order)
_NAMED = _REFERENCE.limit(1).scalar_subquery().is_not(None)  # for EXISTS, PostgreSQL would read all proofs at once
_COLUMNS = (
    Order.id,
    Order.status,
    Order.method,
    Order.pay_network,
    Order.customer_id,
    Order.product_name,
    Order.quantity,
    Order.total_minor,
    Order.currency,
    Order.coin_amount,
    Order.placed_at,
    Order.submitted_at,
    Order.kind,
    _NAMED,
)


def naming(session: Session, references: Collection[str]) -> Mapping[str, Sequence[Asked]]:
    """Return the orders that any proof with one of these references was sent for, by reference."""
    rows = select(Proof.reference, *_COLUMNS).join(Order, Order.id == Proof.order_id)
    found: dict[str, dict[str, Asked]] = {}
    for reference, *columns in _in_chunks(session, references, lambda some: rows.where(Proof.reference.in_(some))):
        order = Asked(*columns)
        found.setdefault(reference, {})[order.id] = order
    return {reference: list(orders.values()) for reference, orders in found.items()}


def contesting(session: Session, order_ids: Collection[str]) -> Mapping[str, Sequence[Asked]]:
    """Return, by reference, the orders whose proofs were refused because it had paid for one of these orders."""
    rows = select(ContestedProof.reference, *_COLUMNS).join(Order, Order.id == ContestedProof.order_id)
    chunks = _in_chunks(session, order_ids, lambda some: rows.where(ContestedProof.reference_of.in_(some)))
    found: dict[str, list[Asked]] = {}
    for reference, *columns in chunks:
        found.setdefault(reference, []).append(Asked(*columns))
    return found


def paid(session: Session, references: Collection[str], kinds: Sequence[str]) -> Mapping[str, str]:
    """Return which order each of these references has paid for. `kinds`: of the evidence that is a reference."""
    rows = select(EvidenceClaim.value, EvidenceClaim.order_id).where(EvidenceClaim.kind.in_(kinds))
    chunks = _in_chunks(session, references, lambda some: rows.where(EvidenceClaim.value.in_(some)))
    return {value: order_id for value, order_id in chunks}  # noqa: C416 - typed


def with_ids(session: Session, order_ids: Collection[str]) -> Mapping[str, Asked]:
    """Return the orders with these ids, by id."""
    rows = select(*_COLUMNS)
    found = _in_chunks(session, order_ids, lambda some: rows.where(Order.id.in_(some)))
    return {order.id: order for order in (Asked(*columns) for columns in found)}


def paid_by_reference(session: Session, order_ids: Collection[str], kinds: Sequence[str]) -> frozenset[str]:
    """Return those of some orders that a reference has paid for. `kinds` as in `paid`."""
    rows = select(EvidenceClaim.order_id).where(EvidenceClaim.kind.in_(kinds))
    found = _in_chunks(session, order_ids, lambda some: rows.where(EvidenceClaim.order_id.in_(some)))
    return frozenset(order_id for (order_id,) in found)


def payable(session: Session, now: datetime, late: timedelta) -> Sequence[Asked]:
    """Return every order that may still be paid: the open ones, and those that expired at most `late` ago."""
    rows: Select[*tuple[Any, ...]] = select(*_COLUMNS).where(_may_be_paid(now, late))
    return [Asked(*row) for row in session.execute(rows.order_by(Order.placed_at, Order.id))]


def pay_addresses(session: Session, now: datetime, late: timedelta) -> Sequence[str]:
    """Return where the orders that are `payable` are to be paid, each once."""
    return session.execute(select(Order.pay_address).where(_may_be_paid(now, late)).distinct()).scalars().all()


def _may_be_paid(now: datetime, late: timedelta) -> ColumnElement[bool]:
    is_open = Order.status.in_(OrderStatus.those(lambda row: row.is_open))
    return or_(is_open, and_(Order.status == OrderStatus.expired, Order.expired_at >= now - late))


def earlier_amounts(session: Session) -> Mapping[str, frozenset[int]]:
    """Return the amounts of a coin that orders ask for, or asked for before they got a new one, by order."""
    before = Order.coin_amount_before
    is_open = Order.status.in_(OrderStatus.those(lambda row: row.is_open))
    claims = select(AmountClaim.order_id, AmountClaim.amount)
    found: dict[str, set[int]] = {}
    for rows in (claims, select(Order.id, before).where(is_open)):
        for order_id, amount in session.execute(rows):
            if amount is not None:
                found.setdefault(order_id, set()).add(amount)
    return {order_id: frozenset(amounts) for order_id, amounts in found.items()}


def closed(session: Session, method: str, amounts: Collection[int], since: datetime) -> Sequence[Asked]:
    """Return orders that asked for one of these amounts of a coin and are open no more, the newest of each chunk first.

    None that was placed before `since`.
    """
    ended = Order.status.in_(OrderStatus.those(lambda row: not row.is_open))
    rows = select(*_COLUMNS).where(Order.method == method, ended, Order.placed_at >= since)
    newest = rows.order_by(Order.placed_at.desc(), Order.id).limit(MOST_CLOSED)
    chunks = _in_chunks(session, amounts, lambda some: newest.where(Order.coin_amount.in_(some)))
    return [Asked(*row) for row in chunks]


def cards(session: Session, kind: str, order_ids: Collection[str]) -> Mapping[str, tuple[int, int]]:
    """Return channel and message of the newest card of this kind of each order."""
    rows = select(Card.subject_id, Card.channel_id, Card.message_id).where(Card.kind == kind).order_by(Card.id)
    found = _in_chunks(session, order_ids, lambda some: rows.where(Card.subject_id.in_(some)))
    return {order_id: (channel, message) for order_id, channel, message in found}


def _in_chunks(
    session: Session, values: Collection[Any], rows_of: Callable[[Sequence[Any]], Select[*tuple[Any, ...]]]
) -> Iterator[Row[*tuple[Any, ...]]]:
    ordered = [*values]
    for start in range(0, len(ordered), CHUNK):
        yield from session.execute(rows_of(ordered[start : start + CHUNK]))
