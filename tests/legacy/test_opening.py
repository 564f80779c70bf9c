"""Files that are no shop, or no file, or in other hands: a sentence, and exit code 2."""

import gzip
import os
import shutil
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from novacore import cli
from novacore.db.engine import Database
from novacore.db.models import LegacyImport, Order, Product
from novacore.db.unit_of_work import reading
from novacore.legacy import opening
from novacore.legacy.old_file import UnreadableFile
from novacore.legacy.opening import open_old
from tests.fixtures.servers import forked
from tests.house.source import ROOT
from tests.legacy import old_shops

pytestmark = pytest.mark.usefixtures("empty_folder")

SCHEMA = "CREATE TABLE products (id INTEGER PRIMARY KEY, name, price, deliverables);"


def _missing(path: Path) -> None:
    """Leave it away."""


def _folder_instead(path: Path) -> None:
    path.mkdir()


def _empty(path: Path) -> None:
    path.touch()


def _text(path: Path) -> None:
    path.write_text("id,name,price\n1,VPN,4\n")


def _encrypted(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 32)


def _first_page_only(path: Path) -> None:
    path.write_bytes(old_shops.oldest(path).read_bytes()[:4096])


def _header_only(path: Path) -> None:
    path.write_bytes(old_shops.oldest(path).read_bytes()[:100])


def _magic_only(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0")


def _encrypted_behind_the_magic(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + bytes(range(255, -1, -1)) * 64)


def _zip(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + bytes(100))


def _gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(old_shops.oldest(path).read_bytes()))


def _log_of_a_database(path: Path) -> None:
    path.write_bytes(bytes.fromhex("377f0682") + bytes(100))


def _dump(path: Path) -> None:
    path.write_text("-- SQLite\nPRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE products(id);\n")


def _older_sqlite(path: Path) -> None:
    path.write_bytes(b"** This file contains an SQLite 2.1 database **\0" + bytes(1000))


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _truncated(path: Path) -> None:
    rows = [(number, "N" * 500, 1, "x") for number in range(1, 400)]
    whole = old_shops.make(path, SCHEMA, products=rows).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def _scrambled(path: Path) -> None:
    rows = [(number, "N" * 500, 1, "x") for number in range(1, 400)]
    whole = bytearray(old_shops.make(path, SCHEMA, products=rows).read_bytes())
    whole[8192:40960] = b"\xff" * (40960 - 8192)
    path.write_bytes(whole)


def _no_tables(path: Path) -> None:
    old_shops.make(path, "CREATE TABLE notes (id INTEGER PRIMARY KEY, text);", notes=[(1, "x")])


def _no_products(path: Path) -> None:
    old_shops.make(path, SCHEMA)


def _no_prices(path: Path) -> None:
    old_shops.make(path, "CREATE TABLE products (id INTEGER PRIMARY KEY, name);", products=[(1, "x")])


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_missing, "There is no file"),
        (_folder_instead, "is a folder"),
        (_empty, "is empty"),
        (_text, "not a SQLite file, or it is encrypted"),
        (_encrypted, "not a SQLite file, or it is encrypted"),
        (_first_page_only, "is damaged"),
        (_header_only, "is damaged"),
        (_magic_only, "is not a SQLite file, or it is encrypted"),
        (_encrypted_behind_the_magic, "is not a SQLite file, or it is encrypted"),
        (_zip, "is a ZIP archive. Unpack it"),
        (_gzip, "is packed with gzip. Unpack it"),
        (_log_of_a_database, "Name the file without -wal"),
        (_dump, "is a dump in SQL"),
        (_older_sqlite, "is a file of SQLite 2"),
        (_pipe, "is not a file"),
        (_truncated, "is damaged"),
        (_scrambled, "is damaged"),
        (_no_tables, "has no table of products"),
        (_no_prices, "Its columns are: id, name."),
        (_no_products, "products of old.db is empty"),
    ],
)
@pytest.mark.parametrize("apply", [[], ["--apply"]], ids=["dry", "apply"])
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(
    spoil: Callable[[Path], None], sentence: str, apply: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    spoil(tmp_path / "old.db")
    assert cli.main(["import-legacy", "old.db", *apply]) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert "Traceback" not in said.err
    assert said.out == ""
    assert _stored(tmp_path) == (0, 0)


def test_a_file_that_the_old_bot_writes_to_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_WAIT_SECONDS", 0.2)
    path = old_shops.oldest(tmp_path / "old.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as bot:
        bot.execute("BEGIN EXCLUSIVE")
        assert cli.main(["import-legacy", "old.db"]) == 2
    assert "Stop the old bot and try again" in capsys.readouterr().err


def test_a_short_write_of_the_old_bot_is_waited_for(tmp_path: Path) -> None:
    path = old_shops.oldest(tmp_path / "old.db")
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as bot:
        bot.execute("BEGIN EXCLUSIVE")
        threading.Timer(0.3, lambda: bot.execute("COMMIT")).start()
        with open_old(path) as file:
            assert file.count(file.table("products")) == 4


def test_no_copy_is_made_where_there_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old_shops.oldest(tmp_path / "old.db")
    (tmp_path / "old.db-wal").write_bytes(b"x" * 100)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 10}))
    with pytest.raises(UnreadableFile, match="no room"), open_old(path):
        pass


def test_a_name_with_signs_in_it_is_found(tmp_path: Path) -> None:
    with open_old(old_shops.oldest(tmp_path / "old shop?mode=rwc#100%.db")) as file:
        assert [*file.names] == ["products"]


def test_the_verb_says_what_would_come_in_and_then_does_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old_shops.newer(tmp_path / "old.db")
    assert cli.main(["import-legacy", "old.db"]) == 0
    said = capsys.readouterr()
    assert "Nothing was changed" in said.out
    assert "Reading 100%  8 of 8" in said.err
    assert _stored(tmp_path) == (0, 0)
    assert cli.main(["import-legacy", "old.db", "--apply"]) == 0
    assert "That is what came in" in capsys.readouterr().out
    assert _stored(tmp_path) == (4, 5)


def test_a_killed_import_goes_on_where_it_stopped(tmp_path: Path) -> None:
    products = [(number, f"Product {number}", 1, "x") for number in range(1, 501)]
    schema = f"{SCHEMA}CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id, product_id, total, status, created_at);"
    sold = [(number, 1001, number, 1, "completed", "2025-01-01") for number in range(1, 501)]
    old_shops.make(tmp_path / "old.db", schema, products=products, orders=sold)
    assert cli.main(["migrate"]) == 0
    seen = []
    for rows in (250, 450):  # in the middle of the second chunk of products, and of the first of orders
        argv = [sys.executable, "-m", "tests.legacy.killed_import", str(tmp_path / "old.db"), str(rows)]
        ended = forked.run(argv, cwd=ROOT)
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        seen.append(_stored(tmp_path))
    assert seen == [(200, 0), (500, 0)], "what was stored is whole chunks"
    assert cli.main(["import-legacy", "old.db", "--apply"]) == 0
    assert _stored(tmp_path) == (500, 500)


def _stored(folder: Path) -> tuple[int, int]:
    """Count the products and orders that are in the shop's database."""
    database = Database(f"sqlite:///{folder / 'data' / 'shop.db'}")
    try:
        with reading(database) as session:
            products, orders = (len(session.execute(select(one.id)).all()) for one in (Product, Order))
            assert len(session.execute(select(LegacyImport.old_id)).all()) == products + orders
    finally:
        database.close()
    return products, orders
