"""An export of many orders, part by part, against a bare cursor and a bare csv.writer over the same rows.

Ours reads page by page, makes money and times exact, defuses formulas and packs every part; theirs does none of it.
`python -m bench exports` runs it with 200,000 orders; `python -m bench.exports 1000000 [format ...]` with a million,
on both databases, each format in a process of its own, and prints seconds and memory.
"""

import asyncio
import csv
import multiprocessing
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import insert, select, text
from sqlalchemy.dialects import sqlite

from bench import ground
from bench.table import Row, milliseconds
from novacore import clock
from novacore.db.models import Person
from novacore.db.queries.reports import exports as queries
from novacore.db.queries.reports.export_lists import LISTINGS, Span
from novacore.db.queries.reports.exports import Key
from novacore.db.unit_of_work import writing
from novacore.states import ExportFormat, ExportSubject
from novacore.tasks.queue.offload.offload import Child
from novacore.workflows.exports.parts import FIRST_ROWS, PartWanted, write_part
from novacore.workflows.machine.shop import Shop

COUNT = 200_000
CUSTOMERS = 1_000
SPAN = Span(None, datetime(2030, 1, 1, tzinfo=UTC))

_PLACED = {
    True: "strftime('%Y-%m-%d %H:%M:%S.000000', '2025-01-01', '+' || (i * 30) || ' seconds')",
    False: "timestamptz '2025-01-01 00:00:00+00' + i * interval '30 seconds'",
}
_FALSE = {True: "0", False: "false"}


def on_sqlite() -> Iterator[Row]:
    """Every format against the bare writer of CSV."""
    with ground.sqlite_url() as url, ground.open_shop(url) as shop:
        fill(shop, COUNT)
        bare = _bare(url.removeprefix("sqlite:///"))
        for file_format, most in ((ExportFormat.csv, 8.0), (ExportFormat.parquet, 8.0), (ExportFormat.xlsx, 25.0)):
            begun = time.perf_counter()
            rows, _, _ = make(url, file_format)
            ours = time.perf_counter() - begun
            assert rows == COUNT
            yield Row(f"{COUNT:,} orders as {file_format}", f"{ours:.1f} s", f"{bare:.1f} s", ours / bare, most=most)


def beside_the_bot() -> Iterator[Row]:
    """How late an event loop runs while an export is made next to it, as in the shop of one process."""
    with ground.sqlite_url() as url, ground.open_shop(url) as shop, closing(Child()) as child:
        fill(shop, COUNT)
        wanted = PartWanted(ExportSubject.orders, ExportFormat.csv, SPAN, None, COUNT, "orders", "UTC", is_first=True)
        child.run(write_part, url, replace(wanted, rows=1))  # the child is there
        worst = asyncio.run(_worst_delay(lambda: child.run(write_part, url, wanted)))
    yield Row("worst delay of the event loop meanwhile", milliseconds(worst), milliseconds(1.0), worst, most=0.5)


async def _worst_delay(work: Callable[[], object]) -> float:
    running = asyncio.create_task(asyncio.to_thread(work))
    worst = 0.0
    while not running.done():
        begun = time.perf_counter()
        await asyncio.sleep(0.01)
        worst = max(worst, time.perf_counter() - begun - 0.01)
    await running
    return worst


def make(url: str, file_format: ExportFormat) -> tuple[int, list[int], float]:
    """Make every part of an export of all orders; returns rows, the size of each part, the seconds of the longest."""
    after: Key | None = None
    rows, sizes, longest, most = 0, list[int](), 0.0, FIRST_ROWS
    while True:
        begun = time.perf_counter()
        wanted = PartWanted(ExportSubject.orders, file_format, SPAN, after, most, "orders", "Europe/Berlin", not sizes)
        part = write_part(url, wanted)
        longest = max(longest, time.perf_counter() - begun)
        rows, after, most = rows + part.rows, part.last_key, part.next_rows
        sizes.append(len(part.content))
        if part.is_last:
            return rows, sizes, longest


