"""A shop from the wheel, in an empty folder far from the checkout: the rehearsal, one process, and production."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.servers.redis_server import RedisServer
from tests.house.wheel import installed
from tests.stories.live import CODE, LiveShop, stop
from tests.wire.fixture import wire
from tests.wire.stand_in import Wire

__all__ = ["wire"]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the Python of an environment with the wheel in it."""
    return str(installed(tmp_path_factory.mktemp("wheel")) / "python")


@pytest.fixture(scope="module")
def novacore(python: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the program as pipx and uv put it on the PATH: a link, in a folder of its own."""
    link = tmp_path_factory.mktemp("bin") / "novacore"
    link.symlink_to(Path(python).with_name("novacore"))
    return str(link)


@pytest.fixture
def server(wire: Wire, tmp_path: Path) -> Iterator[LiveShop]:
    """A Discord server whose shop runs in one process."""
    with LiveShop(wire, tmp_path, {}, fresh=True) as live:
        yield live


def test_the_shop_in_one_process_sells(server: LiveShop, novacore: str) -> None:
    assert "sample products are on sale" in server.run(novacore, "sample", by_file=True)
    assert "novacore doctor" in server.run(novacore, by_file=True)
    shop = server.start(novacore, "run", by_file=True)
    _sell(server)
    stop([shop])
    assert "Traceback" not in shop.log


def test_bot_workers_and_beat_sell(
    wire: Wire, tmp_path: Path, postgresql_url: str, own_redis: RedisServer, novacore: str, python: str
) -> None:
    celery = (python, "-m", "celery", "-A", "novacore.tasks.queue.app")
    settings = {"DATABASE_URL": postgresql_url, "CELERY_BROKER_URL": own_redis.url}
    with LiveShop(wire, tmp_path, settings, fresh=True) as server:
        server.run(novacore, "migrate", by_file=True)
        server.run(novacore, "sample", by_file=True)
        commands = ((novacore, "bot"), *((*celery, "worker", "-Q", queue) for queue in ("discord", "media")))
        processes = [server.start(*command, by_file=True) for command in (*commands, (*celery, "beat"))]
        _sell(server)
        stop(processes)
        assert [each.log for each in processes if "Traceback" in each.log] == []


def test_the_rehearsal_opens(server: LiveShop, novacore: str) -> None:
    server.settings = {}
    assert "novacore rehearse" in server.run(novacore, by_file=True)
    rehearsal = server.start(novacore, "rehearse", "--port", "0", by_file=True)
    rehearsal.wait_for("in your browser")
    stop([rehearsal])


def _sell(server: LiveShop) -> None:
    server.panel()
    order = server.order()
    server.buyer.await_dm("Send us the proof")
    server.pay(order)
    server.approve()
    server.buyer.await_dm(CODE)
