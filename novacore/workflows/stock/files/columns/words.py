"""Reads what a first line, or the name of a column, says: whether these are words over a column, and of which kind.

Pure. `headings` asks `reading` about a line that may be a heading, `goods_columns` asks `role` about a column's name.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Final

from novacore.workflows.stock.files.columns.vocabulary import FILLERS, VOCABULARY, Role

LONGEST: Final = 80
"""Characters that a name may have; anything longer is prose or a code."""

_PHRASE = 3
"""The most words in an entry of the vocabulary."""
_SHORTEST_PART = 4
"""Letters that the end of a compound must have, as in "Gutscheincode": shorter ones end too many other words."""

_LETTERS = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNSPACED: Final = "\u1100-\u11ff\u3040-\u9fff\uac00-\ud7af"
"""Scripts that put no blanks between words: Chinese, Japanese, and Korean in such short names."""
_SEAM = re.compile(rf"(?<=[a-z])(?=[{_UNSPACED}])|(?<=[{_UNSPACED}])(?=[a-z])")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_LINKS: Final = ("", "s", "es", "n", "en")
"""What German and its neighbours put between the parts of a compound."""
_PLAIN = re.compile(r"[\w\s.,:;#*/|()\[\]'’&+№°-]*")
"""What words over a column are written with. A mail address or a password has other characters as well."""


class Reading(StrEnum):
    """How much of a text is words that stand over columns."""

    none = "none"
    part = "part"
    whole = "whole"


def reading(text: str) -> Reading:
    """Tell whether a text reads like a heading: all of it, in part or not at all. Digits never do."""
    if not 0 < len(text) <= LONGEST or any(map(str.isdigit, text)) or not _PLAIN.fullmatch(_bare(text)):
        return Reading.none
    found = [*_found(_tokens(text))]
    if not any(isinstance(one, Role) for one in found):
        return Reading.none
    unknown = found.count(None)
    if not unknown:
        return Reading.whole
    return Reading.part if unknown * 2 <= len(found) else Reading.none


def role(name: str) -> Role | None:
    """Return what the cells under this name are; None if no word of it is known."""
    found = [*_found(_tokens(name[:LONGEST]))]
    roles = {one for one in found if isinstance(one, Role)}
    if roles == {Role.number} and None in found:
        return Role.unsure  # a number of something that we don't know: of a check, of a licence
    return next((one for one in VOCABULARY if one in roles), None)


def _tokens(text: str) -> tuple[str, ...]:
    """Return the words of a text without capitals and accents; "cardNumber" and "card_number" are two words each."""
    return tuple(_LETTERS.findall(_SEAM.sub(" ", _bare(_HUMP.sub(" ", text)))))


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in letters if unicodedata.category(one)[0] != "M")


def _found(tokens: tuple[str, ...]) -> Iterator[Role | str | None]:
    """Yield for each word or phrase its role, the word itself where it is a filler, None if it is unknown."""
    known = _known()
    while tokens:
        size = next((n for n in range(_PHRASE, 0, -1) if tokens[:n] in known), 0)
        yield known[tokens[:size]] if size else _single(tokens[0])
        tokens = tokens[max(size, 1) :]


def _single(token: str) -> Role | str | None:
    """Return what an unknown word says by its parts; the word itself where it is a filler."""
    if token in _fillers():
        return token
    if _IS_UNSPACED.match(token):
        return _without_blanks(unicodedata.normalize("NFC", token))
    return _compound(token)


def _without_blanks(token: str) -> Role | None:
    """Return what the end of a text without blanks says; where that is a number, what it is a number of."""
    known = _unspaced()
    end = next((token[n:] for n in range(len(token)) if token[n:] in known), "")
    if known.get(end) is not Role.number:
        return known.get(end)
    return _without_blanks(token.removesuffix(end)) or Role.number


def _compound(token: str) -> Role | None:
    """Return what the end of a word says, as in Gutscheincode; where that is a number, what it is a number of."""
    ends = _ends()
    end = next((token[-n:] for n in range(len(token), 1, -1) if token[-n:] in ends), "")
    if ends.get(end) is not Role.number or end == token:
        return ends.get(end)
    front = token.removesuffix(end)
    known = _known()
    bare = [front.removesuffix(one) for one in _LINKS]
    of = next((known[(word + ending,)] for word in bare for ending in ("", "e") if (word + ending,) in known), None)
    return of or _compound(front) or Role.unsure


@cache
def _known() -> Mapping[tuple[str, ...], Role]:
    return {
        _tokens(entry): role
        for role, entries in reversed([*VOCABULARY.items()])  # where two share a word, the more careful one has it
        for entry in entries.split(",")
    }


@cache
def _fillers() -> frozenset[str]:
    return frozenset(token for entry in FILLERS.split(",") for token in _tokens(entry))


@cache
def _ends() -> Mapping[str, Role]:
    """Return the words that may end a compound."""
    return {key[0]: role for key, role in _known().items() if len(key) == 1 and len(key[0]) >= _SHORTEST_PART}


@cache
def _unspaced() -> Mapping[str, Role]:
    """Return the words of scripts without blanks, each as one text."""
    whole = {unicodedata.normalize("NFC", "".join(key)): role for key, role in _known().items()}
    return {word: role for word, role in whole.items() if _IS_UNSPACED.match(word)}
