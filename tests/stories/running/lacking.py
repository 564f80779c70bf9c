"""Runs `novacore` as on a system that lacks something: `python -m tests.stories.running.lacking NAMES command ...`.

NAMES are those of `LACKS`, with commas between them. To be started as a fork of a process that has imported the shop
(`tests.fixtures.servers.forked`): only the files that name such things are read again, and tests/house/test_systems
holds that no other does. `sitecustomize` takes the same away in the programs that the shop itself starts.
"""

import asyncio
import builtins
import ctypes
import importlib
import io
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from tests.house.source import ROOT

_KNOWING: Final = (
    "novacore.systems",
    "novacore.memory",
    "novacore.db.signs.file_sign",
    "novacore.db.signs.session_sign",
)


def _names(module: Any, *names: str) -> Callable[[], None]:
    def take_away() -> None:
        for name in names:
            delattr(module, name)

    return take_away


def _module(name: str) -> Callable[[], None]:
    def take_away() -> None:
        sys.modules[name] = None  # type: ignore[assignment]  # an import of it fails

    return take_away


def _signal_handlers() -> None:
    def refuse(*_: object) -> None:
        raise NotImplementedError

    for name in ("add_signal_handler", "remove_signal_handler"):
        setattr(asyncio.SelectorEventLoop, name, refuse)


def _modes() -> None:
    """Let nobody have a number, and let every file be open to all."""
    _names(os, "getuid", "geteuid", "getgid", "getegid")()
    real = os.open

    def opened(path: Any, flags: int, mode: int = 0o777, **rest: Any) -> int:
        before = os.umask(0)
        try:
            return real(path, flags, mode | 0o666, **rest)
        finally:
            os.umask(before)

    os.open = opened
    os.chmod = lambda *_, **__: None


def _open_folders() -> None:
    """Let a folder be no file."""
    _names(os, "O_DIRECTORY")()
    real = os.open

    def opened(path: Any, *rest: Any, **named: Any) -> int:
        if isinstance(path, str | Path) and Path(path).is_dir():
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *rest, **named)

    os.open = opened


def _folders_of_linux() -> None:
    real = io.open

    def opened(file: Any, *rest: Any, **named: Any) -> Any:
        if str(file).startswith(("/proc/", "/sys/")):
            raise FileNotFoundError(2, "No such file or directory", str(file))
        return real(file, *rest, **named)

    io.open = builtins.open = opened


def _own_library() -> None:
    def refuse(name: str | None, *_: object, **__: object) -> None:
        raise TypeError(f"{name} is no library")

    setattr(ctypes, "CDLL", refuse)  # noqa: B010 - mypy knows it as a class


LACKS: Final[Mapping[str, Callable[[], None]]] = {
    "fcntl": _module("fcntl"),
    "resource": _module("resource"),
    "SIGUSR2": _names(signal, "SIGUSR1", "SIGUSR2", "pthread_kill"),
    "add_signal_handler": _signal_handlers,
    "sched_getaffinity": _names(os, "sched_getaffinity"),
    "nice": _names(os, "nice"),
    "fork": _names(os, "fork", "register_at_fork"),
    "geteuid": _modes,
    "O_CLOEXEC": _names(os, "O_CLOEXEC"),
    "fsync of a folder": _open_folders,
    "/proc": _folders_of_linux,
    "clock_gettime": _names(time, "clock_gettime", "CLOCK_BOOTTIME"),
    "poll": _names(select, "poll", "POLLRDHUP"),
    "CDLL": _own_library,
}
"""What is taken away under which name."""


def take_away(names: str) -> None:
    """Take these away from this process."""
    for name in names.split(","):
        LACKS[name]()


def site(folder: Path, names: str) -> Path:
    """Write what takes the same away from every Python that finds the answer on its PYTHONPATH."""
    program = f"import sys\nsys.path.append({str(ROOT)!r})\nfrom tests.stories.running import lacking\n"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(f"{program}lacking.take_away({names!r})\n")
    return folder


def main() -> None:
    """Take things away, and be `novacore`."""
    names, *arguments = sys.argv[1:]
    take_away(names)
    for name in _KNOWING:
        importlib.reload(sys.modules[name])
    from novacore import cli  # noqa: PLC0415 - the process that forks has imported it

    sys.exit(cli.main(arguments))


if __name__ == "__main__":
    main()
