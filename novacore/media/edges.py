"""The edges of a see-through picture, and the ground on which most of them can be seen. NumPy, so not for the bot."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image, ImageFilter

_APART: Final = 64
"""So far, of 255, brightness has to lie from the ground's to be read."""
_AS_GOOD: Final = 0.02
_SIDE: Final = 1000

Colour = tuple[int, int, int]
Grey = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


def clearest(picture: Image.Image, grounds: Sequence[Colour]) -> Colour:
    """Return the ground on which most of an RGBA picture can be read: of those that are nearly as good, the first."""
    edges = _edges(picture)
    if edges.size == 0:
        return grounds[0]
    shares = [float(np.mean(np.abs(edges.astype(int) - _brightness(each)) >= _APART)) for each in grounds]
    return next(each for each, share in zip(grounds, shares, strict=True) if share >= max(shares) - _AS_GOOD)


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


def _brightness(colour: Colour) -> int:
    red, green, blue = colour
    return (299 * red + 587 * green + 114 * blue) // 1000
