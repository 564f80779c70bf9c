"""A worker of a SQLite shop shows that it lives: it locks one byte of a file next to the database.

The kernel lets go of the byte when the process ends, however it ends, and at no other time. The byte lies far behind
the end of the file, which stays empty however many workers come and go, and needs no tidying. Nothing depends on
process ids, which are used again and mean something else in each container.

Locks are seen through one kernel alone. So a name says which kernel and which file it is of, and names of another
machine, of a time before this machine started, or of a file that was replaced are left to their leases.
"""

import hashlib
import logging
import os
import secrets
import struct
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Final

from novacore import private_files
from novacore.db.signs import forks

try:
    import fcntl
except ModuleNotFoundError:  # on Windows
    fcntl = None  # type: ignore[assignment]

_CAN_LOCK: Final = sys.platform == "linux" and hasattr(fcntl, "F_OFD_SETLK")
"""Linux alone has locks that belong to an open file rather than to a process id, and that `_LAYOUT` fits."""

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
"""Made by the kernel each time it starts; the same in all its containers."""

_BYTES: Final = 2**31
_LAYOUT: Final = "hhqqi"
"""`struct flock`: type, whence, start, length, pid."""

log = logging.getLogger(__name__)


class FileSign:
    """Holds its byte until it is closed. The lock is of the open file: others of the same process don't disturb it."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(f"{database.name}.workers")
        self._pid = os.getpid()
        self._file: int | None = None
        self._name: str | None = None
        try:
            self._take()
        except OSError as error:
            said = "%s can't be locked (%s). If this worker is killed, its jobs wait for their lease."
            log.warning(said, self._path, error.strerror)

    @property
    def name(self) -> str | None:
        """As `SignOfLife`."""
        return self._name if os.getpid() == self._pid else None

    def holds(self, name: str) -> bool:
        """As `SignOfLife`: the kernel takes it from nobody."""
        return name == self.name

    def dead(self, names: Collection[str]) -> frozenset[str]:
        """As `SignOfLife`; takes no time."""
        if not (names and _CAN_LOCK):
            return frozenset()
        try:
            file = os.open(self._path, os.O_RDWR)
        except OSError:
            return frozenset()
        try:
            place = _place(file)
            return frozenset(each for each in names if _is_of(place, each) and _is_free(file, _byte(each)))
        except OSError:
            return frozenset()
        finally:
            os.close(file)

    def close(self) -> None:
        """As `SignOfLife`."""
        file, self._file, self._name = self._file, None, None
        if file is not None and os.getpid() == self._pid:
            forks.forget(file)
            os.close(file)

    def _take(self) -> None:
        if not _CAN_LOCK:
            return
        file = private_files.opener(str(self._path), os.O_RDWR | os.O_CREAT)
        forks.keep_from_children(file)
        self._file = file
        byte = secrets.randbelow(_BYTES)
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, _lock(byte))
        self._name = f"{_place(file)}{byte}"


def _place(file: int) -> str:
    """Return the beginning of the names that can be judged here: one kernel, one file."""
    status = os.fstat(file)
    told = f"{_BOOT.read_text(encoding='ascii').strip()} {status.st_dev} {status.st_ino}"
    return f"file:{hashlib.sha256(told.encode()).hexdigest()[:24]}:"


def _is_of(place: str, name: str) -> bool:
    return name.startswith(place) and name.removeprefix(place).isdecimal()


def _byte(name: str) -> int:
    return int(name.rpartition(":")[2])


def _is_free(file: int, byte: int) -> bool:
    kind: int = struct.unpack(_LAYOUT, fcntl.fcntl(file, fcntl.F_OFD_GETLK, _lock(byte)))[0]
    return kind == fcntl.F_UNLCK


def _lock(byte: int) -> bytes:
    return struct.pack(_LAYOUT, fcntl.F_WRLCK, os.SEEK_SET, byte, 1, 0)
