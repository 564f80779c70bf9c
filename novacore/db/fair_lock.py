"""The line in which writers of a SQLite file wait: first come, first served. Used by `engine.Database`.

The lock of the standard library wakes anybody: with 32 people at once the unluckiest waited fifty times as long as
the line was, behind others who had come later.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class OutOfTurn(Exception):
    """The writers in front took too long: whoever waited has left the line."""


class FairLock:
    """A lock; it goes to whoever has waited longest. Not to be entered twice by one thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_taken = False

    @contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """Wait so long for one's turn, which ends with the block. Raises OutOfTurn."""
        self._enter(seconds)
        try:
            yield
        finally:
            with self._guard:
                self._call_next()  # nobody can slip in between

    def _enter(self, seconds: float) -> None:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        try:
            has_come = turn.acquire(timeout=seconds)
        except BaseException:  # Ctrl-C in the middle: nobody may be handed the turn of someone who has gone
            self._leave(turn)
            raise
        if not has_come:
            self._leave(turn)
            raise OutOfTurn(f"No turn within {seconds:g} seconds.")

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
