"""A transition (staff ask for another proof) against the same work done by something that does nothing else.

SQLite is compared with the `sqlite3` module, PostgreSQL with pgbench. Both send the statements of release a3425bb
(`bench/first_release`); the shop sends whatever it sends today. They take turns, round by round, on one database.
"""

import re
import sqlite3
import statistics
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from bench import ground
from bench.table import Row, milliseconds, rate
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders

ROUNDS: Final = 5
EACH: Final = 640
"""Transitions of one side in one round: what 1, 8 and 32 people can share evenly."""

WARM: Final = 64
"""Taken before anybody counts: caches are full in a shop that is open."""

PEOPLE: Final = 32
REASON = Given(reason="Please send the whole screenshot.")

_SCRIPTS: Final = Path(__file__).parent / "first_release"
_SAID: Final = {
    "kind": "order",
    "trigger": "ask_again",
    "source": "under_review",
    "target": "awaiting_payment",
    "seen": 1,
    "version": 2,
    "reason": "Please send the whole screenshot.",
    "detail": '{"reason": "Please send the whole screenshot.", "round": 1}',
    "staff": "staff",
    "staff_id": 2,
    "now": "2026-11-28 00:33:33.942223",
    "later": "2026-11-29 00:33:33.942223",
    "reserved": "reserved",
    "queue": "discord",
    "queued": "queued",
    "payload": '{"event_id": 1}',
    "expire_order": "expire_order",
    "tell_customer": "tell_customer",
    "refresh_cards": "refresh_cards",
}


class Round(NamedTuple):
    """Seconds that each side took for `EACH` transitions, and the times of each of ours."""

    ours: float
    theirs: float
    times: Sequence[float] = ()

    @property
    def ratio(self) -> float:
        """Our transitions a second over theirs."""
        return self.theirs / self.ours


def on_sqlite() -> Iterator[Row]:
    """32 people at once on SQLite."""
    with ground.sqlite_url() as url, ground.open_shop(url, PEOPLE) as shop:
        _prepare(shop, PEOPLE)
        rounds = []
        with closing(_connect(url)) as peer:
            for first in _starts():
                ours, times = _run(shop, PEOPLE, first, EACH)
                rounds.append(Round(ours, _raw_sqlite(peer, first + EACH), times))
    yield _row(f"transitions, SQLite, {PEOPLE} people", rounds, 0.5)
    late = statistics.quantiles(chain.from_iterable(one.times for one in rounds), n=100)[98]
    line = statistics.median(one.theirs for one in rounds) / EACH * PEOPLE
    yield Row("p99 of one, against the line itself", milliseconds(late), milliseconds(line), late / line, most=3)


def on_postgresql() -> Iterator[Row]:
    """At 1, 8 and 32 connections on PostgreSQL."""
    for people, mark in ((1, 0.9), (8, 0.5), (32, 0.5)):
        with ground.postgres() as (server, url), ground.open_shop(url, people) as shop:
            _prepare(shop, people)
            rounds = [
                Round(_run(shop, people, first, EACH)[0], _pgbench(server.folder, url, people, first + EACH))
                for first in _starts()
            ]
        yield _row(f"transitions, PostgreSQL, {people} people", rounds, mark)


def _row(what: str, rounds: Sequence[Round], mark: float) -> Row:
    ours, theirs = (rate(EACH, statistics.median(side)) for side in zip(*(one[:2] for one in rounds), strict=True))
    ratios = sorted(one.ratio for one in rounds)
    return Row(what, ours, theirs, statistics.median(ratios), least=mark, spread=(ratios[0], ratios[-1]))


def _prepare(shop: Shop, people: int) -> None:
    ground.fill(shop, ground.add_product(shop), WARM + 2 * EACH * ROUNDS)
    _run(shop, people, 0, WARM)


def _starts() -> Iterable[int]:
    """Give the first order of each round: ours come first, then theirs."""
    return range(WARM, WARM + 2 * EACH * ROUNDS, 2 * EACH)


def _run(shop: Shop, people: int, first: int, count: int) -> tuple[float, list[float]]:
    """Take `count` transitions; returns the seconds in all, and those of each."""
    numbers, lock = iter(range(first, first + count)), threading.Lock()
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


def _connect(url: str) -> sqlite3.Connection:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=60)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _raw_sqlite(connection: sqlite3.Connection, first: int) -> float:
    """Take as many transitions as one of our rounds, one after the other: a line that nobody has to wait in."""
    statements = [one for one in (_SCRIPTS / "sqlite.sql").read_text().split(";\n") if one.strip()]
    begun = time.perf_counter()
    for number in range(first, first + EACH):
        order_id = ground.order_id(number)
        said = _SAID | {"order_id": order_id, "cards_key": f"refresh_cards:order:{order_id}"}
        said |= {"expire_key": f"theirs-{number}:expire_order", "tell_key": f"theirs-{number}:tell_customer"}
        for statement in statements:
            connection.execute(statement, said).fetchall()
    return time.perf_counter() - begun


def _pgbench(folder: Path, url: str, people: int, first: int) -> float:
    """Let pgbench take as many; returns the seconds."""
    database = re.search(r"/(t\w+)\?", url)
    assert database
    argv = [_program(folder), "-n", "-h", str(folder), "-U", "postgres", "-c", str(people), "-j", "1"]
    argv += ["-t", str(EACH // people), "-D", "number=-1", "-D", f"first={first}", "-D", f"each={EACH // people}"]
    argv += ["-f", str(_SCRIPTS / "postgresql.sql"), database[1]]
    said = subprocess.run(argv, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", said.stdout)
    assert found, said.stdout + said.stderr
    return EACH / float(found[1])


def _program(folder: Path) -> str:
    found = [*folder.glob("package/*/bin/pgbench")] or [*Path(__file__).parents[1].glob(".venv/**/bin/pgbench")]
    return str(found[0])
