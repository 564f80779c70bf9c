"""Text on pictures: the one typeface and how a line is fitted. Called by the other files of this room."""

import unicodedata

from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont


def typeface(size: int) -> FreeTypeFont:
    """The sans-serif that travels inside Pillow, at `size` pixels: the same letters on every machine."""
    face = ImageFont.load_default(size)
    if not isinstance(face, FreeTypeFont):
        raise RuntimeError("This Pillow was built without FreeType. Please install the ordinary wheel from PyPI.")
    return face


def plain(text: str) -> str:
    """`text` in the letters that the typeface has (ASCII): accents are dropped, anything else becomes `?`."""
    folded = unicodedata.normalize("NFKD", " ".join(text.split()))
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return bare.encode("ascii", "replace").decode("ascii")


def shortened(text: str, face: FreeTypeFont, width: int) -> str:
    """`text` cut with dots until it is at most `width` pixels wide."""
    if face.getlength(text) <= width:
        return text
    while text and face.getlength(f"{text}...") > width:
        text = text[:-1]
    return f"{text.rstrip()}..."


def wrapped(text: str, face: FreeTypeFont, width: int, lines: int) -> list[str]:
    """The words of `text` in at most `lines` lines of `width` pixels, evenly filled; what is over is cut with dots."""
    rows = _broken(text, face, width)
    if len(rows) > lines:
        rows = [*rows[: lines - 1], " ".join(rows[lines - 1 :])]
    else:
        narrower = (_broken(text, face, width * share // 20) for share in range(10, 20))
        rows = next((even for even in narrower if len(even) == len(rows)), rows)
    return [shortened(row, face, width) for row in rows]


def _broken(text: str, face: FreeTypeFont, width: int) -> list[str]:
    rows = [""]
    for word in text.split():
        longer = f"{rows[-1]} {word}".strip()
        if rows[-1] and face.getlength(longer) > width:
            rows.append(word)
        else:
            rows[-1] = longer
    return rows
