"""A PNG without what nobody sees: Pillow refuses whole files for a colour profile, a text or a checksum next to the pixels.

Other viewers show such files, so a customer cannot know what is wrong with theirs. Called by `decoding`.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_KEPT: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"eXIf"})
_PIXELS: Final = b"IDAT"
_END: Final = b"IEND"


def bare(data: bytes) -> bytes:
    """Return the same picture with its header, colours, transparency, orientation and pixels alone, checksums renewed.

    Of an animation only the picture for viewers that know none. A file whose end is missing ends where it ends.
    """
    parts, pixels = [SIGNATURE], bytearray()
    for kind, body in _chunks(data):
        if kind == _PIXELS:
            pixels += body
        elif kind in _KEPT:
            parts.append(_chunk(kind, body))
    return b"".join([*parts, _chunk(_PIXELS, pixels), _chunk(_END, b"")])


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    view, at = memoryview(data), len(SIGNATURE)
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind == _END:
            return
        yield kind, view[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(kind: bytes, body: bytes | bytearray | memoryview) -> bytes:
    checksum = zlib.crc32(body, zlib.crc32(kind))
    return b"".join([struct.pack(">I", len(body)), kind, body, struct.pack(">I", checksum)])
