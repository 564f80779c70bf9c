"""Pictures whose ids were wrong: one for each person, for an hour, and not for whoever has nothing to pay."""

import pytest
from sqlalchemy import func, select

from novacore.db.models import KeptProof, Person
from novacore.db.unit_of_work import reading
from novacore.errors import WrongState
from novacore.states import OrderStatus
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import kept_proofs
from tests.fixtures.shops import CUSTOMER, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives


def keep(shop: Shop, actor: Actor, order_id: str | None = None) -> int:
    """Keep some picture."""
    kept_id = kept_proofs.keep(shop, actor, order_id, "not one", lives.picture())
    assert kept_id is not None
    return kept_id


def count(shop: Shop) -> int:
    """How many there are."""
    with reading(shop.database) as session:
        return session.execute(select(func.count()).select_from(KeptProof)).scalar_one()


def test_one_is_kept_for_each_person_and_for_an_hour(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    order = lives.place(shop, make_product())
    first = keep(shop, CUSTOMER)
    second = keep(shop, CUSTOMER, order.id)
    kept = kept_proofs.load(shop, CUSTOMER, second)
    assert (kept.order_id, kept.reference, kept.method) == (order.id, "not one", order.paid_by)
    assert len(kept_proofs.picture(shop, CUSTOMER, second)) == kept.size
    for actor, kept_id in ((CUSTOMER, first), (STRANGER, second)):
        with pytest.raises(WrongState, match="don't have that picture any more"):
            kept_proofs.load(shop, actor, kept_id)
        with pytest.raises(WrongState, match="don't have that picture any more"):
            kept_proofs.picture(shop, actor, kept_id)
    time.move(minutes=59)
    kept_proofs.tidy(shop)
    assert count(shop) == 1
    time.move(minutes=1)
    with pytest.raises(WrongState, match="don't have that picture any more"):
        kept_proofs.load(shop, CUSTOMER, second)
    kept_proofs.tidy(shop)
    assert count(shop) == 0


def test_noting_and_dropping_leave_what_others_have(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product()
    for actor in (CUSTOMER, STRANGER):
        lives.place(shop, product_id, actor)
    mine, theirs = keep(shop, CUSTOMER), keep(shop, STRANGER)
    kept_proofs.note(shop, mine, None, "wrong again")
    assert kept_proofs.load(shop, CUSTOMER, mine).reference == "wrong again"
    assert kept_proofs.load(shop, STRANGER, theirs).reference == "not one"
    kept_proofs.drop(shop, mine)
    with pytest.raises(WrongState, match="don't have that picture any more"):
        kept_proofs.load(shop, CUSTOMER, mine)
    assert kept_proofs.load(shop, STRANGER, theirs).reference == "not one"


def test_nothing_is_kept_for_whoever_has_no_order_that_takes_a_proof(shop: Shop) -> None:
    assert not kept_proofs.may_keep(shop, STRANGER)
    assert kept_proofs.keep(shop, STRANGER, None, "not one", lives.picture()) is None
    assert count(shop) == 0
    with reading(shop.database) as session:
        assert session.get(Person, STRANGER.id) is None


def test_all_together_have_a_bound(
    shop: Shop, make_product: ProductMaker, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_proofs, "MOST", 2)
    product_id = make_product()
    people = [Actor(7000 + number, f"person {number}") for number in range(3)]
    for person in people:
        lives.place(shop, product_id, person)
        time.move(seconds=1)
        keep(shop, person)
    assert count(shop) == 2


def test_nobody_has_pictures_kept_without_end(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    lives.place(shop, make_product())
    newest = keep(shop, CUSTOMER)
    for _ in range(kept_proofs.MOST_EACH - 1):
        time.move(minutes=10)
        assert kept_proofs.may_keep(shop, CUSTOMER)
        newest = keep(shop, CUSTOMER)
    time.move(minutes=10)
    assert not kept_proofs.may_keep(shop, CUSTOMER)
    assert kept_proofs.keep(shop, CUSTOMER, None, "not one", lives.picture()) is None
    assert kept_proofs.load(shop, CUSTOMER, newest).id == newest
    time.move(minutes=50)
    assert kept_proofs.may_keep(shop, CUSTOMER)
    assert keep(shop, CUSTOMER) > newest


def test_an_order_that_takes_no_proof_any_more_counts_for_nothing(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    lives.bring_to(shop, make_product(), OrderStatus.expired, time)
    assert kept_proofs.may_keep(shop, CUSTOMER)
    time.move(days=7, seconds=1)
    assert not kept_proofs.may_keep(shop, CUSTOMER)
    assert kept_proofs.keep(shop, CUSTOMER, None, "not one", lives.picture()) is None
