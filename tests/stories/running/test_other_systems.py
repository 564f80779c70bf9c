"""The shop in one process, as on macOS and Windows: without what Linux alone has, one thing at a time and all at once.

What a real one does that isn't known here is not tried: nobody has run these tests there.
"""

import shutil
import sys
from pathlib import Path

import pytest

from tests.stories.live import CODE, LiveShop, Process, stop
from tests.stories.running import lacking
from tests.wire.fixture import wire
from tests.wire.stand_in import Wire

__all__ = ["wire"]


def _run(shop: LiveShop, names: str, command: str) -> Process:
    return shop.start(sys.executable, "-m", lacking.__name__, names, command)


def _shop(wire: Wire, folder: Path, names: str) -> LiveShop:
    """A shop that makes its own key, and whose child processes lack the same."""
    return LiveShop(wire, folder, {"SECRET_KEY": "", "PYTHONPATH": str(lacking.site(folder / "site", names))})


SINGLE = (
    *("fcntl", "resource", "SIGUSR2", "add_signal_handler", "sched_getaffinity"),
    *("nice", "geteuid", "fsync of a folder", "clock_gettime"),
)
"""Taken away one at a time; the others only with everything else, as a start takes a second."""


@pytest.mark.parametrize("name", SINGLE)
def test_it_opens_without(name: str, wire: Wire, tmp_path: Path, sqlite_template: Path) -> None:
    with _shop(wire, tmp_path, name) as shop:
        database = Path(shop.settings["DATABASE_PATH"])
        database.parent.mkdir()
        shutil.copy(sqlite_template, database)
        process = _run(shop, name, "run")
        process.wait_for("The shop is open in #shop of ")
        stop([process])
        assert "Traceback" not in process.log
        assert "could be opened by others" not in process.log


def test_it_sells_without_any_of_them(wire: Wire, tmp_path: Path) -> None:
    everything = ",".join(lacking.LACKS)
    with _shop(wire, tmp_path, everything) as shop:
        shop.run(sys.executable, "-m", lacking.__name__, everything, "sample")
        process = _run(shop, everything, "run")
        shop.pay(shop.order())
        shop.approve()
        shop.buyer.await_dm(CODE)
        stop([process])
        assert len(shop.goods()) == 1
        assert "Traceback" not in process.log
