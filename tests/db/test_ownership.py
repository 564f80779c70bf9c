"""One process alone runs the shop of a SQLite file."""

import subprocess
import sys
from pathlib import Path

import pytest

from novacore.db.ownership import ShopIsRunning, sole_owner
from tests.fixtures.servers.forked import Forked
from tests.house.source import ROOT

_OWN = """
import pathlib, sys, time
from novacore.db.ownership import sole_owner
with sole_owner(pathlib.Path(sys.argv[1])):
    print("mine", flush=True)
    time.sleep(60)
"""


def test_a_second_process_is_refused_until_the_first_has_ended_however_it_ended(tmp_path: Path) -> None:
    database = tmp_path / "data" / "shop.db"
    owner = Forked([sys.executable, "-c", _OWN, str(database)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    assert owner.stdout.readline() == "mine\n"
    with (
        pytest.raises(ShopIsRunning, match=r"runs the shop in .*shop\.db already\. Stop that one first"),
        sole_owner(database),
    ):
        pass
    owner.kill()
    owner.communicate()
    with sole_owner(database):
        pass


def test_it_is_given_back_and_shops_do_not_know_each_other(tmp_path: Path) -> None:
    with sole_owner(tmp_path / "one.db"), sole_owner(tmp_path / "other.db"):
        pass
    with sole_owner(tmp_path / "one.db"):
        pass
