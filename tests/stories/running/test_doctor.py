"""`novacore doctor` next to a running shop: all is well, and then one process after the other is gone."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import update

from novacore.db.engine import Database
from novacore.db.models import ShopFact
from novacore.db.unit_of_work import writing
from novacore.workflows.machine.facts import BOT_SEEN
from novacore.workflows.orders.timers.opening_hours import LAST_SWEEP
from tests.fixtures.servers import forked
from tests.fixtures.servers.redis_server import RedisServer
from tests.stories.live import CELERY, NOVACORE, LiveShop, Process
from tests.wire.fixture import wire
from tests.wire.stand_in import Wire

__all__ = ["wire"]


@pytest.fixture
def shop(wire: Wire, tmp_path: Path, postgresql_url: str, own_redis: RedisServer) -> Iterator[LiveShop]:
    """A shop that is migrated and not open yet."""
    with LiveShop(wire, tmp_path, {"DATABASE_URL": postgresql_url, "CELERY_BROKER_URL": own_redis.url}) as live:
        live.run(NOVACORE, "migrate")
        yield live


def doctor(shop: LiveShop, *options: str) -> tuple[int, str]:
    """Ask the doctor; the exit code and what it said, without the line breaks of a terminal."""
    return answer_of(shop.start(NOVACORE, "doctor", *options))


def answer_of(process: Process) -> tuple[int, str]:
    """Wait for the doctor's answer."""
    code = process.popen.wait(60)
    return code, " ".join(process.log.split())


def quick(shop: LiveShop) -> dict[str, int]:
    """Run the healthchecks of all containers at once; the exit codes."""
    asked = {name: shop.start(NOVACORE, "doctor", "--quick", name) for name in ("bot", "worker", "beat")}
    return {name: answer_of(process)[0] for name, process in asked.items()}


def reports_itself(shop: LiveShop, name: str) -> bool:
    """Tell whether a process says by its file that it is well, and neither database nor broker is asked."""
    return doctor(shop, "--quick", name) == (0, f"The {name} is healthy: it reported a moment ago.")


def grow_old(shop: LiveShop, fact: str) -> None:
    """Let the last sign of life be from yesterday."""
    database = Database(shop.settings["DATABASE_URL"])
    with writing(database) as tx:
        yesterday = tx.now.replace(year=tx.now.year - 1)
        tx.session.execute(update(ShopFact).where(ShopFact.name == fact).values(at=yesterday))
    database.close()


def worker(shop: LiveShop, queue: str) -> Process:
    """Start a worker as production names it, and wait for it."""
    process = shop.start(*CELERY, "worker", "-Q", queue, "-n", f"{queue}@%h", "-l", "info")
    process.wait_for("ready.")
    return process


def test_the_doctor_and_the_healthchecks_of_production(shop: LiveShop) -> None:
    bot, beat = shop.start(NOVACORE, "bot"), shop.start(*CELERY, "beat")
    workers = [worker(shop, "discord"), worker(shop, "media")]
    shop.panel()
    shop.wire.wait_for(lambda: set(quick(shop).values()) == {0}, 60, "every process")
    for name in ("bot", "worker", "beat"):  # beat's first sweep comes seconds after the one that a worker asks for
        shop.wire.wait_for(partial(reports_itself, shop, name), 60, name)
    code, said = doctor(shop)
    assert (code, said[-12:]) == (0, "All is well."), said
    assert "PostgreSQL answers" in said
    assert "1 on the queue discord: discord@" in said

    for process in (bot, beat):
        process.kill()
    for sign in (BOT_SEEN, LAST_SWEEP):
        grow_old(shop, sign)
    assert quick(shop) == {"bot": 1, "worker": 0, "beat": 1}
    for process in workers:
        process.kill()
    code, said = doctor(shop)
    assert code == 1
    for trouble in ("Nobody works on the queue discord.", "Nobody works on the queue media.", "timers stand still"):
        assert trouble in said
    assert quick(shop) == {"bot": 1, "worker": 1, "beat": 0}, "beat is not to blame for missing workers"


def test_the_doctor_before_the_first_start(wire: Wire, tmp_path: Path) -> None:
    with LiveShop(wire, tmp_path, {}) as shop:
        code, said = doctor(shop)
        assert code == 0, said
        assert "There is none yet. -> `" in said
        assert "novacore run`" in said
        assert "Discord shows none yet." in said
        assert not Path(shop.settings["DATABASE_PATH"]).exists()


@pytest.mark.parametrize("options", [(), ("--quick", "bot", "--json")], ids=["all", "quick"])
def test_the_doctor_without_settings(tmp_path: Path, options: tuple[str, ...]) -> None:
    command = [NOVACORE, "doctor", *options]
    answer = forked.run(command, cwd=tmp_path, text=True)
    assert answer.returncode == 1
    assert "DISCORD_TOKEN is missing" in " ".join(answer.stdout.split())
    assert "Traceback" not in answer.stderr
    if "--json" in options:
        assert json.loads(answer.stdout)["exit_code"] == 1
