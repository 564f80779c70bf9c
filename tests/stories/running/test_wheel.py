"""A shop from the wheel, in an empty folder far from the checkout: the rehearsal, one process, and production."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.servers.redis_server import RedisServer
from tests.house.wheel import laid_out
from tests.stories.live import CODE, LiveShop, stop
from tests.wire.fixture import wire
from tests.wire.stand_in import Wire

__all__ = ["wire"]

NOVACORE = (sys.executable, "-m", "novacore")
CELERY = (sys.executable, "-m", "celery", "-A", "novacore.tasks.queue.app")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the wheel holds."""
    return laid_out(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(autouse=True)
def from_the_wheel(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every process that is started find the wheel before the checkout."""
    monkeypatch.setenv("PYTHONPATH", str(site))


@pytest.fixture
def server(wire: Wire, tmp_path: Path) -> Iterator[LiveShop]:
    """A Discord server whose shop runs in one process."""
    with LiveShop(wire, tmp_path, {}, fresh=True) as live:
        yield live


def test_the_shop_in_one_process_sells(server: LiveShop) -> None:
    assert "sample products are on sale" in server.run(*NOVACORE, "sample", by_file=True)
    shop = server.start(*NOVACORE, "run", by_file=True)
    _sell(server)
    stop([shop])
    assert "Traceback" not in shop.log


def test_bot_workers_and_beat_sell(wire: Wire, tmp_path: Path, postgresql_url: str, own_redis: RedisServer) -> None:
    settings = {"DATABASE_URL": postgresql_url, "CELERY_BROKER_URL": own_redis.url}
    with LiveShop(wire, tmp_path, settings, fresh=True) as server:
        server.run(*NOVACORE, "migrate", by_file=True)
        server.run(*NOVACORE, "sample", by_file=True)
        commands = ((*NOVACORE, "bot"), *((*CELERY, "worker", "-Q", queue) for queue in ("discord", "media")))
        processes = [server.start(*command, by_file=True) for command in (*commands, (*CELERY, "beat"))]
        _sell(server)
        stop(processes)
        assert [each.log for each in processes if "Traceback" in each.log] == []


def test_the_rehearsal_opens(server: LiveShop) -> None:
    server.settings = {}
    rehearsal = server.start(*NOVACORE, "rehearse", "--port", "0", by_file=True)
    rehearsal.wait_for("in your browser")
    stop([rehearsal])


def _sell(server: LiveShop) -> None:
    server.panel()
    order = server.order()
    server.buyer.await_dm("Send us the proof")
    server.pay(order)
    server.approve()
    server.buyer.await_dm(CODE)
