"""What a picture claims about itself in its first bytes: kind, width and height. Called by `proofs` and `footprint`.

Read by hand, for three reasons: nothing is decoded or allocated before the limits are checked (Pillow allocates a
WebP's whole canvas when it opens one), it costs microseconds in the bot's own process, and every loop over a stranger's
bytes is bounded.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Beginnings of a JPEG's frame; C4, C8 and CC share the range and are tables (ITU T.81, table B.1)."""
START_OF_SCAN = 0xDA

# A camera's JPEG has some dozens of segments before its size; each is at most 64 KiB.
_MAX_JPEG_SEGMENTS = 512
# Without a length: a byte that fills, an FF that belongs to the data, and markers that stand alone.
_BARE = frozenset({0x00, 0x01, 0xFF, *range(0xD0, 0xDA)})

Size = tuple[int, int]


class PictureFormat(StrEnum):
    """The kinds of picture that are read; upper-cased, Pillow's own names."""

    png = "png"
    jpeg = "jpeg"
    gif = "gif"
    webp = "webp"


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """What the file says it is. Not yet proved: only decoding shows whether the pixels follow."""

    format: PictureFormat
    width: int
    height: int


def read_header(data: bytes) -> PictureHeader | None:
    """The claim in the first bytes, whatever the file is called; None if it is none of the four kinds."""
    for kind, opening, measure in _KINDS:
        if data.startswith(opening):
            try:
                width, height = measure(data)
            except (struct.error, ValueError):
                return None
            return PictureHeader(kind, width, height) if width and height else None
    return None


_OTHERS: tuple[tuple[int, tuple[bytes, ...], str], ...] = (
    (4, (b"ftyphei", b"ftyphev", b"ftypmif1", b"ftypmsf1"), "a HEIC photo"),
    (4, (b"ftypavif", b"ftypavis"), "an AVIF picture"),
    (4, (b"ftyp",), "a video"),
    (0, (b"\x1aE\xdf\xa3",), "a video"),
    (8, (b"AVI ",), "a video"),
    (0, (b"%PDF",), "a PDF"),
    (0, (b"II*\0", b"MM\0*"), "a TIFF picture"),
    (0, (b"\xff\x0a", b"\0\0\0\x0cJXL "), "a JPEG XL picture"),
    (0, (b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"), "a JPEG 2000 picture"),
    (0, (b"8BPS",), "a Photoshop file"),
    (0, (b"<svg", b"<?xml"), "an SVG drawing"),
    (0, (b"PK\x03\x04",), "a ZIP archive or a document"),
    (0, (b"BM",), "a BMP picture"),
)
"""What people upload in good faith and is not read here: where in the file, how it begins, what it is."""


def what_else(data: bytes) -> str:
    """Name what a file is that is none of the four kinds: "a PDF". Empty where that isn't known."""
    return next((what for at, openings, what in _OTHERS if data[at : at + 12].startswith(openings)), "")


def _png_size(data: bytes) -> Size:
    if data[12:16] != b"IHDR":
        raise ValueError("the first chunk is not IHDR")
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _gif_size(data: bytes) -> Size:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _jpeg_size(data: bytes) -> Size:
    for marker, at in jpeg_segments(data):
        if marker in FRAME_MARKERS:
            height, width = struct.unpack_from(">HH", data, at + 1)
            return width, height
    raise ValueError("no frame among the first segments")


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Give (marker, where its content begins) of a JPEG's segments up to the first scan, and of that scan.

    What stands between two segments is skipped, as every viewer does. Raises struct.error where the file ends.
    """
    at = 2
    for _ in range(_MAX_JPEG_SEGMENTS):
        at = data.find(b"\xff", at)
        if at < 0:
            return
        marker, length = struct.unpack_from(">BH", data, at + 1)
        if marker in _BARE:
            at += 1
            continue
        yield marker, at + 4
        if marker == START_OF_SCAN:
            return
        at += 2 + length


def _webp_size(data: bytes) -> Size:
    if data[8:12] != b"WEBP":
        raise ValueError("another kind of RIFF file")
    match data[12:16]:
        case b"VP8X":  # canvas, 24 bits each, less one
            low_width, high_width, low_height, high_height = struct.unpack_from("<HBHB", data, 24)
            return (high_width << 16 | low_width) + 1, (high_height << 16 | low_height) + 1
        case b"VP8L":  # 14 bits each, less one, after the signature byte
            (bits,) = struct.unpack_from("<I", data, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":  # 14 bits each and 2 of scale, after the frame tag and the start code
            width, height = struct.unpack_from("<HH", data, 26)
            return width & 0x3FFF, height & 0x3FFF
    raise ValueError("unknown kind of WebP")


_KINDS: tuple[tuple[PictureFormat, bytes, Callable[[bytes], Size]], ...] = (
    (PictureFormat.png, b"\x89PNG\r\n\x1a\n", _png_size),
    (PictureFormat.jpeg, b"\xff\xd8\xff", _jpeg_size),
    (PictureFormat.gif, b"GIF87a", _gif_size),
    (PictureFormat.gif, b"GIF89a", _gif_size),
    (PictureFormat.webp, b"RIFF", _webp_size),
)
