"""A rush: 1,000 buyers for 100 codes, against one SKIP LOCKED statement each."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from bench import ground
from bench.table import Row, milliseconds
from novacore.errors import SoldOut
from novacore.states import PaymentMethod
from novacore.workflows.catalog import offers
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout

BUYERS, CODES, AT_ONCE = 1_000, 100, 32

_BARE = text(
    "UPDATE units SET status = 'sold' WHERE id = (SELECT id FROM units WHERE product_id = :product AND "
    "status = 'available' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id"
)


def on_postgresql() -> Iterator[Row]:
    """Every buyer is told, every code is sold once."""
    with ground.postgres() as (_, url), ground.open_shop(url, AT_ONCE) as shop:
        product_id, other_id = (_stocked(shop, name) for name in ("A", "B"))
        ours, sold = _rush(lambda number: _buy(shop, product_id, number))
        theirs, bare = _rush(lambda _: _take(shop, other_id))
    assert sold == bare == CODES, (sold, bare)
    what = f"{BUYERS} buyers, {CODES} codes, all told"
    yield Row(what, milliseconds(ours), milliseconds(theirs), ours / theirs, most=3)


def _stocked(shop: Shop, name: str) -> int:
    product_id = ground.add_product(shop)
    offers.add_codes(shop, ground.OWNER, product_id, [f"{name}-{number}" for number in range(CODES)])
    return product_id


def _rush(buy: Callable[[int], bool]) -> tuple[float, int]:
    start = threading.Barrier(AT_ONCE + 1)

    def person(first: int) -> int:
        start.wait()
        return sum(buy(number) for number in range(first, BUYERS, AT_ONCE))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        people = [pool.submit(person, first) for first in range(AT_ONCE)]
        start.wait()
        begun = time.perf_counter()
        sold = sum(one.result() for one in people)
        return time.perf_counter() - begun, sold


def _buy(shop: Shop, product_id: int, number: int) -> bool:
    try:
        orders.place(shop, Actor(10_000 + number, "buyer"), Checkout(str(number), product_id, 1, PaymentMethod.btc))
    except SoldOut:
        return False
    return True


def _take(shop: Shop, product_id: int) -> bool:
    with shop.database.engine.begin() as connection:
        return connection.execute(_BARE, {"product": product_id}).first() is not None
