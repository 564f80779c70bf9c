"""The shop's terms: each change is a version, kept for ever, and nobody is bound to words that they have not seen."""

import pytest
from sqlalchemy import select

from novacore.db.event_kinds.texts import SAVE_TERMS, WITHDRAW_TERMS
from novacore.db.models import Event, Order, TermsVersion
from novacore.db.queries import terms
from novacore.db.unit_of_work import reading
from novacore.errors import AlreadyDone, BadInput, PageChanged, TermsNotAccepted
from novacore.messages.kit.words import pointing
from novacore.states import UnitStatus
from novacore.states.texts import TERMS_LIMIT, ShopText
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.texts import accepting, rules, saving
from tests.fixtures.shops import CUSTOMER, OWNER, MovableClock, ProductMaker
from tests.workflows.machine import lives
from tests.workflows.texts.test_texts import OTHER_OWNER, written

FIRST, SECOND = "No refunds. *Ever.*", "No refunds after a week."


def save(shop: Shop, words: str = FIRST) -> int:
    """Save terms and return their version."""
    return saving.save(shop, OWNER, written(shop, words, ShopText.terms)).version


def place(shop: Shop, product: int, accepted: int | None = None) -> Order:
    """Order one, having accepted that version."""
    return orders.place(shop, CUSTOMER, Checkout(lives.reference(), product, 1, "btc", terms=accepted))


def texts(shop: Shop) -> dict[int, str | None]:
    """Return the words of every version."""
    with reading(shop.database) as session:
        return {one.version: one.words for one in session.execute(select(TermsVersion)).scalars()}


def test_each_change_is_a_version_with_its_date_and_its_event(shop: Shop, time: MovableClock) -> None:
    save(shop)
    first = time.at
    time.move(hours=30)
    save(shop, SECOND)
    assert saving.reset(shop, OWNER, ShopText.terms, 2).version == 3
    assert texts(shop) == {1: FIRST, 2: SECOND, 3: None}
    with reading(shop.database) as session:
        found = terms.version(session, 1)
        assert found is not None
        assert (found.words, found.saved_at) == (FIRST, first)
        assert terms.version(session, 4) is None
        assert terms.in_force(session) is None
        assert [one.version for one in terms.newest(session, 9)] == [3, 2, 1]
        events = select(Event).where(Event.subject_kind == "terms").order_by(Event.id)
        told = [(one.trigger, one.subject_id, one.detail) for one in session.execute(events).scalars()]
    assert told == [
        (SAVE_TERMS.trigger, "1", {"version": 1}),
        (SAVE_TERMS.trigger, "2", {"version": 2}),
        (WITHDRAW_TERMS.trigger, "3", {"version": 3}),
    ]


def test_taken_back_twice_and_by_someone_who_saw_other_words(shop: Shop) -> None:
    save(shop)
    save(shop, SECOND)
    with pytest.raises(PageChanged, match="Someone else has changed this text"):
        saving.reset(shop, OWNER, ShopText.terms, 1)
    saving.reset(shop, OWNER, ShopText.terms, 2)
    with pytest.raises(AlreadyDone):
        saving.reset(shop, OWNER, ShopText.terms, 3)
    assert len(texts(shop)) == 3


def test_the_later_of_two_owners_makes_no_second_version_unseen(shop: Shop) -> None:
    mine = written(shop, FIRST, ShopText.terms)
    saving.save(shop, OTHER_OWNER, written(shop, SECOND, ShopText.terms, OTHER_OWNER))
    with pytest.raises(PageChanged):
        saving.save(shop, OWNER, mine)
    assert texts(shop) == {1: SECOND}


def test_terms_may_be_long_and_no_longer(shop: Shop) -> None:
    save(shop, "x" * TERMS_LIMIT)
    with pytest.raises(BadInput, match=f"{TERMS_LIMIT + 1} characters; the limit is {TERMS_LIMIT}"):
        save(shop, "x" * (TERMS_LIMIT + 1))


