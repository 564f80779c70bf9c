"""Goods whose key is lost for good are withdrawn and recorded; what was sold keeps its history."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from novacore.crypto import new_key
from novacore.db.event_kinds.orders import LOSE_UNITS
from novacore.db.event_kinds.products import WITHDRAW_STOCK
from novacore.db.models import Event, ProductDraft, StagedPart, StagedText, StockBatch, Unit
from novacore.db.queries import sealed
from novacore.db.unit_of_work import reading
from novacore.errors import BadInput, SoldOut
from novacore.settings import Settings, rehearsal_settings
from novacore.states import BatchState, OrderStatus, ProductKind
from novacore.workflows.catalog import drafts, offers, products
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.goods import goods_of
from novacore.workflows.stock import previews, restock
from novacore.workflows.upkeep.keys import given_up, goods_keys, key_rotation, sealed_rows
from novacore.workflows.upkeep.keys.given_up import GivenUp
from tests.fixtures.shops import CUSTOMER, KEY, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows import catalogue
from tests.workflows.machine import lives
from tests.workflows.upkeep.keys.locked import as_before_marks, under

NEW = new_key()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a SECRET_KEY: only its name is read from them here."""
    return rehearsal_settings(tmp_path, {"SECRET_KEY": NEW})


def give_up(shop: Shop) -> GivenUp:
    """Give up what this shop's keys don't open."""
    return given_up.give_up(shop, goods_keys.take_stock(shop.database, shop.cipher.marks))


def units(shop: Shop) -> dict[str, int]:
    """How many units of each status there are."""
    with reading(shop.database) as session:
        rows = session.execute(select(Unit.status, func.count()).group_by(Unit.status)).all()
    return {str(status): count for status, count in rows}


def events(shop: Shop, trigger: str) -> list[Event]:
    """What was recorded under a trigger."""
    with reading(shop.database) as session:
        return [*session.execute(select(Event).where(Event.trigger == trigger).order_by(Event.id)).scalars()]


