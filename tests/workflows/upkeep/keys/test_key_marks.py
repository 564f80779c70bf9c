"""Goods of an earlier release get the mark of their key once, whatever is killed, and whichever keys are at hand."""

import threading
from collections.abc import Sequence
from typing import Any

import pytest

from novacore.crypto import MARK_BYTES, UNKNOWN, GoodsCipher, GoodsUnreadable, mark_of, new_key
from novacore.db.models import Order, ProductDraft, Unit
from novacore.db.queries import sealed
from novacore.db.queries.sealed import UNMARKED
from novacore.db.unit_of_work import reading, writing
from novacore.states import OrderStatus
from novacore.workflows.catalog import offers
from novacore.workflows.machine import facts
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.goods import goods_of
from novacore.workflows.stock import previews
from novacore.workflows.upkeep.keys import key_marks, key_rotation, sealed_rows
from tests.fixtures.shops import KEY, OWNER, MovableClock, ProductMaker
from tests.workflows import catalogue
from tests.workflows.machine import lives
from tests.workflows.upkeep.keys.locked import as_before_marks, marks_of_units, under

NEW = new_key()


@pytest.fixture
def old(shop: Shop, make_product: ProductMaker) -> Shop:
    """A shop of the earlier release, with something of everything that is sealed: nine things under one key."""
    product_id = make_product(units=5)
    previews.stage_file(shop, OWNER, product_id, "codes.txt", b"STAGED-1\nSTAGED-2")
    with writing(shop.database) as tx:
        tx.session.add(ProductDraft(owner_id=1, form={}, goods=shop.cipher.seal("DRAFT-1"), touched_at=tx.now))
    as_before_marks(shop)
    return shop


def marks(shop: Shop) -> set[bytes]:
    """Every mark in the database."""
    with reading(shop.database) as session:
        return sealed.marks(session)


def nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail from here on when a key is tried on anything."""

    def tried(*_: object) -> bytes:
        raise AssertionError("A key was tried.")

    monkeypatch.setattr(GoodsCipher, "marked", tried)


def test_everything_is_marked_once_and_reads_as_before(
    old: Shop, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = lives.bring_to(old, 1, OrderStatus.approved, time)
    before = [one.value for one in goods_of(old, order.id).items]
    as_before_marks(old)
    assert marks(old) == {UNMARKED}
    assert key_marks.give(old) == 9
    assert marks(old) == {mark_of(KEY)}
    assert [one.value for one in goods_of(old, order.id).items] == before
    nothing_is_tried(monkeypatch)
    assert key_marks.give(old) == 0
    assert key_marks.give(under(old, NEW, KEY)) == 0


def test_goods_without_a_mark_can_be_opened_all_the_time(old: Shop, time: MovableClock) -> None:
    order = lives.bring_to(old, 1, OrderStatus.approved, time)
    assert [one.value for one in goods_of(under(old, NEW, KEY), order.id).items][-1] == "SECRET-1-0"
    with pytest.raises(GoodsUnreadable):
        goods_of(under(old, NEW), order.id)


@pytest.mark.parametrize("parts", [0, 1, 2, 3])
def test_killed_in_the_middle_it_goes_on(old: Shop, monkeypatch: pytest.MonkeyPatch, parts: int) -> None:
    monkeypatch.setattr(sealed_rows, "CHUNK", 2)
    write, left = sealed_rows.write, [parts]

    def killed(*given: Any) -> None:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        write(*given)

    monkeypatch.setattr(sealed_rows, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        key_marks.give(old)
    assert marks(old) >= {UNMARKED}
    monkeypatch.setattr(sealed_rows, "write", write)
    given = key_marks.give(old)
    assert (marks(old), given) == ({mark_of(KEY)}, 8 - 2 * parts + (parts == 3))


def test_two_processes_that_start_at_once(old: Shop) -> None:
    threads = [threading.Thread(target=key_marks.give, args=(old,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert marks_of_units(old) == {mark_of(KEY): 5}
    with reading(old.database) as session:
        contents = session.query(Unit.content).order_by(Unit.id).all()
    assert [old.cipher.open(one or b"") for (one,) in contents] == [f"SECRET-1-{n}" for n in range(5)]


# ---- a rotation of the earlier release that was stopped half-way


@pytest.fixture
def half_rotated(shop: Shop, make_product: ProductMaker) -> Shop:
    """Five codes under each of two keys, the later ones under the newer."""
    product_id = make_product(units=5)
    offers.add_codes(under(shop, NEW, KEY), OWNER, product_id, [f"YOUNG-{n}" for n in range(5)])
    as_before_marks(shop)
    return shop


def test_each_thing_gets_the_mark_of_its_own_key(half_rotated: Shop) -> None:
    key_marks.give(under(half_rotated, NEW, KEY))
    assert marks_of_units(half_rotated) == {mark_of(KEY): 5, mark_of(NEW): 5}


@pytest.mark.parametrize("is_marked", [True, False], ids=["marked", "not-marked"])
def test_the_rotation_goes_on_where_it_was_stopped(half_rotated: Shop, is_marked: bool) -> None:
    both = under(half_rotated, NEW, KEY)
    if is_marked:
        key_marks.give(both)
    assert key_rotation.is_pending(both)
    found = key_rotation.rotate(both, lambda _: None)
    assert (found.is_settled, found.unreadable) == (True, [])
    assert marks(half_rotated) == {mark_of(NEW)}
    assert not key_rotation.is_pending(both)
    with reading(half_rotated.database) as session:
        contents: Sequence[Any] = session.query(Unit.content).order_by(Unit.id).all()
    opened = [under(half_rotated, NEW).cipher.open(one) for (one,) in contents]
    assert opened == [*(f"SECRET-1-{n}" for n in range(5)), *(f"YOUNG-{n}" for n in range(5))]


# ---- keys that are not at hand


def test_what_no_key_opens_is_tried_once_and_again_only_with_another_key(
    old: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = under(old, NEW)
    key_marks.give(wrong)
    assert marks(old) == {UNKNOWN}
    with monkeypatch.context() as patch:
        nothing_is_tried(patch)
        assert key_marks.give(wrong) == 0
    assert key_marks.give(under(old, NEW, KEY)) == 9
    assert marks(old) == {mark_of(KEY)}


def test_a_third_key_is_tried_too(old: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    other = new_key()
    key_marks.give(under(old, NEW))
    key_marks.give(under(old, NEW, other))
    assert marks(old) == {UNKNOWN}
    with monkeypatch.context() as patch:
        nothing_is_tried(patch)
        for keys in ((NEW,), (other,), (other, NEW)):
            key_marks.give(under(old, *keys))
    key_marks.give(old)
    assert marks(old) == {mark_of(KEY)}


def test_what_was_tried_before_new_unknown_goods_came_is_tried_again(shop: Shop, make_product: ProductMaker) -> None:
    make_product(units=1)
    as_before_marks(shop)
    key_marks.give(under(shop, NEW))
    make_product(units=1, name="Another")  # as if put back from a backup, without a mark
    with writing(shop.database) as tx:
        unit = tx.session.get_one(Unit, 2)
        unit.content = (unit.content or b"")[MARK_BYTES:]
    other = new_key()
    key_marks.give(under(shop, other))
    assert facts.recall(shop, key_marks.TRIED) == {"marks": [mark_of(other).decode()]}
    key_marks.give(under(shop, NEW))
    key_marks.give(shop)
    assert marks(shop) == {mark_of(KEY)}


def test_goods_of_an_unknown_key_are_opened_as_soon_as_it_is_there(old: Shop, time: MovableClock) -> None:
    order = lives.bring_to(old, 1, OrderStatus.approved, time)
    key_marks.give(under(old, NEW))
    assert goods_of(old, order.id).items[-1].value == "SECRET-1-0"


# ---- the marks themselves


def test_a_mark_says_nothing_but_which_key() -> None:
    keys = [new_key() for _ in range(200)]
    found = {mark_of(key) for key in keys}
    assert len(found) == 200
    assert {len(one) for one in found} == {MARK_BYTES}
    assert mark_of(keys[0]) == mark_of(keys[0])
    assert keys[0].encode()[:8] not in mark_of(keys[0])


def test_a_piece_under_another_mark_than_its_key_is_not_opened() -> None:
    cipher = GoodsCipher([KEY, NEW])
    sealed_one = cipher.seal("CODE")
    with pytest.raises(GoodsUnreadable):
        cipher.open(mark_of(NEW) + sealed_one[MARK_BYTES:])
    with pytest.raises(GoodsUnreadable):
        cipher.open(sealed_one[:-4] + b"AAA=")
    with pytest.raises(GoodsUnreadable):
        cipher.open(b"")


def test_it_does_not_touch_what_is_no_goods(old: Shop) -> None:
    before = lives.snapshot(old)
    key_marks.give(old)
    after = lives.snapshot(old)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"units", "goods_versions", "staged_parts", "product_drafts", "shop_facts"}
    assert catalogue.count(old, Order) == 0
