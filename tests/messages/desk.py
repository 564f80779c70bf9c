"""Every page of the staff's desk, with a stranger's text wherever one can stand."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from novacore.db.event_kinds.tickets import Reply
from novacore.db.models import CannedAnswer, Person, StaffNote, Vouch
from novacore.db.queries.desk.customers import CustomerFacts, OwnVouch, Paid
from novacore.db.queries.desk.staff_figures import StaffRow
from novacore.db.queries.orders.orders import ReviewFacts
from novacore.db.queries.orders.vouches import Stars
from novacore.messages.kit.layout import Message
from novacore.messages.orders.desk import customer, found_orders, lists, notes
from novacore.messages.orders.staff import pages
from novacore.messages.reports.staff import staff_page
from novacore.messages.tickets import answers as answer_pages
from novacore.messages.tickets import pages as ticket_pages
from novacore.states import OrderStatus, TicketStatus
from novacore.workflows.orders.desk.customers import Customer
from novacore.workflows.orders.desk.found_orders import FoundOrders, Wanted
from novacore.workflows.orders.desk.notes import NotesPage
from novacore.workflows.orders.placing.unpaid import HeldBack
from novacore.workflows.reports.periods import Period, Span
from novacore.workflows.reports.staff import StaffFigures
from novacore.workflows.tickets.answers import TypedAnswer
from tests.messages import samples


def every_answer_page(text: str) -> Iterator[tuple[str, Message]]:
    """Pages about the owner's answers, and a reply with one, with its places filled in."""
    name, says = text[:50] or "Codes", text[:1500] or "Look at {order}."
    kept = CannedAnswer(id=7, name=name, text=says, version=2, author_name=text[:100], saved_at=samples.NOW)
    yield "answers", answer_pages.list_page([kept] * 100, 4)
    yield "no answers", answer_pages.list_page([], 0)
    yield "no more answers", answer_pages.list_page([kept], 1)
    yield "answer saved", answer_pages.saved(kept)
    yield "answer removed", answer_pages.removed(kept)
    yield "answer on its way", answer_pages.on_its_way(kept)
    yield "answer refused", answer_pages.refused(f"{text} has changed it.", TypedAnswer(name, says), 7, 2)
    yield "nothing typed", answer_pages.refused("Please give the answer a name.", TypedAnswer())
    said = Reply(round=1, answer=name, text=says, words=text[:500], order_id="NC-20260314-ACDEFG", product=text[:100])
    yield "reply", answer_pages.reply(text, samples.BUYER, said)
    places = said | {"text": "About {product} in {order}: " * 9, "words": ""}
    yield "reply with places", answer_pages.reply(text, samples.BUYER, Reply(**places))


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


def known(text: str = "Robin", **changes: Any) -> CustomerFacts:
    """A customer with orders in every state, money in three currencies, and all else that there can be."""
    person = Person(id=samples.BUYER, name=text[:100] or "Robin", first_seen_at=samples.NOW, joined_at=samples.NOW)
    person.note_count = 200
    columns: dict[str, Any] = {
        "person": person,
        "orders": {status: 10**6 for status in OrderStatus if status is not OrderStatus.new},
        "first_order_at": samples.NOW,
        "newest": [samples.order(OrderStatus.delivered, id=f"NC-20260314-ACDEF{n}", product_name=text) for n in "GHJ"],
        "paid": [Paid(currency, 10**15, 10**15) for currency in ("EUR", "GBP", "USD", "XAF", "YEN")],
        "tickets": 10**6,
        "tickets_open": 10**3,
        "vouches": Stars(10**6, 4 * 10**6),
        "vouches_hidden": 7,
        "notes": [note(text, id=number) for number in range(1, 4)],
        "late": 3,
        "refused": 10**6,
        "to_decide": [samples.ORDER_ID],
    }
    return CustomerFacts(**columns | changes)


def _customers(text: str, facts: ReviewFacts, kept: list[StaffNote]) -> Iterator[tuple[str, Message]]:
    full = known(text, notes=kept)
    full.person.blocked_until = samples.NOW + timedelta(days=3)
    full.person.blocked_at = full.person.dms_closed_at = samples.NOW
    full.person.blocked_by, full.person.block_reason = samples.OTHER_BUYER, text
    held = HeldBack(10**6, samples.NOW, samples.NOW)
    everything = Customer(samples.BUYER, full, 50, held, [facts] * 3)
    yield "customer", customer.customer_page(everything, customer.Seen(text, is_member=False), samples.NOW)
    yield "unknown customer", customer.customer_page(Customer(samples.BUYER), customer.Seen(text), samples.NOW)
    orders = [samples.order(OrderStatus.delivered, id=f"NC-20260314-ACDEF{one}", product_name=text) for one in _TEN]
    yield "orders of a customer", lists.orders_page(samples.BUYER, 10**5, orders, 7)
    vouches = [
        Vouch(order_id=order.id, rating=5, comment=text[:1000], written_at=samples.NOW, hidden_at=samples.NOW)
        for order in orders[:5]
    ]
    said = [OwnVouch(one, text) for one in vouches]
    yield "vouches of a customer", lists.vouches_page(samples.BUYER, 10**5, said, 7)
    for name, nothing in (("no orders left", lists.orders_page), ("no vouches left", lists.vouches_page)):
        yield name, nothing(samples.BUYER, 3, (), 7)
    asked = [samples.ticket(TicketStatus.closed, subject=text[:100], rating=5, id=f"T-{n}") for n in range(10)]
    yield "tickets of a customer", ticket_pages.of_customer_page(samples.BUYER, 10**5, asked, 7)
    found = FoundOrders(Wanted(2**63 - 1, 2**63 - 1, 2**63 - 1), orders, has_more=True)
    yield "orders that fit", found_orders.found_page(found, 99_999)
    yield "orders that fit, no way on", found_orders.found_page(FoundOrders(Wanted(), orders, True, can_turn=False))
    yield "no orders that fit left", found_orders.found_page(FoundOrders(Wanted(), (), False), 7)
    did = {"approve": 10**6, "reject": 10**6, "ask_again": 10**6, "claim": 10**6, "close": 10**6}
    row = StaffRow(text[:100] or "Sam", did, 10**6, 10**6, 5 * 10**6)
    span = Span(samples.NOW.date(), samples.NOW.date())
    period = Period("Last 30 days", span, span)
    yield "staff", staff_page(StaffFigures(period, [row] * 40))
    yield "no staff", staff_page(StaffFigures(period, []))
    yield "no tickets left", ticket_pages.of_customer_page(samples.BUYER, 3, (), 7)


_TEN = "GHJKMNPQRT"


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
    yield from _customers(text, facts, kept)
    yield "details with notes", pages.details(samples.story(facts, notes=kept), picture)
