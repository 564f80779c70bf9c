"""Run as a program: `killed_import.py FILE ROWS` brings in an old file and is killed in the middle of row ROWS."""

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from novacore import cli
from novacore.workflows.upkeep.legacy import orders, products, sources


def main(file: str, rows: int) -> None:
    """Import until a row of that number is stored but not committed."""
    stored = 0

    def count(how_many: int) -> None:
        nonlocal stored
        stored += how_many
        if stored >= rows:
            os.kill(os.getpid(), signal.SIGKILL)

    def remember(*args: Any) -> None:
        sources.remember(*args)
        count(1)

    def remember_all(tx: Any, source_id: int, kind: str, came_in: Sequence[Any]) -> None:
        sources.remember_all(tx, source_id, kind, came_in)
        count(len(came_in))

    for module in (products, orders):
        setattr(module, "remember", remember)  # noqa: B010 - for mypy it is not theirs to be changed
    setattr(orders, "remember_all", remember_all)  # noqa: B010
    cli.main(["import-legacy", file, "--apply"])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
