"""25 approvals in a burst, under limits like Discord's: how often Discord refuses a request (429) until all is done.

Once in one process, and once with two workers that see only their own half of each bucket.
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
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from tests.fixtures.servers.redis_server import RedisServer
from tests.fixtures.shops import ADDRESSES
from tests.stories.live import CELERY, NOVACORE, LiveShop, stop
from tests.wire.stand_in import Wire
from tests.workflows.machine import lives

ORDERS: Final = 25
ROUNDS: Final = 5
LIMIT: Final = 300.0
WORKER: Final = (*CELERY, "worker", "-Q", "discord", "-l", "info")
LIMITS: Final = {
    "POST /channels/{channel}/messages": (5, 5.0),
    "PATCH /channels/{channel}/messages/{message}": (5, 5.0),
    "POST /users/@me/channels": (10, 10.0),
    "PUT /guilds/{guild}/members/{user}/roles/{role}": (10, 10.0),
}
"""What Discord's headers say of these routes, for each channel or server."""

EVERYWHERE: Final = (50, 1.0)


def on_both() -> Iterator[Row]:
    """Approve, and count."""
    for what, workers in (("one process", 0), ("bot and two workers", 2)):
        refused = sorted(_burst(workers) for _ in range(ROUNDS))
        middle = refused[ROUNDS // 2]
        yield Row(
            f"429 at {ORDERS} approvals, {what}", f"{middle}", "0", middle, most=5, spread=(refused[0], refused[-1])
        )


def _burst(workers: int) -> int:
    with _shop(workers) as live:
        cards = [each for each in live.wire.messages(live.channels["staff"]) if "Approve" in str(each.components)]
        assert len(cards) == ORDERS
        before = len(live.wire.requests())
        for card in cards:
            custom_id = next(one for one in card.custom_ids if one.startswith("nc:order:approve:"))
            pressed = {"component_type": 2, "custom_id": custom_id}
            live.wire.interact(live.staff.id, live.channels["staff"], pressed, message_id=card.id)
        live.wire.wait_for(lambda: _is_over(live), LIMIT, "the last card")
        return sum(each.status == 429 for each in live.wire.requests()[before:])


def _is_over(live: LiveShop) -> bool:
    shown = sum("Delivered" in each.text for each in live.wire.messages(live.channels["staff"]))
    return shown == ORDERS == len(live.wire.messages(live.channels["purchases"]))


@contextmanager
def _shop(workers: int) -> Iterator[LiveShop]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="novacore-bench-")))
        settings = {}
        if workers:
            redis = RedisServer(folder)
            redis.start()
            stack.callback(redis.stop)
            settings = {"CELERY_BROKER_URL": redis.url}
        live = stack.enter_context(LiveShop(stack.enter_context(Wire()), folder, settings))
        live.run(NOVACORE, "migrate")
        live.wire.rates.rules.update(LIMITS)
        live.wire.rates.everywhere = EVERYWHERE
        _fill(live, f"sqlite:///{folder / 'data' / 'shop.db'}")
        commands = [(*CELERY, "beat"), (*CELERY, "worker", "-Q", "media"), (NOVACORE, "bot"), *[WORKER] * workers]
        processes = [live.start(*command) for command in (commands if workers else [(NOVACORE, "run")])]
        live.wire.wait_for(lambda: _cards(live) == ORDERS, LIMIT, "the review cards")
        time.sleep(12)  # until nothing follows any more
        yield live
        stop(processes)


def _cards(live: LiveShop) -> int:
    return len(live.wire.messages(live.channels["staff"]))


def _fill(live: LiveShop, url: str) -> None:
    """Let 25 people order and pay."""
    with closing(Database(url)) as database:
        shop = Shop(database, GoodsCipher([live.settings["SECRET_KEY"]]), ADDRESSES)
        product_id = ground.add_product(shop)
        offers.add_codes(shop, ground.OWNER, product_id, [f"BURST-{number}" for number in range(ORDERS)])
        for number in range(ORDERS):
            buyer = Actor(live.wire.add_user(f"buyer{number}"), f"buyer{number}")
            lives.submit(shop, lives.place(shop, product_id, buyer), buyer)
