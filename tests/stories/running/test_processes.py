"""Production: every command a process of its own, on PostgreSQL, Redis and the stand-in, from the panel to the DM."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.servers.redis_server import RedisServer
from tests.stories.live import CELERY, CODE, NOVACORE, LiveShop, Process, stop
from tests.wire.fixture import wire
from tests.wire.stand_in import Wire

__all__ = ["wire"]

WORKER = (*CELERY, "worker", "-l", "info")


@pytest.fixture
def shop(wire: Wire, tmp_path: Path, postgresql_url: str, own_redis: RedisServer) -> Iterator[LiveShop]:
    """A shop that is migrated and filled, and not open yet."""
    settings = {"DATABASE_URL": postgresql_url, "CELERY_BROKER_URL": own_redis.url, "LOG_FORMAT": "json"}
    with LiveShop(wire, tmp_path, settings) as live:
        assert "at this release's schema" in live.run(NOVACORE, "migrate")
        assert "sample products are on sale" in live.run(NOVACORE, "sample")
        yield live


def _open(shop: LiveShop) -> list[Process]:
    """Start what production is made of, and wait until it is open."""
    workers = [shop.start(*WORKER, "-Q", queue) for queue in ("discord", "discord", "media")]
    everything = [shop.start(NOVACORE, "bot"), *workers, shop.start(*CELERY, "beat")]
    shop.panel()
    for worker in workers:
        worker.wait_for("ready.")
    return everything


def test_a_person_buys_from_separate_processes(shop: LiveShop) -> None:
    everything = _open(shop)
    order = shop.order()
    shop.buyer.await_dm("Send us the proof")
    assert "We're checking your payment" in shop.pay(order).text
    shop.approve()
    delivery = shop.buyer.await_dm(CODE)
    shop.staff.await_message(shop.channels["purchases"], "Starfall Odyssey key")
    shop.wire.wait_for(lambda: shop.roles["Customer"] in shop.wire.roles_of(shop.buyer.id), 60, "the role")
    stop(everything)
    assert [each.id for each in shop.goods()] == [delivery.id]
    assert [each.log for each in everything if "Traceback" in each.log] == []
    written = [line for each in everything for line in each.log.splitlines()]
    assert [line for line in written if not line.startswith("{")] == []
    lines = [json.loads(line) for line in written]
    assert all({"time", "level", "logger", "message"} <= {*line} for line in lines)
    assert "deliver_order" in {line.get("job") for line in lines}
    assert "voice" not in "".join(each.log for each in everything)
