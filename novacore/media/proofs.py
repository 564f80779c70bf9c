"""Proof of payment pictures: checked, cleaned, made comparable. Pure: bytes in, bytes out.

`inspect_header` is cheap enough for the bot, at the moment of upload. `process` and `side_by_side` decode a stranger's
file, so they belong into a `media` worker or a child process: they take time, memory, and quieten Python's warnings.
"""

import io
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from novacore.media.decoding import (
    MAX_PROOF_BYTES,
    MAX_PROOF_PIXELS,
    MAX_PROOF_SIDE,
    decoded,
    inspect_header,
)
from novacore.media.footprint import MAX_KEPT_PIXELS
from novacore.media.grounds import DARK
from novacore.media.lettering import plain, shortened, typeface

__all__ = [
    "ALIKE_DISTANCE",
    "MAX_KEPT_PIXELS",
    "MAX_PROOF_BYTES",
    "MAX_PROOF_PIXELS",
    "MAX_PROOF_SIDE",
    "ProcessedProof",
    "inspect_header",
    "likeness",
    "process",
    "same_picture",
    "side_by_side",
]

ALIKE_DISTANCE: Final = 6
"""Two proofs whose hashes differ in at most so many bits are worth a second look by `same_picture`.

Measured on drawn receipts, desktop screenshots and photographs: re-compressed, darkened or resized copies differ in at
most 5 bits (95 % in at most 3), different photographs in 20 and more. But different receipts of one payment app at one
price nearly all lie within 4: 64 bits cannot hold one line of small print. So the hash only finds candidates.
"""

_HASH_SIDE = 64
# Discord's dark theme, so that the picture sits on the page without a frame.
_PALE = (242, 243, 245)
_PANEL_SIZE, _CAPTION_HEIGHT, _GAP = (800, 1000), 52, 24


@dataclass(frozen=True, slots=True)
class ProcessedProof:
    """A proof as it is kept and shown: upright, no metadata, at most `MAX_KEPT_PIXELS`, always a JPEG."""

    picture: bytes = field(repr=False)
    content_type: str
    width: int
    height: int
    perceptual_hash: int
    """64 bits as a signed integer, as a BIGINT column takes it; see `likeness`."""


def process(data: bytes) -> ProcessedProof:
    """The picture cleaned for keeping; of an animation the first frame. Raises BadInput when it cannot be read.

    Always a JPEG: 4 megapixels of it fit into Discord's 10 MiB whatever they show; a PNG of a photograph does not.
    """
    picture = decoded(data)
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
    (first_shape, first), (second_shape, second) = _outline(one), _outline(other)
    return abs(first_shape / second_shape - 1) < 0.03 and _largest_difference(first, second) < 0.45


def side_by_side(left: bytes, right: bytes, left_caption: str = "", right_caption: str = "") -> bytes:
    """One JPEG with two proofs next to each other, a caption above each, for staff. Raises BadInput like `process`."""
    panels = [_panel(left, left_caption), _panel(right, right_caption)]
    width = sum(panel.width + _GAP for panel in panels) + _GAP
    height = max(panel.height for panel in panels) + 2 * _GAP
    canvas = Image.new("RGB", (width, height), DARK)
    canvas.paste(panels[0], (_GAP, _GAP))
    canvas.paste(panels[1], (panels[0].width + 2 * _GAP, _GAP))
    return _as_jpeg(canvas)


def _panel(data: bytes, caption: str) -> Image.Image:
    picture = decoded(data)
    picture.thumbnail(_PANEL_SIZE)
    panel = Image.new("RGB", (max(picture.width, _PANEL_SIZE[0] // 2), picture.height + _CAPTION_HEIGHT), DARK)
    panel.paste(picture, ((panel.width - picture.width) // 2, _CAPTION_HEIGHT))
    face = typeface(26)
    words = shortened(plain(caption), face, panel.width)
    ImageDraw.Draw(panel).text((panel.width / 2, 18), words, _PALE, face, anchor="mm")
    return panel


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


Relief = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def _largest_difference(first: Relief, second: Relief) -> float:
    """Between tiles of 4 by 4 of both at 192 by 192, in standard deviations of their brightness (root mean square)."""
    squares = (first - second) ** 2
    return float(np.sqrt(squares.reshape(48, 4, 48, 4).mean(axis=(1, 3)).max()))


def _outline(data: bytes) -> tuple[float, Relief]:
    """Return width by height, and the relief; the picture is gone then, before the next one is decoded."""
    picture = decoded(data)
    return picture.width / picture.height, _relief(picture)


def _relief(picture: Image.Image) -> Relief:
    """Brightness about its mean, so that a darker or paler copy counts as the same."""
    small = picture.resize((192, 192), Image.Resampling.LANCZOS, reducing_gap=3.0).convert("L")
    grey = np.asarray(small, dtype=np.float64)
    return np.asarray((grey - grey.mean()) / max(1.0, float(grey.std())))
