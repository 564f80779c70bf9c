"""Keys that open all of the goods, some, or none: what a start does about it, on both databases."""

import logging
import threading
from pathlib import Path

import pytest

from novacore.crypto import GoodsCipher, GoodsUnreadable, mark_of, new_key
from novacore.db.models import Product
from novacore.db.unit_of_work import reading
from novacore.errors import BadInput, SettingsError, SoldOut
from novacore.settings import Settings, rehearsal_settings
from novacore.states import OrderStatus, ProductKind
from novacore.tasks.queue import retry
from novacore.workflows.catalog import draft_page, drafts, offers, products
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.goods.items import GoodsItem
from novacore.workflows.machine.shop import Shop
from novacore.workflows.upkeep.keys import goods_keys
from tests.fixtures.shops import KEY, OWNER, MovableClock, ProductMaker
from tests.workflows import catalogue
from tests.workflows.machine import lives
from tests.workflows.upkeep.keys.locked import marks_of_units, under

NEW = new_key()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a SECRET_KEY: only its name is read from them here."""
    return rehearsal_settings(tmp_path, {"SECRET_KEY": NEW})


def sell_under(shop: Shop, name: str, codes: int = 2) -> int:
    """Put a product with codes on sale, sealed under the shop's first key."""
    product_id = offers.add_product(shop, OWNER, NewProduct("New", name, "", ProductKind.unique, 500))
    offers.add_codes(shop, OWNER, product_id, [f"{name}-{n}" for n in range(codes)])
    return product_id


def on_sale(shop: Shop) -> dict[str, bool]:
    """Which products are on sale, by name."""
    with reading(shop.database) as session:
        return {one.name: one.is_on_sale for one in session.query(Product)}


def triggers(shop: Shop, product_id: int) -> list[str]:
    """What happened to a product."""
    return [one.trigger for one in catalogue.events_of(shop, product_id)]


@pytest.fixture
def mixed(shop: Shop, make_product: ProductMaker) -> Shop:
    """A shop that holds "Old" under the key that is lost and "Young" under the one that is there."""
    make_product(name="Old", units=3)
    sell_under(under(shop, NEW, KEY), "Young")
    return under(shop, NEW)


# ---- all of them


