"""The ground that a see-through picture is laid on: light or dark, so that what is drawn on it can be read.

Apps copy text as white or black letters on nothing, made for their own dark or light page. Called by `decoding`.
"""

from typing import Final

import numpy as np
from PIL import Image, ImageFilter

WHITE: Final = (255, 255, 255)
DARK: Final = (43, 45, 49)
"""Discord's dark theme."""
_GREY: Final = (128, 128, 128)
_GROUNDS: Final = (WHITE, DARK, _GREY)
"""In the order in which they are liked."""

_APART: Final = 64
"""So far, of 255, brightness has to lie from the ground's to be read."""
_AS_GOOD: Final = 0.02
_SIDE: Final = 1000

Grey = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


def laid_on_ground(picture: Image.Image) -> Image.Image:
    """Return an RGB picture: an RGBA one on the ground where most of its edges can be seen."""
    if picture.mode != "RGBA":
        return picture
    if not _shines_through(picture):
        return picture.convert("RGB")
    page = Image.new("RGB", picture.size, _ground(picture))
    page.paste(picture, mask=picture)
    return page


def _shines_through(picture: Image.Image) -> bool:
    # One colour in the alpha band, and that one opaque: the quickest of four ways to ask, and phones save most
    # screenshots so.
    colours = picture.getchannel("A").getcolors(1)
    return colours is None or colours[0][1] != 255


def _ground(picture: Image.Image) -> tuple[int, int, int]:
    edges = _edges(picture)
    if edges.size == 0:
        return WHITE
    shares = [float(np.mean(np.abs(edges.astype(int) - _brightness(each)) >= _APART)) for each in _GROUNDS]
    return next(each for each, share in zip(_GROUNDS, shares, strict=True) if share >= max(shares) - _AS_GOOD)


def _edges(picture: Image.Image) -> Grey:
    """Return the brightness of what borders on nothing; of everything that is there where no edge is clear.

    Not of all there is: black words on a white card are read on any ground, white ones next to it are not.
    """
    step = max(1, max(picture.size) // _SIDE)
    small = picture.reduce(step) if step > 1 else picture
    alpha, grey = small.getchannel("A"), np.asarray(small.convert("RGB").convert("L"))
    around = np.asarray(alpha.filter(ImageFilter.MinFilter(3)))
    there = np.asarray(alpha) > 128
    edges: Grey = grey[there & (around < 64)]
    return edges if edges.size else grey[np.asarray(alpha) > 16]


def _brightness(colour: tuple[int, int, int]) -> int:
    red, green, blue = colour
    return (299 * red + 587 * green + 114 * blue) // 1000
