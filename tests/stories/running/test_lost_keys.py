"""A key file that is gone, a key of another shop, a key that opens only some goods: each way to start, as a process."""

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from novacore.crypto import GoodsCipher, new_key
from novacore.db.engine import Database
from novacore.db.event_kinds.products import WITHDRAW_STOCK
from novacore.db.models import Event, Product, Unit
from novacore.db.unit_of_work import reading
from novacore.states import ProductKind, UnitStatus
from novacore.workflows.catalog import offers
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.machine.shop import Shop
from tests.fixtures.servers import forked
from tests.fixtures.servers.redis_server import RedisServer
from tests.fixtures.shops import ADDRESSES, OWNER
from tests.fixtures.terminal import at_terminal
from tests.legacy import old_shops
from tests.stories.live import CELERY, NOVACORE, PRODUCT, LiveShop, stop
from tests.wire.fixture import wire
from tests.wire.stand_in import Wire

__all__ = ["wire"]

GIVE_UP = (NOVACORE, "new-key", "--give-up-goods")


@pytest.fixture
def shop(wire: Wire, tmp_path: Path) -> Iterator[LiveShop]:
    """A shop with a key file and goods, and not open."""
    with LiveShop(wire, tmp_path, {"SECRET_KEY": ""}) as live:
        live.run(NOVACORE, "sample")
        yield live


def key_file(shop: LiveShop) -> Path:
    """Where the shop's key is."""
    return Path(f"{shop.settings['DATABASE_PATH']}.key")


def refused(shop: LiveShop, *command: str) -> str:
    """Run a command that has to end with a sentence; what it said, on one line."""
    process = shop.start(*command)
    assert process.popen.wait(60) == 1, process.log
    assert "Traceback" not in process.log
    return " ".join(process.log.split())


def database(shop: LiveShop) -> "closing[Database]":
    """The shop's database, whichever it has."""
    return closing(Database(shop.settings.get("DATABASE_URL") or f"sqlite:///{shop.settings['DATABASE_PATH']}"))


def add_under(shop: LiveShop, *keys: str) -> None:
    """Put a product on sale whose code is sealed under the first of these keys."""
    with database(shop) as opened:
        here = Shop(opened, GoodsCipher(keys), ADDRESSES)
        product_id = offers.add_product(here, OWNER, NewProduct("New", "Young", "", ProductKind.unique, 500))
        offers.add_codes(here, OWNER, product_id, ["YOUNG-1"])


def on_sale(shop: LiveShop) -> set[str]:
    """The names of what is on sale."""
    with database(shop) as opened, reading(opened) as session:
        return {*session.execute(select(Product.name).where(Product.is_on_sale, ~Product.is_deleted)).scalars()}


# ---- gone


def test_no_way_to_start_makes_a_new_key_in_place_of_a_lost_one(shop: LiveShop, tmp_path: Path) -> None:
    key_file(shop).unlink()
    before = Path(shop.settings["DATABASE_PATH"]).read_bytes()
    old = old_shops.oldest(tmp_path / "old.db")
    for verb in (("run",), ("sample",), ("import-legacy", str(old), "--apply"), ("rotate-key",)):
        said = refused(shop, NOVACORE, *verb)
        assert f"The key file {key_file(shop)} is missing" in said, verb
        assert "No new key was made." in said
    shop.run(NOVACORE, "migrate")
    doctor = shop.start(NOVACORE, "doctor")
    assert doctor.popen.wait(60) == 1
    assert "The key file is gone" in " ".join(doctor.log.split())
    assert not key_file(shop).exists()
    assert [*key_file(shop).parent.glob("*.key*")] == []
    assert Path(shop.settings["DATABASE_PATH"]).read_bytes() == before


def test_a_secret_key_in_place_of_the_file_is_taken_if_it_is_the_same(shop: LiveShop) -> None:
    shop.settings["SECRET_KEY"] = key_file(shop).read_text().strip()
    key_file(shop).unlink()
    process = shop.start(NOVACORE, "run")
    shop.panel()
    stop([process])
    shop.settings["SECRET_KEY"] = new_key()
    assert "SECRET_KEY opens none of the goods" in refused(shop, NOVACORE, "run")


def test_the_key_file_of_another_shop(shop: LiveShop) -> None:
    key_file(shop).write_text(f"{new_key()}\n")
    content = key_file(shop).read_text()
    said = refused(shop, NOVACORE, "run")
    assert f"The key file {key_file(shop)} opens none of the goods" in said
    assert key_file(shop).read_text() == content
    assert content.strip() not in said


def test_processes_that_start_at_once_on_an_empty_shop_make_one_key(wire: Wire, tmp_path: Path) -> None:
    with LiveShop(wire, tmp_path, {"SECRET_KEY": ""}) as shop:
        old = old_shops.oldest(tmp_path / "old.db")
        started = [shop.start(NOVACORE, "import-legacy", str(old)) for _ in range(4)]
        assert [one.popen.wait(120) for one in started] == [0] * 4, [one.log for one in started]
        assert len(key_file(shop).read_text().split()) == 1
        assert stat.S_IMODE(key_file(shop).stat().st_mode) == 0o600
        assert [one.name for one in key_file(shop).parent.glob("*.key*")] == [key_file(shop).name]


