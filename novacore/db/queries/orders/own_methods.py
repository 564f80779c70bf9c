"""Questions about the ways to pay that the owner has added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from novacore.db.engine import Database
from novacore.db.models import Order, OwnMethod
from novacore.db.unit_of_work import reading
from novacore.states import Method, OrderStatus, PaymentMethod, own_key, own_number


def on_sale(session: Session) -> Sequence[Method]:
    """Return those that customers are offered, the oldest first."""
    rows = select(OwnMethod).where(OwnMethod.is_on_sale).order_by(OwnMethod.id)
    return [one.method for one in session.execute(rows).scalars()]


def names_on_sale(database: Database) -> Sequence[str]:
    """Return the labels of those that customers are offered, in a transaction of its own."""
    with reading(database) as session:
        return [one.label for one in on_sale(session)]


def one_on_sale(session: Session, key: str) -> Method | None:
    """Return the one with this key, if customers are offered it."""
    number = own_number(key)
    row = session.get(OwnMethod, number) if number else None
    return row.method if row and row.is_on_sale else None


def labels(session: Session) -> Mapping[str, str]:
    """Return what each way to pay is called today, by its key; also those that are hidden."""
    rows = session.execute(select(OwnMethod.id, OwnMethod.label))
    return {str(one): one.row.label for one in PaymentMethod} | {own_key(number): label for number, label in rows}


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One of the owner's own in a list."""

    id: int
    label: str
    emoji: str
    is_on_sale: bool


def listed(session: Session, *, limit: int, offset: int = 0) -> tuple[int, Sequence[OwnRow]]:
    """Return how many there are, and a page of them: those on sale first, then by name."""
    total = session.execute(select(func.count()).select_from(OwnMethod)).scalar_one()
    rows = select(OwnMethod.id, OwnMethod.label, OwnMethod.emoji, OwnMethod.is_on_sale)
    rows = rows.order_by(OwnMethod.is_on_sale.desc(), OwnMethod.label, OwnMethod.id).limit(limit).offset(offset)
    return total, [OwnRow(*row) for row in session.execute(rows)]


def unfinished_orders(session: Session, key: str) -> int:
    """Count the orders by this way to pay that are not paid, not checked or not delivered yet."""
    mine = Order.method == key, Order.status.in_(OrderStatus.those(lambda row: row.is_unfinished))
    return session.execute(select(func.count()).select_from(Order).where(*mine)).scalar_one()


def named(session: Session, words: str, limit: int) -> Sequence[OwnRow]:
    """Return those whose name has this text in any case, as `listed` does."""
    rows = select(OwnMethod.id, OwnMethod.label, OwnMethod.emoji, OwnMethod.is_on_sale)
    rows = rows.where(OwnMethod.label.icontains(words, autoescape=True))
    rows = rows.order_by(OwnMethod.is_on_sale.desc(), OwnMethod.label, OwnMethod.id).limit(limit)
    return [OwnRow(*row) for row in session.execute(rows)]
