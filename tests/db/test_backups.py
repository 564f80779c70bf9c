"""Back up and restore, by the very commands of docs/operations.md, while someone goes on ordering."""

import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete

from novacore.crypto import GoodsCipher, GoodsUnreadable
from novacore.db import schema
from novacore.db.engine import Database
from novacore.db.models import GoodsFilePart, Order, Unit
from novacore.db.unit_of_work import reading, writing
from novacore.doctor import machine
from novacore.doctor.findings import Level
from novacore.settings import Settings, rehearsal_settings
from novacore.states import OrderStatus, ProductKind
from novacore.workflows.catalog import offers
from novacore.workflows.catalog.offers import NewProduct
from novacore.workflows.goods import files
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.shop import Shop, open_shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.goods import goods_of
from tests.fixtures.servers.postgresql import PostgresServer
from tests.fixtures.shops import ADDRESSES, KEY, OWNER, STAFF, ProductMaker
from tests.workflows.machine import lives
from tests.workflows.stock.test_unit_files import contents, stock

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text()


def documented(program: str) -> str:
    """Return the one line of the page that calls this program."""
    (line,) = [line for line in PAGE.splitlines() if re.search(rf"(^|[ /]){program} ", line)]
    return line


@contextmanager
def busy(act: Callable[[], object]) -> Iterator[list[object]]:
    """Do something over and over in another thread, as long as the block lasts; at least once before it begins."""
    done: list[object] = []
    end, begun = threading.Event(), threading.Event()

    def work() -> None:
        while not end.is_set():
            done.append(act())
            begun.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(30)
    try:
        yield done
    finally:
        end.set()
        thread.join(30)


def sell_one(shop: Shop, product_id: int) -> Order:
    """Take an order to its approval: the code is sold, and its buyer may look at it."""
    order = lives.submit(shop, lives.place(shop, product_id))
    return orders.approve(shop, STAFF, order.id, Given())


def books(shop: Shop) -> tuple[int, int]:
    """Return how many orders are approved, and how many units are sold: every sale is in both or in none."""
    with reading(shop.database) as session:
        approved = session.query(Order).filter(Order.status == OrderStatus.approved).count()
        sold = session.query(Unit).filter(Unit.order_id.is_not(None), Unit.sold_at.is_not(None)).count()
    return approved, sold


def stocked(settings: Settings) -> tuple[Shop, int]:
    """Open a new shop on SQLite with a key file and plenty of codes."""
    shop = open_shop(settings)
    schema.migrate(shop.database)
    draft = NewProduct("Games", "Key", "A key.", ProductKind.unique, 999)
    product_id = offers.add_product(shop, OWNER, draft)
    offers.add_codes(shop, OWNER, product_id, [f"SECRET-{n}" for n in range(2000)])
    return shop, product_id


def test_a_copy_of_sqlite_and_its_key_make_the_shop_again(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    settings = rehearsal_settings(folder, {"DATABASE_PATH": str(folder / "data" / "novacore.db")})
    shop, product_id = stocked(settings)
    first = sell_one(shop, product_id)
    command = shlex.split(documented(r"\.venv/bin/python -c"))
    with busy(lambda: sell_one(shop, product_id)):
        subprocess.run([sys.executable, *command[1:]], cwd=folder, check=True, timeout=60)
    shop.database.close()

    restored = rehearsal_settings(tmp_path, {"DATABASE_PATH": str(tmp_path / "new" / "novacore.db")})
    restored.database_path.parent.mkdir(exist_ok=True)
    shutil.copy(folder / "novacore-backup.db", restored.database_path)
    shutil.copy2(settings.key_file, restored.key_file)
    again = open_shop(restored)
    schema.require_current(again.database)
    approved, sold = books(again)
    assert approved == sold >= 1
    assert goods_of(again, first.id).items[0].value.startswith("SECRET-")
    assert [each.level for each in machine.key(restored, again.database)] == [Level.ok]
    assert sell_one(again, product_id).status is OrderStatus.approved
    again.database.close()
    with sqlite3.connect(restored.database_path) as check:
        assert check.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    check.close()


def test_a_copy_of_sqlite_holds_the_files_that_were_sold_and_those_in_stock(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    settings = rehearsal_settings(folder, {"DATABASE_PATH": str(folder / "data" / "novacore.db")})
    shop = open_shop(settings)
    schema.migrate(shop.database)
    shared = files.store(shop, "manual.pdf", b"for everybody")
    draft = NewProduct("Games", "Seed", "A seed.", ProductKind.unique, 999, files=[shared])
    product_id = offers.add_product(shop, OWNER, draft)
    stock(shop, product_id, {"one.zip": b"PK one" * 400_000, "two.zip": b"PK two", "three.zip": b"PK three"})
    first = sell_one(shop, product_id)
    command = shlex.split(documented(r"\.venv/bin/python -c"))
    subprocess.run([sys.executable, *command[1:]], cwd=folder, check=True, timeout=60)
    shop.database.close()

    shutil.copy(folder / "novacore-backup.db", settings.database_path)
    again = open_shop(settings)
    assert contents(again, first) == {"one.zip": b"PK one" * 400_000, "manual.pdf": b"for everybody"}
    second = sell_one(again, product_id)
    assert contents(again, second) == {"two.zip": b"PK two", "manual.pdf": b"for everybody"}
    lost = goods_of(again, first.id).files[0].id
    with writing(again.database) as tx:
        tx.session.execute(delete(GoodsFilePart).where(GoodsFilePart.file_id == lost, GoodsFilePart.number == 1))
    with pytest.raises(GoodsUnreadable):
        contents(again, first)
    assert contents(again, sell_one(again, product_id))["three.zip"] == b"PK three", "the others are whole"
    again.database.close()


@pytest.mark.parametrize("shop_url", ["postgresql"], indirect=True)
def test_a_dump_of_postgresql_makes_the_shop_again(
    postgresql: PostgresServer, make_product: ProductMaker, shop: Shop, tmp_path: Path
) -> None:
    product_id = make_product(units=2000)
    first = sell_one(shop, product_id)
    dump = tmp_path / "novacore-backup.dump"
    with busy(lambda: sell_one(shop, product_id)), dump.open("wb") as file:
        run(postgresql, "pg_dump", shop, stdout=file)

    name = postgresql.create_database()
    again = Shop(Database(postgresql.url(name)), GoodsCipher([KEY]), ADDRESSES)
    try:
        with dump.open("rb") as file:
            run(postgresql, "pg_restore", again, stdin=file)
        schema.require_current(again.database)
        approved, sold = books(again)
        assert approved == sold >= 1
        assert any(item.value.startswith("SECRET-") for item in goods_of(again, first.id).items)
        assert sell_one(again, product_id).status is OrderStatus.approved
    finally:
        again.database.close()
        postgresql.drop_database(name)


def run(server: PostgresServer, program: str, shop: Shop, **streams: object) -> None:
    """Run a program of PostgreSQL with the options of the page, on this server and database in place of the page's."""
    said = documented(program).split("postgres ", 1)[1]
    said = re.split(r" [<>] ", said)[0].replace("--username=novacore", "--username=postgres")
    database = str(shop.database.engine.url.database)
    said = said.replace("--dbname=novacore", f"--dbname={database}")
    words = [database if word == "novacore" else word for word in shlex.split(said)]
    argv = [str(server._programs / words[0]), f"--host={server.folder}", *words[1:]]
    subprocess.run(argv, check=True, timeout=60, **streams)  # type: ignore[call-overload]
