"""Proof of payment pictures: checked, cleaned, made comparable. Pure: bytes in, bytes out.

`inspect_header` is cheap enough for the bot, at the moment of upload. `process` and `side_by_side` decode a stranger's
file, so they belong into a `media` worker or a child process: they take time, memory, and quieten Python's warnings.
"""

import io
import math
import warnings
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from PIL import ExifTags, Image, ImageDraw

from novacore.errors import BadInput
from novacore.media.headers import PictureFormat, PictureHeader, is_heic, read_header
from novacore.media.lettering import plain, shortened, typeface

MAX_PROOF_BYTES: Final = 10 * 1024 * 1024
"""Discord's own limit on an upload without Nitro."""
MAX_PROOF_PIXELS: Final = 40_000_000
MAX_PROOF_SIDE: Final = 30_000
MAX_KEPT_PIXELS: Final = 4_000_000
"""What is kept of a picture. An area and not a side, so that a long scrolled screenshot stays readable."""
ALIKE_DISTANCE: Final = 6
"""Two proofs whose hashes differ in at most so many bits are worth a second look by `same_picture`.

Measured on drawn receipts, desktop screenshots and photographs: re-compressed, darkened or resized copies differ in at
most 5 bits (95 % in at most 3), different photographs in 20 and more. But different receipts of one payment app at one
price nearly all lie within 4: 64 bits cannot hold one line of small print. So the hash only finds candidates.
"""

# Encoders write some ten. Each is a pass over the whole picture (16 ms at 40 megapixels), so that 10 MiB of tiny ones
# would take forty minutes. Not lower: the video that some phones append holds the same two bytes by chance.
_MAX_JPEG_SCANS = 200
_HASH_SIDE = 64
# Discord's dark theme, so that the picture sits on the page without a frame.
_DARK, _PALE = (43, 45, 49), (242, 243, 245)
_PANEL_SIZE, _CAPTION_HEIGHT, _GAP = (800, 1000), 52, 24

_NOT_A_PICTURE = "That file is not a picture. Please upload a PNG, JPEG or WEBP screenshot of your payment."
_HEIC = "HEIC and AVIF photos cannot be read here. Please upload a screenshot of your payment as PNG, JPEG or WEBP."
_TOO_HEAVY = "That file is larger than 10 MiB. Please upload a smaller picture, for example a screenshot."
_TOO_VAST = "That picture has too many pixels. Please upload an ordinary screenshot of your payment."
_DAMAGED = "That picture is damaged and cannot be opened. Please take a new screenshot of your payment and upload that."


@dataclass(frozen=True, slots=True)
class ProcessedProof:
    """A proof as it is kept and shown: upright, no metadata, at most `MAX_KEPT_PIXELS`, always a JPEG."""

    picture: bytes = field(repr=False)
    content_type: str
    width: int
    height: int
    perceptual_hash: int
    """64 bits as a signed integer, as a BIGINT column takes it; see `likeness`."""


def inspect_header(data: bytes) -> PictureHeader:
    """What the picture claims to be, by content and not by name; nothing is decoded. Raises BadInput past a limit."""
    if len(data) > MAX_PROOF_BYTES:
        raise BadInput(_TOO_HEAVY)
    header = read_header(data)
    if header is None:
        raise BadInput(_HEIC if is_heic(data) else _NOT_A_PICTURE)
    _refuse_vast(header.width, header.height)
    return header


def process(data: bytes) -> ProcessedProof:
    """The picture cleaned for keeping; of an animation the first frame. Raises BadInput when it cannot be read.

    Always a JPEG: 4 megapixels of it fit into Discord's 10 MiB whatever they show; a PNG of a photograph does not.
    """
    picture = _decoded(data)
    return ProcessedProof(
        picture=_as_jpeg(picture),
        content_type="image/jpeg",
        width=picture.width,
        height=picture.height,
        perceptual_hash=_perceptual_hash(picture),
    )


def likeness(one: int, other: int) -> int:
    """How many of the 64 bits differ: 0 the same, about 32 unrelated. `ALIKE_DISTANCE` says what counts as alike."""
    return ((one ^ other) & (2**64 - 1)).bit_count()


def same_picture(one: bytes, other: bytes) -> bool:
    """Whether these are copies of one picture, and not merely two receipts of one app. Raises BadInput like `process`.

    Both are laid over each other and compared tile by tile, since receipts differ in a line of print and copies differ
    nowhere. Measured: copies at most 0.21, two receipts that differ in date and reference at least 0.87, in one single
    digit 0.3 to 1. Not recognised: a crop of some per cent, a photograph reduced to 256 colours. This flags for a
    person; it never rejects.
    """
    first, second = _decoded(one), _decoded(other)
    proportions = first.width * second.height / (first.height * second.width)
    return abs(proportions - 1) < 0.03 and _largest_difference(first, second) < 0.45


def side_by_side(left: bytes, right: bytes, left_caption: str = "", right_caption: str = "") -> bytes:
    """One JPEG with two proofs next to each other, a caption above each, for staff. Raises BadInput like `process`."""
    panels = [_panel(left, left_caption), _panel(right, right_caption)]
    width = sum(panel.width + _GAP for panel in panels) + _GAP
    height = max(panel.height for panel in panels) + 2 * _GAP
    canvas = Image.new("RGB", (width, height), _DARK)
    canvas.paste(panels[0], (_GAP, _GAP))
    canvas.paste(panels[1], (panels[0].width + 2 * _GAP, _GAP))
    return _as_jpeg(canvas)


