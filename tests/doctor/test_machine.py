"""The doctor at this machine: settings, disks, the key."""

from pathlib import Path

import pytest

from novacore.crypto import new_key
from novacore.db import schema
from novacore.db.engine import Database
from novacore.doctor import machine
from novacore.doctor.findings import Finding, Level
from novacore.errors import SettingsError
from novacore.settings import Settings, rehearsal_settings
from novacore.states import PaymentMethod, ProductKind
from novacore.workflows.catalog import offers
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.machine.shop import open_shop
from tests.fixtures.shops import OWNER

MIB = machine.MIB


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A shop on SQLite without a SECRET_KEY, never started."""
    return rehearsal_settings(tmp_path, {})


def stock(settings: Settings) -> None:
    """Open the shop for the first time, and put some codes into it."""
    shop = open_shop(settings)
    schema.migrate(shop.database)
    product = offers.add_product(shop, OWNER, NewProduct("Games", "Key", "A key.", ProductKind.unique, 999))
    offers.add_codes(shop, OWNER, product, ["SECRET-1", "SECRET-2"])
    shop.database.close()


def key(settings: Settings) -> Finding:
    """Let the doctor look at the key."""
    database = Database(settings.database_url.render_as_string(hide_password=False))
    try:
        schema.migrate(database)
        (found,) = machine.key(settings, database)
    finally:
        database.close()
    return found


def test_every_fault_of_the_settings_is_a_finding() -> None:
    found = machine.refused_settings(SettingsError(["A is missing. Set it.", "B is odd. Fix it."]))
    assert [(each.level, each.text) for each in found] == [
        (Level.fault, "A is missing. Set it."),
        (Level.fault, "B is odd. Fix it."),
    ]


def test_warnings_of_the_settings_are_shown(settings: Settings) -> None:
    assert [each.level for each in machine.settings(settings)] == [Level.ok]
    odd = settings.model_copy(update={"warnings": ("CURENCY is not a setting.",)})
    assert [(each.level, each.text) for each in machine.settings(odd)] == [(Level.warning, "CURENCY is not a setting.")]


def test_ways_to_pay_that_are_off_are_named(settings: Settings) -> None:
    (every,) = machine.payments(settings)
    assert (every.level, every.text) == (Level.ok, f"On: {', '.join(one.row.short for one in PaymentMethod)}.")
    (some,) = machine.payments(settings.model_copy(update={"paypal_email": None, "sol_address": None}))
    off = (PaymentMethod.paypal, PaymentMethod.sol)
    assert some.text == f"On: {', '.join(one.row.short for one in PaymentMethod if one not in off)}. Off: PayPal, SOL."


def test_with_every_way_to_pay_off_one_of_the_owners_own_is_enough(settings: Settings) -> None:
    all_off = settings.model_copy(update={one.row.setting: None for one in PaymentMethod})
    (nothing,) = machine.payments(all_off)
    assert (nothing.level, nothing.text) == (Level.fault, "Every way to pay is off, so nobody can pay.")
    for told in ("PAYPAL_EMAIL, BTC_ADDRESS", "or ETH_ADDRESS", "`/payment add`"):
        assert told in (nothing.fix or "")
    (own,) = machine.payments(all_off, ["Bank transfer"])
    assert (own.level, own.text) == (Level.ok, "On: Bank transfer. Off: PayPal, BTC, LTC, USDT, SOL, ETH.")


@pytest.mark.parametrize(
    ("free", "level"),
    [(20_000 * MIB, Level.ok), (1023 * MIB, Level.warning), (199 * MIB, Level.fault), (0, Level.fault)],
)
def test_room_on_the_disks(settings: Settings, free: int, level: Level) -> None:
    found = [*machine.disks(settings, lambda _: free)]
    assert [each.level for each in found] == [level, level], "LOG_DIR and the folder of the database"
    assert all(each.fix for each in found) == (level is not Level.ok)


def test_this_machine_can_be_asked_for_room(tmp_path: Path) -> None:
    assert machine.free_bytes(tmp_path) > 0


def test_a_disk_that_is_gone(settings: Settings) -> None:
    def gone(_: Path) -> int:
        raise FileNotFoundError(2, "No such file or directory")

    assert {each.level for each in machine.disks(settings, gone)} == {Level.fault}


def test_with_postgresql_only_the_logs_need_room(tmp_path: Path) -> None:
    url = "postgresql://novacore:password@localhost/novacore"
    given = rehearsal_settings(tmp_path, {"DATABASE_URL": url, "SECRET_KEY": new_key()})
    assert len([*machine.disks(given, lambda _: 20_000 * MIB)]) == 1


def test_a_key_file_that_fits(settings: Settings) -> None:
    stock(settings)
    found = key(settings)
    assert found.level is Level.ok
    assert "mode 600" in found.text
    assert "backup" in found.text


def test_a_key_file_that_others_can_read(settings: Settings) -> None:
    stock(settings)
    settings.key_file.chmod(0o644)
    found = key(settings)
    assert found.level is Level.fault
    assert "chmod 600" in found.text


def test_a_lost_key_file_is_told_and_no_new_one_made(settings: Settings) -> None:
    stock(settings)
    settings.key_file.unlink()
    found = key(settings)
    assert (found.level, "from your backup" in found.fix) == (Level.fault, True)
    assert not settings.key_file.exists()


def test_the_key_file_of_another_database(settings: Settings) -> None:
    stock(settings)
    settings.key_file.write_text(new_key() + "\n")
    found = key(settings)
    assert (found.level, "belongs to this database" in found.fix) == (Level.fault, True)


def test_no_key_file_and_no_goods_is_a_shop_before_its_first_start(settings: Settings) -> None:
    assert key(settings).level is Level.ok
    assert not settings.key_file.exists()


def test_a_secret_key_without_the_earlier_one(settings: Settings, tmp_path: Path) -> None:
    stock(settings)
    old, new = settings.goods_keys()[0], new_key()
    assert "behind the new one" in key(rehearsal_settings(tmp_path, {"SECRET_KEY": new})).fix
    both = key(rehearsal_settings(tmp_path, {"SECRET_KEY": f"{new},{old}"}))
    assert both.level is Level.ok
    assert old not in both.text


def test_a_currency_that_the_products_do_not_have_is_named(settings: Settings) -> None:
    stock(settings)
    database = Database(settings.database_url.render_as_string(hide_password=False))
    try:
        (same,) = machine.currency(settings, database)
        (other,) = machine.currency(settings.model_copy(update={"currency": "EUR"}), database)
    finally:
        database.close()
    assert same.level is Level.ok
    assert (other.level, other.about) == (Level.warning, "CURRENCY")
    assert "1 product in USD" in other.text
    assert "CURRENCY=USD" in other.fix
