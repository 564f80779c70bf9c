"""A ticket's transcript as two files, each within what Discord takes: a page, and plain text.

Codes are masked by the caller beforehand. The two go out in one message.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from novacore.messages.tickets.transcript import as_html, as_text
from novacore.messages.tickets.transcript.talk import KeptFile, Talk, TranscriptMessage, Wording

__all__ = [
    "LARGEST_MESSAGE",
    "LARGEST_PAGE",
    "LARGEST_TEXT",
    "KeptFile",
    "Talk",
    "TranscriptMessage",
    "Wording",
    "page",
    "plain",
]

LARGEST_MESSAGE: Final = 9_900_000
"""Bytes of the files that go out together: Discord takes 10 MiB in a message."""

LARGEST_PAGE: Final = 9_500_000
LARGEST_TEXT: Final = 4_000_000


def page(talk: Talk, largest: int = LARGEST_PAGE) -> bytes:
    """Return the transcript as an HTML page of `largest` bytes at most: first files give way, then the oldest lines."""
    return _fitting(talk, largest, as_html.make, without_files=True)


def plain(talk: Talk, largest: int = LARGEST_TEXT) -> bytes:
    """Return the transcript as text of `largest` bytes at most: the oldest lines give way."""
    return _fitting(talk, largest, as_text.make, without_files=False)


def _fitting(
    talk: Talk, largest: int, make: Callable[[Talk, Sequence[TranscriptMessage], int], str], *, without_files: bool
) -> bytes:
    lines, left_out = list(talk.lines), 0
    made = make(talk, lines, left_out).encode("utf-8", "replace")
    if len(made) > largest and without_files:
        lines = [_without_files(line) for line in lines]
        made = make(talk, lines, left_out).encode("utf-8", "replace")
    while len(made) > largest and lines:
        gone = max(1, len(lines) // 4)
        lines, left_out = lines[gone:], left_out + gone
        made = make(talk, lines, left_out).encode("utf-8", "replace")
    return made


def _without_files(line: TranscriptMessage) -> TranscriptMessage:
    return replace(line, files=tuple(replace(one, content=None) for one in line.files))
