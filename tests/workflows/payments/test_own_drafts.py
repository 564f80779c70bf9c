"""How an owner adds, changes and hides a way to pay: nothing is offered before Save, and nothing typed is lost."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from novacore.db.models import Event, Job, OwnMethod, OwnMethodDraft
from novacore.db.unit_of_work import reading
from novacore.errors import AlreadyDone, BadInput, Busy, NotAllowed, NotFound, Refusal
from novacore.states import JobState, PaymentMethod, ReferenceNeed
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments import methods, own_drafts, own_methods
from novacore.workflows.payments.own_rules import Typed
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, MovableClock
from tests.workflows import own_methods as rows

TEXTS = Typed("Bank transfer", "🏦", "Send {total} to us, with {order}.", "DE89", "transfer reference")
OTHER_OWNER = Actor(3002, "other owner", is_owner=True)


def written(shop: Shop, texts: Typed = TEXTS, actor: Actor = OWNER, method_id: int | None = None) -> int:
    """Write a draft and return its id."""
    begun = (
        own_drafts.begin(shop, actor, None) if method_id is None else own_drafts.begin_change(shop, actor, method_id)
    )
    own_drafts.fill(shop, actor, begun[0], texts)
    return begun[0]


def own(shop: Shop) -> list[str]:
    """Return the labels of the owner's own that are on sale."""
    return [one.label for one in methods.offered(shop).values() if not one.known]


def test_it_is_offered_after_save_and_the_panel_follows(shop: Shop) -> None:
    draft_id = written(shop)
    assert own(shop) == []
    method_id = own_methods.save(shop, OWNER, draft_id)
    assert own(shop) == ["Bank transfer"]
    with pytest.raises(AlreadyDone, match="this was saved"):
        own_methods.save(shop, OWNER, draft_id)
    with reading(shop.database) as session:
        (event,) = session.execute(select(Event).where(Event.subject_kind == "payment")).scalars()
        assert (event.trigger, event.subject_id, event.actor_id) == ("add_payment", str(method_id), OWNER.id)
        panel = select(Job.state).where(Job.name == "refresh_panel")
        assert session.execute(panel).scalar_one() is JobState.queued


def test_what_is_wrong_stays_in_the_form_and_out_of_the_shop(shop: Shop) -> None:
    wrong = replace(TEXTS, instructions="Pay {amount} " + "x" * 5000, emoji="bank")
    draft_id = written(shop, wrong)
    draft = own_drafts.load(shop, OWNER, draft_id)
    assert draft.typed == replace(wrong, instructions=wrong.instructions[: own_drafts.FORM_TEXT])
    with pytest.raises(BadInput, match="Discord can't show that emoji"):
        own_methods.save(shop, OWNER, draft_id)
    assert own(shop) == []
    own_drafts.fill(shop, OWNER, draft_id, TEXTS)
    own_methods.save(shop, OWNER, draft_id)
    assert own(shop) == ["Bank transfer"]


@pytest.mark.parametrize("actor", [CUSTOMER, STAFF])
def test_it_is_the_owners_alone(shop: Shop, actor: Actor) -> None:
    draft_id, method_id = written(shop), own_methods.save(shop, OWNER, written(shop, replace(TEXTS, label="Cash")))
    deeds: list[Callable[[], object]] = [
        lambda: own_drafts.begin(shop, actor, None),
        lambda: own_drafts.begin_change(shop, actor, method_id),
        lambda: own_drafts.fill(shop, actor, draft_id, TEXTS),
        lambda: own_drafts.load(shop, actor, draft_id),
        lambda: own_drafts.discard(shop, actor, draft_id),
        lambda: own_methods.save(shop, actor, draft_id),
        lambda: own_methods.hide(shop, actor, method_id),
        lambda: own_methods.show(shop, actor, method_id),
        lambda: own_methods.standing(shop, actor, method_id),
    ]
    for deed in deeds:
        with pytest.raises(NotAllowed, match="Only the owner can"):
            deed()
    assert own(shop) == ["Cash"]


def test_a_draft_is_its_makers(shop: Shop) -> None:
    draft_id = written(shop)
    for deed in (own_methods.save, own_drafts.discard, own_drafts.load):
        with pytest.raises(NotFound, match="not there any more"):
            deed(shop, OTHER_OWNER, draft_id)
    own_drafts.discard(shop, OWNER, draft_id)
    with pytest.raises(NotFound, match="not there any more"):
        own_methods.save(shop, OWNER, draft_id)


