"""Commands on a full disk, in a closed folder, without their database: a sentence, and the exit code 1."""

import errno
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from novacore import cli, settings
from novacore.crypto import new_key
from novacore.entry import last_words
from novacore.states import PaymentMethod
from tests.fixtures.servers import forked
from tests.fixtures.servers.postgresql import PostgresServer
from tests.fixtures.servers.processes import free_port
from tests.fixtures.servers.redis_server import new_redis
from tests.ground.settings.env_files import TOKEN
from tests.ground.settings.test_settings_files import as_nobody

pytestmark = pytest.mark.usefixtures("empty_folder")

ROOT = Path(__file__).parents[1]
FULL = Path("/dev/full")


def novacore(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    given: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
    given["env"] = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""} | given.get("env", {})
    argv = [sys.executable, "-m", "novacore", *arguments]
    if options.keys() <= {"env"}:
        return forked.run(argv, **given)
    return subprocess.run(argv, check=False, **given)  # how Python itself opens and closes its files counts here


def assert_one_sentence(said: str) -> None:
    """Hold what a command writes to stderr to the rule."""
    assert said.endswith(".\n"), said
    for word in ("Traceback", "Exception ignored", "Error:", "sqlalchemy", "psycopg"):
        assert word not in said


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command here that cannot do its work; return what it says."""
    assert cli.main(arguments) == 1
    said = capsys.readouterr().err
    assert_one_sentence(said)
    return said


# ---- what can't be written ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["new-key"], ["migrate"], ["sample"], ["states", "--to", "states.md"], ["doctor", "--help"]],
)
def test_an_output_that_takes_nothing_more(arguments: list[str]) -> None:
    # Unbuffered, argparse by itself swallows what an output does not take.
    unbuffered = {"PYTHONUNBUFFERED": "1" if arguments == ["--help"] else ""}
    with FULL.open("w") as full:
        said = novacore(*arguments, stdout=full, env=unbuffered)
    assert said.returncode == 1
    assert said.stderr == "The disk is full: a file could not be written. Make room, then run the same command again.\n"


def test_nobody_left_to_tell_changes_nothing_but_the_exit_code() -> None:
    with FULL.open("w") as full:
        assert novacore("new-key", stdout=full, stderr=full).returncode == 1


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_console_that_knows_no_emoji_gets_its_code(encoding: str) -> None:
    given = {"env": {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "1"}, "encoding": encoding}
    said = novacore("states", "--to", "🎉.md", **given)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout == ("Written: 🎉.md\n" if encoding == "utf-8" else "Written: \\U0001f389.md\n")
    missing = novacore(
        "columns", "--to", "🎁.md", env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "1"}, encoding=encoding
    )
    assert_one_sentence(missing.stderr)


def test_streams_that_were_closed_before_change_nothing(tmp_path: Path) -> None:
    command = f"({sys.executable} -m novacore states --to {{}} >&- 2>&-); echo $?"
    for place, code in ((tmp_path / "states.md", "0"), (FULL, "1")):
        argv, env = ["sh", "-c", command.format(place)], os.environ | {"PYTHONPATH": str(ROOT)}
        said = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
        assert said.stdout.strip() == code


def test_a_reader_that_has_enough_is_no_fault() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    said = novacore("--help", stdout=writing)
    os.close(writing)
    assert said.stderr == ""


def test_a_page_on_a_full_disk(capsys: pytest.CaptureFixture[str]) -> None:
    assert "The disk is full" in refused(capsys, "states", "--to", str(FULL))
    assert FULL.is_char_device()


def test_a_page_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "states.md"
    page.write_text("the page of before")

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    said = novacore("states", "--to", str(page), preexec_fn=small_disk, env={"PYTHONDONTWRITEBYTECODE": "1"})
    assert (said.returncode, page.read_text()) == (1, "the page of before")
    assert_one_sentence(said.stderr)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["states.md"]


@pytest.mark.parametrize("verb", ["states", "columns"])
def test_a_folder_that_is_closed(tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    for command in ("states", "columns"):  # what they need is loaded before we step down
        assert cli.main([command, "--to", str(tmp_path / "first.md")]) == 0
    capsys.readouterr()
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "page.md").write_text("by hand")
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    closed.chmod(0o555)
    with as_nobody():
        assert "may not open" in refused(capsys, verb, "--to", str(closed / "page.md"))
    assert (closed / "page.md").read_text() == "by hand"


@pytest.mark.parametrize("place", ["nowhere/page.md", ".", str(FULL)])
def test_a_page_that_is_not_there(capsys: pytest.CaptureFixture[str], place: str) -> None:
    assert "is not there, or is no file" in refused(capsys, "columns", "--to", place)


@pytest.mark.parametrize("place", [".", "a/file/states.md", "x" * 300])
def test_a_place_for_a_page_that_cannot_be(tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").touch()
    refused(capsys, "states", "--to", place)


# ---- the database ---------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk() -> Iterator[list[int]]:
    """Lend a list: SQLite finds the disk full at so many pages of its database as stand in it."""
    pages: list[int] = []

    def limit(connection: Any, _record: Any) -> None:
        for most in pages:
            connection.execute(f"PRAGMA max_page_count={most}")

    event.listen(Engine, "connect", limit)
    yield pages
    event.remove(Engine, "connect", limit)


@pytest.mark.parametrize("pages", [1, 5, 30])
def test_migrate_on_a_full_disk(capsys: pytest.CaptureFixture[str], small_disk: list[int], pages: int) -> None:
    small_disk.append(pages)
    assert refused(capsys, "migrate") == "The disk of the database is full. Make room, then run this again.\n"
    small_disk.clear()
    assert cli.main(["migrate"]) == 0


def test_sample_on_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], small_disk: list[int]
) -> None:
    assert cli.main(["migrate"]) == 0
    capsys.readouterr()
    with closing(sqlite3.connect(tmp_path / "data" / "shop.db")) as database:
        small_disk.append(database.execute("PRAGMA page_count").fetchone()[0])
    assert "The disk of the database is full" in refused(capsys, "sample")
    small_disk.clear()
    assert cli.main(["sample"]) == 0


def test_a_limit_of_the_system_is_a_sentence_too(tmp_path: Path) -> None:
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    said = novacore("migrate", preexec_fn=small_files, env={"PYTHONDONTWRITEBYTECODE": "1"})
    assert said.returncode == 1
    assert_one_sentence(said.stderr)


def test_a_database_that_is_damaged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["migrate"]) == 0
    capsys.readouterr()
    path = tmp_path / "data" / "shop.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xa5" * 3996 + content[4096:])
    assert "The database is damaged" in refused(capsys, "migrate")


# ---- PostgreSQL -----------------------------------------------------------------------------------------------------


def live(tmp_path: Path, url: str) -> dict[str, str]:
    """Everything that a live shop needs, on a PostgreSQL of that address."""
    ids = ("MAIN", "STAFF", "PUBLIC_LOG", "VOUCH", "TICKET_PANEL")
    names = [*(f"{one}_CHANNEL_ID" for one in ids), "TICKET_CATEGORY_ID"]
    names += ["CUSTOMER_ROLE_ID", "STAFF_ROLE_IDS", "OWNER_ROLE_ID"]
    coins = {method.row.setting.upper(): "off" for method in PaymentMethod}
    return coins | {name: str(11 * 10**17 + number) for number, name in enumerate(names)} | {
        "DISCORD_TOKEN": TOKEN, "PAYPAL_EMAIL": "pay@example.com", "DATABASE_URL": url, "SECRET_KEY": new_key(),
        "LOG_DIR": str(tmp_path / "logs"),
    }  # fmt: skip


@pytest.mark.parametrize("verb", ["run", "bot", "migrate", "sample", "rotate-key"])
def test_a_postgresql_that_is_away_is_a_sentence(tmp_path: Path, verb: str) -> None:
    given = live(tmp_path, f"postgresql://u:sesame-and-more@127.0.0.1:{free_port()}/novacore")
    given |= {"SECRET_KEY": f"{new_key()},{new_key()}", "CELERY_BROKER_URL": f"redis://127.0.0.1:{free_port()}/0"}
    said = novacore(verb, env=given)
    assert said.returncode == 1
    assert said.stderr == "PostgreSQL does not answer. Start it, and check the host and the port in DATABASE_URL.\n"
    assert "Traceback" not in said.stdout
    assert "sesame" not in said.stdout


def test_a_database_that_nobody_made_is_a_sentence(tmp_path: Path, postgresql: PostgresServer) -> None:
    said = novacore("run", env=live(tmp_path, postgresql.url("no-such-shop")))
    assert "has no database of the name in DATABASE_URL" in said.stderr
    assert_one_sentence(said.stderr)


@pytest.mark.parametrize("option", ["schema=public", "sslmode=bogus", "foo=1"])
def test_an_option_that_cannot_be_is_a_sentence(tmp_path: Path, option: str) -> None:
    said = novacore("run", env=live(tmp_path, f"postgresql://u:sesame-and-more@127.0.0.1:1/novacore?{option}"))
    assert said.returncode == 1
    assert "DATABASE_URL has" in said.stderr
    assert "sesame" not in said.stderr
    assert_one_sentence(said.stderr)


@pytest.mark.parametrize("program", [["worker", "-Q", "discord", "-P", "solo"], ["beat"]])
def test_a_worker_says_what_it_waits_for(tmp_path: Path, redis_url: str, program: list[str]) -> None:
    given = live(tmp_path, f"postgresql://u:sesame-and-more@127.0.0.1:{free_port()}/novacore")
    given |= {"CELERY_BROKER_URL": redis_url, "PYTHONPATH": str(ROOT)}
    argv = [sys.executable, "-m", "celery", "-A", "novacore.tasks.queue.app", *program]
    with forked.Forked(
        argv, env=os.environ | given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        line = next(line for line in process.stdout if "Jobs wait" in line)
        process.terminate()
        rest = process.stdout.read()
    assert "PostgreSQL does not answer. Start it" in line
    assert "Traceback" not in rest
    assert "sesame" not in line + rest


@pytest.mark.parametrize("program", [["worker", "-Q", "discord", "-P", "solo"], ["beat"]])
def test_a_worker_ends_where_its_broker_will_never_do(tmp_path: Path, program: list[str]) -> None:
    with new_redis(tmp_path, {"requirepass": "sesame-and-more"}) as redis:
        given = live(tmp_path, "postgresql://u@127.0.0.1:1/novacore")
        given |= {"CELERY_BROKER_URL": redis.url.replace("sesame-and-more", "wrong-horse"), "PYTHONPATH": str(ROOT)}
        argv = [sys.executable, "-m", "celery", "-A", "novacore.tasks.queue.app", *program]
        said = forked.run(argv, env=os.environ | given, text=True, timeout=100)
    assert said.returncode == 1
    assert "Redis rejects the user name or the password" in said.stderr
    assert "Traceback" not in said.stderr
    assert "wrong-horse" not in said.stdout + said.stderr


# ---- sentences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, "The disk is full: /srv/page.md could not be written."),
        (errno.EDQUOT, "The disk is full: /srv/page.md could not be written."),
        (errno.EROFS, "/srv/page.md is on a disk that can only be read."),
        (errno.EACCES, "This user may not open /srv/page.md."),
        (errno.ENOENT, "/srv/page.md is not there."),
        (errno.EIO, "The disk does not read or write /srv/page.md as it should."),
        (errno.EMFILE, "Too many files are open."),
    ],
)
def test_each_fault_of_a_file_has_its_sentence(code: int, said: str) -> None:
    assert (last_words.sentence(OSError(code, os.strerror(code), "/srv/page.md")) or "").startswith(said)
    assert last_words.sentence(OSError(code, os.strerror(code)))


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    for bug in (RuntimeError("bug"), OSError(errno.EINVAL, "bug"), ConnectionResetError(errno.ECONNRESET, "bug")):
        monkeypatch.setattr(settings, "has_token", lambda bug=bug: (_ for _ in ()).throw(bug))
        with pytest.raises(type(bug), match="bug"):
            cli.main(["run"])
