"""A transition (staff ask for another proof) against the same statements sent by something that does nothing else.

SQLite is compared with the `sqlite3` module, PostgreSQL with pgbench. The statements are those that SQLAlchemy sends.
"""

import json
import re
import sqlite3
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench import ground
from bench.table import Row, milliseconds, rate
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders

COUNT = 4_000
PEOPLE = 32
REASON = Given(reason="Please send the whole screenshot.")


def on_sqlite() -> Iterator[Row]:
    """32 people at once on SQLite."""
    with ground.sqlite_url() as url, ground.open_shop(url) as shop:
        ground.fill(shop, ground.add_product(shop), COUNT + 1)
        statements = _statements(shop, COUNT)
        ours = _run(shop, PEOPLE, COUNT // 2)
        theirs = _raw_sqlite(url, statements, COUNT // 2)
    ours_rate, theirs_rate = (COUNT // 2) / ours[0], (COUNT // 2) / theirs
    what = f"transitions, {PEOPLE} people at once"
    yield Row(what, rate(COUNT // 2, ours[0]), rate(COUNT // 2, theirs), ours_rate / theirs_rate, least=0.5)
    late = statistics.quantiles(ours[1], n=100)[98]
    line = theirs / (COUNT // 2) * PEOPLE
    yield Row("p99 of one, against the line itself", milliseconds(late), milliseconds(line), late / line, most=3)


def on_postgresql() -> Iterator[Row]:
    """At 1, 8 and 32 connections on PostgreSQL."""
    for connections, mark in ((1, 0.9), (8, 0.5), (32, 0.5)):
        with ground.postgres() as (server, url), ground.open_shop(url, connections) as shop:
            ground.fill(shop, ground.add_product(shop), COUNT + 1)
            statements = _statements(shop, COUNT)
            seconds, _ = _run(shop, connections, COUNT // 2)
            theirs = _pgbench(server.folder, url, statements, connections)
        ours = (COUNT // 2) / seconds
        what = f"transitions, {connections} connections"
        yield Row(what, f"{ours:,.0f}/s", f"{theirs:,.0f}/s", ours / theirs, least=mark)


def _run(shop: Shop, people: int, count: int) -> tuple[float, list[float]]:
    """Take `count` transitions; returns the seconds in all, and those of each."""
    numbers, lock = iter(range(count)), threading.Lock()
    times: list[float] = []

    def work() -> None:
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            begun = time.perf_counter()
            orders.ask_again(shop, ground.STAFF, ground.order_id(number), REASON)
            times.append(time.perf_counter() - begun)

    begun = time.perf_counter()
    with ThreadPoolExecutor(people) as pool:
        for worker in [pool.submit(work) for _ in range(people)]:
            worker.result()
    return time.perf_counter() - begun, times


def _statements(shop: Shop, number: int) -> list[tuple[str, Any]]:
    """Take one transition and write down what SQLAlchemy sends for it."""
    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _u: Any, statement: str, parameters: Any, _x: Any, _m: Any) -> None:
        sent.append((statement, parameters))

    event.listen(shop.database.engine, "before_cursor_execute", note)
    orders.ask_again(shop, ground.STAFF, ground.order_id(number), REASON)
    event.remove(shop.database.engine, "before_cursor_execute", note)
    return sent


def _raw_sqlite(url: str, statements: list[tuple[str, Any]], count: int) -> float:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, cached_statements=200)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    body = [(text, values) for text, values in statements if not text.startswith("BEGIN")]
    begun = time.perf_counter()
    for number in range(count, 2 * count):
        connection.execute("BEGIN IMMEDIATE")
        for text, values in body:
            connection.execute(text, _with(values, number))
        connection.execute("COMMIT")
    seconds = time.perf_counter() - begun
    connection.close()
    return seconds


def _with(values: Any, number: int) -> Any:
    """Put another order into the parameters of a statement, and the keys of its jobs."""
    old, new = ground.order_id(COUNT), ground.order_id(number)

    def swap(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if re.fullmatch(r"\d+:\w+", value):
            return f"{number}-{value}"
        return value.replace(old, new)

    return {key: swap(value) for key, value in values.items()} if isinstance(values, dict) else tuple(map(swap, values))


def _pgbench(folder: Path, url: str, statements: list[tuple[str, Any]], connections: int) -> float:
    """Let pgbench send the same statements; returns transactions a second."""
    script = folder.parent / f"{folder.name}.sql"
    lines = [rf"\set n random({COUNT // 2}, {COUNT - 1})", "BEGIN;"]
    lines += [_literal(text, values) + ";" for text, values in statements]
    script.write_text("\n".join([*lines, "COMMIT;"]) + "\n")
    database = re.search(r"/(t\w+)\?", url)
    assert database
    argv = [_program(folder), "-n", "-h", str(folder), "-U", "postgres", "-c", str(connections), "-j", "1", "-T", "6"]
    try:
        argv += ["-f", str(script), database[1]]
        said = subprocess.run(argv, capture_output=True, text=True, check=False)
    finally:
        script.unlink()
    found = re.search(r"tps = ([\d.]+)", said.stdout)
    assert found, said.stdout + said.stderr
    return float(found[1])


def _program(folder: Path) -> str:
    found = [*folder.glob("package/*/bin/pgbench")] or [*Path(__file__).parents[1].glob(".venv/**/bin/pgbench")]
    return str(found[0])


def _literal(text: str, values: Any) -> str:
    """Write a statement with its values in it; the order's id is made of pgbench's `:n`."""

    def quoted(value: Any) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, bool | int):
            return str(value)
        raw = str(getattr(value, "obj", value)).replace("'", "''")
        if isinstance(getattr(value, "obj", None), dict):
            raw = json.dumps(value.obj)
        if re.fullmatch(r"\d+:\w+", raw):
            return f"'{raw}-' || nextval('jobs_id_seq')"
        return (
            "'" + raw.replace(ground.order_id(COUNT), "' || 'NC-20260101-' || lpad((:n::int)::text, 6, '0') || '") + "'"
        )

    return re.sub(r"%\((\w+)\)s", lambda match: f"({quoted(values[match[1]])})", text).replace("\n", " ")
