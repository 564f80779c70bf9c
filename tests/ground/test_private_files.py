"""What the shop writes is its owner's alone: private from the first moment, old files tightened, folders left as is."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from novacore import private_files
from novacore.db import schema
from novacore.db.engine import Database
from novacore.db.ownership import sole_owner
from novacore.errors import NovaCoreError
from novacore.settings import rehearsal_settings
from novacore.settings.key_file import read_or_create
from tests.ground.settings.test_env_writing import give_away

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _open_to_everybody() -> Iterator[None]:
    """Run with the umask that lets everybody do everything."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """The modes of everything below a folder."""
    return {str(one.relative_to(folder)): stat.S_IMODE(one.stat().st_mode) for one in folder.rglob("*")}


def test_folders_that_are_made_are_private_and_those_that_were_there_stay(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir(0o755)
    private_files.make_folder(there / "a" / "b")
    private_files.make_folder(there / "a" / "b")
    private_files.make_folder(there)
    assert modes(tmp_path) == {"there": 0o755, "there/a": 0o700, "there/a/b": 0o700}


def test_a_file_where_a_folder_should_be_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for wanted in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OSError, match=r"exists|Not a directory"):
            private_files.make_folder(wanted)


def test_a_database_and_what_sqlite_puts_next_to_it(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    schema.migrate(database)
    with database.engine.connect():
        assert modes(tmp_path) == {"shop.db": 0o600, "shop.db-wal": 0o600, "shop.db-shm": 0o600}
    database.close()


def test_the_journal_of_a_database_is_private_too(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    database.engine.connect().close()
    database.close()
    with closing(sqlite3.connect(tmp_path / "shop.db", isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("CREATE TABLE one (two)")
        assert modes(tmp_path) == {"shop.db": 0o600, "shop.db-journal": 0o600}


def test_a_database_is_never_readable_not_even_for_a_moment(tmp_path: Path) -> None:
    seen: set[int] = set()
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            seen.update(modes(tmp_path).values())

    def look() -> None:
        try:
            watch()
        except FileNotFoundError:
            look()

    watcher = threading.Thread(target=look)
    watcher.start()
    for number in range(20):
        database = Database(f"sqlite:///{tmp_path / f'{number}.db'}")
        database.engine.connect().close()
        database.close()
        read_or_create(tmp_path / f"{number}.key")
    over.set()
    watcher.join(60)
    assert seen == {0o600}


def test_a_folder_that_is_missing_is_told_by_sqlite_as_before(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'missing' / 'shop.db'}")
    with pytest.raises(Exception, match="unable to open database file"):
        database.engine.connect()
    assert modes(tmp_path) == {}


def test_a_database_in_memory_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    database = Database("sqlite:///:memory:")
    database.engine.connect().close()
    database.close()
    assert modes(tmp_path) == {}


def test_the_lock_of_a_shop(tmp_path: Path) -> None:
    with sole_owner(tmp_path / "data" / "shop.db"):
        assert modes(tmp_path) == {"data": 0o700, "data/shop.db.lock": 0o600}


def test_a_lock_that_cannot_be_opened_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "shop.db.lock").mkdir()
    with pytest.raises(NovaCoreError, match=r"shop\.db\.lock can't be opened .* start it as that user"):
        sole_owner(tmp_path / "shop.db").__enter__()


def test_settings_make_private_folders(tmp_path: Path) -> None:
    rehearsal_settings(tmp_path / "new", {})
    assert modes(tmp_path) == {"new": 0o700, "new/logs": 0o700}


OURS = (
    "data/shop.db",
    "data/shop.db-wal",
    "data/shop.db-shm",
    "data/shop.db-journal",
    "data/shop.db.lock",
    "data/shop.db.workers",
    "data/shop.db.key",
    "logs/novacore.log",
    "logs/novacore.log.1",
    "logs/novacore-bot.log",
    "logs/novacore-bot.log.4",
    "logs/reports/report-2026-01-01-2026-01-07.json",
    "logs/reports/report-2026-01-01-2026-01-07-usd.png",
    "logs/reports/.report-2026-01-01-2026-01-07.json.12.34",
)
THEIRS = ("data/other.db", "logs/other.log", "logs/reports/notes.txt")


def test_old_files_are_tightened_and_nobody_elses(tmp_path: Path) -> None:
    for name in (*OURS, *THEIRS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch(0o644)
    (tmp_path / "logs" / "novacore.log.2").symlink_to(tmp_path / "logs" / "other.log")
    files = list(private_files.files_of(tmp_path / "data" / "shop.db", tmp_path / "logs"))
    assert {str(one.relative_to(tmp_path)) for one in private_files.readable_by_others(files)} == {*OURS}
    assert {str(one.relative_to(tmp_path)) for one in private_files.tighten(files)} == {*OURS}
    found = modes(tmp_path)
    assert {found[name] for name in OURS} == {0o600}
    assert {found[name] for name in THEIRS} == {0o644}
    assert {found[name] for name in ("data", "logs", "logs/reports")} == {0o777}, "folders stay as they were"
    assert private_files.tighten(files) == []


def test_what_its_owner_may_not_do_stays_forbidden(tmp_path: Path) -> None:
    (tmp_path / "shop.db").touch(0o444)
    assert private_files.tighten(private_files.files_of(tmp_path / "shop.db", None)) == [tmp_path / "shop.db"]
    assert modes(tmp_path) == {"shop.db": 0o400}


def test_a_database_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk.db").touch(0o660)
    (tmp_path / "shop.db").symlink_to(tmp_path / "disk.db")
    private_files.tighten(private_files.files_of(tmp_path / "shop.db", None))
    assert stat.S_IMODE((tmp_path / "disk.db").stat().st_mode) == 0o600


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private_files.write_new(tmp_path / "one", b"content")
    assert ((tmp_path / "one").read_bytes(), modes(tmp_path)) == (b"content", {"one": 0o600})
    with pytest.raises(FileExistsError):
        private_files.write_new(tmp_path / "one", b"other")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        private_files.write_new(tmp_path / "two", b"content")
    assert modes(tmp_path) == {"one": 0o600}


GUARDED = """
import resource, subprocess, sys
from novacore import private_files
private_files.guard_process()
open(sys.argv[1], "w").close()
child = "import resource, os; print(resource.getrlimit(resource.RLIMIT_CORE), os.umask(0))"
subprocess.run([sys.executable, "-c", child], check=True)
"""


def test_a_process_leaves_no_core_dump_and_neither_do_its_children(tmp_path: Path) -> None:
    command = [sys.executable, "-c", GUARDED, str(tmp_path / "anything")]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    assert said.strip() == "(0, 0) 63"
    assert modes(tmp_path) == {"anything": 0o600}


def test_a_folder_that_root_makes_belongs_to_whoever_has_the_one_around_it(tmp_path: Path) -> None:
    give_away(tmp_path)
    private_files.make_folder(tmp_path / "a" / "b")
    assert {(tmp_path / one).stat().st_uid for one in ("a", "a/b")} == {12345}
