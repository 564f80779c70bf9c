"""How much memory a picture takes while it is decoded, told from its header. Bounds are set by it and not by pixels.

A JPEG can be decoded at a half, a quarter or an eighth of its size; a WebP passes through four copies of its canvas. So
the same number of pixels is cheap in one kind and dear in another. `proofs` refuses what takes too much before it is
decoded; the numbers were measured with Pillow 13 and are held by `tests/tasks/queue/offload/test_picture_memory.py`.
"""

import math
import struct
from typing import Final

from novacore.media.headers import FRAME_MARKERS, START_OF_SCAN, PictureFormat, PictureHeader, jpeg_segments

MOST_BYTES: Final = 168 * 1024 * 1024
"""A PNG of 40 megapixels, or a WebP of 11. With 35 MiB of Python and Pillow and 25 for the picture that is kept, the
process stays under 256 MB."""

MAX_KEPT_PIXELS: Final = 4_000_000
"""What is kept of a picture. An area and not a side, so that a long scrolled screenshot stays readable."""

_WEBP_BYTES: Final = 16
"""A pixel: the decoder's canvas and its copy, or its own buffer; what it hands out; and Pillow's picture."""

_COPIES: Final = 3
"""How often the file itself is in memory at worst: as it came, without what nobody sees, and on its way."""

_GIF_BYTES: Final = 2
"""A pixel: the frame, and the screen that it is laid on."""

_SCALES: Final = (8, 4, 2, 1)
"""By how much libjpeg can divide while it decodes."""

Size = tuple[int, int]


def needed_bytes(data: bytes, header: PictureHeader) -> int:
    """Return how many bytes the file and decoding it take at most, as far as the header is true.

    Raises struct.error and IndexError where the file ends within its header.
    """
    return _COPIES * len(data) + _decoded_bytes(data, header)


def _decoded_bytes(data: bytes, header: PictureHeader) -> int:
    pixels = header.width * header.height
    match header.format:
        case PictureFormat.jpeg:
            return _jpeg_bytes(data, (header.width, header.height))
        case PictureFormat.webp:
            return pixels * _WEBP_BYTES
        case PictureFormat.gif:
            return pixels * _GIF_BYTES
        case PictureFormat.png:
            return pixels * _png_bytes(data[24], data[25])


def pixel_bytes(mode: str) -> int:
    """Return how many bytes Pillow holds a pixel of this mode in."""
    if mode in ("1", "L", "P"):
        return 1
    return 2 if mode.startswith("I;16") else 4


def kept_size(size: Size) -> Size:
    """Return the size in which a picture is kept: the same proportions, at most `MAX_KEPT_PIXELS`."""
    width, height = size
    share = min(1.0, math.sqrt(MAX_KEPT_PIXELS / (width * height)))
    return max(1, int(width * share)), max(1, int(height * share))


def _png_bytes(depth: int, colour_type: int) -> int:
    """As Pillow holds a pixel: four bytes for any colour or alpha, one for palettes and grey, two for deep grey."""
    if colour_type in (0, 3):
        return 2 if depth == 16 else 1
    return 4


def _jpeg_bytes(data: bytes, size: Size) -> int:
    """Of a picture in several scans libjpeg keeps all coefficients, in full size, whatever it is divided by."""
    marker, parts, in_scan = _frame(data)
    area = size[0] * size[1]
    whole = max(h for h, _ in parts) * max(v for _, v in parts)
    in_scans = marker not in (0xC0, 0xC1) or in_scan < len(parts)
    coefficients = sum(area * h * v // whole * 2 for h, v in parts) if in_scans else 0
    return coefficients + area // _divisor(size) ** 2 * (1 if len(parts) == 1 else 4)


def _frame(data: bytes) -> tuple[int, list[Size], int]:
    """Return the frame's marker, how each of its components is sampled, and how many of them the first scan holds."""
    marker, parts = 0, [(1, 1)]
    for found, at in jpeg_segments(data):
        if found in FRAME_MARKERS:
            marker, count = found, data[at + 5]
            samplings = struct.unpack_from("xBx" * count, data, at + 6)
            parts = [(each >> 4 or 1, each & 15 or 1) for each in samplings] or parts
        elif found == START_OF_SCAN:
            return marker, parts, data[at]
    return marker, parts, len(parts)


def _divisor(size: Size) -> int:
    """Return what `Image.draft` divides by when it is asked for the size that is kept."""
    kept = kept_size(size)
    room = min(size[0] // kept[0], size[1] // kept[1])
    return next(each for each in _SCALES if each <= max(1, room))
