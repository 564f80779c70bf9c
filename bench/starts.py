"""A start in one process: the CPU until the shop is open, then its memory at rest and what it uses while idle.

The memory stands next to that of a bare bot of discord.py, which only connects.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Final, NamedTuple

from bench.processes import cpu_seconds, resident
from bench.table import Row
from tests.stories.live import NOVACORE, LiveShop, Process, stop
from tests.wire.stand_in import Wire

ROUNDS: Final = 5
SETTLED: Final = 10.0
"""Seconds after which a start has done what it does at first."""

IDLE: Final = 20.0
_BARE: Final = dedent("""
    import os, discord
    from discord.ext import commands
    from yarl import URL
    discord.http.Route.BASE = os.environ["DISCORD_API_URL"]
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = URL(os.environ["GATEWAY"])
    bot = commands.Bot(commands.when_mentioned, intents=discord.Intents(guilds=True), max_messages=None)
    @bot.event
    async def on_ready():
        print("ready", flush=True)
    bot.run(os.environ["DISCORD_TOKEN"], log_handler=None)
""")


class Start(NamedTuple):
    """Seconds of CPU to the open shop, megabytes at rest, the share of a core while idle in %, the bare bot's MB."""

    opened: float
    rests: float
    idles: float
    bare: float


def embedded() -> Iterator[Row]:
    """Start it again and again."""
    with (
        tempfile.TemporaryDirectory(prefix="novacore-bench-") as folder,
        Wire() as wire,
        LiveShop(wire, Path(folder), {}, fresh=True) as live,
    ):
        live.run(NOVACORE, "sample", by_file=True)
        _start(live)  # the first one after a filling has more to do
        starts = [_start(live) for _ in range(ROUNDS)]
    opened, rests, idles, bare = (sorted(side) for side in zip(*starts, strict=True))
    yield _row("`novacore run`, CPU to the open shop", opened, "s", "", 1.2)
    theirs = f"{statistics.median(bare):.0f} MB (bare bot)"
    yield _row("resident memory at rest, embedded", rests, "MB", theirs, 100)
    yield _row("idle, of a core", idles, "%", "", 1)


def _row(what: str, found: Sequence[float], unit: str, theirs: str, most: float) -> Row:
    middle = statistics.median(found)
    return Row(what, f"{middle:.2f} {unit}", theirs, middle, most=most, spread=(found[0], found[-1]))


def _start(live: LiveShop) -> Start:
    process = live.start(NOVACORE, "run", by_file=True)
    process.wait_for("The shop is open")
    pid = process.popen.pid
    opened = cpu_seconds(pid)
    time.sleep(SETTLED)
    rests, before = resident(pid), cpu_seconds(pid)
    time.sleep(IDLE)
    idles = (cpu_seconds(pid) - before) / IDLE * 100
    stop([process])
    return Start(opened, rests, idles, _bare(live))


def _bare(live: LiveShop) -> float:
    live.settings["GATEWAY"] = live.wire.gateway_url
    process: Process = live.start(sys.executable, "-c", _BARE)
    del live.settings["GATEWAY"]
    process.wait_for("ready")
    time.sleep(1)
    found = resident(process.popen.pid)
    process.kill()
    return found
