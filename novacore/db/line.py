"""The line in which writers of a SQLite file wait: first come, first served. Used by `engine.Database`.

The lock of the standard library wakes anybody: with 32 people at once the unluckiest waited fifty times as long as
the line was, behind others who had come later.
"""

import threading
from collections import deque
from types import TracebackType


class Line:
    """A lock as a context; it is handed to whoever has waited longest. Not to be entered twice by one thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_taken = False

    def __enter__(self) -> None:
        """Wait for one's turn."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        try:
            turn.acquire()
        except BaseException:  # Ctrl-C in the middle: nobody may be handed the turn of somebody who has gone
            self._leave(turn)
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Let the next one in; nobody can slip in between."""
        with self._guard:
            self._call_next()

    def _leave(self, turn: threading.Lock) -> None:
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
            else:
                self._call_next()

    def _call_next(self) -> None:
        if self._waiting:
            self._waiting.popleft().release()
        else:
            self._is_taken = False
