"""How someone calls NovaCore here, for sentences that name a command: by its name, by its path, or as a module."""

import os
import shutil
import sys
from importlib import metadata, util
from pathlib import Path

_NAME = "novacore"


def program() -> str:
    """Return what has to be typed in this folder in place of `novacore`."""
    called = Path(sys.argv[0])
    if called.stem != _NAME:  # `python -m novacore`, or a hosting panel's main.py
        return f"{_short(Path(sys.executable))} -m {_NAME}"
    found = shutil.which(_NAME)
    if found and called.exists() and Path(found).samefile(called):
        return _NAME
    return _short(called)


def here(text: str) -> str:
    """Return a text for this terminal, with every command of ours as it has to be typed in this folder."""
    return text.replace(f"`{_NAME} ", f"`{program()} ")


def has_rehearsal() -> bool:
    """Tell whether the extra `rehearsal` is installed."""
    return util.find_spec("simcord") is not None


def how_to_install(extra: str) -> str:
    """Return the command that adds what an extra needs to this very installation."""
    wanted = [one.partition(";")[0].strip() for one in metadata.requires(_NAME) or () if f'"{extra}"' in one]
    named = " ".join(f'"{one}"' for one in wanted)
    return f"{_short(Path(sys.executable))} -m pip install {named}"


def _short(path: Path) -> str:
    """Return a path as it is typed in this folder: relative if it lies in it."""
    path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would leave the venv through its link to Python
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
