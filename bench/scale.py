"""Everything a customer does, in a shop with 1,000,000 orders and as many units, against one with 1,000 of them.

Both show pages of the same length: what is compared is the work behind a page, not how much stands on it.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from statistics import median

from bench import ground
from bench.table import Row, milliseconds
from novacore.bot.lookups import orders as order_lookups
from novacore.db.queries.orders import orders as order_queries
from novacore.db.unit_of_work import reading
from novacore.messages.catalog import window
from novacore.messages.orders.customer import order_card as order_pages
from novacore.messages.orders.staff import pages
from novacore.states import PaymentMethod
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders import proofs
from novacore.workflows.orders.commands import Checkout
from tests.fixtures.crowds import FIRST_CUSTOMER, Crowd, fill, order_id
from tests.workflows.machine import lives

SMALL = Crowd(categories=25, products=825, units=82_500, orders=1_000)
LARGE = Crowd(categories=300, products=10_000, units=1_000_000, orders=1_000_000)
TIMES = 200
MARK = 1.2

_numbers = itertools.count(1)
Act = Callable[[Shop, int], object]


def on_sqlite() -> Iterator[Row]:
    """Measure on two SQLite files."""
    with ExitStack() as stack:
        small, large = (stack.enter_context(ground.open_shop(stack.enter_context(ground.sqlite_url()))) for _ in "12")
        yield from _compare(small, large, "SQLite")


def on_postgresql() -> Iterator[Row]:
    """Measure on two databases of one server."""
    with ground.postgres() as (server, url), ExitStack() as stack:
        other = server.url(server.create_database())
        small, large = (stack.enter_context(ground.open_shop(one)) for one in (url, other))
        yield from _compare(small, large, "PostgreSQL")


def _compare(small: Shop, large: Shop, where: str) -> Iterator[Row]:
    fill(small.database, SMALL)
    fill(large.database, LARGE)
    for what, act in ACTS.items():
        few, many = _medians(act, small, large)
        yield Row(f"{what}, {where}", milliseconds(many), milliseconds(few), many / few, most=MARK)


def _medians(act: Act, small: Shop, large: Shop) -> tuple[float, float]:
    """Take turns, so that whatever else the machine does falls on both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(TIMES):
        number = next(_numbers)
        for shop, taken in zip((small, large), times, strict=True):
            begun = time.perf_counter()
            act(shop, number)
            taken.append(time.perf_counter() - begun)
    warm = TIMES // 10
    return median(times[0][warm:]), median(times[1][warm:])


def _panel(shop: Shop, _number: int) -> None:
    categories, total, stars = order_lookups.categories(shop)
    window.shop_panel(categories, 0, total, stars)


def _category(shop: Shop, number: int) -> None:
    window.category_page(*order_lookups.shelf(shop, 1 + number % 25))


def _product(shop: Shop, number: int) -> None:
    window.product_page(order_lookups.product(shop, 1 + number % 600))


def _place(shop: Shop, number: int) -> str:
    buyer = Actor(50_000_000 + number, "buyer")
    return orders.place(shop, buyer, Checkout(f"bench:{number}", 1 + number % 600, 1, PaymentMethod.btc)).id


def _pay(shop: Shop, number: int) -> None:
    """Place an order and send its proof."""
    buyer = Actor(50_000_000 + number, "buyer")
    placed = _place(shop, number)
    orders.submit_proof(shop, buyer, placed, lives.picture(number), lives.reference(number))


def _own_orders(shop: Shop, number: int) -> None:
    total, page = order_lookups.own_orders(shop, Actor(FIRST_CUSTOMER + 1 + number % 90, "customer"), 0)
    order_pages.customer_orders(page, 0, total)


def _queue(shop: Shop, _number: int) -> None:
    total, rows = order_lookups.queue(shop, ground.STAFF, 0)
    pages.queue_page(total, rows)


def _card(shop: Shop, number: int) -> None:
    with reading(shop.database) as session:
        assert order_queries.review_facts(session, order_id(1 + number % 40), shop.terms.late_window)


def _alike(shop: Shop, number: int) -> None:
    proofs.find_alike(shop, 1 + number % 900, number * 6_364_136_223_846)


ACTS: dict[str, Act] = {
    "panel": _panel,
    "category": _category,
    "product": _product,
    "place": _place,
    "place and send a proof": _pay,
    "/orders": _own_orders,
    "/queue": _queue,
    "what a review card shows": _card,
    "proofs like one": _alike,
}
