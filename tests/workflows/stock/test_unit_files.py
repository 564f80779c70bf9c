"""Files that are units: stocked once, sold once, delivered whole, and never more than one message carries."""

import os
from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from novacore.crypto import GoodsCipher, GoodsUnreadable, new_key
from novacore.db.models import GoodsFile, Order, StagedPart, StockBatch, Unit
from novacore.db.unit_of_work import reading, writing
from novacore.errors import BadInput, NotAllowed, WrongState
from novacore.states import BatchState, OrderStatus, ProductKind, UnitStatus
from novacore.workflows.catalog import draft_files, products
from novacore.workflows.goods import files
from novacore.workflows.goods.files import LARGEST_FILE, MOST_FILES, MoreThanAMessage
from novacore.workflows.goods.masking import hidden_in
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import after_sale
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.goods import goods_of, replacement, reveal, size_of_files
from novacore.workflows.stock import codes, restock, unit_files
from novacore.workflows.stock.unit_files import FilesPreview
from novacore.workflows.upkeep.keys import given_up, goods_keys, key_rotation
from tests.fixtures.shops import CUSTOMER, KEY, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows import catalogue
from tests.workflows.machine import lives
from tests.workflows.stock.test_restock import fill


@pytest.fixture
def product_id(make_product: ProductMaker) -> int:
    """A product of which nothing is in stock."""
    return make_product(units=0)


def stage(shop: Shop, product_id: int, given: Mapping[str, bytes]) -> FilesPreview:
    """The owner uploads files."""
    return unit_files.stage(
        shop, OWNER, product_id, [unit_files.store(shop, name, content) for name, content in given.items()]
    )


def stock(shop: Shop, product_id: int, given: Mapping[str, bytes]) -> int:
    """The owner uploads files and says yes; return the batch."""
    return fill(shop, stage(shop, product_id, given).batch_id).id


def sell(shop: Shop, product_id: int, quantity: int = 1) -> Order:
    """Someone buys, and staff approve."""
    order = lives.submit(shop, lives.place(shop, product_id, quantity=quantity))
    return orders.approve(shop, STAFF, order.id, Given())


def contents(shop: Shop, order: Order) -> dict[str, bytes]:
    """The files that the buyer of an order gets."""
    return {one.name: one.content for one in files.read(shop, goods_of(shop, order.id).files)}


def shrink(monkeypatch: pytest.MonkeyPatch, together: int) -> None:
    """Let a message carry only so many bytes."""
    monkeypatch.setattr(files, "MOST_TOGETHER", together)


def test_each_file_is_a_unit_and_is_sold_once(shop: Shop, product_id: int, time: MovableClock) -> None:
    found = stage(shop, product_id, {"../one.zip": b"PK one", "two.zip": b"PK two"})
    assert ([one.name for one in found.new], found.left, found.repeats) == (["one.zip", "two.zip"], 0, [])
    assert lives.units(shop, UnitStatus.available) == 0, "nothing before the yes"
    batch = fill(shop, found.batch_id)
    assert (batch.file_name, batch.added, batch.available) == ("2 files", 2, 2)
    first, second = sell(shop, product_id), sell(shop, product_id)
    assert contents(shop, first) == {"one.zip": b"PK one"}
    assert contents(shop, second) == {"two.zip": b"PK two"}
    assert lives.units(shop, UnitStatus.available) == 0
    guide, *codes = goods_of(shop, first.id).items
    assert (guide.value, codes) == ("the-guide-of-Game key", [])


def test_it_is_shown_to_its_buyer_and_nothing_is_opened_to_know_how_large_it_is(
    shop: Shop, product_id: int, time: MovableClock
) -> None:
    stock(shop, product_id, {"one.zip": b"PK one"})
    order = sell(shop, product_id)
    locked = replace(shop, cipher=GoodsCipher([new_key()]))
    assert [size_of_files(locked, who, order.id) for who in (CUSTOMER, STRANGER, STAFF)] == [6, 0, 0]
    assert [one.name for one in reveal(shop, CUSTOMER, order.id)[1].files] == ["one.zip"]


