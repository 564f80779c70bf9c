"""How an owner puts the shop's texts into their own words: nothing is said before Save, and nothing typed is lost."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from novacore.db.event_kinds.texts import RESET_TEXT, SAVE_TEXT
from novacore.db.models import Event, Job, OwnText, TextDraft
from novacore.db.queries.texts import own_words
from novacore.db.unit_of_work import reading
from novacore.errors import AlreadyDone, BadInput, NotAllowed, NotFound, PageChanged
from novacore.states import JobState
from novacore.states.texts import TEXT_LIMIT, ShopText
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.texts import drafts, rules, saving
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, MovableClock

OTHER_OWNER = Actor(3002, "other owner", is_owner=True)
WORDS = "Keys, and *nothing* but keys."


def written(shop: Shop, words: str = WORDS, key: ShopText = ShopText.panel, actor: Actor = OWNER) -> int:
    """Write a draft and return its id."""
    draft_id, _, _ = drafts.begin(shop, actor, key)
    drafts.fill(shop, actor, draft_id, words)
    return draft_id


def said(shop: Shop) -> dict[str, str]:
    """Return every text in the owner's words."""
    with reading(shop.database) as session:
        return {key.value: words for key, words in own_words(session, [*ShopText]).items()}


def events(shop: Shop) -> list[tuple[str, str, object, object]]:
    """Return what was done with texts: trigger, text, the words before and after."""
    rows = select(Event).where(Event.subject_kind == "text").order_by(Event.id)
    with reading(shop.database) as session:
        found = session.execute(rows).scalars().all()
    told = [(one, one.detail_of(SAVE_TEXT) or one.detail_of(RESET_TEXT)) for one in found]
    return [(one.trigger, one.subject_id, said["before"], said["after"]) for one, said in told if said]


def test_it_is_said_after_save_and_the_panel_follows(shop: Shop) -> None:
    draft_id = written(shop)
    assert said(shop) == {}
    saving.save(shop, OWNER, draft_id)
    assert said(shop) == {"panel": WORDS}
    with pytest.raises(AlreadyDone, match="this was saved"):
        saving.save(shop, OWNER, draft_id)
    with pytest.raises(AlreadyDone, match="this was saved"):
        drafts.again(shop, OWNER, draft_id)  # before its form: what is typed there could be sent nowhere
    assert events(shop) == [("save_text", "panel", None, WORDS)]
    with reading(shop.database) as session:
        panel = select(Job.state).where(Job.name == "refresh_panel")
        assert session.execute(panel).scalar_one() is JobState.queued


def test_back_to_the_default_and_on_from_there(shop: Shop) -> None:
    version = saving.save(shop, OWNER, written(shop)).version
    saving.reset(shop, OWNER, ShopText.panel, version)
    assert said(shop) == {}
    with pytest.raises(AlreadyDone, match="its own words"):
        saving.reset(shop, OWNER, ShopText.panel, version)
    _, _, typed = drafts.begin(shop, OWNER, ShopText.panel)
    assert typed == ShopText.panel.row.default
    saving.save(shop, OWNER, written(shop, "Once more."))
    assert events(shop)[1:] == [("reset_text", "panel", WORDS, None), ("save_text", "panel", None, "Once more.")]


def test_a_form_opens_with_what_stands_and_again_with_what_was_typed(shop: Shop) -> None:
    draft_id, key, typed = drafts.begin(shop, OWNER, ShopText.vouch)
    assert (key, typed) == (ShopText.vouch, ShopText.vouch.row.default)
    drafts.fill(shop, OWNER, draft_id, "  Say {it}!\0 ")
    assert drafts.again(shop, OWNER, draft_id) == (draft_id, ShopText.vouch, "  Say {it}! ")


@pytest.mark.parametrize(
    ("key", "typed", "why"),
    [
        (ShopText.panel, " \u200b", "at least one letter or digit"),
        (ShopText.panel, "**", "at least one letter or digit"),
        (ShopText.panel, "x" * (TEXT_LIMIT + 1), "up to 1001 characters; the limit is 1000"),
        (ShopText.panel, "x" + "🎮" * 500, "up to 1001 characters"),
        (ShopText.vouch, "Hi {name}, {bought}!", r"\{name\} can't be filled in. In braces there may be \{bought\}"),
        (ShopText.how_it_works, "{ways} " * 5, r"up to 1004 characters once \{ways\} is filled in"),
    ],
)
def test_what_is_wrong_stays_in_the_form_and_out_of_the_shop(shop: Shop, key: ShopText, typed: str, why: str) -> None:
    draft_id = written(shop, typed, key)
    with pytest.raises(BadInput, match=why):
        saving.save(shop, OWNER, draft_id)
    assert said(shop) == {}
    assert events(shop) == []
    assert drafts.again(shop, OWNER, draft_id)[2] == typed
    drafts.fill(shop, OWNER, draft_id, "Fine.")
    saving.save(shop, OWNER, draft_id)
    assert said(shop) == {key.value: "Fine."}


