"""Files whose key is missing: off sale until it is back, and left out for good where it is lost."""

from pathlib import Path

import pytest
from sqlalchemy import select

from novacore.crypto import new_key
from novacore.db.models import DraftFile, Unit
from novacore.db.queries.sealed import UNITS
from novacore.db.unit_of_work import reading
from novacore.errors import BadInput
from novacore.settings import Settings, rehearsal_settings
from novacore.states import OrderStatus, ProductKind, UnitStatus
from novacore.workflows.catalog import draft_files, draft_page, offers, products
from novacore.workflows.catalog.drafts import Options
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.goods import files
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.goods import goods_of
from novacore.workflows.upkeep.keys import given_up, goods_keys, key_rotation
from tests.fixtures.shops import KEY, OWNER, MovableClock
from tests.workflows import catalogue
from tests.workflows.catalog.test_draft_files import filed
from tests.workflows.machine import lives
from tests.workflows.stock.test_unit_files import contents, sell, stock
from tests.workflows.upkeep.keys.locked import under

NEW = new_key()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a SECRET_KEY: only its name is read from them here."""
    return rehearsal_settings(tmp_path, {"SECRET_KEY": NEW})


def sells(shop: Shop, *old: str) -> int:
    """Put a product on sale under the new key, with a new file and with files under the old one."""
    ids = [files.store(under(shop, KEY), name, b"old") for name in old]
    here = under(shop, NEW)
    ids.append(files.store(here, "new.txt", b"new"))
    return offers.add_product(here, OWNER, NewProduct("Books", "Guide", "", ProductKind.unlimited, 500, files=ids))


def test_a_product_is_off_sale_until_the_key_of_its_file_is_back(
    shop: Shop, time: MovableClock, settings: Settings
) -> None:
    product_id = sells(shop, "old.txt")
    both, here = under(shop, NEW, KEY), under(shop, NEW)
    order = lives.bring_to(both, product_id, OrderStatus.approved, time)
    found = goods_keys.take_stock(here.database, here.cipher.marks)
    assert [(one.name, one.shared) for one in found.products] == [("Guide", True)]
    assert found.orders == 1
    goods_keys.settle(here, settings)
    assert catalogue.product_of(here, product_id).is_on_sale is False
    with pytest.raises(BadInput, match="doesn't have their key"):
        products.bring_back(here, OWNER, product_id)
    goods_keys.settle(both, settings)
    assert catalogue.product_of(both, product_id).is_on_sale is True
    assert [one.name for one in goods_of(both, order.id).files] == ["old.txt", "new.txt"]


def test_what_is_lost_is_left_out_and_the_rest_stays(shop: Shop, time: MovableClock) -> None:
    product_id = sells(shop, "old.txt", "older.txt")
    both, here = under(shop, NEW, KEY), under(shop, NEW)
    sold = lives.bring_to(both, product_id, OrderStatus.delivered, time)
    draft_id = catalogue.changing(both, product_id)
    more = files.store(both, "more.txt", b"more")
    draft_files.change(both, OWNER, draft_id, [more], [])
    gone = given_up.give_up(here, goods_keys.take_stock(here.database, here.cipher.marks))
    assert gone.shared == ("Guide",)
    assert catalogue.product_of(here, product_id).is_on_sale is False
    assert [one.name for one in draft_page.load(here, OWNER, draft_id).files] == ["new.txt", "more.txt"]
    assert catalogue.count(here, DraftFile) == 2
    products.bring_back(here, OWNER, product_id)
    later = lives.place(here, product_id)
    assert [one.name for one in filed(here, later.id)] == ["new.txt"]
    assert [one.name for one in goods_of(both, sold.id).files] == ["old.txt", "older.txt", "new.txt"], (
        "what was sold stays"
    )
    assert not goods_keys.take_stock(here.database, here.cipher.marks).missing


def test_a_product_of_which_nothing_is_left_stays_off_sale(shop: Shop) -> None:
    file_id = files.store(under(shop, KEY), "old.txt", b"old")
    here = under(shop, NEW)
    draft_id = catalogue.written(here, options=Options(ProductKind.unlimited))
    draft_files.change(under(shop, NEW, KEY), OWNER, draft_id, [file_id], [])
    product_id = products.save(under(shop, NEW, KEY), OWNER, draft_id)
    given_up.give_up(here, goods_keys.take_stock(here.database, here.cipher.marks))
    with pytest.raises(BadInput, match="Its goods are missing"):
        products.bring_back(here, OWNER, product_id)


@pytest.fixture
def half_way(shop: Shop, time: MovableClock, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """A product whose units are files, and an order that waits for its goods; a rotation was killed after the units."""
    here = under(shop, NEW)
    product_id = offers.add_product(here, OWNER, NewProduct("Keys", "Theme", "", ProductKind.unique, 500))
    stock(under(shop, KEY), product_id, {"one.zip": b"one", "two.zip": b"two"})
    order = lives.bring_to(under(shop, KEY), product_id, OrderStatus.approved, time)
    with monkeypatch.context() as patch:
        patch.setattr(key_rotation, "SEALED", (UNITS,))
        key_rotation.rotate(under(shop, NEW, KEY), lambda _: None)
    return product_id, order.id


def test_units_that_are_files_wait_for_the_key_of_their_file(
    shop: Shop, settings: Settings, half_way: tuple[int, str]
) -> None:
    product_id, order_id = half_way
    both, here = under(shop, NEW, KEY), under(shop, NEW)
    found = goods_keys.take_stock(here.database, here.cipher.marks)
    assert [(one.name, one.available, one.shared) for one in found.products] == [("Theme", 1, False)]
    assert found.orders == 1
    goods_keys.settle(here, settings)
    assert catalogue.product_of(here, product_id).is_on_sale is False
    with pytest.raises(BadInput, match="doesn't have their key"):
        products.bring_back(here, OWNER, product_id)
    goods_keys.settle(both, settings)
    assert catalogue.product_of(both, product_id).is_on_sale is True
    assert [one.name for one in goods_of(both, order_id).files] == ["one.zip"]


def test_units_whose_file_cannot_be_opened_any_more_are_withdrawn(shop: Shop, half_way: tuple[int, str]) -> None:
    product_id, order_id = half_way
    here = under(shop, NEW)
    gone = given_up.give_up(here, goods_keys.take_stock(here.database, here.cipher.marks))
    assert gone.codes == {"Theme": 1}
    with reading(here.database) as session:
        rows = session.execute(select(Unit.status, Unit.order_id).order_by(Unit.id)).all()
    assert [(*row,) for row in rows] == [(UnitStatus.sold, order_id), (UnitStatus.withdrawn, None)]
    stock(here, product_id, {"again.zip": b"two"})
    assert contents(here, sell(here, product_id)) == {"again.zip": b"two"}
