"""Keeps what the shop writes to its owner: modes of files and folders, whatever the umask, and no core dumps.

Every process calls `guard_process` before it writes anything. Whoever makes a file or a folder asks for the right mode
all the same, so that there is no moment in which others could open it.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from novacore import systems

FILE_MODE = 0o600
FOLDER_MODE = 0o700

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def guard_process() -> None:
    """Let this process, and its children, make files for their owner alone, and leave no memory behind in a core dump.

    Libraries make files as well (temporary ones, a pid file of Celery): the umask is for those.
    """
    os.umask(_OTHERS)
    systems.forbid_core_dumps()


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, mode 0700; one that is there is left as it is.

    What root makes belongs to whoever has the folder around it, as the shop may run as another user.
    Raises OSError, as `Path.mkdir` does, where it can't be made or a file is in its place.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing or [folder]):
        one.mkdir(FOLDER_MODE, exist_ok=True)
    if systems.is_root():
        for one in reversed(missing):
            with suppress(OSError):
                systems.give(one, one.parent.stat())


def opener(path: str, flags: int) -> int:
    """Open a file for the built-in `open`; a new one has mode 0600 from its first moment."""
    return os.open(path, flags, FILE_MODE)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that must not be there yet, to the disk itself. Half a file is removed. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except OSError:
        path.unlink()
        raise


def settle(folder: Path) -> None:
    """Let the names in a folder survive a power cut, where the system can do that for a folder."""
    if not systems.OPENS_FOLDERS:
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def files_of(database: Path | None, log_dir: Path | None) -> Iterator[Path]:
    """Find what the shop has written here: the SQLite database with what lies next to it, its logs, copies of reports.

    A link in a folder of logs may lead anywhere, so only the database and its key may be links.
    """
    if database is not None:
        beside = (database.with_name(f"{database.name}{ending}") for ending in _BESIDE)
        yield from (one for one in beside if one.is_file())
    if log_dir is not None:
        for pattern in _LOGS:
            yield from (one for one in sorted(log_dir.glob(pattern)) if one.is_file() and not one.is_symlink())


_BESIDE = ("", "-wal", "-shm", "-journal", ".lock", ".workers", ".key")
_LOGS = ("novacore*.log", "novacore*.log.*", "reports/report-*", "reports/.report-*")


def readable_by_others(files: Iterable[Path]) -> list[Path]:
    """Return those that others on this machine may open in some way."""
    return [one for one in files if is_open(_mode(one))]


def is_open(mode: int) -> bool:
    """Tell whether this mode lets others open a file in some way; never where modes say nothing, as on Windows."""
    return systems.KNOWS_MODES and bool(mode & _OTHERS)


def tighten(files: Iterable[Path]) -> list[Path]:
    """Take what others may do from files that are ours, and return those. Nobody else's file is touched.

    By name, never through a descriptor: to close one on a SQLite file ends every lock that this process has on it.
    """
    return [one for one in readable_by_others(files) if _tightened(one)]


def _tightened(file: Path) -> bool:
    with suppress(OSError):
        file.chmod(_mode(file) & ~_OTHERS)
        return True
    return False


def _mode(file: Path) -> int:
    with suppress(OSError):
        return stat.S_IMODE(file.stat().st_mode)
    return 0
