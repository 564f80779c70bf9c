"""A year's report over a million orders: against the bare SQL and a bare figure; and the event loop meanwhile."""

import asyncio
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from sqlalchemy import text

from bench import ground
from bench.table import Row, milliseconds
from novacore import clock
from novacore.media.reports.picture import draw
from novacore.messages.reports.report_page import page
from novacore.tasks.queue.offload.offload import Child
from novacore.workflows.machine.shop import Shop
from novacore.workflows.reports import reports
from novacore.workflows.reports.periods import Period, Span

ORDERS, PRODUCTS = 1_000_000, 20
ON_SQLITE = 1_000_000
"""Orders in the file next to which the event loop is watched."""

ZONE = ZoneInfo("Europe/Berlin")
YEAR = Period("This year", Span(date(2025, 1, 1), date(2025, 12, 31)), Span(date(2024, 1, 1), date(2024, 12, 31)))

_TICK = 0.02
T = TypeVar("T")

# Text that both databases read. :n orders over a year, 4 events each; three of four are paid, one of fifty is refunded.
_FILL = (
    "INSERT INTO people (id, name, first_seen_at) VALUES (1, 'buyer', '2025-01-01 00:00:00')",
    """INSERT INTO orders (id, status, version, checkout_key, customer_id, product_id, product_name, kind,
       warranty_days, quantity, unit_price_minor, total_minor, currency, method, pay_address, pay_network, placed_at,
       review_round, is_late)
       SELECT 'NC-' || n, CASE WHEN n % 4 = 0 THEN 'expired' ELSE 'delivered' END, 1, 'k' || n, 1,
       1 + n % {products}, 'Key', 'unlimited', 0, 1, 500 + n % 5000, 500 + n % 5000, 'USD',
       CASE n % 3 WHEN 0 THEN 'paypal' WHEN 1 THEN 'btc' ELSE 'sol' END, 'x', 'x', {at}, 1, {no} FROM numbers""",
    *(
        f"""INSERT INTO events (subject_kind, subject_id, trigger, actor_kind, actor_name, at, detail)
            SELECT 'order', 'NC-' || n, '{trigger}', 'system', 'x', {{later_{step}}}, '{{{{}}}}' FROM numbers
            WHERE n % 4 > 0 OR {step} = 0"""
        for step, trigger in enumerate(("place", "submit_proof", "approve", "delivered"))
    ),
    """INSERT INTO ledger_entries (order_id, direction, amount_minor, currency, method, at)
       SELECT 'NC-' || n, 'received', 500 + n % 5000, 'USD', CASE n % 3 WHEN 0 THEN 'paypal' WHEN 1 THEN 'btc' ELSE
       'sol' END, {later_2} FROM numbers WHERE n % 4 > 0""",
    """INSERT INTO ledger_entries (order_id, direction, amount_minor, currency, method, at)
       SELECT 'NC-' || n, 'returned', 100, 'USD', 'btc', {later_3} FROM numbers WHERE n % 50 = 1 AND n % 4 > 0""",
)

_DAY = "({at} AT TIME ZONE 'Europe/Berlin')::date"
_RAW = (
    f"""SELECT {_DAY.format(at="l.at")}, l.direction, l.currency, l.method, sum(l.amount_minor), count(*)
        FROM ledger_entries l GROUP BY 1, 2, 3, 4""",
    """SELECT o.product_id, l.currency, sum(l.amount_minor), sum(o.quantity) FROM ledger_entries l
       JOIN orders o ON o.id = l.order_id WHERE l.direction = 'received' GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 5""",
    f"""SELECT {_DAY.format(at="o.placed_at")}, o.currency, count(*), sum(o.total_minor), sum((s.stage >= 1)::int),
        sum((s.stage >= 2)::int), sum((s.stage >= 3)::int), sum((o.status = 'expired')::int) FROM orders o
        JOIN (SELECT subject_id, max(CASE trigger WHEN 'submit_proof' THEN 1 WHEN 'approve' THEN 2 WHEN 'delivered'
        THEN 3 ELSE 0 END) AS stage FROM events WHERE subject_kind = 'order' GROUP BY 1) s ON s.subject_id = o.id
        GROUP BY 1, 2""",
    """SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM e.at - s.at)) FROM events e
       JOIN events s ON s.subject_id = e.subject_id AND s.trigger = 'submit_proof' WHERE e.trigger = 'approve'""",
    """SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM e.at - s.at)) FROM events e
       JOIN events s ON s.subject_id = e.subject_id AND s.trigger = 'approve' WHERE e.trigger = 'delivered'""",
)


