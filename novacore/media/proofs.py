"""Proof of payment pictures: checked, cleaned, made comparable. Pure: bytes in, bytes out.

`inspect_header` is cheap enough for the bot, at the moment of upload. `process` and `side_by_side` decode a stranger's
file, so they belong in a `media` worker or a child process: they take time, memory, and quieten Python's warnings.
"""

import io
from dataclasses import dataclass, field
from typing import Final

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
    from novacore.media.likeness.comparing import perceptual_hash  # noqa: PLC0415 - NumPy, which the bot does without

    picture = decoded(data)
    return ProcessedProof(
        picture=_as_jpeg(picture),
        content_type="image/jpeg",
        width=picture.width,
        height=picture.height,
        perceptual_hash=perceptual_hash(picture),
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
    from novacore.media.likeness.comparing import largest_difference, outline  # noqa: PLC0415 - as above

    # Each picture is gone before the next one is decoded.
    (first_shape, first), (second_shape, second) = outline(decoded(one)), outline(decoded(other))
    return abs(first_shape / second_shape - 1) < 0.03 and largest_difference(first, second) < 0.45


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
