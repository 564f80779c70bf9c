"""What the log calls the subject of an event or a job."""

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from novacore.db.models import Event, Product

_NAME = select(Product.name).where(Product.id == bindparam("of_product"))


def called(connection: Connection, kind: str, subject_id: str) -> str:
    """Return the kind and, for a product, the name behind its number: `product "Starfall key"`."""
    if kind != "product" or not subject_id.isdigit():
        return kind
    name = connection.execute(_NAME, {"of_product": int(subject_id)}).scalar_one_or_none()
    return kind if name is None else f'{kind} "{name}"'


def of_event(session: Session, event: Event) -> str:
    """Return what an event is about, for a list of events: an id that people know, or a product's name."""
    named = called(session.connection(), event.subject_kind, event.subject_id)
    return event.subject_id if named == event.subject_kind else named
