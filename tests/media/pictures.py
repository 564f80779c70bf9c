"""Pictures made for the tests of the media room, and the ways in which people change them."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

RED, GREEN, BLUE, WHITE = (210, 20, 20), (20, 160, 40), (30, 40, 200), (255, 255, 255)
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def near(picture: Image.Image, place: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    seen = picture.convert("RGB").getpixel(place)
    assert isinstance(seen, tuple)
    return all(abs(one - other) <= 12 for one, other in zip(seen, colour, strict=True))


def quarters(size: tuple[int, int] = (120, 80)) -> Image.Image:
    """Four colours in the corners, so that every turn and mirroring shows."""
    corners = Image.new("RGB", (2, 2))
    corners.putdata([RED, GREEN, BLUE, WHITE])
    return corners.resize(size, Image.Resampling.NEAREST)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_claiming(width: int, height: int) -> bytes:
    """A well-formed PNG header with no pixels behind it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return PNG_SIGNATURE + png_chunk(b"IHDR", header) + png_chunk(b"IEND", b"")


def gif_claiming(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0) + b";"


def jpeg_claiming(width: int, height: int) -> bytes:
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame


def webp_claiming(width: int, height: int) -> bytes:
    canvas = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x10\x00\x00\x00" + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body


def lossless_webp_claiming(width: int, height: int) -> bytes:
    bits = (width - 1) | (height - 1) << 14
    body = b"WEBPVP8L" + struct.pack("<I", 5) + b"\x2f" + struct.pack("<I", bits)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def lossy_webp_claiming(width: int, height: int) -> bytes:
    body = b"WEBPVP8 " + struct.pack("<I", 10) + b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height)
    return b"RIFF" + struct.pack("<I", len(body)) + body


# -- small files of vast pictures ------------------------------------------------------------------------------------


def png_of(width: int, height: int, depth: int = 8, colour_type: int = 6) -> bytes:
    """A whole PNG, every byte of its pixels zero: some hundred kilobytes, made without ever holding the picture."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour_type]
    packer, row = zlib.compressobj(1), bytes(1 + (width * channels * depth + 7) // 8)
    pixels = b"".join([packer.compress(row) for _ in range(height)] + [packer.flush()])
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    palette = png_chunk(b"PLTE", bytes(range(9))) if colour_type == 3 else b""
    return b"".join(
        [PNG_SIGNATURE, png_chunk(b"IHDR", header), palette, png_chunk(b"IDAT", pixels), png_chunk(b"IEND", b"")]
    )


def stretched_jpeg(size: tuple[int, int], mode: str = "RGB", **options: Any) -> bytes:
    """A JPEG whose frame is larger than its data: it is decoded in full size, and ends early."""
    data = bytearray(encoded(quarters().convert(mode), "JPEG", **options))
    frame = next(at for at in range(len(data)) if data[at] == 0xFF and data[at + 1] in (0xC0, 0xC1, 0xC2))
    struct.pack_into(">HH", data, frame + 5, size[1], size[0])
    return bytes(data)


def stretched_webp(size: tuple[int, int]) -> bytes:
    """A lossless WebP of one colour: 40 bytes, whatever its size."""
    data = bytearray(encoded(Image.new("RGB", (16, 16), BLUE), "WEBP", lossless=True))
    struct.pack_into("<I", data, 21, (size[0] - 1) | (size[1] - 1) << 14)
    return bytes(data)


def stretched_lossy_webp(size: tuple[int, int], **options: Any) -> bytes:
    data = bytearray(encoded(quarters(), "WEBP", **options))
    at = data.index(b"\x9d\x01\x2a")
    struct.pack_into("<HH", data, at + 3, *size)
    return bytes(data)


def stretched_gif(size: tuple[int, int], frames: int = 1) -> bytes:
    """A GIF whose first frame fills a screen of this size; its data ends early."""
    pictures = [quarters().quantize(8) for _ in range(frames)]
    for number, each in enumerate(pictures):
        each.putpixel((number % 120, 5), 3)
    data = bytearray(encoded(pictures[0], "GIF", save_all=True, append_images=pictures[1:], transparency=0))
    at = data.index(b"\x2c", 13 + 3 * 8)
    struct.pack_into("<HH", data, 6, *size)
    struct.pack_into("<HH", data, at + 5, *size)
    return bytes(data)