def test_neither_names_nor_hashes_nor_bytes_stand_anywhere_in_the_clear(shop: Shop, product_id: int) -> None:
    stage(shop, product_id, {"secret-name.zip": b"SECRET-BYTES"})
    stock(shop, product_id, {"other-name.zip": b"OTHER-BYTES"})
    stored = repr(lives.snapshot(shop))
    for one in ("secret-name", "other-name", "BYTES", "sha256"):
        assert one not in stored


def test_a_file_that_was_ever_here_stays_out(shop: Shop, product_id: int, time: MovableClock) -> None:
    stock(shop, product_id, {"sold.zip": b"sold", "left.zip": b"left"})
    sell(shop, product_id)
    same = {"a.zip": b"sold", "b.zip": b"left", "c.zip": b"new", "d.zip": b"new"}
    found = stage(shop, product_id, same)
    assert [one.name for one in found.new] == ["c.zip"]
    assert found.repeats == [
        ("a.zip", "was sold before"),
        ("b.zip", "is in stock already"),
        ("d.zip", "comes twice in this upload"),
    ]
    nothing = stage(shop, product_id, {"a.zip": b"sold"})
    assert (nothing.batch_id, nothing.new) == (None, [])


def test_repeats_of_one_name_are_all_told(shop: Shop, product_id: int) -> None:
    stock(shop, product_id, {"one.zip": b"one", "two.zip": b"two"})
    again = [unit_files.store(shop, "same.zip", content) for content in (b"one", b"two")]
    found = unit_files.stage(shop, OWNER, product_id, again)
    assert found.repeats == [("same.zip", "is in stock already")] * 2


def test_of_two_previews_with_the_same_file_one_adds_it(shop: Shop, product_id: int, time: MovableClock) -> None:
    first, second = (stage(shop, product_id, {name: b"same"}) for name in ("a.zip", "b.zip"))
    assert fill(shop, first.batch_id).added == 1
    batch = fill(shop, second.batch_id)
    assert (batch.added, batch.refused) == (0, 1)
    time.move(hours=25)
    assert files.tidy(shop) == 1, "the one that was left out"
    assert contents(shop, sell(shop, product_id)) == {"a.zip": b"same"}


def test_a_withdrawn_file_may_come_in_again(shop: Shop, product_id: int, time: MovableClock) -> None:
    batch_id = stock(shop, product_id, {"one.zip": b"one", "two.zip": b"two"})
    sell(shop, product_id)
    assert restock.withdraw(shop, OWNER, batch_id) == 1
    assert lives.units(shop, UnitStatus.available) == 0
    stock(shop, product_id, {"again.zip": b"two"})
    assert contents(shop, sell(shop, product_id)) == {"again.zip": b"two"}


def test_a_withdrawn_file_is_cleared_away_and_a_sold_one_stays(shop: Shop, product_id: int, time: MovableClock) -> None:
    batch_id = stock(shop, product_id, {"one.zip": b"one", "two.zip": b"two", "three.zip": b"three"})
    sold, reserved = sell(shop, product_id), lives.submit(shop, lives.place(shop, product_id))
    restock.withdraw(shop, OWNER, batch_id)
    time.move(hours=25)
    assert files.tidy(shop) == 1, "the one that stood in no order"
    assert contents(shop, sold) == {"one.zip": b"one"}
    assert contents(shop, orders.approve(shop, STAFF, reserved.id, Given())) == {"two.zip": b"two"}


def test_a_preview_keeps_its_files_and_a_discarded_one_lets_them_go(
    shop: Shop, product_id: int, time: MovableClock
) -> None:
    waits, gone = (stage(shop, product_id, {"one.zip": content}) for content in (b"one", b"two"))
    stock(shop, product_id, {"stocked.zip": b"three"})
    time.move(hours=30)
    assert files.tidy(shop) == 0
    restock.discard(shop, OWNER, gone.batch_id or 0)
    assert files.tidy(shop) == 1
    with reading(shop.database) as session:
        assert session.execute(select(func.count()).select_from(StagedPart)).scalar_one() == 1
        assert session.execute(select(func.count()).select_from(GoodsFile)).scalar_one() == 2
    fill(shop, waits.batch_id)
    assert lives.units(shop, UnitStatus.available) == 2


