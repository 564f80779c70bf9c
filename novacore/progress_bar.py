"""A progress bar in the terminal, for commands that take a while: `import-legacy`, `rotate-key`."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_CELLS = 30
_REDRAW_SECONDS = 0.1
_ERASE_REST = "\x1b[K"


class Bar:
    """How far something has come. On a terminal one line that moves; elsewhere (a log) a line for each tenth."""

    def __init__(self, label: str, total: int, stream: TextIO) -> None:
        self._label, self._total, self._stream = label, total, stream
        self._done, self._tenth, self._drawn_at = 0, 0, 0.0
        self._begun = time.monotonic()
        self._moves = stream.isatty()

    def advance(self, count: int = 1) -> None:
        """Count `count` more as done."""
        self._done += count
        if self._moves:
            self._redraw()
        elif self._reached() > self._tenth:
            self._tenth = self._reached()
            self._write(f"{self._line()}\n")

    def end(self) -> None:
        """Leave the line as it stands, so that what is said next begins on one of its own."""
        if self._moves:
            self._write(f"\r{self._line()}{_ERASE_REST}\n")

    def _redraw(self) -> None:
        if time.monotonic() - self._drawn_at >= _REDRAW_SECONDS:
            self._drawn_at = time.monotonic()
            self._write(f"\r{self._line()}{_ERASE_REST}")

    def _reached(self) -> int:
        return 10 * self._done // self._total if self._total else 10

    def _line(self) -> str:
        share = min(1.0, self._done / self._total) if self._total else 1.0
        bar = f"[{'#' * int(share * _CELLS):.<{_CELLS}}] " if self._moves else ""
        return f"{self._label} {bar}{share:4.0%}  {self._done:,} of {self._total:,}{self._left()}"

    def _left(self) -> str:
        if not 0 < self._done < self._total:
            return ""
        seconds = (time.monotonic() - self._begun) / self._done * (self._total - self._done)
        return f", {seconds / 60:.0f} min left" if seconds >= 90 else f", {seconds:.0f} s left"

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


@contextmanager
def track(label: str, total: int, stream: TextIO | None = None) -> Iterator[Bar]:
    """Show how far the block has come with `total` things; it calls `advance`. Goes to stderr unless told otherwise."""
    bar = Bar(label, total, stream or sys.stderr)
    try:
        yield bar
    finally:
        bar.end()
