"""What two pictures have in common: a hash that finds candidates, and a relief that is compared tile by tile.

Apart from `proofs`, which imports it where it is needed: NumPy takes 17 MB, and the bot compares no pictures.
"""

import numpy as np
from PIL import Image

_HASH_SIDE = 64


def _cosines() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    places = np.arange(_HASH_SIDE)
    return np.cos(np.outer(places, 2 * places + 1) * np.pi / (2 * _HASH_SIDE))


# Rows of the cosine transform: which up-and-down and which sideways frequencies are looked at.
_DOWN, _ACROSS = _cosines()[6:14], _cosines()[4:12]


def perceptual_hash(picture: Image.Image) -> int:
    """The signs of 64 middle frequencies of the cosine transform.

    The usual pHash takes the lowest ones, which hold the layout: nearly the same for all receipts of one payment app.
    The middle ones hold the words. `ImageHash` was not taken: it brings SciPy and PyWavelets, 150 MB, for these lines.
    """
    small = picture.resize((_HASH_SIDE, _HASH_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0).convert("L")
    strengths = _DOWN @ np.asarray(small, dtype=np.float64) @ _ACROSS.T
    # A hair above zero, so that a blank picture does not hash its rounding errors.
    return int.from_bytes(np.packbits(strengths.ravel() > 1e-6).tobytes(), signed=True)


Relief = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def largest_difference(first: Relief, second: Relief) -> float:
    """Between tiles of 4 by 4 of both at 192 by 192, in standard deviations of their brightness (root mean square)."""
    squares = (first - second) ** 2
    return float(np.sqrt(squares.reshape(48, 4, 48, 4).mean(axis=(1, 3)).max()))


def outline(picture: Image.Image) -> tuple[float, Relief]:
    """Return width by height, and the relief."""
    return picture.width / picture.height, _relief(picture)


def _relief(picture: Image.Image) -> Relief:
    """Brightness about its mean, so that a darker or paler copy counts as the same."""
    small = picture.resize((192, 192), Image.Resampling.LANCZOS, reducing_gap=3.0).convert("L")
    grey = np.asarray(small, dtype=np.float64)
    return np.asarray((grey - grey.mean()) / max(1.0, float(grey.std())))
