"""Handlers that go quiet when a line can't be written. `telemetry` puts them on the root logger.

`logging` answers a full disk or a console that knows no emoji with the raw record and a traceback on stderr, past every
formatter: with the secrets in it, and fifty lines for one. Here it is one line of our own, at most once a minute.
"""

import logging
import logging.handlers
import os
import sys
import threading
import time
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, TextIO

from novacore import full_disk, private_files

QUIET_SECONDS: Final = 60.0
"""How long nothing more is said of lines that are lost."""

ERRORS: Final = "backslashreplace"
"""What becomes of a character that a console or a file can't write: its code."""


class Losses:
    """Counts the lines that this process could not write, whichever handler lost them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Begin again: for tests."""
        self._said_at, self._lost = -QUIET_SECONDS, 0

    def note(self, now: float) -> int:
        """Count one more; return how many to speak of, or 0 while it is too soon to speak again."""
        with self._lock:
            self._lost += 1
            if now - self._said_at < QUIET_SECONDS:
                return 0
            self._said_at, lost, self._lost = now, self._lost, 0
            return lost


losses = Losses()


class _Quiet(logging.Handler):
    """Takes the place of `logging`'s own printing of what went wrong."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802, ARG002  logging's name; not to be shown
        """Say on stderr, now and then, that lines are lost and why. Nothing of the record is shown."""
        error = sys.exc_info()[1]
        if full_disk.is_full(error):
            full_disk.noticed()
        if lost := losses.note(time.monotonic()):
            _say(self, _reason(error), lost)


class Console(_Quiet, logging.StreamHandler[TextIO]):
    """Writes to a console, whatever it can show."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the finished text in characters that the console knows."""
        return writable(super().format(record), getattr(self.stream, "encoding", None))


class OwnFile(_Quiet, logging.handlers.RotatingFileHandler):
    """A rotating file for its owner alone, that only the process that opened it turns over."""

    def __init__(self, path: Path, **options: Any) -> None:
        super().__init__(path, encoding="utf-8", errors=ERRORS, **options)
        self._owner = os.getpid()

    def _open(self) -> TextIOWrapper:
        # As the base class does, which asks for no mode.
        opener = private_files.opener
        return open(self.baseFilename, "a", encoding=self.encoding, errors=self.errors, opener=opener)

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: N802  logging's name
        """Tell whether it is time, and this process's turn."""
        return os.getpid() == self._owner and bool(super().shouldRollover(record))

    def close(self) -> None:
        """Close the file; what a full disk did not take is lost."""
        with suppress(OSError, ValueError):
            super().close()


def writable(text: str, encoding: str | None) -> str:
    """Return a text with codes for the characters that the encoding lacks. None: it has them all."""
    try:
        return text.encode(encoding or "utf-8", ERRORS).decode(encoding or "utf-8")
    except LookupError:
        return ascii(text)[1:-1]


def _reason(error: BaseException | None) -> str:
    """Say what went wrong in words that are no part of the line: an error's own text may quote it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__


def _say(handler: logging.Handler, reason: str, lost: int) -> None:
    stderr = sys.stderr
    lines = "line" if lost == 1 else "lines"
    record = logging.LogRecord(
        __name__, logging.WARNING, __file__, 0, "%s %s could not be logged: %s.", (lost, lines, reason), None
    )
    with suppress(Exception):  # there is nobody left who could be told
        stderr.write(writable(handler.format(record), getattr(stderr, "encoding", None)) + "\n")
        stderr.flush()
