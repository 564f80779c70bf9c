"""The wheel holds all that the shop needs. tests/stories/running/test_wheel.py sells something with it."""

import subprocess
import sys
from pathlib import Path

import pytest

import novacore
from tests.house.source import ROOT
from tests.house.wheel import environment, laid_out


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the wheel holds."""
    return laid_out(tmp_path_factory.mktemp("wheel"))


def test_it_has_its_licence_its_types_and_everything_that_is_not_python(site: Path) -> None:
    (facts,) = site.glob("novacore-*.dist-info")
    assert (facts / "licenses/LICENSE").read_text().startswith("MIT License")
    metadata = (facts / "METADATA").read_text()
    assert f"Version: {novacore.__version__}" in metadata
    assert "License-Expression: MIT" in metadata
    assert (site / "novacore/py.typed").exists()
    tracked = subprocess.run(["git", "ls-files", "novacore"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [one for one in tracked.stdout.split() if not (site / one).exists()] == []


def test_nothing_of_the_checkout_is_needed(site: Path, tmp_path: Path) -> None:
    def run(*command: str, **variables: str) -> str:
        answer = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env=environment(site, tmp_path, **variables),
            capture_output=True,
            text=True,
            timeout=110,
            check=True,
        )
        return answer.stdout

    assert run("-c", "import novacore; print(novacore.__file__)").strip() == str(site / "novacore/__init__.py")
    assert run("-m", "novacore", "--version") == f"NovaCore {novacore.__version__}\n"
    assert "at this release's schema" in run("-m", "novacore", "migrate", DATABASE_PATH="shop.db", LOG_DIR="logs")
    assert (tmp_path / "shop.db").exists()