@pytest.mark.parametrize(
    "part", ["<@1> ", "@everyone", "[a](b)", "\t|", "<#123456789012345678>", "@\u2060here <t:1:R>"]
)
def test_what_may_be_saved_is_shown_to_its_last_word(shop: Shop, part: str) -> None:
    fits = (rules.read(ShopText.terms, part * times + "end") for times in range(TERMS_LIMIT // len(part), 0, -1))
    shown = pointing(next(words for words, slips in fits if not slips), TERMS_LIMIT)
    assert shown.endswith("end")
    assert len(shown) > TERMS_LIMIT * 0.9


def test_without_terms_nobody_accepts_anything(shop: Shop, make_product: ProductMaker) -> None:
    assert place(shop, make_product()).terms_version is None


def test_an_order_keeps_the_version_that_its_customer_accepted(shop: Shop, make_product: ProductMaker) -> None:
    product = make_product()
    before = place(shop, product)
    version = save(shop)
    order = place(shop, product, version)
    save(shop, SECOND)
    with reading(shop.database) as session:
        assert session.get_one(Order, before.id).terms_version is None
        kept = session.get_one(Order, order.id).terms_version
        found = terms.version(session, kept or 0)
    assert found is not None
    assert found.words == FIRST


@pytest.mark.parametrize(
    ("accepted", "why"),
    [(None, accepting.UNTICKED), (1, accepting.CHANGED), (3, accepting.CHANGED), (10**6, accepting.CHANGED)],
)
def test_what_was_not_accepted_binds_nobody(
    shop: Shop, make_product: ProductMaker, accepted: int | None, why: str
) -> None:
    product = make_product()
    save(shop)
    save(shop, SECOND)
    with pytest.raises(TermsNotAccepted) as refused:
        place(shop, product, accepted)
    assert refused.value.sentence == why
    assert lives.units(shop, UnitStatus.available) == 3
    with reading(shop.database) as session:
        assert session.execute(select(Order)).first() is None


def test_terms_that_come_between_the_look_and_the_order_ask_again(
    shop: Shop, make_product: ProductMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = make_product()

    def looked(*_: object) -> None:
        if not texts(shop):
            save(shop)

    monkeypatch.setattr(orders, "_look_first", looked)
    with pytest.raises(TermsNotAccepted):
        place(shop, product)
    assert lives.units(shop, UnitStatus.available) == 3


def test_terms_that_were_taken_back_bind_nobody(shop: Shop, make_product: ProductMaker) -> None:
    product, version = make_product(), save(shop)
    saving.reset(shop, OWNER, ShopText.terms, version)
    assert place(shop, product, version).terms_version is None


def test_a_second_press_of_one_checkout_is_the_order_whatever_the_terms_are_by_then(
    shop: Shop, make_product: ProductMaker
) -> None:
    product, version = make_product(), save(shop)
    checkout = Checkout(lives.reference(), product, 1, "btc", terms=version)
    order = orders.place(shop, CUSTOMER, checkout)
    save(shop, SECOND)
    assert orders.place(shop, CUSTOMER, checkout).id == order.id


@pytest.mark.parametrize(
    ("asked", "ticked", "told"),
    [
        (2, True, None),
        (2, False, accepting.UNTICKED),
        (1, True, accepting.CHANGED),
        (1, False, accepting.CHANGED),
        (None, True, accepting.UNTICKED),
        (None, False, accepting.UNTICKED),
    ],
)
def test_a_form_counts_for_the_version_that_it_named(
    shop: Shop, asked: int | None, ticked: bool, told: str | None
) -> None:
    save(shop)
    save(shop, SECOND)
    with reading(shop.database) as session:
        now = terms.in_force(session)
    assert accepting.require_ticked(None, asked, ticked=ticked) is None
    if told is None:
        assert accepting.require_ticked(now, asked, ticked=ticked) == 2
        return
    with pytest.raises(TermsNotAccepted) as refused:
        accepting.require_ticked(now, asked, ticked=ticked)
    assert refused.value.sentence == told
