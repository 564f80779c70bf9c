"""Builds the wheel and lays it out in a folder, as an installer does."""

import os
import zipfile
from contextlib import chdir
from importlib import import_module
from pathlib import Path

from tests.house.source import ROOT


def laid_out(folder: Path) -> Path:
    """Build the wheel with the project's own build backend; return the folder with what is in it."""
    backend = import_module("flit_core.buildapi")  # ships no types
    with chdir(ROOT):
        wheel = folder / backend.build_wheel(str(folder))
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def environment(site: Path, home: Path, **variables: str) -> dict[str, str]:
    """Return an environment in which the wheel's modules come before those of the checkout."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(site), **variables}
