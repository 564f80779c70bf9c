"""Writes what was measured into docs/benchmarks.md: a section for each measurement, the others stay as they were."""

import os
import platform
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psutil

from bench.table import Row

PAGE: Final = Path(__file__).parents[1] / "docs" / "benchmarks.md"
_HEAD: Final = """# Benchmarks

What the shop is measured by, written by `make bench`. Ours and what it is compared to take turns in one run, at least
five rounds; a figure is their median, with the lowest and the highest round behind it. `make bench ARGS=name` measures
one section again and leaves the others.
"""
_COLUMNS: Final = "| what | ours | compared to | ratio | rounds | mark | |\n|---|---|---|---|---|---|---|\n"


def write(measured: Mapping[str, Sequence[Row]], order: Sequence[str]) -> None:
    """Put these sections into the page, in the place that `order` gives them."""
    sections = _sections() | {name: _section(name, rows) for name, rows in measured.items() if rows}
    known = [*(name for name in order if name in sections), *(name for name in sections if name not in order)]
    PAGE.write_text("\n".join([_HEAD, *(sections[name] for name in known)]), encoding="utf-8")


def _sections() -> dict[str, str]:
    if not PAGE.exists():
        return {}
    found = re.split(r"^## (.+)\n", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {name: f"## {name}\n{text.rstrip()}\n" for name, text in zip(found[::2], found[1::2], strict=True)}


def _section(name: str, rows: Sequence[Row]) -> str:
    lines = "".join(_line(row) for row in rows)
    return f"## {name}\n\n`make bench ARGS={name}` on {_machine()}.\n\n{_COLUMNS}{lines}"


def _line(row: Row) -> str:
    rounds = f"{row.spread[0]:.2f} to {row.spread[1]:.2f}" if row.spread else ""
    cells = (
        row.what,
        row.ours,
        row.theirs,
        f"{row.ratio:.2f}",
        rounds,
        row.mark,
        "met" if row.is_met else "**missed**",
    )
    return f"| {' | '.join(cells)} |\n"


def _machine() -> str:
    cores, memory = os.cpu_count(), psutil.virtual_memory().total / 2**30
    when, load = datetime.now(UTC).date(), os.getloadavg()[2]
    python = f"Python {platform.python_version()}"
    busy = f"load {load:.1f} in the 15 minutes before"
    return f"{when}: {cores} cores, {memory:.0f} GiB, {platform.system()}, {python}, {busy}"
