"""Run as a program: `killed_import.py FILE ROWS` brings in an old file and is killed in the middle of row ROWS."""

import itertools
import os
import signal
import sys
from typing import Any

from novacore import cli
from novacore.workflows.upkeep.legacy import orders, products, sources


def main(file: str, rows: int) -> None:
    """Import until a row of that number is stored but not committed."""
    stored = itertools.count(1)

    def remember(*args: Any) -> None:
        sources.remember(*args)
        if next(stored) == rows:
            os.kill(os.getpid(), signal.SIGKILL)

    for module in (products, orders):
        setattr(module, "remember", remember)  # noqa: B010 - for mypy it is not theirs to be changed
    cli.main(["import-legacy", file, "--apply"])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
