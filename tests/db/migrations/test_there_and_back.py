"""From the first release with live orders to this one and back, by the very commands of docs/operations.md."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine, select

from novacore.db import schema
from novacore.db.engine import Database
from novacore.db.schema import SchemaMismatch
from novacore.states import OrderStatus
from novacore.workflows.orders.goods import goods_of
from tests.db.migrations import first_release
from tests.db.migrations.first_release import CODE, FIRST, STATES
from tests.db.migrations.next_steps import NEXT
from tests.fixtures.servers import forked
from tests.fixtures.servers.postgresql import PostgresServer
from tests.fixtures.shops import MovableClock
from tests.stories.live import NOVACORE

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "operations.md").read_text()

DOCKER = """#!/bin/sh
# `docker compose exec -T postgres PROGRAM ...` on the server of the tests, and nothing else
[ "$2" = exec ] || exit 0
shift 4
program=$1
shift
for word in "$@"; do
    shift
    case $word in
    --username=novacore) word=--username=postgres ;;
    --dbname=novacore) word=--dbname=$SHOP ;;
    novacore) word=$SHOP ;;
    esac
    set -- "$@" "$word"
done
exec "$PROGRAMS/$program" --host="$SERVER" "$@"
"""


@dataclass(frozen=True)
class Old:
    """A shop of the first release in a folder of its own."""

    folder: Path
    url: str
    way: int
    """Which of the page's two ways it runs: 0 embedded, 1 production."""
    settings: Mapping[str, str] = field(repr=False)

    def follow(self, section: str) -> None:
        """Run the commands of a section of the page, word for word."""
        text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
        commands = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)[self.way]
        environment = {**os.environ, **self.settings, "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}
        subprocess.run(["sh", "-eu", "-c", commands], cwd=self.folder, env=environment, check=True, timeout=120)

    def migrate(self) -> None:
        """Run `novacore migrate` of this release."""
        environment = {**os.environ, **self.settings, "LOG_DIR": str(self.folder / "logs")}
        said = forked.run([NOVACORE, "migrate"], cwd=self.folder, env=environment, text=True, timeout=120)
        assert said.returncode == 0, said.stderr

    def rows(self) -> dict[str, list[str]]:
        """Return everything in the database, by table."""
        engine, tables = create_engine(self.url), MetaData()
        tables.reflect(engine)
        with engine.connect() as connection:
            found = {name: sorted(map(repr, connection.execute(select(one)))) for name, one in tables.tables.items()}
        engine.dispose()
        return found


def _filled(url: str) -> None:
    first_release.upgrade_to(url, FIRST)
    first_release.restore(url)


@pytest.fixture
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Old]:
    """Lend the way by SQLite, with its key in a file, or by PostgreSQL, with its key among the settings."""
    for name in ("bin", "data", "a-safe-place"):
        (tmp_path / name).mkdir()
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/data/novacore.db"
        _filled(url)
        key = tmp_path / "data" / "novacore.db.key"
        key.write_text(f"{first_release.KEY}\n")
        key.chmod(0o600)
        python = tmp_path / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.symlink_to(sys.executable)
        yield Old(tmp_path, url, 0, {"DATABASE_PATH": "data/novacore.db"})
        return
    server: PostgresServer = request.getfixturevalue("postgresql")
    docker, name = tmp_path / "bin" / "docker", server.create_database()
    docker.write_text(DOCKER)
    docker.chmod(0o700)
    url = server.url(name)
    _filled(url)
    places = {"PROGRAMS": str(server._programs), "SERVER": str(server.folder), "SHOP": name}
    yield Old(tmp_path, url, 1, {"DATABASE_URL": url, "SECRET_KEY": first_release.KEY, **places})
    server.drop_database(name)


def _goes_on(url: str) -> None:
    """Each live order is there, and can take its next step."""
    shop = first_release.open_first(url)
    schema.require_current(shop.database)
    found = first_release.orders_by_state(shop)
    assert set(found) == set(STATES)
    assert any(item.value.startswith(CODE) for item in goods_of(shop, found[OrderStatus.delivered].id).items)
    for status, (target, step) in NEXT.items():
        assert step(shop, found[status].id).status is target
    shop.database.close()


def _is_refused_by_the_first_release(url: str, patch: pytest.MonkeyPatch) -> None:
    database = Database(url)
    with patch.context() as past:
        past.setattr(schema, "_steps", lambda: {FIRST})
        with pytest.raises(SchemaMismatch, match="put back a backup from before its upgrade"):
            schema.require_current(database)
    database.close()


@pytest.mark.parametrize("old", ["sqlite", "postgresql"], indirect=True)
def test_a_shop_is_upgraded_taken_back_and_upgraded_again(
    old: Old, time: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = old.rows()
    old.follow("Back up")
    old.migrate()
    time.move(hours=26)
    _goes_on(old.url)
    _is_refused_by_the_first_release(old.url, monkeypatch)
    (old.folder / "data" / "novacore.db.key").unlink(missing_ok=True)
    old.follow("Restore")
    assert old.rows() == before
    database = Database(old.url)
    schema.migrate(database)
    database.close()
    _goes_on(old.url)