def _panel(data: bytes, caption: str) -> Image.Image:
    picture = _decoded(data)
    picture.thumbnail(_PANEL_SIZE)
    panel = Image.new("RGB", (max(picture.width, _PANEL_SIZE[0] // 2), picture.height + _CAPTION_HEIGHT), _DARK)
    panel.paste(picture, ((panel.width - picture.width) // 2, _CAPTION_HEIGHT))
    face = typeface(26)
    words = shortened(plain(caption), face, panel.width)
    ImageDraw.Draw(panel).text((panel.width / 2, 18), words, _PALE, face, anchor="mm")
    return panel


def _decoded(data: bytes) -> Image.Image:
    """RGB, upright, at most `MAX_KEPT_PIXELS`. Whatever Pillow says to a stranger's bytes becomes one sentence."""
    header = inspect_header(data)
    if header.format is PictureFormat.jpeg and data.count(b"\xff\xda") > _MAX_JPEG_SCANS:
        raise BadInput(_DAMAGED)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _opened(data, header.format)
    except BadInput:
        raise
    except Exception as fault:  # Pillow's decoders raise nearly every class there is
        raise BadInput(_DAMAGED) from fault


def _opened(data: bytes, kind: PictureFormat) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=[kind.upper()]) as source:
        # Asked again: a second header further on may claim another size than the first.
        _refuse_vast(*source.size)
        picture = _opaque_if_possible(source)
        picture.thumbnail(_bounded(picture.size), reducing_gap=2.0)
        picture.load()
        return _upright(_on_white(picture), source)


def _refuse_vast(width: int, height: int) -> None:
    if width * height > MAX_PROOF_PIXELS or max(width, height) > MAX_PROOF_SIDE:
        raise BadInput(_TOO_VAST)


def _bounded(size: tuple[int, int]) -> tuple[int, int]:
    width, height = size
    share = min(1.0, math.sqrt(MAX_KEPT_PIXELS / (width * height)))
    return max(1, int(width * share)), max(1, int(height * share))


def _opaque_if_possible(picture: Image.Image) -> Image.Image:
    """A mode that can be shrunk well: RGB or L, or RGBA where something really shines through."""
    if picture.mode.startswith("I"):  # 16 bits a pixel
        return picture.point(lambda value: value / 256).convert("L")
    if picture.has_transparency_data:
        picture = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        return picture if _shines_through(picture) else picture.convert("RGB")
    return picture if picture.mode in ("RGB", "L") else picture.convert("RGB")


def _shines_through(picture: Image.Image) -> bool:
    # One colour in the alpha band, and that one opaque: the quickest of four ways to ask, and phones save most
    # screenshots so.
    colours = picture.getchannel("A").getcolors(1)
    return colours is None or colours[0][1] != 255


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture if picture.mode == "RGB" else picture.convert("RGB")
    page = Image.new("RGB", picture.size, (255, 255, 255))
    page.paste(picture, mask=picture)
    return page


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _upright(picture: Image.Image, source: Image.Image) -> Image.Image:
    """Turned as the EXIF of `source` asks. Unlike `ImageOps.exif_transpose` it writes no EXIF back, which may fail."""
    try:
        turn = _TURNS.get(source.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - damaged EXIF fails in every way there is; the picture itself is still good
        return picture
    return picture if turn is None else picture.transpose(turn)


def _as_jpeg(picture: Image.Image) -> bytes:
    # A picture carries its metadata in `info`, and the encoder would write a comment or profile from there.
    picture.info.clear()
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85, subsampling=0)
    return file.getvalue()


def _cosines() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    places = np.arange(_HASH_SIDE)
    return np.cos(np.outer(places, 2 * places + 1) * np.pi / (2 * _HASH_SIDE))


# Rows of the cosine transform: which up-and-down and which sideways frequencies are looked at.
_DOWN, _ACROSS = _cosines()[6:14], _cosines()[4:12]


def _perceptual_hash(picture: Image.Image) -> int:
    """The signs of 64 middle frequencies of the cosine transform.

    The usual pHash takes the lowest ones, which hold the layout: nearly the same for all receipts of one payment app.
    The middle ones hold the words. `ImageHash` was not taken: it brings SciPy and PyWavelets, 150 MB, for these lines.
    """
    small = picture.resize((_HASH_SIDE, _HASH_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0).convert("L")
    strengths = _DOWN @ np.asarray(small, dtype=np.float64) @ _ACROSS.T
    # A hair above zero, so that a blank picture does not hash its rounding errors.
    return int.from_bytes(np.packbits(strengths.ravel() > 1e-6).tobytes(), signed=True)


def _largest_difference(first: Image.Image, second: Image.Image) -> float:
    """Between tiles of 4 by 4 of both at 192 by 192, in standard deviations of their brightness (root mean square)."""
    squares = (_relief(first) - _relief(second)) ** 2
    return float(np.sqrt(squares.reshape(48, 4, 48, 4).mean(axis=(1, 3)).max()))


def _relief(picture: Image.Image) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Brightness about its mean, so that a darker or paler copy counts as the same."""
    small = picture.resize((192, 192), Image.Resampling.LANCZOS, reducing_gap=3.0).convert("L")
    grey = np.asarray(small, dtype=np.float64)
    return np.asarray((grey - grey.mean()) / max(1.0, float(grey.std())))
