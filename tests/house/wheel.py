"""Builds the wheel, and lays it out or installs it."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from contextlib import chdir
from importlib import import_module
from pathlib import Path

from tests.house.source import ROOT


def built(folder: Path) -> Path:
    """Build the wheel with the project's own build backend; return its file."""
    backend = import_module("flit_core.buildapi")  # ships no types
    with chdir(ROOT):
        return folder / str(backend.build_wheel(str(folder)))


def laid_out(folder: Path) -> Path:
    """Return a folder with what is in the wheel."""
    with zipfile.ZipFile(built(folder)) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def installed(folder: Path) -> Path:
    """Install the wheel into an environment of its own, as pip, pipx and uv do; return the folder of its programs.

    What it depends on is ours: it is found by a .pth file, and so without the checkout.
    """
    venv.create(folder / "venv")
    programs, ours = folder / "venv" / "bin", Path(sysconfig.get_path("purelib"))
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (site / "ours.pth").write_text(f"{ours}\n")
    uv = [
        str(Path(sys.executable).with_name("uv")),
        "pip",
        "install",
        "--quiet",
        "--offline",
        "--no-cache",
        "--no-config",
    ]
    subprocess.run([*uv, "--no-deps", "--python", str(programs / "python"), str(built(folder))], check=True)
    return programs


def environment(site: Path, home: Path, **variables: str) -> dict[str, str]:
    """Return an environment in which the wheel's modules come before those of the checkout."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(site), **variables}
