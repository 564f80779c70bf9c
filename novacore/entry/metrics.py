"""Serves `/metrics` for Prometheus, where METRICS_ADDRESS says so. `run_shop` runs it next to the bot.

Figures alone: nothing that a customer has typed, and nobody's name or id. The database is read once in five seconds at
most, however many ask; where it is away or slow, what the process knows by itself is served, and that it is away.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from novacore import __version__, clock
from novacore.bot.client import ShopBot
from novacore.bot.desk import Desk
from novacore.bot.heartbeat import is_connected
from novacore.db.engine import Database
from novacore.db.queries import figures_now
from novacore.db.queries.figures_now import FiguresNow
from novacore.db.unit_of_work import reading
from novacore.discord_facts import rate_limits
from novacore.doctor.work import RECENT
from novacore.settings.values import Address
from novacore.workflows.machine.jobs import Queue
from novacore.workflows.orders.timers.opening_hours import LAST_SWEEP

FRESH_SECONDS: Final = 5.0
"""How old figures may be before the database is asked again."""

PATIENCE_SECONDS: Final = 5.0
"""How long an answer waits for the database; Prometheus gives up after ten."""

_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

log = logging.getLogger(__name__)


@asynccontextmanager
async def served(bot: ShopBot, address: Address | None) -> AsyncIterator[Sequence[Any]]:
    """Serve while the block runs, which is given the addresses; nothing if none is set.

    An address that can't be had is logged: the shop opens all the same.
    """
    if address is None:
        yield ()
        return
    runner = web.AppRunner(_application(bot), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await _open(runner, address)
        yield runner.addresses
    finally:
        await runner.cleanup()


async def _open(runner: web.AppRunner, address: Address) -> None:
    try:
        await web.TCPSite(runner, address.host, address.port).start()
    except (OSError, UnicodeError) as error:  # the latter for a name that can't be one, like a..b
        why = getattr(error, "strerror", None) or error
        log.warning("METRICS_ADDRESS: nothing can be served at %s: %s.", address, why)
    else:
        log.info("Figures for Prometheus are at http://%s/metrics.", address)


def _application(bot: ShopBot) -> web.Application:
    figures = _Figures(bot.desk)

    async def answer(_: web.Request) -> web.Response:
        lines = "\n".join(_lines(bot, await figures.now()))
        return web.Response(body=f"{lines}\n".encode(), headers={"Content-Type": _TYPE})

    application = web.Application()
    application.router.add_get("/metrics", answer)
    return application


class _Figures:
    """What was read last; of those who ask, one at a time has it read again."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._read: asyncio.Task[FiguresNow | None] | None = None
        self._begun = 0.0

    async def now(self) -> FiguresNow | None:
        """Return figures that are fresh enough; None if the database doesn't give any in time."""
        if self._read is None or (self._read.done() and time.monotonic() - self._begun >= FRESH_SECONDS):
            self._begun = time.monotonic()
            self._read = asyncio.create_task(self._ask())
        await asyncio.wait({self._read}, timeout=PATIENCE_SECONDS)
        return self._read.result() if self._read.done() else None

    async def _ask(self) -> FiguresNow | None:
        try:
            return await asyncio.to_thread(_read, self._desk.shop.database)
        except Exception as error:  # noqa: BLE001 - whatever the database raises, the rest is served
            self._desk.quiet.warning("metrics", "The figures could not be read (%s).", type(error).__name__)
            return None


def _read(database: Database) -> FiguresNow:
    now = clock.now()
    with reading(database) as session:
        return figures_now.read(session, now, now - RECENT, LAST_SWEEP)


def _lines(bot: ShopBot, figures: FiguresNow | None) -> Iterator[str]:
    yield from _one("info", "Which release runs here.", {f'version="{__version__}"': 1})
    yield from _one("bot_connected", "Whether the bot hears Discord.", {"": int(is_connected(bot))})
    yield from _one("database_up", "Whether the database gave these figures.", {"": int(figures is not None)})
    limits = _labelled("scope", rate_limits.heard())
    yield from _one("discord_rate_limited_total", "Requests of this process that Discord answered with 429.", limits)
    if figures is not None:
        yield from _of_the_shop(figures, clock.now())


def _of_the_shop(said: FiguresNow, now: datetime) -> Iterator[str]:
    more = f"{figures_now.MOST + 1} means more."
    yield from _one("orders", f"Orders by state; {more}", _labelled("state", said.orders))
    yield from _one("tickets", f"Tickets by state; {more}", _labelled("state", said.tickets))
    yield from _one("reviews_waiting", f"Proofs of payment that wait for staff; {more}", {"": said.reviews})
    yield from _one("oldest_review_seconds", "How long the oldest of them waits.", _age(said.oldest_review, now))
    yield from _one(
        "jobs_due",
        f"Jobs that are due, by queue; {more}",
        _labelled("queue", dict.fromkeys(Queue, 0) | {**said.due_jobs}),
    )
    yield from _one("oldest_due_job_seconds", "For how long the oldest is due.", _age(said.oldest_due_job, now))
    yield from _one("jobs_dead", f"Jobs that were given up within 7 days; {more}", {"": said.dead_jobs})
    yield from _one("sends_total", "Messages that were begun.", {"": said.sends})
    newest = f"The newest {figures_now.NEWEST} messages by outcome; begun is not known yet."
    yield from _one("newest_sends", newest, _labelled("outcome", said.newest_sends))
    sweep = {} if said.last_sweep is None else _age(said.last_sweep, now)
    yield from _one("last_sweep_seconds", "How long ago the sweep last ran, on which all timers hang.", sweep)


def _age(moment: datetime | None, now: datetime) -> Mapping[str, float]:
    return {"": max(0.0, (now - moment).total_seconds()) if moment else 0.0}


def _labelled(label: str, values: Mapping[str, int]) -> Mapping[str, int]:
    """Turn names into labels. They are words of our own code, with nothing to escape."""
    return {f'{label}="{name}"': value for name, value in sorted(values.items())}


def _one(name: str, text: str, values: Mapping[str, float]) -> Iterator[str]:
    """Write one metric in Prometheus' text format."""
    kind = "counter" if name.endswith("_total") else "gauge"
    yield f"# HELP novacore_{name} {text}"
    yield f"# TYPE novacore_{name} {kind}"
    for labels, value in values.items():
        yield f"novacore_{name}{{{labels}}} {value}" if labels else f"novacore_{name} {value}"
