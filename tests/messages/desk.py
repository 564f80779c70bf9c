"""Every page of the staff's desk, with a stranger's text wherever one can stand."""

from collections.abc import Iterator
from typing import Any

from novacore.db.models import StaffNote
from novacore.db.queries.orders.orders import ReviewFacts
from novacore.messages.kit.layout import Message
from novacore.messages.orders.desk import notes
from novacore.messages.orders.staff import pages
from novacore.workflows.orders.desk.notes import NotesPage
from tests.messages import samples


def note(text: str = "Pays late, but pays.", **changes: Any) -> StaffNote:
    """A note of Sam's about a customer."""
    columns: dict[str, Any] = {
        "id": 7,
        "customer_id": samples.BUYER,
        "order_id": None,
        "text": text[:500],
        "author_id": 333333333333333333,
        "author_name": text[:100] or "Sam",
        "at": samples.NOW,
    }
    return StaffNote(**columns | changes)


def every_page(text: str, facts: ReviewFacts, picture: bytes) -> Iterator[tuple[str, Message]]:
    """Build them all, each with its name."""
    kept = [note(text, id=number, order_id=samples.ORDER_ID) for number in range(1, 4)]
    full = NotesPage(samples.BUYER, text, 200, kept)
    yield "notes", notes.notes_page(full, 1, lambda _: True)
    yield "notes of others", notes.notes_page(full, 0, lambda _: False)
    yield "no notes", notes.notes_page(NotesPage(samples.BUYER, "", 0, ()), 0, lambda _: True)
    yield "remove a note?", notes.removal_page(kept[0])
    yield "noted", notes.noted(samples.BUYER, None)
    yield "noted of an order", notes.noted(0, samples.ORDER_ID)
    yield "details with notes", pages.details(samples.story(facts, notes=kept), picture)
