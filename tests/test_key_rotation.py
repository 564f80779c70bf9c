"""`novacore rotate-key` as an owner runs it: with SECRET_KEY or a key file, cut off, with the shop open."""

from pathlib import Path

import pytest

from novacore.crypto import GoodsUnreadable, new_key
from novacore.db import schema
from novacore.db.ownership import sole_owner
from novacore.db.queries import sealed
from novacore.entry import rotate_key as key_rotation
from novacore.entry.rotate_key import rotate_key
from novacore.errors import NovaCoreError
from novacore.settings import Settings, key_file, rehearsal_settings
from novacore.states import ProductKind
from novacore.workflows.catalog import offers
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.machine.shop import open_shop
from novacore.workflows.upkeep.keys import sealed_rows
from tests.fixtures.shops import CUSTOMER, OWNER
from tests.workflows.machine import lives

OLD, NEW = new_key(), new_key()


def settings(folder: Path, *keys: str) -> Settings:
    """The settings of a shop in this folder; without keys it has a key file."""
    return rehearsal_settings(folder, {"SECRET_KEY": ",".join(keys)} if keys else {})


def stock(given: Settings) -> str:
    """Open a shop, sell something, and return the order's id."""
    shop = open_shop(given)
    schema.migrate(shop.database)
    product_id = offers.add_product(shop, OWNER, NewProduct("Games", "Key", "", ProductKind.unique, 999))
    offers.add_codes(shop, OWNER, product_id, ["CODE-1", "CODE-2"])
    order = lives.place(shop, product_id, CUSTOMER)
    shop.database.close()
    return order.id


def sold(given: Settings, order_id: str) -> int:
    """Read what an order holds; raises GoodsUnreadable where the keys do not fit."""
    shop = open_shop(given)
    try:
        return sum(1 for part in sealed_rows.parts(shop, sealed.UNITS) for _, one in part if shop.cipher.open(one))
    finally:
        shop.database.close()


def test_with_a_secret_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    order_id = stock(settings(tmp_path, OLD))
    with sole_owner(settings(tmp_path, NEW, OLD).database_path):  # the shop may be open
        said = rotate_key(settings(tmp_path, NEW, OLD))
    assert "Everything is sealed under the first key" in said
    assert "may be taken out of SECRET_KEY" in said
    assert sold(settings(tmp_path, NEW), order_id) == 2
    with pytest.raises(GoodsUnreadable):
        sold(settings(tmp_path, OLD), order_id)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "100%" in shown.err
    assert NEW not in said + shown.err


def test_one_key_is_nothing_to_rotate_to(tmp_path: Path) -> None:
    stock(settings(tmp_path, OLD))
    with pytest.raises(NovaCoreError, match="novacore new-key"):
        rotate_key(settings(tmp_path, OLD))


def test_a_key_that_is_missing(tmp_path: Path) -> None:
    order_id = stock(settings(tmp_path, OLD))
    with pytest.raises(NovaCoreError, match=r"under a key that is not given: .*units 1"):
        rotate_key(settings(tmp_path, NEW, new_key()))
    assert sold(settings(tmp_path, OLD), order_id) == 2


def test_with_a_key_file_a_new_key_is_made_in_front(tmp_path: Path) -> None:
    given = settings(tmp_path)
    order_id = stock(given)
    (old,) = given.goods_keys()
    assert "start the shop again" in rotate_key(given)
    new, kept = given.goods_keys()
    assert (kept, new != old) == (old, True)
    assert given.key_file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("*.key*")] == [given.key_file.name]
    given.key_file.write_text(f"{new}\n")  # the old one is of no use any more
    assert sold(given, order_id) == 2


def test_a_rotation_with_a_key_file_that_was_cut_off_makes_no_third_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = settings(tmp_path)
    order_id = stock(given)

    def killed(_: Settings) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(key_rotation, "_rotate", killed)
    with pytest.raises(KeyboardInterrupt):
        rotate_key(given)
    monkeypatch.undo()
    keys = given.goods_keys()
    assert len(keys) == 2
    rotate_key(given)
    assert given.goods_keys() == keys
    given.key_file.write_text(f"{keys[0]}\n")
    assert sold(given, order_id) == 2
    rotate_key(given)
    assert len(given.goods_keys()) == 2  # asked for again, it is done again


def test_a_shop_that_is_open_keeps_its_key_file(tmp_path: Path) -> None:
    given = settings(tmp_path)
    stock(given)
    keys = given.goods_keys()
    with sole_owner(given.database_path), pytest.raises(NovaCoreError, match="Stop it"):
        rotate_key(given)
    assert given.goods_keys() == keys


def test_a_new_key_in_front_that_cannot_be_written_leaves_the_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key"
    keys = key_file.read_or_create(path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        key_file.put_in_front(path, new_key())
    assert key_file.read_or_create(path) == keys
    assert [one.name for one in tmp_path.iterdir()] == ["key"]
