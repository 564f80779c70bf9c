"""Reads what a first line, or the name of a column, says: whether these are words over a column, and of which kind.

Pure. `headings` asks `reading` about a line that may be a heading, `goods_columns` asks `role` about a column's name.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Final

from novacore.workflows.stock.files.vocabulary import FILLERS, VOCABULARY, Role

LONGEST: Final = 80
"""Characters that a name may have; anything longer is prose or a code."""

_PHRASE = 3
"""The most words in an entry of the vocabulary."""
_SHORTEST_PART = 4
"""Letters that the end of a compound must have, as in "Gutscheincode": shorter ones end too many other words."""

_LETTERS = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
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
    """Return what the cells under this name are; None where no word of it is known."""
    roles = {one for one in _found(_tokens(name[:LONGEST])) if isinstance(one, Role)}
    return next((one for one in VOCABULARY if one in roles), None)


def _tokens(text: str) -> tuple[str, ...]:
    """Return the words of a text without capitals and accents; "cardNumber" and "card_number" are two words each."""
    return tuple(_LETTERS.findall(_bare(_HUMP.sub(" ", text))))


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in letters if unicodedata.category(one)[0] != "M")


def _found(tokens: tuple[str, ...]) -> Iterator[Role | str | None]:
    """Yield for each word or phrase its role, the word itself where it is a filler, None where it is unknown."""
    known = _known()
    while tokens:
        size = next((n for n in range(_PHRASE, 0, -1) if tokens[:n] in known), 0)
        yield known[tokens[:size]] if size else _single(tokens[0])
        tokens = tokens[max(size, 1) :]


def _single(token: str) -> Role | str | None:
    if token in _fillers():
        return token
    ends = _ends()
    return next((ends[token[-n:]] for n in range(len(token), 1, -1) if token[-n:] in ends), None)


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
    """Return the words that may end a compound; of a script without blanks every word does."""
    single = {key[0]: role for key, role in _known().items() if len(key) == 1}
    return {one: role for one, role in single.items() if len(one) >= _SHORTEST_PART or _has_no_blanks(one)}


def _has_no_blanks(word: str) -> bool:
    return "\u3040" <= word[0] <= "\u9fff" or "\u1100" <= word[0] <= "\u11ff"
