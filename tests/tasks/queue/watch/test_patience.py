"""A Redis that answers and refuses writes: worker and beat wait for it, say so in a line, and go on by themselves."""

import logging
import signal
from contextlib import closing

import pytest
from redis import Redis

from novacore.tasks.queue.celery_app import make_app
from novacore.tasks.queue.dispatch import start_waking
from novacore.tasks.queue.watch.patience import PatientScheduler
from novacore.workflows.machine.shop import Shop
from tests.fixtures.servers.redis_server import RedisServer, refusing
from tests.fixtures.shops import ProductMaker
from tests.tasks.queue.commands import Start, order
from tests.wire.stand_in import Wire


@pytest.mark.parametrize("shop_url", ["sqlite"], indirect=True)
def test_a_worker_waits_for_a_redis_that_refuses_writes_and_goes_on(
    wire: Wire, shop: Shop, make_product: ProductMaker, start: Start, own_redis: RedisServer
) -> None:
    with refusing(own_redis.url, "OOM"):
        worker = start("worker", "-Q", "discord", "-l", "info")
        worker.wait_for("Redis accepts no writes now: its memory is full (OOM).")
    worker.wait_for("Redis accepts writes again.")
    worker.wait_for("ready.")
    assert "Traceback" not in worker.log
    with refusing(own_redis.url, "READONLY"):
        worker.wait_for("Redis accepts no writes now: it is a read-only replica (READONLY).")
    stop_waking = start_waking(make_app(own_redis.url))
    customer = order(shop, wire, make_product())
    wire.wait_for(lambda: wire.dms(customer), 30, "the receipt")
    stop_waking()
    assert worker.log.count("Redis accepts no writes now") == 2
    worker.popen.send_signal(signal.SIGTERM)
    assert worker.popen.wait(20) == 0, worker.log


def test_beat_says_in_a_line_that_no_sweep_can_be_sent(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    scheduler = PatientScheduler(make_app(redis_url), lazy=True)
    scheduler.setup_schedule()
    entry = scheduler.schedule["sweep"]
    with refusing(redis_url, "OOM"):
        for _ in range(3):
            scheduler.apply_entry(entry)
    scheduler.apply_entry(entry)
    (line,) = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert line.getMessage() == "No sweep was sent: Redis accepts no writes, its memory is full (OOM)."
    with closing(Redis.from_url(redis_url)) as client:
        assert client.llen("discord") == 1