def test_unsold_codes_are_withdrawn_and_the_shop_opens_again(
    shop: Shop, make_product: ProductMaker, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(given_up, "CHUNK", 3)
    make_product(units=7)
    here = under(shop, NEW)
    assert give_up(here) == GivenUp({"Game key": 7}, ("Game key",))
    assert units(here) == {"withdrawn": 7}
    found = [WITHDRAW_STOCK.read(one.detail) for one in events(here, "withdraw_stock")]
    assert [one["count"] for one in found] == [3, 3, 1]
    assert {one["why"] for one in found} == {"key_lost"}
    goods_keys.settle(here, settings)
    assert give_up(here) == GivenUp({}, ())
    with pytest.raises(SoldOut):
        lives.place(here, 1)


def test_what_is_under_the_key_at_hand_stays(shop: Shop, make_product: ProductMaker, settings: Settings) -> None:
    make_product(units=3)
    both = under(shop, NEW, KEY)
    offers.add_codes(both, OWNER, 1, ["YOUNG-1", "YOUNG-2"])
    young = offers.add_product(both, OWNER, NewProduct("New", "Young", "", ProductKind.unique, 500))
    offers.add_codes(both, OWNER, young, ["YOUNG-3"])
    here = under(shop, NEW)
    goods_keys.settle(here, settings)
    assert give_up(here) == GivenUp({"Game key": 3}, ("Game key",))
    assert units(here) == {"available": 3, "withdrawn": 3}
    assert lives.place(here, young).status is OrderStatus.awaiting_payment


def test_a_product_that_lost_only_codes_is_on_sale_again_with_the_next_start(shop: Shop, settings: Settings) -> None:
    both = under(shop, NEW, KEY)
    product_id = offers.add_product(both, OWNER, NewProduct("New", "Young", "", ProductKind.unique, 500))
    offers.add_codes(under(shop, KEY), OWNER, product_id, ["OLD-1"])
    offers.add_codes(both, OWNER, product_id, ["YOUNG-1"])
    here = under(shop, NEW)
    goods_keys.settle(here, settings)
    assert catalogue.product_of(here, product_id).is_on_sale is False
    assert give_up(here) == GivenUp({"Young": 1}, ())
    goods_keys.settle(here, settings)
    assert catalogue.product_of(here, product_id).is_on_sale is True


def test_orders_that_wait_lose_their_units_and_can_get_others(
    shop: Shop, make_product: ProductMaker, time: MovableClock
) -> None:
    product_id = make_product(units=4)
    waiting = lives.bring_to(shop, product_id, OrderStatus.under_review, time)
    unpaid = lives.place(shop, product_id, STRANGER, quantity=2)
    here = under(shop, NEW)
    give_up(here)
    assert units(here) == {"withdrawn": 4}
    assert {one.subject_id: LOSE_UNITS.read(one.detail)["count"] for one in events(here, "lose_units")} == {
        waiting.id: 1,
        unpaid.id: 2,
    }
    with pytest.raises(SoldOut, match="Restock and try again"):
        orders.approve(here, STAFF, waiting.id, Given())
    offers.add_codes(here, OWNER, product_id, ["NEW-1"])
    assert orders.approve(here, STAFF, waiting.id, Given()).status is OrderStatus.approved
    assert orders.cancel(here, STRANGER, unpaid.id).status is OrderStatus.cancelled
    assert units(here) == {"withdrawn": 4, "sold": 1}


def test_what_was_sold_keeps_its_history(shop: Shop, make_product: ProductMaker, time: MovableClock) -> None:
    product_id = make_product(units=3)
    sold = {status: lives.bring_to(shop, product_id, status, time) for status in (
        OrderStatus.approved, OrderStatus.delivered, OrderStatus.refunded
    )}  # fmt: skip
    before = lives.snapshot(shop)
    here = under(shop, NEW)
    give_up(here)
    after = lives.snapshot(here)
    assert {name: after[name] for name in ("orders", "ledger_entries", "proofs", "sends")} == {
        name: before[name] for name in ("orders", "ledger_entries", "proofs", "sends")
    }
    assert units(here) == {"sold": 2, "revoked": 1}
    assert catalogue.order_of(here, sold[OrderStatus.delivered].id).status is OrderStatus.delivered
    found_again = under(shop, NEW, KEY)
    assert goods_of(found_again, sold[OrderStatus.delivered].id).items[-1].value.startswith("SECRET-1-")


@pytest.mark.parametrize("kind", [ProductKind.unlimited, ProductKind.shared])
def test_goods_for_every_buyer_are_to_be_written_again(
    shop: Shop, make_product: ProductMaker, settings: Settings, kind: ProductKind
) -> None:
    product_id = make_product(kind, units=3, name="Guide")
    here = under(shop, NEW)
    assert give_up(here) == GivenUp({}, ("Guide",))
    assert catalogue.product_of(here, product_id).is_on_sale is False
    assert [one.subject_id for one in events(here, "give_up_goods")] == [str(product_id)]
    goods_keys.settle(here, settings)
    with pytest.raises(BadInput, match="Its goods are missing"):
        products.bring_back(here, OWNER, product_id)
    draft_id = catalogue.changing(here, product_id)
    drafts.set_goods(here, OWNER, draft_id, "guide: written again")
    products.save(here, OWNER, draft_id)
    products.bring_back(here, OWNER, product_id)
    order = lives.place(here, product_id)
    orders.submit_proof(here, CUSTOMER, order.id, lives.picture(), lives.reference())
    orders.approve(here, STAFF, order.id, Given())
    assert goods_of(here, order.id).items[0].value == "written again"


def test_removed_products_are_given_up_as_well(shop: Shop, make_product: ProductMaker, settings: Settings) -> None:
    product_id = make_product(units=2)
    products.remove(shop, OWNER, product_id)
    here = under(shop, NEW)
    assert give_up(here).codes == {"Game key": 2}
    assert catalogue.product_of(here, product_id).is_deleted is True
    goods_keys.settle(here, settings)
    offers.add_codes(here, OWNER, product_id, ["NEW-1"])


def test_previews_and_batches_that_cannot_be_opened_end(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=0)
    preview = previews.stage_file(shop, OWNER, product_id, "a.txt", b"A-1\nA-2").batch_id or 0
    asking = previews.stage_file(shop, OWNER, product_id, "c.csv", b"name,code,price\nx,C-1,5\ny,C-2,5").batch_id or 0
    filling = previews.stage_file(shop, OWNER, product_id, "b.txt", b"B-1\nB-2").batch_id or 0
    restock.confirm(shop, OWNER, filling)
    here = under(shop, NEW)
    give_up(here)
    with reading(here.database) as session:
        states = [session.get_one(StockBatch, one).state for one in (preview, asking, filling)]
    assert states == [BatchState.discarded, BatchState.discarded, BatchState.filled]
    assert [catalogue.count(here, table) for table in (StagedPart, StagedText)] == [0, 0]
    assert restock.fill_next(here, filling) == 0


def test_goods_typed_into_a_draft_are_forgotten(shop: Shop, make_product: ProductMaker) -> None:
    make_product()
    draft_id = catalogue.written(shop, options=drafts.Options(ProductKind.unlimited))
    drafts.set_goods(shop, OWNER, draft_id, "guide: typed")
    here = under(shop, NEW)
    give_up(here)
    with reading(here.database) as session:
        assert session.query(ProductDraft.goods).scalar() is None


def test_repeats_are_found_again_among_what_can_be_opened(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=2)
    offers.add_codes(under(shop, NEW, KEY), OWNER, product_id, ["YOUNG-1"])
    here = under(shop, NEW)
    give_up(here)
    preview = previews.stage_file(here, OWNER, product_id, "a.txt", b"YOUNG-1\nSECRET-1-0\nA-1")
    assert (preview.new, list(preview.in_stock)) == (2, [1]), "a withdrawn code may come in again"


def test_goods_in_several_columns_are_told_by_their_cells_again(shop: Shop, make_product: ProductMaker) -> None:
    product_id = make_product(units=1)
    both = under(shop, NEW, KEY)
    rows = b"email;password\na@example.com;one-two\nb@example.com;three-four"
    batch = previews.stage_file(both, OWNER, product_id, "a.csv", rows)
    if batch.new == 0:
        batch = previews.choose_columns(both, OWNER, batch.batch_id or 0, [0, 1])
    restock.confirm(both, OWNER, batch.batch_id or 0)
    restock.fill_next(both, batch.batch_id or 0)
    here = under(shop, NEW)
    give_up(here)
    again = previews.stage_file(here, OWNER, product_id, "b.csv", rows.replace(b"email", b"e-mail"))
    if again.batch_id:
        again = previews.choose_columns(here, OWNER, again.batch_id, [0, 1])
    assert (again.new, len(again.in_stock)) == (0, 2)


@pytest.mark.parametrize("step", ["_leave_out", "_discard_staged", "_renew_fingerprints", "_note"])
def test_killed_in_the_middle_it_is_run_again(
    shop: Shop, make_product: ProductMaker, settings: Settings, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    product_id = make_product(units=5)
    previews.stage_file(shop, OWNER, product_id, "a.txt", b"A-1")
    here = under(shop, NEW)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(given_up, step, killed)
        with pytest.raises(KeyboardInterrupt):
            give_up(here)
    give_up(here)
    goods_keys.settle(here, settings)
    assert units(here) == {"withdrawn": 5}
    assert sum(WITHDRAW_STOCK.read(one.detail)["count"] for one in events(here, "withdraw_stock")) == 5
    offers.add_codes(here, OWNER, product_id, ["NEW-1"])


def test_a_rotation_passes_over_what_was_given_up(shop: Shop, make_product: ProductMaker) -> None:
    make_product(units=2)
    give_up(under(shop, NEW))
    newest = new_key()
    after = under(shop, newest, NEW)
    assert key_rotation.is_pending(after)
    found = key_rotation.rotate(after, lambda _: None)
    assert (found.unreadable, found.is_settled) == ([], True)
    assert not key_rotation.is_pending(after)


def test_goods_of_an_earlier_release_can_be_given_up(
    shop: Shop, make_product: ProductMaker, settings: Settings
) -> None:
    make_product(units=3)
    as_before_marks(shop)
    here = under(shop, NEW)
    with pytest.raises(Exception, match="opens none"):
        goods_keys.settle(here, settings)
    assert give_up(here).codes == {"Game key": 3}
    goods_keys.settle(here, settings)


def test_a_second_key_that_is_lost_can_be_given_up_too(
    shop: Shop, make_product: ProductMaker, settings: Settings
) -> None:
    make_product(units=2)
    give_up(under(shop, NEW))
    offers.add_codes(under(shop, NEW), OWNER, 1, ["NEW-1"])
    third = under(shop, new_key())
    assert give_up(third).codes == {"Game key": 1}
    assert len(goods_keys.given_up(shop.database)) == 2
    goods_keys.settle(third, settings)


def test_nothing_is_given_up_that_can_be_opened(shop: Shop, make_product: ProductMaker) -> None:
    make_product(units=2)
    before = lives.snapshot(shop)
    assert give_up(shop) == GivenUp({}, ())
    after = lives.snapshot(shop)
    assert {name for name in before if before[name] != after[name]} <= {"shop_facts"}


def test_the_parts_are_walked_whatever_their_size(
    shop: Shop, make_product: ProductMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_rows, "CHUNK", 2)
    make_product(units=5)
    assert sum(len(part) for part in sealed_rows.parts(shop, sealed.UNITS)) == 5
