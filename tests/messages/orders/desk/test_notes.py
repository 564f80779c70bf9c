"""How staff read notes: a line on the card, the newest in the details, all of them in a list."""

from novacore.db.queries.desk.notes import NoteHead
from novacore.messages.orders.desk import notes
from novacore.messages.orders.staff import pages, review
from novacore.workflows.orders.desk.notes import NotesPage
from tests.messages import samples
from tests.messages.desk import note
from tests.messages.payloads import buttons_of, custom_ids_of, words_of


def test_a_card_says_in_a_line_how_many_there_are_and_what_the_newest_says() -> None:
    said = words_of(review.review_card(samples.facts(notes=NoteHead(2, "Pays\nlate, " + "x" * 90)), None))
    (told,) = [one for one in said.splitlines() if "📝" in one]
    assert told.startswith("📝 **Notes (2):** “Pays late, xxx")
    assert len(told) < 65
    assert "📝" not in words_of(review.review_card(samples.facts(), None))


def test_details_have_the_notes_first_and_lead_to_all_of_them() -> None:
    facts = samples.facts(notes=NoteHead(1, "x"))
    facts.customer.note_count = 4
    page = pages.details(samples.story(facts, notes=[note(), note(order_id=samples.ORDER_ID)]), None)
    said = words_of(page)
    assert "📝 “Pays late, but pays.” · Pays late, but pays. <t:" in said
    assert said.index("Notes of staff") < said.index("What happened")
    assert f"about `{samples.ORDER_ID}`" in said
    assert buttons_of(page)["Notes (4)"]["custom_id"] == f"nc:person:notes:{samples.BUYER}:0:beside"
    assert buttons_of(page)["Add a note"]["custom_id"] == f"nc:order:note:{samples.ORDER_ID}"


def test_the_file_of_a_long_story_leaves_them_out() -> None:
    """Files are handed on; the words of a note stay where they can be removed."""
    events = [samples.event("reject", reason="y" * 150) for _ in range(60)]
    page = pages.details(samples.story(samples.facts(notes=NoteHead(1, "x")), events=events, notes=[note()]), None)
    (file,) = page.files
    assert b"y" * 150 in file.content
    assert b"Pays late" not in file.content


def test_the_list_has_pages_and_offers_removal_where_it_is_allowed() -> None:
    kept = [note(id=number, author_id=number) for number in (7, 8, 9)]
    page = notes.notes_page(NotesPage(samples.BUYER, "Robin", 7, kept), 1, lambda one: one.author_id == 8)
    assert "7 notes about" in words_of(page)
    assert "(Robin)" in words_of(page)
    assert custom_ids_of(page) == [
        "nc:note:ask_remove:8",
        f"nc:person:notes:{samples.BUYER}:0",
        f"nc:person:notes:{samples.BUYER}:2",
        f"nc:person:note:{samples.BUYER}",
        f"nc:person:page:{samples.BUYER}",
    ]


def test_removal_is_asked_for_first() -> None:
    page = notes.removal_page(note())
    assert "Pays late" in words_of(page)
    assert custom_ids_of(page) == ["nc:note:remove:7", f"nc:person:notes:{samples.BUYER}:0"]
