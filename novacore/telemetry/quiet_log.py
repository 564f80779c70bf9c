"""Keeps a log readable while something is away: what would be said with every press is said once a minute."""

import logging
import threading
import time
from typing import Final

QUIET_SECONDS: Final = 60.0


class QuietLog:
    """Writes the first line of a kind, and then one a minute that says how many were left out."""

    def __init__(self, log: logging.Logger, seconds: float = QUIET_SECONDS) -> None:
        self._log, self._seconds = log, seconds
        self._lock = threading.Lock()
        self._said: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def warning(self, kind: str, message: str, *args: object) -> None:
        """Log the message, unless one of its kind was logged within the minute. Kinds are few: names in the code."""
        self._say(logging.WARNING, kind, message % args, None)

    def error(self, kind: str, error: Exception, message: str, *args: object) -> None:
        """Log an error nobody expected, with where it broke, in the same way."""
        self._say(logging.ERROR, kind, message % args, error)

    def _say(self, level: int, kind: str, said: str, error: Exception | None) -> None:
        now = time.monotonic()
        with self._lock:
            if now - self._said.get(kind, now - self._seconds) < self._seconds:
                self._left_out[kind] = self._left_out.get(kind, 0) + 1
                return
            self._said[kind] = now
            left_out = self._left_out.pop(kind, 0)
        more = f" ({left_out} more like this since the last line.)" if left_out else ""
        self._log.log(level, "%s%s", said, more, exc_info=error)
