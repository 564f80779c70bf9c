"""Finds lines that stand among codes and are none: what a program wrote below them, titles of parts, a word of thanks.

Pure. `headings` asks, and lets the owner say it: such a line is neither sold nor dropped unsaid.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from novacore.workflows.stock.files import spreadsheet
from novacore.workflows.stock.files.columns.looks import Looks, shape, traits

_KEPT: Final = frozenset({"digit", "@", ":"})
"""What a line has to have where nearly all others do."""
_FEW: Final = 3
_SHARE: Final = 50
"""One line in so many, or a few: more that only lack a digit are codes in which there is none by chance."""


def strays(texts: Sequence[str]) -> list[bool]:
    """Tell of each line whether it looks like none of the codes that most of them are.

    The first one, which may be a heading, doesn't count where it says how many there are at most.
    """
    shapes = [*map(shape, texts)]
    usual = _usual(texts, shapes)
    looks = Looks.of(usual)
    known = {_joined(one) for one in (looks.shapes if looks.count > 1 else shapes)}
    found = [_joined(one) not in known and is_stray(text, looks) for text, one in zip(texts, shapes, strict=True)]
    below = [one for one, is_found in zip(texts[1:], found[1:], strict=True) if is_found]
    plain = sum(not _is_title(one) for one in below)
    if len(below) >= len(usual) or plain > max(_FEW, len(texts) // _SHARE):
        return [False] * len(texts)
    return found


def _joined(shape_of_it: str) -> str:
    """Return a shape without what only groups it: the same codes come with dashes, blanks or neither."""
    return shape_of_it.replace(" ", "").replace("-", "")


def is_stray(text: str, looks: Looks) -> bool:
    """Tell whether a line has blanks where codes have none, or lacks what all of them have."""
    if shape(text) in looks.shapes or looks.has_joins(text) or spreadsheet.is_changed(text):
        return False
    has = traits(text)
    return bool({"blank"} & has & looks.rare) or bool((_KEPT & looks.common) - has)


def _usual(texts: Sequence[str], shapes: Sequence[str]) -> list[str]:
    """Return the lines that are codes for sure: of the commonest shape, or without blanks; none if that is open."""
    commonest, count = next(iter(Counter(shapes).most_common(1)), ("", 0))
    if count * 2 >= len(texts):
        return [text for text, one in zip(texts, shapes, strict=True) if one == commonest]
    whole = [one for one in texts if not any(map(str.isspace, one))]
    are_codes = len(whole) * 2 > len(texts) and bool(_KEPT & Looks.of(whole).common)
    return whole if are_codes else []


def _is_title(text: str) -> bool:
    """Tell whether a line is built like a title or a sentence: of several words, in brackets, before a colon."""
    return any(map(str.isspace, text)) or text.endswith(":") or (text[0] + text[-1]) in {"[]", "()", "<>", "{}"}
