"""Finds codes that look the same to people and are not: a buyer who types one gets "invalid".

Pure. Two codes look alike when they differ only by capitals, O and 0, I and l and 1, kinds of dashes, quotes and
blanks, or letters of another alphabet in place of Latin ones.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

_CYRILLIC: Final = "АВЕЅІЈКМНОРСТУХҮЗЬԌԚԜаеѕіјкорсухһԁԛԝүгпь"
_CYRILLIC_AS: Final = "ABESIJKMHOPCTYXY3bGQWaesijkopcyxhdqwyrnb"
_GREEK: Final = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχϲϳγ"
_GREEK_AS: Final = "ABEZHIKMNOPTYXaiKvoptuxcjy"
_OTHERS: Final = "ꓮꓐꓑꓓꓖꓚꓝꓠꓢꓣꓦꓬꓴꓸӏɡɑıɩ"
_OTHERS_AS: Final = "ABPDGCFNSRVYU.lgaii"

_FOREIGN: Final[Mapping[str, str]] = dict(
    zip(_CYRILLIC + _GREEK + _OTHERS, _CYRILLIC_AS + _GREEK_AS + _OTHERS_AS, strict=True)
)
"""Letters of other alphabets with the Latin letter that they look like."""

_DASHES: Final = "‐‑‒–—―−﹘﹣－⁃╴─"
_QUOTES: Final = "‘’‚‛′´`ʹʻʼ＇"
_SAME: Final = str.maketrans(
    {**_FOREIGN, **dict.fromkeys(_DASHES, "-"), **dict.fromkeys(_QUOTES, "'"), "·": ".", "∙": ".", "•": ".", "⁄": "/"}
)
_CONFUSED: Final = str.maketrans({"o": "0", "l": "1", "i": "1", "|": "1", "!": "1"})


def skeleton(code: str) -> str:
    """Return what a code comes down to for the eye: codes with the same skeleton look alike."""
    if code.isascii():
        return code.casefold().translate(_CONFUSED)
    bare = unicodedata.normalize("NFKC", code.translate(_SAME)).translate(_SAME)
    return " ".join(bare.casefold().translate(_CONFUSED).split())


def groups(codes: Sequence[str], lines: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the lines of codes that look the same, a group each, in the order of the file."""
    alike: dict[str, list[int]] = defaultdict(list)
    for code, line in zip(codes, lines, strict=True):
        alike[skeleton(code)].append(line)
    return [tuple(found) for found in alike.values() if len(found) > 1]


def is_deceptive(code: str) -> bool:
    """Tell whether a code has characters that only look like those of a keyboard: a Cyrillic A, a non-breaking hyphen.

    Words of another alphabet are none: there other letters stand next to those.
    """
    if code.isascii():
        return False
    beyond = [one for one in code if not one.isascii()]
    if any(one in _DASHES or one in _QUOTES or unicodedata.category(one) == "Zs" for one in beyond):
        return True
    letters = [one for one in beyond if one.isalpha()]
    return bool(letters) and all(one in _FOREIGN or _is_styled(one) for one in letters)


def _is_styled(one: str) -> bool:
    """Tell whether a letter is a Latin one in another width or style, such as bold letters of mathematics."""
    plain = unicodedata.normalize("NFKC", one)
    return plain != one and plain.isascii()
