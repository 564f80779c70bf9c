"""`python -m bench [name ...]`: run all measurements, or those named; print a table with the marks, and keep it."""

import sys

from bench import bursts, buyers, exports, killed, page, purchases, reports, scale, starts, transitions
from bench.table import Row

MEASUREMENTS = {
    "purchase": purchases.embedded,
    "start": starts.embedded,
    "burst": bursts.on_both,
    "sqlite": transitions.on_sqlite,
    "postgresql": transitions.on_postgresql,
    "buyers": buyers.on_postgresql,
    "scale-sqlite": scale.on_sqlite,
    "scale-postgresql": scale.on_postgresql,
    "killed": killed.on_both,
    "exports": exports.on_sqlite,
    "reports": reports.on_postgresql,
    "reports-loop": reports.on_sqlite,
}


def main(names: list[str]) -> None:
    """Run, print, and write docs/benchmarks.md after each: a run that is cut off has not been for nothing."""
    for name in names or MEASUREMENTS:
        print(f"\n{name}")
        rows = []
        for row in MEASUREMENTS[name]():
            rows.append(row)
            print(_line(row), flush=True)
        page.write({name: rows}, [*MEASUREMENTS])


def _line(row: Row) -> str:
    met = "met" if row.is_met else "MISSED"
    rounds = f"  {row.spread[0]:.2f} to {row.spread[1]:.2f}" if row.spread else ""
    return f"  {row.what:<44} {row.ours:>12} {row.theirs:>12} {row.ratio:>7.2f}  mark {row.mark:<18} {met}{rounds}"


if __name__ == "__main__":
    main(sys.argv[1:])
