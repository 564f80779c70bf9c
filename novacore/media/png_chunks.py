"""A PNG without what nobody sees: Pillow refuses whole files for a colour profile, a text or a checksum in them.

Other viewers show such files, so a customer can't know what is wrong with theirs. Called by `decoding`.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_KEPT: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"eXIf"})
_PIXELS: Final = b"IDAT"
_END: Final = b"IEND"

Part = bytes | memoryview


def bare(data: bytes) -> bytes:
    """Return the same picture with its header, colours, transparency, orientation and pixels alone, checksums renewed.

    Of an animation only the picture for viewers that know none. A file whose end is missing ends where it ends.
    """
    parts: list[Part] = [SIGNATURE]
    pixels: list[Part] = []
    for kind, body in _chunks(data):
        if kind == _PIXELS:
            pixels.append(body)
        elif kind in _KEPT:
            parts += _chunk(kind, [body])
    return b"".join([*parts, *_chunk(_PIXELS, pixels), *_chunk(_END, [])])


def _chunks(data: bytes) -> Iterator[tuple[bytes, Part]]:
    view, at = memoryview(data), len(SIGNATURE)
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind == _END:
            return
        yield kind, view[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(kind: bytes, body: Sequence[Part]) -> list[Part]:
    checksum = zlib.crc32(kind)
    for part in body:
        checksum = zlib.crc32(part, checksum)
    return [struct.pack(">I", sum(map(len, body))), kind, *body, struct.pack(">I", checksum)]