def test_a_killed_job_goes_on(shop: Shop, product_id: int, time: MovableClock) -> None:
    batch_id = stage(shop, product_id, {"one.zip": b"one"}).batch_id or 0
    restock.confirm(shop, OWNER, batch_id)
    for _ in range(3):
        restock.fill_next(shop, batch_id)
    with reading(shop.database) as session:
        assert session.get_one(StockBatch, batch_id).state is BatchState.filled
    assert lives.units(shop, UnitStatus.available) == 1


@pytest.mark.parametrize("actor", [STAFF, CUSTOMER])
def test_only_the_owner_stocks_files(shop: Shop, product_id: int, actor: Actor) -> None:
    for refused in (
        lambda: unit_files.product_name(shop, actor, product_id),
        lambda: unit_files.refuse(shop, actor, product_id, [5]),
        lambda: unit_files.stage(shop, actor, product_id, []),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_what_cannot_be_units_is_refused(shop: Shop, make_product: ProductMaker, product_id: int) -> None:
    shared = make_product(ProductKind.shared, name="Guide")
    with pytest.raises(BadInput, match="gets the same goods"):
        unit_files.product_name(shop, OWNER, shared)
    for sizes, why in (([0], "empty"), ([LARGEST_FILE + 1], "larger than"), ([], "from 1 to"), ([1] * 11, "from 1 to")):
        with pytest.raises(BadInput, match=why):
            unit_files.refuse(shop, OWNER, product_id, sizes)
    unit_files.refuse(shop, OWNER, product_id, [LARGEST_FILE] * 10)


# ---- what one message carries


def test_an_order_of_more_than_a_message_carries_is_refused_before_it_is_paid(
    shop: Shop, product_id: int, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(shop, product_id, {f"{n}.zip": os.urandom(40) for n in range(4)})
    shrink(monkeypatch, 100)
    before = lives.snapshot(shop)
    with pytest.raises(MoreThanAMessage, match="Please order fewer at a time"):
        lives.place(shop, product_id, quantity=3)
    assert lives.snapshot(shop) == before
    assert lives.place(shop, product_id, quantity=2).quantity == 2


def test_more_files_than_a_message_carries_are_refused_too(shop: Shop, product_id: int, time: MovableClock) -> None:
    for half in range(2):
        stock(shop, product_id, {f"{half}{n}.zip": bytes([half, n]) for n in range(5)})
    with pytest.raises(MoreThanAMessage, match="would be 10 files"):
        lives.place(shop, product_id, quantity=10)
    assert len(contents(shop, sell(shop, product_id, MOST_FILES))) == MOST_FILES


def test_the_products_own_files_count_as_well(
    shop: Shop, product_id: int, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_id = catalogue.changing(shop, product_id)
    catalogue_file = files.store(shop, "manual.pdf", b"m" * 80)
    draft_files.change(shop, OWNER, draft_id, [catalogue_file], [])
    products.save(shop, OWNER, draft_id)
    stock(shop, product_id, {"one.zip": b"1" * 40, "two.zip": b"2" * 10})
    shrink(monkeypatch, 100)
    with pytest.raises(MoreThanAMessage):
        lives.place(shop, product_id)
    shrink(monkeypatch, 120)
    assert contents(shop, sell(shop, product_id)) == {"one.zip": b"1" * 40, "manual.pdf": b"m" * 80}


def _nine_files(shop: Shop, draft_id: int) -> None:
    ids = [files.store(shop, f"manual-{n}.pdf", b"m") for n in range(MOST_FILES)]
    draft_files.change(shop, OWNER, draft_id, ids, [])


def test_units_that_could_not_go_out_with_the_products_own_files_do_not_come_in(shop: Shop, product_id: int) -> None:
    draft_id = catalogue.changing(shop, product_id)
    _nine_files(shop, draft_id)
    products.save(shop, OWNER, draft_id)
    given = [unit_files.store(shop, "one.zip", b"one")]
    codes.marker(shop)  # the key of the hashes is made when it is first asked for
    before = lives.snapshot(shop)
    for refused in (
        lambda: unit_files.refuse(shop, OWNER, product_id, [3]),
        lambda: unit_files.stage(shop, OWNER, product_id, given),
    ):
        with pytest.raises(BadInput, match="Nobody could buy these"):
            refused()
    assert lives.snapshot(shop) == before
    draft_id = catalogue.changing(shop, product_id)
    draft_files.change(shop, OWNER, draft_id, [], [draft_files.load(shop, OWNER, draft_id)[0].id])
    products.save(shop, OWNER, draft_id)
    unit_files.refuse(shop, OWNER, product_id, [3])
    fill(shop, unit_files.stage(shop, OWNER, product_id, given).batch_id)
    assert len(contents(shop, sell(shop, product_id))) == MOST_FILES


def test_a_product_gets_no_files_with_which_its_units_could_not_go_out(shop: Shop, product_id: int) -> None:
    stock(shop, product_id, {"one.zip": b"one"})
    draft_id = catalogue.changing(shop, product_id)
    _nine_files(shop, draft_id)
    before = lives.snapshot(shop)
    with pytest.raises(BadInput, match="Nobody could buy this any more"):
        products.save(shop, OWNER, draft_id)
    assert lives.snapshot(shop) == before
    draft_files.change(shop, OWNER, draft_id, [], [draft_files.load(shop, OWNER, draft_id)[0].id])
    products.save(shop, OWNER, draft_id)
    assert len(contents(shop, sell(shop, product_id))) == MOST_FILES


def test_a_late_order_whose_files_are_too_large_by_now_is_told_to_staff(
    shop: Shop, product_id: int, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(shop, product_id, {f"{n}.zip": bytes([n]) * 40 for n in range(2)})
    order = lives.bring_to(shop, product_id, OrderStatus.expired, time)
    order = orders.reinstate(shop, STAFF, order.id, lives.REASON)
    with writing(shop.database) as tx:
        free = update(Unit).where(Unit.order_id == order.id).values(status=UnitStatus.available, order_id=None)
        tx.session.execute(free)
    shrink(monkeypatch, 20)
    before = lives.snapshot(shop)
    with pytest.raises(WrongState, match="Reject it and return the money"):
        orders.approve(shop, STAFF, order.id, Given())
    assert lives.snapshot(shop) == before


# ---- after the sale


def test_a_faulty_file_is_replaced_by_the_next_one(
    shop: Shop, product_id: int, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(shop, product_id, {f"{n}.zip": bytes([n]) * 40 for n in range(3)})
    order = sell(shop, product_id, 2)
    lives.mark_sent(shop, order.id)
    order = orders.delivered(shop, SYSTEM, order.id)
    lives.end_jobs(shop, order.id)
    shrink(monkeypatch, 70)
    with pytest.raises(WrongState, match="Return the money for it instead"):
        after_sale.replace_unit(shop, OWNER, order.id, order.version, "1", "It does not open.")
    shrink(monkeypatch, 100)
    order = after_sale.replace_unit(shop, OWNER, order.id, order.version, "1", "It does not open.")
    assert list(contents(shop, order)) == ["2.zip", "1.zip"], "the new one has the old number"
    with reading(shop.database) as session:
        new_id = session.execute(select(Unit.id).where(Unit.replaces_id.is_not(None))).scalar_one()
    found = replacement(shop, order.id, new_id)
    assert found is not None
    assert ([one.name for one in found.files], found.items) == (["2.zip"], [])


def test_a_faulty_file_is_replaced_by_the_oldest_that_fits(
    shop: Shop, product_id: int, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(shop, product_id, {"a.zip": b"a" * 40, "b.zip": b"b" * 40})
    order = sell(shop, product_id, 2)
    lives.mark_sent(shop, order.id)
    order = orders.delivered(shop, SYSTEM, order.id)
    lives.end_jobs(shop, order.id)
    stock(shop, product_id, {"large.zip": b"l" * 61, "fits.zip": b"f" * 60, "later.zip": b"n" * 5})
    shrink(monkeypatch, 100)
    order = after_sale.replace_unit(shop, OWNER, order.id, order.version, "1", "It does not open.")
    assert list(contents(shop, order)) == ["fits.zip", "b.zip"]


def test_what_someone_types_is_masked_though_they_bought_files(shop: Shop, product_id: int, time: MovableClock) -> None:
    stock(shop, product_id, {"one.zip": b"one"})
    sell(shop, product_id)
    with reading(shop.database) as session:
        typed = hidden_in(shop, session, CUSTOMER.id or 0, "I have the-guide-of-Game key, and one.zip won't open")
    assert "the-guide-of-Game" not in typed
    assert "won't open" in typed


# ---- keys


def test_a_new_key_opens_units_that_are_files(shop: Shop, product_id: int, time: MovableClock) -> None:
    stock(shop, product_id, {"one.zip": b"one", "two.zip": b"two"})
    waits = stage(shop, product_id, {"three.zip": b"three"})
    order = sell(shop, product_id)
    new = new_key()
    assert key_rotation.rotate(replace(shop, cipher=GoodsCipher([new, KEY])), lambda _: None).is_settled
    alone = replace(shop, cipher=GoodsCipher([new]))
    assert contents(alone, order) == {"one.zip": b"one"}
    fill(alone, waits.batch_id)
    assert contents(alone, sell(alone, product_id, 2)) == {"two.zip": b"two", "three.zip": b"three"}
    with pytest.raises(GoodsUnreadable):
        contents(shop, order)


def test_files_whose_key_is_lost_are_withdrawn_and_may_come_in_again(
    shop: Shop, product_id: int, time: MovableClock
) -> None:
    stock(shop, product_id, {"one.zip": b"one", "two.zip": b"two"})
    stage(shop, product_id, {"three.zip": b"three"})
    sold = sell(shop, product_id)
    new = new_key()
    here = replace(shop, cipher=GoodsCipher([new]))
    found = goods_keys.take_stock(here.database, here.cipher.marks)
    assert [(one.name, one.available) for one in found.products] == [("Game key", 1)]
    assert given_up.give_up(here, found).codes == {"Game key": 1}
    assert not goods_keys.take_stock(here.database, here.cipher.marks).missing
    time.move(hours=25)
    assert files.tidy(here) == 2, "the one that was withdrawn, and the one of the preview"
    products.bring_back(here, OWNER, product_id)  # its guide was lost as well
    stock(here, product_id, {"again.zip": b"two"})
    assert contents(here, sell(here, product_id)) == {"again.zip": b"two"}
    assert contents(replace(shop, cipher=GoodsCipher([new, KEY])), sold) == {"one.zip": b"one"}, "what was sold stays"


def test_the_hashes_of_files_are_made_again_where_their_own_key_is_lost(
    shop: Shop, product_id: int, time: MovableClock
) -> None:
    stock(shop, product_id, {"one.zip": b"one"})
    new = new_key()
    both = replace(shop, cipher=GoodsCipher([new, KEY]))
    with writing(both.database) as tx:  # as if a rotation had come to the units and files only
        for table in (Unit, GoodsFile):
            for row_id, content in tx.session.execute(select(table.id, table.content)).all():
                changed = update(table).where(table.id == row_id).values(content=both.cipher.rotate(content or b""))
                tx.session.execute(changed)
    here = replace(shop, cipher=GoodsCipher([new]))
    given_up.give_up(here, goods_keys.take_stock(here.database, here.cipher.marks))
    assert stage(here, product_id, {"same.zip": b"one"}).repeats == [("same.zip", "is in stock already")]
