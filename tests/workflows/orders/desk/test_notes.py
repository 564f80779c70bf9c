"""Notes of staff: who writes, reads and removes them, where their words stand, and which cards show them at once."""

import threading

import pytest
from sqlalchemy import Select, select, text

from novacore.db.base import Base
from novacore.db.models import Event, Job, Person, StaffNote
from novacore.db.models.notes import MOST_NOTES, NOTE_LIMIT
from novacore.db.unit_of_work import reading, writing
from novacore.errors import AlreadyDone, BadInput, LimitReached, NotAllowed, NotFound, Refusal
from novacore.states import JobState, OrderStatus
from novacore.workflows.catalog import offers
from novacore.workflows.goods.masking import DOTS
from novacore.workflows.machine import cards
from novacore.workflows.machine.cards import CardKind
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.desk import notes
from tests.fixtures.shops import CUSTOMER, OTHER_STAFF, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives

WORDS = "Asks for refunds on Fridays."


def listed(shop: Shop, person_id: int = CUSTOMER.id or 0) -> list[StaffNote]:
    """The notes about a person, as staff read them."""
    return [*notes.listed(shop, STAFF, person_id, limit=300, offset=0).notes]


def counted(shop: Shop) -> int:
    """How many notes the customer's row counts."""
    with reading(shop.database) as session:
        return session.get_one(Person, CUSTOMER.id).note_count


def events(shop: Shop, rows: Select[Event]) -> list[Event]:
    with reading(shop.database) as session:
        return [*session.execute(rows.order_by(Event.id)).scalars()]


def refreshes(shop: Shop) -> set[str]:
    """The orders whose cards are about to be edited."""
    rows = select(Job.subject_id).where(Job.name == "refresh_cards", Job.state == JobState.queued)
    with reading(shop.database) as session:
        return {*session.execute(rows).scalars()}


def clear_refreshes(shop: Shop) -> None:
    with writing(shop.database) as tx:
        tx.session.execute(text("UPDATE jobs SET state = 'done' WHERE name = 'refresh_cards'"))
        tx.session.execute(text("UPDATE jobs SET dedupe_key = dedupe_key || ':' || id WHERE name = 'refresh_cards'"))


