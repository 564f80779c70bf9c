"""How much of the files that jobs send is in this process's memory at one time: proofs, transcripts, exports.

Sixteen threads with a transcript of 9 MB each, and the copies that a send makes of it, would fill any machine.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

MOST_BYTES: Final = 8 * 1024 * 1024
"""Some dozens of ordinary screenshots, or one file that is larger. A send holds each three times."""

WAIT_SECONDS: Final = 5.0
"""How long a thread waits for room: others need it for what carries no files."""


class NoRoom(Exception):
    """Other files are on their way, and none of them has arrived for a while."""


class FileRoom:
    """One for each process; threads take room from it."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = self._free = most_bytes
        self._changed = threading.Condition()
        self._line: deque[object] = deque()
        """Who waits, the first one first."""

    @contextmanager
    def hold(self, size: int, seconds: float = WAIT_SECONDS) -> Iterator[None]:
        """Hold room for files of so many bytes together. What is larger than all of it waits until it is alone.

        First come, first served, or small files that keep coming would leave no room for a large one. Raises NoRoom.
        """
        needed = min(size, self._most)
        if needed:
            self._take(needed, seconds)
        try:
            yield
        finally:
            with self._changed:
                self._free += needed
                self._changed.notify_all()

    def _take(self, needed: int, seconds: float) -> None:
        mine = object()
        with self._changed:
            self._line.append(mine)
            try:
                if not self._changed.wait_for(lambda: self._line[0] is mine and self._free >= needed, seconds):
                    raise NoRoom
                self._free -= needed
            finally:
                self._line.remove(mine)
                self._changed.notify_all()  # the next one may have room now