def test_two_owners_who_change_it_lose_nothing_unsaid(shop: Shop) -> None:
    method_id = own_methods.save(shop, OWNER, written(shop))
    mine = written(shop, replace(TEXTS, address="DE90"), method_id=method_id)
    theirs = written(shop, replace(TEXTS, label="SEPA"), OTHER_OWNER, method_id)
    own_methods.save(shop, OTHER_OWNER, theirs)
    with pytest.raises(Busy, match="Someone else changed this payment method"):
        own_methods.save(shop, OWNER, mine)
    own_drafts.fill(shop, OWNER, mine, replace(TEXTS, address="DE90"))
    assert own_methods.changes(own_drafts.load(shop, OWNER, mine)) == {
        "label": ["SEPA", "Bank transfer"],
        "address": ["DE89", "DE90"],
    }
    own_methods.save(shop, OWNER, mine)
    (now,) = [one for one in methods.offered(shop).values() if not one.known]
    assert (now.label, now.address) == ("Bank transfer", "DE90")
    with pytest.raises(AlreadyDone, match="haven't changed anything"):
        own_methods.save(shop, OWNER, written(shop, replace(TEXTS, address="DE90"), method_id=method_id))


def test_a_change_takes_no_name_of_another_unless_it_is_hidden(shop: Shop) -> None:
    own_methods.save(shop, OWNER, written(shop))
    method_id = own_methods.save(shop, OWNER, written(shop, replace(TEXTS, label="SEPA")))
    draft_id = written(shop, method_id=method_id)
    with pytest.raises(BadInput, match="There is a way to pay called"):
        own_methods.save(shop, OWNER, draft_id)
    own_methods.hide(shop, OWNER, method_id)
    own_methods.save(shop, OWNER, written(shop, method_id=method_id))
    assert own(shop) == ["Bank transfer"]


def test_two_that_are_saved_at_once_have_two_names(shop: Shop) -> None:
    drafts = [(OWNER, written(shop)), (OTHER_OWNER, written(shop, replace(TEXTS, label="bank  TRANSFER"), OTHER_OWNER))]
    said: list[str] = []

    def save(actor: Actor, draft_id: int) -> None:
        try:
            own_methods.save(shop, actor, draft_id)
        except Refusal as refusal:
            said.append(refusal.sentence)

    threads = [threading.Thread(target=save, args=one) for one in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(own(shop)) == 1
    (sentence,) = said
    assert "There is a way to pay called" in sentence


def test_a_hidden_one_is_nobodys_choice_and_comes_back(shop: Shop) -> None:
    method_id = own_methods.save(shop, OWNER, written(shop))
    own_methods.hide(shop, OWNER, method_id)
    assert own(shop) == []
    with pytest.raises(AlreadyDone, match="not offered this way"):
        own_methods.hide(shop, OWNER, method_id)
    namesake = own_methods.save(shop, OWNER, written(shop))
    with pytest.raises(BadInput, match="There is a way to pay called"):
        own_methods.show(shop, OWNER, method_id)
    own_methods.hide(shop, OWNER, namesake)
    own_methods.show(shop, OWNER, method_id)
    assert own(shop) == ["Bank transfer"]
    with pytest.raises(AlreadyDone, match="are offered this way"):
        own_methods.show(shop, OWNER, method_id)


def test_the_page_knows_the_last_way_to_pay_and_its_orders(shop: Shop) -> None:
    method_id = own_methods.save(shop, OWNER, written(shop))
    assert not own_methods.standing(shop, OWNER, method_id).is_last
    assert own_methods.standing(replace(shop, addresses={}), OWNER, method_id).is_last
    with pytest.raises(NotFound, match="I can't find that way to pay"):
        own_methods.standing(shop, OWNER, 999)


def test_there_are_never_more_than_two_lists_hold(shop: Shop) -> None:
    for number in range(own_methods.MOST_ON_SALE):
        rows.add(shop, label=f"Way {number}")
    with pytest.raises(BadInput, match="already offer 40 payment methods"):
        own_methods.save(shop, OWNER, written(shop))
    assert len(methods.offered(shop)) == len(PaymentMethod) + own_methods.MOST_ON_SALE <= 50


def test_an_edit_keeps_what_is_chosen_outside_the_form(shop: Shop) -> None:
    method_id = own_methods.save(shop, OWNER, written(shop))
    draft_id, typed = own_drafts.begin_change(shop, OWNER, method_id, ReferenceNeed.none)
    assert typed == replace(TEXTS, need=ReferenceNeed.none)
    own_drafts.fill(shop, OWNER, draft_id, TEXTS)
    own_methods.save(shop, OWNER, draft_id)
    with reading(shop.database) as session:
        assert session.get_one(OwnMethod, method_id).reference_need is ReferenceNeed.none


def test_drafts_that_nobody_touches_go(shop: Shop, time: MovableClock) -> None:
    written(shop)
    time.move(hours=23)
    fresh = written(shop)
    time.move(hours=2)
    own_drafts.tidy(shop)
    with reading(shop.database) as session:
        assert [*session.execute(select(OwnMethodDraft.id)).scalars()] == [fresh]
