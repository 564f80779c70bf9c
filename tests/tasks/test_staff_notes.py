"""The words of a note reach staff, and no message, page, transcript or export that anybody else could have."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from novacore import clock
from novacore.db.models import Transcript
from novacore.db.queries.reports import exports
from novacore.db.queries.reports.export_fields import Span
from novacore.db.unit_of_work import reading
from novacore.states import ExportSubject, OrderStatus, TicketKind
from novacore.workflows.machine.arrows import Given
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import vouches
from novacore.workflows.orders.desk import notes
from tests.fixtures.shops import STAFF, MovableClock
from tests.tasks.help_desk import closing, opened, says, stored
from tests.tasks.town import Town

WORDS = "quibblesome"
"""In the notes, and nowhere else."""


def test_a_note_stands_on_the_card_and_leaves_it_when_it_is_removed(town: Town, time: MovableClock) -> None:
    order = town.submit(town.place())
    town.work()
    assert "Notes (" not in town.staff_channel()[-1]
    kept = notes.add_to_person(town.shop, STAFF, town.customer, WORDS)
    town.work()
    assert f"📝 **Notes (1):** “{WORDS}”" in town.staff_channel()[-1]
    notes.add_to_order(town.shop, STAFF, order.id, "Second.")
    town.work()
    assert "📝 **Notes (2):** “Second.”" in town.staff_channel()[-1]
    notes.remove(town.shop, STAFF, kept)
    town.work()
    assert "📝 **Notes (1):** “Second.”" in town.staff_channel()[-1]


def test_the_card_of_a_decided_order_shows_none(town: Town) -> None:
    order = town.submit(town.place())
    notes.add_to_person(town.shop, STAFF, town.customer, WORDS)
    town.work()
    assert WORDS in town.staff_channel()[-1]
    orders.approve(town.shop, STAFF, order.id, Given())
    town.work()
    assert order.id in town.staff_channel()[-1]
    assert "Notes (" not in "\n".join(town.staff_channel())


def test_where_reviewers_see_the_cards_a_note_is_only_counted(town: Town) -> None:
    places = replace(town.places, reviewer_role_ids=frozenset({town.wire.add_role("Reviewer")}))
    here = replace(town, places=places, runtime=replace(town.runtime, shop=replace(town.shop, places=places)))
    order = here.submit(here.place())
    notes.add_to_order(here.shop, STAFF, order.id, WORDS)
    here.work()
    (card,) = here.staff_channel()
    assert "📝 **Notes:** 1. `/details` shows them to staff." in card
    assert WORDS not in card


def test_a_new_card_has_the_notes_of_before(town: Town) -> None:
    notes.add_to_person(town.shop, STAFF, town.customer, WORDS)
    town.submit(town.place())
    town.work()
    assert WORDS in town.staff_channel()[-1]


def test_no_customer_ever_reads_one(town: Town, time: MovableClock) -> None:
    notes.add_to_person(town.shop, STAFF, town.customer, WORDS)
    order = town.submit(town.place())
    notes.add_to_order(town.shop, STAFF, order.id, WORDS)
    town.work()
    assert WORDS in "\n".join(town.staff_channel())
    orders.ask_again(town.shop, STAFF, order.id, Given(reason="Too small."))
    town.work()
    orders.approve(town.shop, STAFF, town.submit(order).id, Given())
    town.work()
    vouches.write(town.shop, town.customer, order.id, "5", "Quick.")
    ticket = opened(town, TicketKind.product_issue, order.id)
    says(town, ticket, town.customer.id or 0, "It fails.")
    closing(town, ticket)
    for _ in range(5):
        town.work()
        time.move(minutes=10)
    assert town.order(order.id).status is OrderStatus.delivered
    assert stored(town, ticket.id).closed_at
    _assert_nobody_else_reads_it(town)


def _assert_nobody_else_reads_it(town: Town) -> None:
    every = town.wire.requests()
    assert [one for one in every if WORDS in repr(one)], "staff have it"
    sent = [one for one in every if f"/{town.places.staff_channel_id}/" not in one.path]
    assert len(town.dms()) > 3
    assert not [one for one in sent if WORDS in repr(one)], "not even for a moment"
    files = [content for one in town.wire.dms(town.customer.id or 0) for content in one.files.values()]
    assert files, "the transcript"
    assert not [one for one in files if WORDS.encode() in one]
    with reading(town.shop.database) as session:
        transcripts = session.execute(select(Transcript.html, Transcript.text, Transcript.customer_text)).all()
        assert transcripts
        assert WORDS not in repr(transcripts)
        span = Span(None, clock.now() + timedelta(days=1))
        for what in ExportSubject:
            rows = [row for page in exports.pages(session, what, span, None, 1_000) for row in page]
            assert rows
            assert WORDS not in repr(rows)
