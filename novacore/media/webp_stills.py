"""What is left of a WebP whose end is missing. Pillow's decoder wants the whole file; browsers show what has come.

There is no way to ask that decoder for a part. But it goes on when it is given any bytes, and what it makes of them
stands below what is real. Called by `decoding` when nothing else helps.
"""

import struct
from collections.abc import Iterator
from typing import Final

_FILLINGS: Final = (b"\0", b"U", b"\xff")
"""Which of them means "the next pixel" depends on the picture's own code, so each is tried."""
_MOST_FILLING: Final = 4_000_000
_LEAST_SHARE: Final = 0.5
"""Of less of a picture nothing can be told: the lines that should explain the rest of the bytes may be missing."""

_HEADER: Final = 12
_ALPHA: Final = 0x10
_FRAME: Final = 16
"""Bytes of an animation's frame before its picture."""


def stills(data: bytes) -> Iterator[bytes]:
    """Give whole files that may show the first picture of a cut one; none if too little of it is there."""
    found: dict[bytes, bytes] = {}
    for kind, length, body in _chunks(data, _HEADER):
        found[kind] = body
        if kind in (b"VP8 ", b"VP8L"):
            if len(body) >= length * _LEAST_SHARE:
                yield from (_still(kind, found, each) for each in _FILLINGS)
            return


def _chunks(data: bytes, at: int) -> Iterator[tuple[bytes, int, bytes]]:
    """Give (kind, stated length, what is there of it), going into the first frame of an animation."""
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        at += 8
        if kind == b"ANMF":
            at += _FRAME
            continue
        yield kind, length, data[at : at + length]
        at += length + length % 2


def _still(kind: bytes, found: dict[bytes, bytes], filling: bytes) -> bytes:
    body = found[kind]
    body += filling * min(_MOST_FILLING, 2 * len(body))
    parts = [_chunk(kind, body)]
    canvas = found.get(b"VP8X")
    if canvas and b"ALPH" in found:
        parts = [_chunk(b"VP8X", bytes([_ALPHA]) + canvas[1:]), _chunk(b"ALPH", found[b"ALPH"]), *parts]
    inside = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)
