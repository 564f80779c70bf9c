"""Pictures of products: whatever the owner gave becomes one small, clean JPEG. Pure: bytes in, bytes out.

Decodes a stranger's file (an address leads anywhere), so it belongs in a `media` worker or a child process.
"""

import io
from typing import Final

from PIL import Image

from novacore.errors import BadInput
from novacore.media.headers import read_header, what_else
from novacore.media.proofs import process

MOST_SIDE: Final = 1200
"""Pixels. Every look at the product's page uploads the picture again, and Discord shows no more of it."""

_NOT_ONE = "That is not a picture that I can read. Please use a PNG, JPEG, WEBP or GIF."
_OTHER = "That is {what}, which can't be read here. Please use a PNG, JPEG, WEBP or GIF."
_BROKEN = "That picture is too large or damaged. Please use an ordinary PNG, JPEG, WEBP or GIF."


def make(data: bytes) -> bytes:
    """Return the picture as a JPEG of at most `MOST_SIDE`, upright, without metadata. Raises BadInput."""
    if read_header(data) is None:
        what = what_else(data)
        raise BadInput(_OTHER.format(what=what) if what else _NOT_ONE)
    try:
        clean = process(data).picture
    except BadInput:
        raise BadInput(_BROKEN) from None
    with Image.open(io.BytesIO(clean), formats=["JPEG"]) as picture:
        picture.thumbnail((MOST_SIDE, MOST_SIDE))
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=85, optimize=True)
    return file.getvalue()
