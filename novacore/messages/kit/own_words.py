"""A text in the owner's words, filled in and made harmless. Called by the builders of what shows it."""

from novacore.messages.kit import words
from novacore.states.texts import TEXT_LIMIT, ShopText


def own_words(key: ShopText, text: str, fill: str = "") -> str:
    """Return the text as it is shown; `fill` is what stands for its place in braces, harmless already.

    Markdown, channels and points in time work; nothing pings. Where there is nothing to see, the default is shown.
    """
    shown = words.pointing(text, TEXT_LIMIT) or key.row.default
    place = key.row.place
    return words.shorten(shown.replace(f"{{{place}}}", fill), _MOST) if place else shown


_MOST = 2 * TEXT_LIMIT
"""Longer than anything that may be saved: each zero-width blank that takes the power of a mention counts."""
