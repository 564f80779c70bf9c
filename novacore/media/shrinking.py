"""A decoded picture made as small as it is kept, a band of rows after the other.

In one piece, each step (palette to colours, alpha multiplied in, sixteen bits to eight) would be a second picture of
the full size in memory. Called by `decoding`.
"""

import math
from typing import Final

from PIL import Image

from novacore.media.footprint import kept_size

_BAND_PIXELS: Final = 1_000_000
_REACH: Final = 3
"""How far Lanczos looks, in pixels of the smaller picture."""


def shrunk(picture: Image.Image) -> Image.Image:
    """Return it as RGB or RGBA, in the size that is kept."""
    size = kept_size(picture.size)
    if size == picture.size:
        return _with_colours(picture)
    page = Image.new("RGBA" if picture.has_transparency_data else "RGB", size)
    ratio = picture.height / size[1]
    rows = max(1, int(_BAND_PIXELS / (picture.width * ratio)))
    for top in range(0, size[1], rows):
        bottom = min(top + rows, size[1])
        band = _band(picture, top * ratio, bottom * ratio, (size[0], bottom - top))
        page.paste(band.convert(page.mode), (0, top))
    return page


def _band(picture: Image.Image, top: float, bottom: float, size: tuple[int, int]) -> Image.Image:
    """Shrink what lies between two heights, looking at the rows around it so that no seam shows."""
    reach = math.ceil(_REACH * (bottom - top) / size[1]) + 1
    first, last = max(0, math.floor(top) - reach), min(picture.height, math.ceil(bottom) + reach)
    rows = _with_colours(picture.crop((0, first, picture.width, last)))
    box = (0, top - first, picture.width, min(bottom - first, rows.height))
    return rows.resize(size, Image.Resampling.LANCZOS, box=box)


def _with_colours(picture: Image.Image) -> Image.Image:
    """A mode that can be shrunk well: RGB, or RGBA where something may shine through."""
    if picture.mode.startswith("I"):  # 16 bits a pixel
        picture = picture.point(lambda value: value / 256).convert("L")
    elif picture.has_transparency_data:
        return picture if picture.mode == "RGBA" else picture.convert("RGBA")
    return picture if picture.mode == "RGB" else picture.convert("RGB")
