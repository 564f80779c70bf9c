"""The types of goods: which one a word or a text names, and what an item is called when nobody gave it a name."""

import re
from collections.abc import Mapping
from typing import Final

from novacore.states import GoodsType

NAME_LIMIT: Final = 100

_SPELLINGS: Final[Mapping[str, GoodsType]] = {word: kind for kind in GoodsType for word in (kind, *kind.row.spellings)}

_ADDRESS = re.compile(r"https?://\S+")
_AFTER_THE_NOUN = re.compile(r"\b(?:with|for|to|of|in|on|and|plus|including|from)\b|[&+(/]", re.IGNORECASE)


def said_type(text: str) -> GoodsType | None:
    """Return the type that a text names, or None: "Premium account with warranty" is an account, "Netflix" nothing.

    An address is a link. Otherwise the last such word before a "with", "for" and the like counts, as in "Account setup
    guide".
    """
    if _ADDRESS.fullmatch(text):
        return GoodsType.link
    if len(text) > NAME_LIMIT:
        return None
    found = [known_type(word) for word in re.findall(r"[A-Za-z]+", _AFTER_THE_NOUN.split(text)[0])]
    return next((kind for kind in reversed(found) if kind), None)


def known_type(word: str) -> GoodsType | None:
    """Return the type that a word names, in any case and number; None for an unknown word."""
    bare = " ".join(word.lower().replace("_", " ").split())
    for candidate in (bare, bare.removesuffix("s")):
        if candidate in _SPELLINGS:
            return _SPELLINGS[candidate]
    return None


def named(name: str, kind: GoodsType) -> str:
    """Return the name of an item; its type stands in where it has none."""
    return " ".join(name.split())[:NAME_LIMIT].strip() or kind.capitalize()