def _bare(path: str) -> float:
    """Read the same columns with one cursor, and write them as they come."""
    listing = LISTINGS[ExportSubject.orders]
    statement = listing.rows(select(*(field.sql for field in listing.fields(SPAN))), SPAN).order_by(*listing.keys)
    with (
        closing(sqlite3.connect(path)) as connection,
        tempfile.TemporaryFile("w", encoding="utf-8", newline="") as file,
    ):
        sql = str(statement.compile(compile_kwargs={"literal_binds": True}, dialect=sqlite.dialect()))
        begun = time.perf_counter()
        writer = csv.writer(file)
        writer.writerow([column.name for column in queries.columns(ExportSubject.orders)])
        writer.writerows(connection.execute(sql))
        return time.perf_counter() - begun


def fill(shop: Shop, count: int) -> None:
    """Store delivered orders, each paid for, thirty seconds apart, without going through the arrows."""
    lite, product_id = shop.database.is_sqlite, ground.add_product(shop)
    people = [{"id": 10**17 + n, "name": f"customer {n}", "first_seen_at": clock.now()} for n in range(CUSTOMERS)]
    with writing(shop.database) as tx:
        tx.session.execute(insert(Person), people)
        tx.session.execute(
            text(_ORDERS.format(placed=_PLACED[lite], no=_FALSE[lite])), {"count": count, "p": product_id}
        )
        tx.session.execute(text(_LEDGER))


_ORDERS = """
INSERT INTO orders (id, status, version, checkout_key, customer_id, product_id, product_name, kind, warranty_days,
  quantity, unit_price_minor, total_minor, currency, method, pay_address, pay_network, placed_at, submitted_at,
  decided_at, delivered_at, review_round, is_late)
WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < :count)
SELECT 'NC-20260101-' || i, 'delivered', 4, 'checkout-' || i, 100000000000000000 + i % 1000, :p,
  'Starfall Odyssey key', 'unique', 30, 1 + i % 3, 999 + i % 500, (1 + i % 3) * (999 + i % 500), 'USD', 'btc', 'bc1q',
  'Bitcoin', {placed}, {placed}, {placed}, {placed}, 1, {no}
FROM numbers
"""
_LEDGER = """
INSERT INTO ledger_entries (order_id, direction, amount_minor, currency, method, reference, at)
SELECT id, 'received', total_minor, currency, method, 'a1b2c3d4e5f60718293a4b5c6d7e8f90' || id, placed_at FROM orders
"""


def main(count: int, formats: list[str]) -> None:
    """Print seconds and memory of each format on both databases."""
    with ground.sqlite_url() as url, ground.open_shop(url) as shop:
        fill(shop, count)
        print(f"bare cursor and csv.writer: {_bare(url.removeprefix('sqlite:///')):.1f} s", flush=True)
        _measure(url, "SQLite", formats)
    with ground.postgres() as (_, url), ground.open_shop(url) as shop:
        fill(shop, count)
        _measure(url, "PostgreSQL", formats)


def _measure(url: str, database: str, formats: list[str]) -> None:
    context = multiprocessing.get_context("spawn")
    for name in formats:
        child = context.Process(target=_report, args=(url, database, ExportFormat(name)))
        child.start()
        child.join()


def _report(url: str, database: str, file_format: ExportFormat) -> None:
    before = _memory()
    begun = time.perf_counter()
    rows, sizes, longest = make(url, file_format)
    seconds = time.perf_counter() - begun
    print(
        f"{database:<10} {file_format:<8} {rows:>9,} rows {seconds:7.1f} s, {len(sizes):>3} parts of "
        f"{min(sizes) / 2**20:.1f} to {max(sizes) / 2**20:.1f} MiB, the longest in {longest:4.1f} s; "
        f"memory {before} -> {_memory()} MiB at most",
        flush=True,
    )


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:] or [one.value for one in ExportFormat])
