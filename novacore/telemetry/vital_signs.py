"""Files that healthy processes touch, so that a healthcheck costs hardly more than Python's own start.

The bot touches its file whenever it has noted in the database that it hears Discord, a worker when the broker has taken
its heartbeat, beat when the broker has taken a sweep. `novacore doctor --quick` looks here first. Without a fresh file
of a living process it asks database and broker as before: a sign saves work, and hides no fault for long.
"""

import hashlib
import os
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from novacore import private_files, systems

FRESH_SECONDS: Final = 90.0
"""How long a sign holds: the bot gives one every 30 seconds."""
_APART: Final = 10.0
"""Seconds between two touches: a worker's heart beats every two."""

_last: dict[str, float] = {}


def give(process: str) -> None:
    """Note that this process, "bot", "worker" or "beat", is well. Does nothing where it can't be noted."""
    now = time.monotonic()
    if now - _last.get(process, -_APART) < _APART:
        return
    _last[process] = now
    with suppress(OSError):
        file = _file(process)
        private_files.make_folder(file.parent)
        if not _is_ours_alone(file.parent):
            return
        draft = file.with_suffix(f".{os.getpid()}")
        draft.unlink(missing_ok=True)
        private_files.write_new(draft, str(os.getpid()).encode())
        draft.replace(file)


def is_well(process: str) -> bool:
    """Tell whether a process of this shop and machine gave a sign just now, and is still alive."""
    try:
        file = _file(process)
        if not _is_ours_alone(file.parent):
            return False
        age, pid = time.time() - file.stat().st_mtime, int(file.read_text("ascii"))
    except (OSError, ValueError):
        return False
    return 0 <= age < FRESH_SECONDS and systems.is_alive(pid)


def _is_ours_alone(folder: Path) -> bool:
    """Tell whether nobody else can put a file or a link into the folder. Anyone may have made one of its name."""
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and systems.is_mine(found) and not private_files.is_open(found.st_mode)


def _file(process: str) -> Path:
    # Several shops on one machine have folders of their own, and are started there.
    shop = hashlib.sha256(str(Path.cwd()).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir(), f"novacore-{systems.user()}", f"{process}-{shop}")
