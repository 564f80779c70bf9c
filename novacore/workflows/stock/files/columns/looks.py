"""What codes look like: the characters, the shape and the length that most of them have.

Pure. `headings` and `strays` hold a line against it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from novacore.workflows.stock.files import faults

SAMPLE: Final = 5_000
"""Rows that a first one is held against."""
_MOST: Final = 0.9
"""The share of rows by which something counts as a habit of all of them."""

_COMMON: Final = frozenset({"digit", "upper", "lower", "@", ":", "-"})
"""What a heading lacks that codes have."""
_RARE: Final = frozenset({"blank", "upper", "lower", "foreign", "comment"})
"""What a heading has that codes lack."""
_COMMENT = re.compile(r"\A(?:#|//|;|--\s|\*\s|=+\s*\w)")
_LETTER = re.compile(r"\w")
_JOINS: Final = frozenset({"@", ":"})
"""What an account and its password are written with: where all lines have these, a line that has them is one more."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What the cells of a column have in common: their characters, their shape, their length."""

    count: int
    common: frozenset[str]
    """Traits that nearly all of them have."""
    rare: frozenset[str]
    """Traits that hardly any has."""
    shapes: frozenset[str] = field(repr=False)
    shortest: int
    longest: int
    length: int | None
    """The length of nearly all of them."""

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Looks":
        """Look at the cells that can be goods."""
        sample = [*islice((text for text in texts if text and not faults.fault(text)), SAMPLE)]
        counts = Counter(trait for text in sample for trait in traits(text))
        lengths = Counter(map(len, sample))
        usual = next(
            (length for length, n in lengths.most_common(1) if len(sample) > 2 and n >= _MOST * len(sample)), None
        )
        return cls(
            count=len(sample),
            common=frozenset(one for one in _COMMON if counts[one] >= _MOST * len(sample)),
            rare=frozenset(one for one in _RARE if counts[one] <= (1 - _MOST) * len(sample)),
            shapes=frozenset(map(shape, sample)),
            shortest=min(lengths, default=0),
            longest=max(lengths, default=0),
            length=usual,
        )

    def is_unlike(self, text: str) -> bool:
        """Tell whether a text stands out. Where there is nothing to hold it against, nothing does."""
        if not self.count or not text:
            return False
        found = traits(text)
        if self.has_joins(text):
            return False
        is_other_case = bool(({"upper", "lower"} & found & self.rare) or ({"upper", "lower"} & self.common - found))
        if shape(text) in self.shapes and (self.count == 1 or not is_other_case):
            return False
        return bool(self.common - found or self.rare & found) or self._has_other_length(text)

    def has_joins(self, text: str) -> bool:
        """Tell whether a text is put together as nearly all of these are: an account, a link."""
        joins = self.common & _JOINS
        return bool(joins) and joins <= {*text}

    def _has_other_length(self, text: str) -> bool:
        if self.length is not None and len(text) != self.length:
            return True
        return self.count > 2 and not self.shortest / 3 <= len(text) <= self.longest * 3


def traits(text: str) -> set[str]:
    """Return what is in a text: kinds of letters, digits, blanks, and the marks that codes are put together with."""
    found = {one for one in text if one in _COMMON}
    letters = [one for one in text if one.isalpha()]
    tests = {
        "digit": any(map(str.isdigit, text)),
        "upper": any(map(str.isupper, letters)),
        "lower": any(map(str.islower, letters)),
        "foreign": any(not one.isascii() for one in letters),
        "blank": any(map(str.isspace, text)),
        "comment": is_comment(text),
    }
    return found | {name for name, is_so in tests.items() if is_so}


def shape(text: str) -> str:
    """Return a text with every letter and digit as an x: codes of one kind often come to the same."""
    return _LETTER.sub("x", text)


def is_comment(text: str) -> bool:
    """Tell whether a line begins as comments and rules do."""
    return _COMMENT.match(text) is not None
