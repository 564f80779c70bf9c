"""Whatever a shop writes in its life is its owner's alone, under the umask that lets everybody do everything."""

import os
import stat
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Self

import psutil
import pytest

from tests.fixtures.servers import forked
from tests.fixtures.servers.redis_server import RedisServer
from tests.legacy import old_shops
from tests.stories.live import CELERY, CODE, NOVACORE, PRODUCT, LiveShop, Process, stop
from tests.wire.fixture import wire
from tests.wire.people import Person
from tests.wire.stand_in import Wire

__all__ = ["wire"]

OPEN_TO_ALL = 0o000
"""A careless umask."""


class Watcher:
    """Looks at a folder all the time, so that files which come and go are seen too."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.files, self.loose = folder, set[str](), set[str]()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(60)
        self.look()

    def _watch(self) -> None:
        while not self._over.wait(0.005):
            self.look()

    def look(self) -> None:
        """Note every name, and those whose mode lets others in."""
        # `os.walk` passes over a folder that vanishes on the way; `rglob` raises.
        for folder, folders, files in os.walk(self.folder):
            for one in (*folders, *files):
                self._note(Path(folder, one))

    def _note(self, one: Path) -> None:
        try:
            mode = one.lstat().st_mode
        except FileNotFoundError:
            return
        name = str(one.relative_to(self.folder))
        self.files.add(name)
        if not stat.S_ISLNK(mode) and mode & 0o077:
            self.loose.add(f"{name}: {stat.S_IMODE(mode):o}")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """The only folder in which the shop may write; it was there before, and is watched by each test."""
    folder = tmp_path / "home"
    (folder / "tmp").mkdir(parents=True, mode=0o700)
    folder.chmod(0o755)
    yield folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755, "a folder that was there is left as it is"


def living(wire: Wire, folder: Path, home: Path, settings: dict[str, str]) -> LiveShop:
    """A shop that keeps everything below `home`, temporary files too."""
    places = {
        "DATABASE_PATH": str(home / "data" / "deep" / "shop.db"),
        "LOG_DIR": str(home / "logs" / "deep"),
        "TMPDIR": str(home / "tmp"),
        "MPLCONFIGDIR": str(home / "tmp" / "matplotlib"),
    }
    return LiveShop(wire, folder, {**places, **settings})


def start(shop: LiveShop, *command: str) -> Process:
    """Start a command as someone with a careless umask does."""
    return shop.start(*command, umask=OPEN_TO_ALL)


def run(shop: LiveShop, *command: str) -> str:
    """Run a command to its good end."""
    return shop.run(*command, umask=OPEN_TO_ALL)


def limits(processes: Sequence[Process]) -> dict[int, str]:
    """The limits of core dumps of processes and all their children, by pid: the soft and the hard one."""
    everyone = [psutil.Process(one.popen.pid) for one in processes]
    everyone += [child for one in everyone for child in one.children(recursive=True)]
    lines = {one.pid: Path(f"/proc/{one.pid}/limits").read_text().splitlines() for one in everyone}
    return {pid: " ".join(line.split()[4:6]) for pid, found in lines.items() for line in found if "core file" in line}


def live_a_little(shop: LiveShop) -> None:
    """A purchase with its proof, a report, an export and a restock: everything that makes a file."""
    shop.pay(shop.order())
    shop.approve()
    shop.buyer.await_dm(CODE)
    shop.staff.await_message(shop.channels["purchases"], PRODUCT)
    owner = shop.owner()
    owner.slash("export", what="orders", format="xlsx")
    shop.wire.wait_for(partial(_got_file, owner, ".xlsx"), 60, "the export")
    owner.slash("report", period="last_7_days")


def _got_file(person: Person, ending: str) -> bool:
    return any(one.filename.endswith(ending) for message in person.dms() for one in message.attachments)


def test_a_shop_of_one_process(wire: Wire, tmp_path: Path, home: Path) -> None:
    with living(wire, tmp_path, home, {"SECRET_KEY": ""}) as shop, Watcher(home) as seen:
        run(shop, NOVACORE, "migrate")
        run(shop, NOVACORE, "sample")
        start(shop, NOVACORE, "doctor").popen.wait(60)
        process = start(shop, NOVACORE, "run")
        live_a_little(shop)
        wire.wait_for(lambda: [*home.glob("logs/deep/reports/*.png")], 60, "the copies of the report")
        found = limits([process])
        stop([process])
        run(shop, NOVACORE, "rotate-key")
        old = old_shops.oldest(tmp_path / "old.db")
        run(shop, NOVACORE, "import-legacy", str(old), "--apply")
    assert seen.loose == set()
    data = {f"data/deep/shop.db{ending}" for ending in ("", "-wal", "-shm", ".lock", ".key")}
    assert data | {"logs/deep/novacore.log", "logs/deep/reports"} <= seen.files
    assert len(found) > 1, "the child that draws is one of them"
    assert set(found.values()) == {"0 0"}


def test_a_shop_of_many_processes(
    wire: Wire, tmp_path: Path, home: Path, postgresql_url: str, own_redis: RedisServer
) -> None:
    settings = {"DATABASE_URL": postgresql_url, "CELERY_BROKER_URL": own_redis.url}
    with living(wire, tmp_path, home, settings) as shop, Watcher(home) as seen:
        run(shop, NOVACORE, "migrate")
        run(shop, NOVACORE, "sample")
        pid_file = ("--pidfile", str(home / "media.pid"))
        workers = [
            start(shop, *CELERY, "worker", "-Q", queue, "-n", f"{queue}@%h", "-l", "info", *more)
            for queue, more in (("discord", ()), ("media", pid_file))
        ]
        everything = [start(shop, NOVACORE, "bot"), start(shop, *CELERY, "beat"), *workers]
        for worker in workers:
            worker.wait_for("ready.")
        live_a_little(shop)
        wire.wait_for(lambda: [*home.glob("logs/deep/reports/*.png")], 60, "the copies of the report")
        found = limits(everything)
        stop(everything)
    assert seen.loose == set()
    assert {"media.pid", "logs/deep/novacore.log", "logs/deep/reports"} <= seen.files
    assert [one for one in seen.files if one.endswith(".log")] == ["logs/deep/novacore.log"], "the bot's, and no other"
    assert len(found) > len(everything), "the children of the media worker are among them"
    assert set(found.values()) == {"0 0"}


def test_old_files_are_tightened_by_every_way_to_start(wire: Wire, tmp_path: Path, home: Path) -> None:
    with living(wire, tmp_path, home, {}) as shop:
        run(shop, NOVACORE, "sample")
        data, logs = home / "data" / "deep", home / "logs" / "deep"
        data.chmod(0o755)
        for verb in ("migrate", "run"):
            (logs / "novacore.log").touch()
            for file in (data / "shop.db", logs / "novacore.log"):
                file.chmod(0o664)
            process = start(shop, NOVACORE, verb)
            wire.wait_for(
                lambda: (
                    {stat.S_IMODE(one.stat().st_mode) for one in (data / "shop.db", logs / "novacore.log")} == {0o600}
                ),
                60,
                "private files",
            )
            if verb == "run":
                process.wait_for("shop.db could be opened by others")
                shop.panel()
                stop([process])
            else:
                assert process.popen.wait(60) == 0
        assert stat.S_IMODE(data.stat().st_mode) == 0o755, "a folder that is there is left as it is"


def test_the_doctor_names_what_others_can_open_and_changes_nothing(wire: Wire, tmp_path: Path, home: Path) -> None:
    with living(wire, tmp_path, home, {}) as shop:
        run(shop, NOVACORE, "sample")
        database = home / "data" / "deep" / "shop.db"
        database.chmod(0o644)
        shop.write_env_file()
        (tmp_path / ".env").chmod(0o644)
        asked = forked.run([NOVACORE, "doctor"], cwd=tmp_path, text=True, umask=OPEN_TO_ALL)
        said = "".join(asked.stdout.split())
        assert f"Othersonthismachinecanopen{database}" in said, asked.stdout
        assert ".envcanbereadbyothersonthismachine.Run:chmod600.env" in said
        assert stat.S_IMODE(database.stat().st_mode) == 0o644


def test_a_rehearsal(wire: Wire, tmp_path: Path, home: Path) -> None:
    with living(wire, tmp_path, home, {}) as shop, Watcher(home) as seen:
        process = start(shop, NOVACORE, "rehearse", "--port", "0")
        process.wait_for("http://")
        wire.wait_for(lambda: [*home.glob("tmp/novacore-rehearsal-*/logs/novacore.log")], 60, "its log")
        found = limits([process])
        stop([process], 30)
    assert seen.loose == set()
    assert any(name.endswith("/novacore.db.key") for name in seen.files)
    assert set(found.values()) == {"0 0"}