def on_postgresql() -> Iterator[Row]:
    """A year's report, from nothing and once the days have been added up."""
    with ground.postgres() as (_, url), ground.open_shop(url, 4) as opened:
        shop = _filled(opened, ORDERS)
        bare, raw = _timed(lambda: _bare(shop))
        first, _ = _timed(lambda: _report(shop))
        again = min(_timed(lambda: _report(shop))[0] for _ in range(3))
    assert raw, "the bare SQL found nothing"
    what = f"{ORDERS:,} orders, a year's report"
    yield Row(what, milliseconds(again), milliseconds(bare), again / bare, most=2)
    # Once in a shop's life (or with another zone), in the background: each day by itself, in short transactions.
    yield Row("adding up all its days, once", milliseconds(first), milliseconds(bare), first / bare, most=30)


def on_sqlite() -> Iterator[Row]:
    """How late the event loop of the bot's process is at most, while a worker thread next to it makes a report."""
    with ground.sqlite_url() as url, ground.open_shop(url, 4) as opened:
        shop = _filled(opened, ON_SQLITE)
        idle, _ = asyncio.run(_lateness(lambda: time.sleep(2)))
        offload = Child()
        try:
            late, seconds = asyncio.run(_lateness(lambda: _report(shop, offload)))
        finally:
            offload.close()
    what = f"loop late at most, {ON_SQLITE:,} orders in {seconds:.0f} s"
    # A heartbeat is due about every 41 s, and an acknowledgement within 3 s: a second endangers neither, and on a
    # machine whose cores have other work as well the whole process waits for its turn now and then.
    yield Row(what, milliseconds(late), milliseconds(idle), late / 1.0, most=1)


def _report(shop: Shop, offload: Child | None = None) -> bytes:
    made = reports.figures_of(shop, YEAR)
    shown = page(made, made.currencies[0])
    assert made.currencies[0].now.placed > ON_SQLITE / 2
    return offload.run(draw, shown) if offload else draw(shown)


def _bare(shop: Shop) -> list[Any]:
    """The sums by hand, and the plainest figure of the same size."""
    with shop.database.engine.connect() as connection:
        found = [connection.execute(text(statement)).all() for statement in _RAW]
    figure = Figure(figsize=(12, 32), dpi=100)
    FigureCanvasAgg(figure)
    figure.add_subplot().bar(range(12), range(12))
    figure.savefig(io.BytesIO(), format="png")
    return found


async def _lateness(work: Callable[[], object]) -> tuple[float, float]:
    """Run something in a thread; return how late a short sleep on the loop was at most, and how long it all took."""
    begun = time.monotonic()
    task = asyncio.create_task(asyncio.to_thread(work))
    latest = 0.0
    while not task.done():
        asleep = time.monotonic()
        await asyncio.sleep(_TICK)
        latest = max(latest, time.monotonic() - asleep - _TICK)
    await task
    return latest, time.monotonic() - begun


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    done = work()
    return time.perf_counter() - begun, done


def _filled(opened: Shop, orders: int) -> Shop:
    """Write a year of orders past all arrows, and return the shop in its zone."""
    shop = replace(opened, terms=replace(opened.terms, zone=ZONE))
    for _ in range(PRODUCTS):
        ground.add_product(shop)
    _write(shop, orders)
    clock.set_source(lambda: datetime(2026, 1, 1, tzinfo=UTC))
    return shop


def _write(shop: Shop, orders: int) -> None:
    sqlite = shop.database.is_sqlite
    seconds = f"n * 31500000.0 / {orders}"
    names = {"products": PRODUCTS, "at": _moment(seconds, sqlite), "no": "0" if sqlite else "false"}
    names |= {f"later_{step}": _moment(f"{seconds} + {step} * (60 + n % 7200)", sqlite) for step in range(4)}
    numbers = f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {orders}) "
    if not sqlite:
        numbers = f"WITH numbers(n) AS (SELECT * FROM generate_series(1, {orders})) "
    with shop.database.engine.execution_options(writes=True).begin() as connection:
        for statement in _FILL:
            filled = statement.format(**names)
            if "FROM numbers" in filled:
                into, rest = filled.split("SELECT", 1)
                filled = f"{numbers}{into}SELECT{rest}" if not sqlite else f"{into}{numbers}SELECT{rest}"
            connection.exec_driver_sql(filled.replace("%", "%%") if not sqlite else filled)
        connection.exec_driver_sql("ANALYZE")


def _moment(seconds: str, sqlite: bool) -> str:
    """The start of 2025 and so many seconds, as the column has it."""
    if sqlite:
        return f"strftime('%Y-%m-%d %H:%M:%S.000000', '2025-01-01', '+' || CAST({seconds} AS INTEGER) || ' seconds')"
    return f"timestamptz '2025-01-01 00:00:00+00' + ({seconds}) * interval '1 second'"
