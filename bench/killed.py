"""A delivery whose worker was killed in the middle: from the next worker's start until the goods are with the buyer.

Production's processes at production's own pace, on the stand-in for Discord. The lease lasts 90 seconds.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

from bench import ground
from bench.table import Row
from novacore.crypto import GoodsCipher
from novacore.db.engine import Database
from novacore.workflows.catalog import offers
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from tests.fixtures.servers.redis_server import RedisServer
from tests.fixtures.shops import ADDRESSES
from tests.stories.live import CELERY, NOVACORE, LiveShop
from tests.wire.faults import Hold, wait_until
from tests.wire.stand_in import Wire
from tests.workflows.machine import lives

MARK: Final = 15.0
LIMIT: Final = 180.0
CODE: Final = "BENCH-CODE-1"
WORKER: Final = (*CELERY, "worker", "-Q", "discord", "-l", "info")


def on_both() -> Iterator[Row]:
    """Kill the worker before Discord has the message, and when it has it and nobody has written that down."""
    for kind in ("PostgreSQL", "SQLite"):
        for taken in (False, True):
            with _shop(kind) as live:
                seconds = _kill_in_the_middle(live, taken)
            what = f"{kind}: killed {'after' if taken else 'before'} the send, next start to goods"
            yield Row(what, f"{seconds:.1f} s", "", seconds, most=MARK)


@contextmanager
def _shop(kind: str) -> Iterator[LiveShop]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="novacore-bench-")))
        redis = RedisServer(folder)
        redis.start()
        stack.callback(redis.stop)
        url = f"sqlite:///{folder / 'data' / 'shop.db'}"
        settings = {"CELERY_BROKER_URL": redis.url}
        if kind == "PostgreSQL":
            url = stack.enter_context(ground.postgres())[1]
            settings["DATABASE_URL"] = url
        live = stack.enter_context(LiveShop(stack.enter_context(Wire()), folder, settings))
        live.run(NOVACORE, "migrate")
        _sell(live, url)
        yield live


def _sell(live: LiveShop, url: str) -> None:
    """Let the buyer order and pay, and staff approve: the jobs wait for the first worker."""
    buyer = Actor(live.buyer.id, "buyer")
    with closing(Database(url)) as database:
        shop = Shop(database, GoodsCipher([live.settings["SECRET_KEY"]]), ADDRESSES)
        product_id = ground.add_product(shop)
        offers.add_codes(shop, ground.OWNER, product_id, [CODE])
        order = lives.submit(shop, lives.place(shop, product_id, buyer), buyer)
        orders.approve(shop, ground.STAFF, order.id, Given())


def _kill_in_the_middle(live: LiveShop, taken: bool) -> float:
    to_the_buyer = ("POST", f"/channels/{live.wire.dm_channel(live.buyer.id)}/messages")
    live.wire.world.nonce_window = 0.0  # Discord forgets nonces: the history has to tell
    held = live.wire.fault(*to_the_buyer, Hold(taken=taken), times=None)
    live.start(*CELERY, "beat")
    first = live.start(*WORKER)
    wait_until(lambda: any(CODE in str(each.body) for each in live.wire.requests(*to_the_buyer)), LIMIT, "the send")
    first.kill()
    held.wait_lost(held.hits)
    live.wire.faults.clear()
    begun = time.perf_counter()
    live.start(*WORKER)
    if taken:  # the goods are there; what is waited for is that the shop knows it
        live.wire.wait_for(lambda: _announced(live), LIMIT, "the announcement of the sale")
    else:
        live.wire.wait_for(lambda: _goods(live), LIMIT, "the goods")
    seconds = time.perf_counter() - begun
    assert _goods(live) == 1
    return seconds


def _goods(live: LiveShop) -> int:
    return sum(CODE in each.text for each in live.buyer.dms())


def _announced(live: LiveShop) -> bool:
    return bool(live.wire.messages(live.channels["purchases"]))