def test_a_note_says_who_wrote_what_and_when_about_whom(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.place(shop, make_product())
    time.move(hours=1)
    notes.add_to_person(shop, STAFF, CUSTOMER, f"  {WORDS}\0 ")
    notes.add_to_order(shop, OWNER, order.id.lower(), "Paid twice.")
    newest, first = listed(shop)
    assert (first.text, first.author_name, first.author_id, first.order_id) == (WORDS, STAFF.name, STAFF.id, None)
    assert (newest.text, newest.author_name, newest.order_id, newest.at) == ("Paid twice.", "owner", order.id, time.at)
    assert counted(shop) == 2


def test_someone_who_never_ordered_can_have_a_note(shop: Shop) -> None:
    notes.add_to_person(shop, STAFF, Actor(77, "newcomer"), WORDS)
    found = notes.listed(shop, STAFF, 77, limit=3, offset=0)
    assert (found.name, found.total, [one.text for one in found.notes]) == ("newcomer", 1, [WORDS])
    assert notes.listed(shop, STAFF, 78, limit=3, offset=0).total == 0


@pytest.mark.parametrize("who", [CUSTOMER, STRANGER])
def test_nobody_but_staff_writes_reads_or_removes(shop: Shop, make_product: ProductMaker, who: Actor) -> None:
    order = lives.place(shop, make_product())
    kept = notes.add_to_order(shop, STAFF, order.id, WORDS)
    for act in (
        lambda: notes.add_to_person(shop, who, STRANGER, "x"),
        lambda: notes.add_to_order(shop, who, order.id, "x"),
        lambda: notes.listed(shop, who, CUSTOMER.id or 0, limit=3, offset=0),
        lambda: notes.load(shop, who, kept),
        lambda: notes.remove(shop, who, kept),
    ):
        with pytest.raises(NotAllowed, match="Only staff can"):
            act()
    assert [one.text for one in listed(shop)] == [WORDS]


def test_its_writer_and_the_owner_remove_it_and_nobody_else(shop: Shop, make_product: ProductMaker) -> None:
    lives.place(shop, make_product())
    mine, theirs = (notes.add_to_person(shop, who, CUSTOMER, WORDS) for who in (STAFF, OTHER_STAFF))
    with pytest.raises(NotAllowed, match="Only whoever wrote a note"):
        notes.remove(shop, STAFF, theirs)
    assert counted(shop) == 2
    assert notes.remove(shop, STAFF, mine) == CUSTOMER.id
    assert notes.remove(shop, OWNER, theirs) == CUSTOMER.id
    assert (listed(shop), counted(shop)) == ([], 0)
    for again in (notes.load, notes.remove):
        with pytest.raises(AlreadyDone, match="removed already"):
            again(shop, OWNER, mine)
    assert counted(shop) == 0


def test_two_who_remove_the_same_note_at_once_remove_it_once(shop: Shop, make_product: ProductMaker) -> None:
    lives.place(shop, make_product())
    kept = notes.add_to_person(shop, STAFF, CUSTOMER, WORDS)
    notes.add_to_person(shop, STAFF, CUSTOMER, "Stays.")
    refused: list[Refusal] = []

    def remove(who: Actor) -> None:
        try:
            notes.remove(shop, who, kept)
        except Refusal as refusal:
            refused.append(refusal)

    threads = [threading.Thread(target=remove, args=(who,)) for who in (STAFF, OWNER, OWNER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(refused) == 2
    assert counted(shop) == len(listed(shop)) == 1


def test_its_words_stand_in_its_own_row_and_nowhere_else(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.bring_to(shop, make_product(), OrderStatus.under_review, time)
    notes.add_to_person(shop, STAFF, CUSTOMER, WORDS)
    kept = notes.add_to_order(shop, STAFF, order.id, WORDS)
    assert _tables_with(shop, WORDS) == {"staff_notes"}
    notes.remove(shop, STAFF, kept)
    told = events(shop, select(Event).where(Event.trigger.in_(("add_note", "remove_note"))))
    assert [(one.subject_kind, one.subject_id, one.trigger, one.detail) for one in told] == [
        ("person", str(CUSTOMER.id), "add_note", {"note_id": kept - 1}),
        ("order", order.id, "add_note", {"note_id": kept}),
        ("order", order.id, "remove_note", {"note_id": kept}),
    ]


def _tables_with(shop: Shop, words: str) -> set[str]:
    """The tables in which any row has these words, in whatever column."""
    with reading(shop.database) as session:
        every = {name: session.execute(select(table)).all() for name, table in Base.metadata.tables.items()}
    return {name for name, rows in every.items() if any(words in repr(tuple(row)) for row in rows)}


def test_a_code_in_a_note_is_hidden(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product = make_product(units=0)
    offers.add_codes(shop, OWNER, product, ["AAAA-BBBB-CCCC"])
    lives.bring_to(shop, product, OrderStatus.delivered, time)
    notes.add_to_person(shop, STAFF, CUSTOMER, "Their code was aaaa-bbbb-cccc.")
    assert listed(shop)[0].text == f"Their code was {DOTS}."


@pytest.mark.parametrize("typed", ["", "  \n ", "x" * (NOTE_LIMIT + 1)])
def test_no_words_and_too_many_are_refused(shop: Shop, make_product: ProductMaker, typed: str) -> None:
    order = lives.place(shop, make_product())
    with pytest.raises(BadInput):
        notes.add_to_person(shop, STAFF, CUSTOMER, typed)
    with pytest.raises(BadInput):
        notes.add_to_order(shop, STAFF, order.id, typed)
    assert listed(shop) == []


@pytest.mark.parametrize("order_id", ["NC-20260101-AAAAAA", "nonsense", ""])
def test_an_order_that_is_not_there_gets_no_note(shop: Shop, order_id: str) -> None:
    with pytest.raises(NotFound):
        notes.add_to_order(shop, STAFF, order_id, WORDS)


def test_there_is_an_end_to_how_many_one_person_has(shop: Shop, make_product: ProductMaker) -> None:
    lives.place(shop, make_product())
    first = notes.add_to_person(shop, STAFF, CUSTOMER, WORDS)
    with writing(shop.database) as tx:
        tx.session.execute(text(f"UPDATE people SET note_count = {MOST_NOTES}"))
    with pytest.raises(LimitReached, match="remove one first"):
        notes.add_to_person(shop, STAFF, CUSTOMER, "One too many.")
    assert len(listed(shop)) == 1
    notes.remove(shop, STAFF, first)
    notes.add_to_person(shop, STAFF, CUSTOMER, "There is room again.")


def test_the_cards_that_staff_decide_by_show_it_at_once(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product = make_product()
    done = lives.bring_to(shop, product, OrderStatus.delivered, time)
    one, other = (lives.bring_to(shop, product, OrderStatus.under_review, time) for _ in range(2))
    clear_refreshes(shop)
    kept = notes.add_to_order(shop, STAFF, one.id, WORDS)
    assert refreshes(shop) == {one.id}
    clear_refreshes(shop)
    notes.remove(shop, STAFF, kept)
    assert refreshes(shop) == {one.id}
    clear_refreshes(shop)
    notes.add_to_order(shop, STAFF, done.id, WORDS)
    assert refreshes(shop) == set()
    notes.add_to_person(shop, STAFF, CUSTOMER, WORDS)
    assert refreshes(shop) == {one.id, other.id}


def test_a_note_that_is_removed_leaves_every_card(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product = make_product()
    done, other = (lives.bring_to(shop, product, OrderStatus.delivered, time) for _ in range(2))
    for number, order in enumerate((done, other)):
        cards.remember(shop, CardKind.review, order.id, 1, number + 1, None)
    about_person = notes.add_to_person(shop, STAFF, CUSTOMER, WORDS)
    about_order = notes.add_to_order(shop, STAFF, done.id, WORDS)
    clear_refreshes(shop)
    notes.remove(shop, STAFF, about_order)
    assert refreshes(shop) == {done.id}
    clear_refreshes(shop)
    notes.remove(shop, STAFF, about_person)
    assert refreshes(shop) == {done.id, other.id}