def test_a_key_that_opens_everything_changes_nothing_and_opens_nothing(
    shop: Shop, make_product: ProductMaker, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        make_product(name=f"Product {number}")
    before = lives.snapshot(shop)

    def opened(*_: object) -> None:
        raise AssertionError("Goods were opened.")

    for name in ("open", "marked", "rotate"):
        monkeypatch.setattr(GoodsCipher, name, opened)
    goods_keys.settle(shop, settings)
    goods_keys.settle(under(shop, NEW, KEY), settings)
    assert lives.snapshot(shop) == before
    assert marks_of_units(shop) == {mark_of(KEY): 9}


def test_an_empty_shop_takes_any_key(shop: Shop, settings: Settings) -> None:
    goods_keys.settle(under(shop, new_key()), settings)


# ---- none


@pytest.mark.parametrize("keys", [(NEW,), (NEW, new_key())], ids=["one", "two"])
def test_a_key_that_opens_nothing_is_refused_with_the_setting(
    shop: Shop, make_product: ProductMaker, settings: Settings, keys: tuple[str, ...]
) -> None:
    make_product()
    before = lives.snapshot(shop)
    with pytest.raises(SettingsError, match="SECRET_KEY opens none of the goods") as refusal:
        goods_keys.settle(under(shop, *keys), settings)
    assert "novacore new-key --give-up-goods" in str(refusal.value)
    assert not [key for key in (*keys, KEY) if key in str(refusal.value)]
    assert lives.snapshot(shop) == before


def test_the_key_file_is_named_where_the_key_comes_from_one(
    shop: Shop, make_product: ProductMaker, tmp_path: Path
) -> None:
    make_product()
    settings = rehearsal_settings(tmp_path, {})
    with pytest.raises(SettingsError) as refusal:
        goods_keys.settle(under(shop, NEW), settings)
    assert f"The key file {settings.key_file} opens none of the goods" in str(refusal.value)
    assert not settings.key_file.exists()


def test_a_key_file_that_lies_there_unused_is_pointed_at(
    shop: Shop, make_product: ProductMaker, settings: Settings
) -> None:
    make_product()
    settings.key_file.write_text("a key")
    with pytest.raises(SettingsError, match=f"may be the key in the file {settings.key_file}"):
        goods_keys.settle(under(shop, NEW), settings)


@pytest.mark.parametrize("kind", [ProductKind.unlimited, ProductKind.shared, ProductKind.by_hand])
def test_goods_for_every_buyer_count_as_codes_do(
    shop: Shop, make_product: ProductMaker, settings: Settings, kind: ProductKind
) -> None:
    make_product(kind, units=0)
    with pytest.raises(SettingsError):
        goods_keys.settle(under(shop, NEW), settings)


def test_goods_that_were_sold_count_too(
    shop: Shop, make_product: ProductMaker, settings: Settings, time: MovableClock
) -> None:
    lives.bring_to(shop, make_product(units=1), OrderStatus.delivered, time)
    with pytest.raises(SettingsError):
        goods_keys.settle(under(shop, NEW), settings)


# ---- some


def test_products_that_cannot_be_opened_go_off_sale_and_are_named_with_numbers(
    mixed: Shop, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    lives.place(mixed, 1)
    goods_keys.settle(mixed, settings)
    assert on_sale(mixed) == {"Old": False, "Young": True}
    assert "Old (3 unsold codes, 1 of them reserved, what every buyer gets)" in caplog.text
    assert "behind the new one in SECRET_KEY" in caplog.text
    assert "Young" not in caplog.text
    with pytest.raises(SoldOut):
        lives.place(mixed, 1)
    lives.place(mixed, 2)


def test_it_is_recorded_once_however_often_and_from_wherever_the_shop_is_opened(
    mixed: Shop, settings: Settings
) -> None:
    threads = [threading.Thread(target=goods_keys.settle, args=(mixed, settings)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    goods_keys.settle(mixed, settings)
    assert triggers(mixed, 1).count("take_off_sale") == 1
    (event,) = [one for one in catalogue.events_of(mixed, 1) if one.trigger == "take_off_sale"]
    assert event.detail == {
        "name": "Old", "why": "key_missing", "available": 3, "reserved": 0, "shared": True
    }  # fmt: skip


def test_paid_orders_that_cannot_be_delivered_are_counted(
    mixed: Shop, shop: Shop, settings: Settings, time: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    for status in (OrderStatus.approved, OrderStatus.delivery_blocked, OrderStatus.cancelled, OrderStatus.cancelled):
        lives.bring_to(shop, 1, status, time)
    goods_keys.settle(mixed, settings)
    assert "2 paid orders are waiting for goods that can't be opened." in caplog.text


def test_what_was_removed_is_not_named(mixed: Shop, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    products.remove(mixed, OWNER, 1)
    goods_keys.settle(mixed, settings)
    assert "Some of the goods" in caplog.text
    assert "Old" not in caplog.text


def test_only_those_of_the_lost_key_among_many(shop: Shop, make_product: ProductMaker, settings: Settings) -> None:
    for number in range(3):
        make_product(name=f"Old {number}", units=1)
    for number in range(3):
        sell_under(under(shop, NEW, KEY), f"Young {number}", codes=1)
    offers.add_codes(under(shop, NEW, KEY), OWNER, 1, ["one more"])
    goods_keys.settle(under(shop, NEW), settings)
    assert on_sale(shop) == {**{f"Old {n}": False for n in range(3)}, **{f"Young {n}": True for n in range(3)}}


# ---- back again


def test_they_come_back_by_themselves_with_their_key(
    mixed: Shop, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    goods_keys.settle(mixed, settings)
    both = under(mixed, NEW, KEY)
    goods_keys.settle(both, settings)
    assert on_sale(both) == {"Old": True, "Young": True}
    assert "on sale again: Old." in caplog.text
    assert triggers(both, 1)[-2:] == ["take_off_sale", "put_on_sale"]
    goods_keys.settle(both, settings)
    assert triggers(both, 1).count("put_on_sale") == 1


def test_more_products_than_one_transaction_takes_come_back(
    shop: Shop, make_product: ProductMaker, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("novacore.workflows.upkeep.keys.locked_products._CHUNK", 2)
    for number in range(5):
        make_product(name=f"Old {number}", units=1)
    sell_under(under(shop, NEW, KEY), "Young")
    goods_keys.settle(under(shop, NEW), settings)
    assert sum(on_sale(shop).values()) == 1
    goods_keys.settle(under(shop, NEW, KEY), settings)
    assert sum(on_sale(shop).values()) == 6


def test_what_the_owner_did_with_it_meanwhile_stands(mixed: Shop, settings: Settings) -> None:
    goods_keys.settle(mixed, settings)
    products.remove(mixed, OWNER, 1)
    goods_keys.settle(under(mixed, NEW, KEY), settings)
    assert on_sale(mixed)["Old"] is False


def test_nobody_brings_back_what_cannot_be_delivered(mixed: Shop, settings: Settings) -> None:
    goods_keys.settle(mixed, settings)
    with pytest.raises(BadInput, match="doesn't have their key"):
        products.bring_back(mixed, OWNER, 1)
    assert on_sale(mixed)["Old"] is False
    assert products.bring_back(under(mixed, NEW, KEY), OWNER, 1) == "Old"


# ---- what is locked, elsewhere in the house


def test_goods_for_every_buyer_can_be_written_again(shop: Shop, make_product: ProductMaker, settings: Settings) -> None:
    old = make_product(ProductKind.unlimited, units=0, name="Guide")
    sell_under(under(shop, NEW, KEY), "Young")
    here = under(shop, NEW)
    goods_keys.settle(here, settings)
    draft_id = catalogue.changing(here, old)
    assert draft_page.load(here, OWNER, draft_id).slips == (draft_page.LOCKED_GOODS,)
    assert draft_page.goods_text(here, OWNER, draft_id) == ""
    drafts.set_goods(here, OWNER, draft_id, "guide: written again")
    products.save(here, OWNER, draft_id)
    assert products.bring_back(here, OWNER, old) == "Guide"
    goods_keys.settle(here, settings)
    assert on_sale(here)["Guide"] is True


def test_a_product_without_its_goods_is_not_brought_back(shop: Shop) -> None:
    draft = NewProduct("Games", "Empty", "", ProductKind.unlimited, 500)
    product_id = offers.add_product(shop, OWNER, draft)
    products.remove(shop, OWNER, product_id)
    with pytest.raises(BadInput, match="Its goods are missing"):
        products.bring_back(shop, OWNER, product_id)


def test_what_was_typed_into_a_draft_and_is_locked_can_be_typed_again(shop: Shop) -> None:
    draft_id = catalogue.written(shop, options=drafts.Options(ProductKind.unlimited))
    drafts.set_goods(shop, OWNER, draft_id, "guide: typed")
    here = under(shop, NEW)
    assert draft_page.load(here, OWNER, draft_id).slips == (draft_page.LOCKED_GOODS,)
    assert draft_page.goods_text(here, OWNER, draft_id) == ""


def test_a_delivery_whose_key_is_missing_is_given_up_at_once_in_words_for_staff() -> None:
    verdict = retry.classify(GoodsUnreadable())
    assert (verdict.kind, verdict.sentence[:27]) == (retry.Kind.never, "The goods need a key that t")


def test_goods_items_are_sealed_under_the_mark_of_the_first_key() -> None:
    cipher = GoodsCipher([NEW, KEY])
    assert cipher.seal([GoodsItem("a", "code", "b").name])[:12] == mark_of(NEW)  # type: ignore[arg-type]
