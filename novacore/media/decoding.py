"""A stranger's file becomes one small, upright picture, or a sentence. Called by `proofs`, in a process of its own.

What other viewers show is shown here: files whose last bytes are missing, broken checksums, endless colour profiles.
What takes more memory than `footprint` allows is refused before it is decoded.
"""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PIL import ExifTags, Image, ImageChops, ImageFile

from novacore.errors import BadInput
from novacore.media import footprint, png_chunks, webp_stills
from novacore.media.footprint import kept_size
from novacore.media.grounds import laid_on_ground
from novacore.media.headers import PictureFormat, PictureHeader, read_header, what_else
from novacore.media.shrinking import shrunk

MAX_PROOF_BYTES: Final = 10 * 1024 * 1024
"""Discord's own limit on an upload without Nitro."""
MAX_PROOF_PIXELS: Final = 40_000_000
MAX_PROOF_SIDE: Final = 30_000

# Encoders write some ten. Each is a pass over the whole picture (16 ms at 40 megapixels), so that 10 MiB of tiny ones
# would take forty minutes. Not lower: the video that some phones append holds the same two bytes by chance.
_MAX_JPEG_SCANS = 200
_LEAST_SHOWN = 0.1
"""Of the height of a picture whose end is missing: with less, nothing can be read."""

_NOT_A_PICTURE = "That file is not a picture. Please upload a PNG, JPEG or WEBP screenshot of your payment."
_OTHER = "That is {what}, which can't be read here. Please upload a PNG, JPEG or WEBP screenshot of your payment."
_TOO_HEAVY = "That file is larger than 10 MiB. Please upload a smaller picture, for example a screenshot."
_TOO_VAST = "That picture has too many pixels. Please take a screenshot of it and upload that."
_DAMAGED = "That picture is damaged and cannot be opened. Please take a new screenshot of your payment and upload that."


def inspect_header(data: bytes) -> PictureHeader:
    """What the picture claims to be, by content and not by name; nothing is decoded. Raises BadInput past a limit."""
    if len(data) > MAX_PROOF_BYTES:
        raise BadInput(_TOO_HEAVY)
    return _bounded_header(data)


def _bounded_header(data: bytes) -> PictureHeader:
    header = read_header(data)
    if header is None:
        what = what_else(data)
        raise BadInput(_OTHER.format(what=what) if what else _NOT_A_PICTURE)
    _refuse_vast((header.width, header.height))
    try:
        _refuse_costly(footprint.needed_bytes(data, header))
    except (struct.error, IndexError):
        raise BadInput(_DAMAGED) from None
    return header


def _refuse_vast(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MAX_PROOF_PIXELS or max(size) > MAX_PROOF_SIDE:
        raise BadInput(_TOO_VAST)


def _refuse_costly(memory: int) -> None:
    if memory > footprint.MOST_BYTES:
        raise BadInput(_TOO_VAST)


def decoded(data: bytes) -> Image.Image:
    """RGB, upright, at most `MAX_KEPT_PIXELS`. Whatever Pillow says to a stranger's bytes becomes one sentence."""
    kind = inspect_header(data).format
    if kind is PictureFormat.jpeg and data.count(b"\xff\xda") > _MAX_JPEG_SCANS:
        raise BadInput(_DAMAGED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = _read(data, kind) or _what_is_left(data, kind)
    if found is None:
        raise BadInput(_DAMAGED)
    picture, turn = found
    picture = laid_on_ground(picture)
    return picture if turn is None else picture.transpose(turn)


Read = tuple[Image.Image, Image.Transpose | None]
"""A picture as it is kept, not yet on a ground, and how it has to be turned."""


def _read(data: bytes, kind: PictureFormat) -> Read | None:
    """Decode it; None if Pillow cannot. Raises BadInput for what is too large."""
    try:
        return _opened(data, kind)
    except BadInput:
        raise
    except MemoryError:
        raise BadInput(_TOO_VAST) from None
    except Exception:  # noqa: BLE001 - Pillow's decoders raise nearly every class there is
        return None


def _opened(data: bytes, kind: PictureFormat) -> Read:
    _bounded_header(data)
    file = io.BytesIO(png_chunks.bare(data) if kind is PictureFormat.png else data)
    with Image.open(file, formats=[kind.upper()]) as source:
        # Asked again: a second header further on may claim another size than the first.
        _refuse_vast(source.size)
        source.draft(None, kept_size(source.size))
        _refuse_costly(source.width * source.height * footprint.pixel_bytes(source.mode))
        source.load()
        return shrunk(source), _turn(source)


def _what_is_left(data: bytes, kind: PictureFormat) -> Read | None:
    """Decode what is there of a file that breaks off or is broken further down; None if that shows nothing."""
    with _lenient():
        for each in webp_stills.stills(data) if kind is PictureFormat.webp else (data,):
            found = _read(each, kind)
            if found is not None and _share_shown(found[0]) >= _LEAST_SHOWN:
                return found
    return None


@contextmanager
def _lenient() -> Iterator[None]:
    """Let Pillow make a picture of what it has. A switch of the whole process, which is why this runs in a child."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def _share_shown(picture: Image.Image) -> float:
    """How far down the picture goes before everything has the colour of its last corner."""
    corner = picture.getpixel((picture.width - 1, picture.height - 1))
    blank = Image.new(picture.mode, picture.size, corner)
    box = ImageChops.difference(picture, blank).getbbox(alpha_only=False)
    return box[3] / picture.height if box else 0.0


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _turn(source: Image.Image) -> Image.Transpose | None:
    """How the EXIF asks to turn it. Not `ImageOps.exif_transpose`: that writes EXIF back, which may fail."""
    try:
        return _TURNS.get(source.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - damaged EXIF fails in every way there is; the picture itself is still good
        return None
