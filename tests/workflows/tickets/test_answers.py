"""Answers that the owner keeps: who may, what can be kept, and what two owners at once do."""

import threading

import pytest
from sqlalchemy import func, select

from novacore.db.event_kinds.tickets import ADD_ANSWER, CHANGE_ANSWER, REMOVE_ANSWER
from novacore.db.models import CannedAnswer, Event
from novacore.db.models.answers import MOST_ANSWERS
from novacore.db.queries.desk.answers import every_answer
from novacore.db.unit_of_work import reading
from novacore.errors import BadInput, LimitReached, NotAllowed, NotFound, PageChanged, Refusal
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.tickets import answers
from novacore.workflows.tickets.answers import TypedAnswer
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, STRANGER

CODES = TypedAnswer("Codes", "Hello {customer}, please type the code of {order} by hand.")


def _kept(shop: Shop) -> list[tuple[str, str]]:
    with reading(shop.database) as session:
        return [(one.name, one.text) for one in every_answer(session)]


def _events(shop: Shop) -> list[Event]:
    rows = select(Event).where(Event.subject_kind == answers.SUBJECT).order_by(Event.id)
    with reading(shop.database) as session:
        return [*session.execute(rows).scalars()]


def test_the_owner_adds_changes_and_removes_one(shop: Shop) -> None:
    added = answers.add(shop, OWNER, CODES)
    assert (added.author_name, added.version) == (OWNER.name, 1)
    changed = answers.change(shop, OWNER, added.id, 1, TypedAnswer("Typing", "By hand, please."))
    assert (changed.name, changed.version) == ("Typing", 2)
    assert answers.remove(shop, OWNER, " tYPING ").text == "By hand, please."
    assert _kept(shop) == []
    add, change, remove = _events(shop)
    assert add.detail_of(ADD_ANSWER) == {"name": "Codes", "after": CODES.text}
    assert change.detail_of(CHANGE_ANSWER) == {"name": "Typing", "before": CODES.text, "after": "By hand, please."}
    assert remove.detail_of(REMOVE_ANSWER) == {"name": "Typing", "before": "By hand, please."}


@pytest.mark.parametrize("actor", [CUSTOMER, STRANGER, STAFF])
def test_nobody_else_may(shop: Shop, actor: Actor) -> None:
    added = answers.add(shop, OWNER, CODES)
    for change in (
        lambda: answers.add(shop, actor, TypedAnswer("Mine", "x")),
        lambda: answers.change(shop, actor, added.id, 1, TypedAnswer("Mine", "x")),
        lambda: answers.remove(shop, actor, "Codes"),
        lambda: answers.refuse_early(shop, actor),
        lambda: answers.to_change(shop, actor, "Codes"),
    ):
        with pytest.raises(NotAllowed, match="Only the owner"):
            change()
    assert _kept(shop) == [("Codes", CODES.text)]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (TypedAnswer("", "x"), "give the answer a name"),
        (TypedAnswer("\u200b \u3164", "x"), "give the answer a name"),
        (TypedAnswer("n" * 51, "x"), "under 50 characters; it has 51"),
        (TypedAnswer("Empty", " \0 "), "write what the answer says"),
        (TypedAnswer("Unseen", "\u200b\u3164"), "write what the answer says"),
        (TypedAnswer("Long", "x" * 1501), "under 1500 characters; it has 1501"),
        (TypedAnswer("Emoji", "🎁" * 751), "under 1500 characters; it has 1502"),
        (TypedAnswer("Place", "Dear {Name}"), r"can't fill in \{name\}.*\{customer\} \{order\} \{product\}"),
        (TypedAnswer("Place", "Dear {}"), r"can't fill in \{\}"),
        (TypedAnswer("CODES", "x"), "an answer of this name already"),
        (TypedAnswer("  cod\u200bes ", "x"), "an answer of this name already"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence(shop: Shop, typed: TypedAnswer, sentence: str) -> None:
    answers.add(shop, OWNER, CODES)
    other = answers.add(shop, OWNER, TypedAnswer("Other", "{ Customer }, {ORDER}"))
    with pytest.raises(BadInput, match=sentence):
        answers.add(shop, OWNER, typed)
    with pytest.raises(BadInput, match=sentence):
        answers.change(shop, OWNER, other.id, 1, typed)
    assert _kept(shop) == [("Codes", CODES.text), ("Other", "{ Customer }, {ORDER}")]
    assert len(_events(shop)) == 2


def test_its_own_name_in_another_case_is_no_other_answer(shop: Shop) -> None:
    added = answers.add(shop, OWNER, CODES)
    assert answers.change(shop, OWNER, added.id, 1, TypedAnswer("CODES", "x")).name == "CODES"


def test_two_owners_at_once_are_noticed(shop: Shop) -> None:
    added = answers.add(shop, OWNER, CODES)
    answers.change(shop, OWNER, added.id, 1, TypedAnswer("Codes", "first"))
    with pytest.raises(PageChanged, match=f"{OWNER.name} has changed"):
        answers.change(shop, OWNER, added.id, 1, TypedAnswer("Codes", "second"))
    answers.remove(shop, OWNER, "codes")
    with pytest.raises(NotFound, match="removed this answer"):
        answers.change(shop, OWNER, added.id, 2, TypedAnswer("Codes", "second"))
    with pytest.raises(NotFound, match="That answer is gone"):
        answers.remove(shop, OWNER, "codes")
    assert answers.add(shop, OWNER, CODES).id != added.id, "an old form would change another answer"


def test_of_many_at_once_one_gets_the_name(shop: Shop) -> None:
    refused: list[Refusal] = []
    begin = threading.Barrier(6)

    def add(number: int) -> None:
        begin.wait()
        try:
            answers.add(shop, OWNER, TypedAnswer("codes" if number % 2 else "CODES", f"{number}"))
        except Refusal as refusal:
            refused.append(refusal)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(_kept(shop)) == 1
    assert [type(one) for one in refused] == [BadInput] * 5


def test_there_are_a_hundred_at_most(shop: Shop) -> None:
    for number in range(MOST_ANSWERS):
        answers.add(shop, OWNER, TypedAnswer(f"Answer {number}", "x"))
    with pytest.raises(LimitReached, match="100 answers already"):
        answers.add(shop, OWNER, CODES)
    with pytest.raises(LimitReached, match="100 answers already"):
        answers.refuse_early(shop, OWNER)
    answers.remove(shop, OWNER, "Answer 7")
    answers.add(shop, OWNER, CODES)
    with reading(shop.database) as session:
        assert session.execute(select(func.count()).select_from(CannedAnswer)).scalar_one() == MOST_ANSWERS
