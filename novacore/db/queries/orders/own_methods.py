"""Questions about the ways to pay that the owner has added."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from novacore.db.engine import Database
from novacore.db.models import OwnMethod
from novacore.db.unit_of_work import reading
from novacore.states import Method, PaymentMethod, own_key, own_number


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
