"""Finds web addresses in what people wrote, without the brackets and stops around them that are no part of them."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

_ADDRESS = re.compile(r"https?://(?:(?!\]\()[^\s<>`（）。，、；：！？「」『』【】《》])+", re.IGNORECASE)
"""A masked link ends at its own bracket: [words](https://...)."""

_STOPS: Final = "\"'*_~|.,:;!?…“”‘’«»"
_CLOSERS: Final = {")": "(", "]": "[", "}": "{"}


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """Give where each address begins and ends."""
    for found in _ADDRESS.finditer(text):
        end = _end_of(found[0])
        if found[0][:end].rpartition("//")[2]:
            yield found.start(), found.start() + end


def _end_of(run: str) -> int:
    """Return where the address in a run of characters ends: a bracket belongs to it where its partner does."""
    count, end = Counter(run), len(run)
    while end:
        last = run[end - 1]
        closes = last in _CLOSERS and count[last] > count[_CLOSERS[last]]
        if last not in _STOPS and not closes:
            break
        count[last] -= 1
        end -= 1
    return end