def test_at_the_limit_it_is_taken_and_braces_mean_something_only_where_there_is_a_place(shop: Shop) -> None:
    saving.save(shop, OWNER, written(shop, "x" * TEXT_LIMIT))
    assert said(shop)["panel"] == "x" * TEXT_LIMIT
    saving.save(shop, OWNER, written(shop, "Use {codes}."))
    saving.save(shop, OWNER, written(shop, "You have { Bought }.", ShopText.vouch))
    assert said(shop) == {"panel": "Use {codes}.", "vouch": "You have {bought}."}


def test_the_same_words_again_are_no_change(shop: Shop) -> None:
    saving.save(shop, OWNER, written(shop))
    with pytest.raises(BadInput, match="haven't changed anything"):
        saving.save(shop, OWNER, written(shop, f" {WORDS}\n"))
    assert len(events(shop)) == 1


@pytest.mark.parametrize("actor", [CUSTOMER, STAFF])
def test_it_is_the_owners_alone(shop: Shop, actor: Actor) -> None:
    draft_id = written(shop)
    deeds: list[Callable[[], object]] = [
        lambda: drafts.begin(shop, actor, ShopText.panel),
        lambda: drafts.again(shop, actor, draft_id),
        lambda: drafts.fill(shop, actor, draft_id, "x"),
        lambda: drafts.look(shop, actor, draft_id),
        lambda: drafts.discard(shop, actor, draft_id),
        lambda: saving.save(shop, actor, draft_id),
        lambda: saving.reset(shop, actor, ShopText.panel, 1),
    ]
    for deed in deeds:
        with pytest.raises(NotAllowed, match="Only the owner can"):
            deed()
    assert said(shop) == {}


def test_a_draft_is_its_makers(shop: Shop) -> None:
    draft_id = written(shop)
    deeds: list[Callable[[Shop, Actor, int], object]] = [saving.save, drafts.discard, drafts.look, drafts.again]
    for deed in deeds:
        with pytest.raises(NotFound, match="not there any more"):
            deed(shop, OTHER_OWNER, draft_id)
    drafts.discard(shop, OWNER, draft_id)
    with pytest.raises(NotFound, match="not there any more"):
        saving.save(shop, OWNER, draft_id)


def test_the_later_of_two_owners_is_shown_what_stands_before_it_is_replaced(shop: Shop) -> None:
    mine, theirs = written(shop, "Mine."), written(shop, "Theirs.", actor=OTHER_OWNER)
    saving.save(shop, OTHER_OWNER, theirs)
    for _ in range(2):
        with pytest.raises(PageChanged, match="Someone else has changed this text"):
            saving.save(shop, OWNER, mine)
    assert said(shop) == {"panel": "Theirs."}
    page = drafts.look(shop, OWNER, mine)
    assert (page.is_overtaken, page.words, page.now.words) == (True, "Mine.", "Theirs.")
    saving.save(shop, OWNER, mine)
    assert said(shop) == {"panel": "Mine."}
    assert events(shop)[-1] == ("save_text", "panel", "Theirs.", "Mine.")


def test_going_back_to_the_default_takes_no_words_that_were_not_shown(shop: Shop) -> None:
    seen = saving.save(shop, OWNER, written(shop)).version
    saving.save(shop, OTHER_OWNER, written(shop, "Theirs.", actor=OTHER_OWNER))
    with pytest.raises(PageChanged, match="Someone else has changed this text"):
        saving.reset(shop, OWNER, ShopText.panel, seen)
    assert said(shop) == {"panel": "Theirs."}


def test_of_two_who_save_in_one_moment_one_is_told(shop: Shop) -> None:
    ids = {OWNER: written(shop, "Mine."), OTHER_OWNER: written(shop, "Theirs.", actor=OTHER_OWNER)}
    told: list[str] = []
    start = threading.Barrier(2)

    def press(actor: Actor) -> None:
        start.wait()
        try:
            saving.save(shop, actor, ids[actor])
        except PageChanged:
            told.append(actor.name)

    threads = [threading.Thread(target=press, args=(one,)) for one in ids]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(told) == 1
    assert said(shop) == {"panel": "Theirs." if told == [OWNER.name] else "Mine."}
    assert len(events(shop)) == 1


def test_a_save_that_is_cut_off_has_saved_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    draft_id = written(shop)

    def dies(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(saving, "record", dies)
        with pytest.raises(RuntimeError, match="killed"):
            saving.save(shop, OWNER, draft_id)
    with reading(shop.database) as session:
        assert session.execute(select(func.count()).select_from(Job).where(Job.name == "refresh_panel")).scalar() == 0
    assert said(shop) == {}
    saving.save(shop, OWNER, draft_id)
    assert said(shop) == {"panel": WORDS}


def test_drafts_that_nobody_touches_go_and_texts_stay(shop: Shop, time: MovableClock) -> None:
    saving.save(shop, OWNER, written(shop))
    written(shop, "Later.", ShopText.vouch)
    time.move(hours=25)
    written(shop, "Now.", ShopText.vouch)
    with reading(shop.database) as session:
        assert session.execute(select(TextDraft.typed)).scalars().all() == ["Now."]
        assert session.execute(select(OwnText.words)).scalars().all() == [WORDS]


@pytest.mark.parametrize("key", [one for one in ShopText if one is not ShopText.terms])
def test_every_default_may_be_saved_as_it_stands(key: ShopText) -> None:
    words, slips = rules.read(key, key.row.default)
    assert (words, slips) == (key.row.default, ())