def test_bot_workers_and_beat_refuse_a_key_that_opens_nothing(
    wire: Wire, tmp_path: Path, postgresql_url: str, own_redis: RedisServer
) -> None:
    settings = {"DATABASE_URL": postgresql_url, "CELERY_BROKER_URL": own_redis.url}
    with LiveShop(wire, tmp_path, settings) as shop:
        shop.run(NOVACORE, "migrate")
        shop.run(NOVACORE, "sample")
        shop.settings["SECRET_KEY"] = new_key()
        workers = [(*CELERY, "worker", "-Q", queue) for queue in ("discord", "media")]
        for command in ((NOVACORE, "bot"), *workers, (*CELERY, "beat")):
            said = refused(shop, *command)
            assert "SECRET_KEY opens none of the goods in the database." in said, command
            assert shop.settings["SECRET_KEY"] not in said


# ---- some


def test_a_key_that_opens_some_goods_opens_the_shop_without_the_others(shop: LiveShop) -> None:
    old, new = key_file(shop).read_text().strip(), new_key()
    everything = on_sale(shop)
    add_under(shop, new, old)
    key_file(shop).write_text(f"{new}\n")
    process = shop.start(NOVACORE, "run")
    panel = shop.panel()
    assert f"{PRODUCT} (25 unsold codes, what every buyer gets)" in process.log
    assert f"at the end of {key_file(shop)}" in process.log
    assert on_sale(shop) == {"Young"}
    shop.buyer.choose(panel, "New")
    stop([process])

    key_file(shop).write_text(f"{new}\n{old}\n")
    process = shop.start(NOVACORE, "run")
    process.wait_for("on sale again")
    assert on_sale(shop) == everything | {"Young"}
    process.wait_for("The shop is open in")
    stop([process])


# ---- given up


def lost(shop: LiveShop) -> None:
    """Lose the key file."""
    key_file(shop).unlink()


def units(shop: LiveShop) -> set[UnitStatus]:
    """The statuses of all units."""
    with database(shop) as opened, reading(opened) as session:
        return {*session.execute(select(Unit.status).distinct()).scalars()}


def test_giving_up_needs_a_yes(shop: LiveShop) -> None:
    lost(shop)
    assert "Add --yes." in refused(shop, *GIVE_UP)
    env = {**os.environ, **shop.settings}
    for answer in ("no", "y", "", "yes please"):
        said = at_terminal(GIVE_UP, answer, cwd=shop.folder, env=env)
        assert said.returncode == 1
        assert f"The key file {key_file(shop)} is missing" in said.stdout
        assert f"{PRODUCT} (25 unsold codes, what every buyer gets)" in said.stdout
        assert "Nothing was given up." in said.stderr
    assert not key_file(shop).exists()
    assert units(shop) == {UnitStatus.available}


@pytest.mark.parametrize("asked", [True, False], ids=["typed", "by-option"])
def test_the_shop_goes_on_with_a_new_key(shop: LiveShop, asked: bool) -> None:
    lost(shop)
    env = {**os.environ, **shop.settings}
    if asked:
        said = at_terminal(GIVE_UP, "yes", cwd=shop.folder, env=env)
    else:
        said = forked.run((*GIVE_UP, "--yes"), cwd=shop.folder, env=env, text=True)
    assert (said.returncode, said.stderr) == (0, "")
    assert f"A new key is in {key_file(shop)}" in said.stdout
    assert f"25 codes of {PRODUCT}" in said.stdout
    (key,) = key_file(shop).read_text().split()
    assert key not in said.stdout
    assert stat.S_IMODE(key_file(shop).stat().st_mode) == 0o600
    assert units(shop) == {UnitStatus.available, UnitStatus.withdrawn}, "a count of shared goods holds no secret"
    process = shop.start(NOVACORE, "run")
    shop.panel()
    stop([process])
    assert "Traceback" not in process.log
    with database(shop) as opened, reading(opened) as session:
        told = session.execute(select(Event.detail).where(Event.trigger == "withdraw_stock")).scalars()
        assert sum(WITHDRAW_STOCK.read(one)["count"] for one in told) == 25 + 40 + 1 + 12


def test_a_shop_whose_key_fits_has_nothing_to_give_up(shop: LiveShop) -> None:
    key = key_file(shop).read_text()
    assert "there is nothing to give up" in shop.run(*GIVE_UP, "--yes")
    assert key_file(shop).read_text() == key
    assert units(shop) == {UnitStatus.available}


def test_a_shop_that_runs_gives_nothing_up(shop: LiveShop) -> None:
    process = shop.start(NOVACORE, "run")
    shop.panel()
    assert "The shop is running. Stop it" in refused(shop, *GIVE_UP, "--yes")
    stop([process])


def test_an_empty_folder_has_nothing_to_give_up_and_gets_no_key(wire: Wire, tmp_path: Path) -> None:
    with LiveShop(wire, tmp_path, {"SECRET_KEY": ""}) as shop:
        assert "there is nothing to give up" in shop.run(*GIVE_UP, "--yes")
        assert not key_file(shop).exists()
