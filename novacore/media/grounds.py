"""The ground that a see-through picture is laid on: light or dark, so that what is drawn on it can be read.

Apps copy text as white or black letters on nothing, made for their own dark or light page. Called by `decoding`.
"""

from typing import Final

from PIL import Image

WHITE: Final = (255, 255, 255)
DARK: Final = (43, 45, 49)
"""Discord's dark theme."""
_GROUNDS: Final = (WHITE, DARK, (128, 128, 128))
"""In the order in which they are liked."""


def laid_on_ground(picture: Image.Image) -> Image.Image:
    """Return an RGB picture: an RGBA one on the ground where most of its edges can be seen."""
    if picture.mode != "RGBA":
        return picture
    if not _shines_through(picture):
        return picture.convert("RGB")
    from novacore.media.edges import clearest  # noqa: PLC0415 - NumPy, which the bot does without

    page = Image.new("RGB", picture.size, clearest(picture, _GROUNDS))
    page.paste(picture, mask=picture)
    return page


def _shines_through(picture: Image.Image) -> bool:
    # One colour in the alpha band, and that one opaque: the quickest of four ways to ask, and phones save most
    # screenshots so.
    colours = picture.getchannel("A").getcolors(1)
    return colours is None or colours[0][1] != 255
