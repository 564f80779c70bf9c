"""What an owner may write as a text. Pure: what was typed becomes what is stored, and a list of slips."""

import re
from typing import Final

from novacore.states.texts import ShopText
from novacore.workflows.machine.typed_text import length, storable
from novacore.workflows.payments.methods import PLACEHOLDER

FORM_TEXT: Final = 4000
"""Characters that Discord lets a form hold."""


def kept(typed: str) -> str:
    """Return what a form can show again: as typed, but for what PostgreSQL does not take, and not without end."""
    return typed.encode("utf-8", "ignore").decode().replace("\0", "")[:FORM_TEXT]


def read(key: ShopText, typed: str) -> tuple[str, tuple[str, ...]]:
    """Return what would be stored, and a sentence for everything that is in the way of it."""
    place = key.row.place
    bare = PLACEHOLDER.sub(lambda found: f"{{{found[1].strip().casefold()}}}", storable(typed)) if place else typed
    bare = storable(bare)
    slips = []
    if not any(one.isalnum() for one in bare):
        slips.append("There has to be something to read: at least one letter or digit.")
    if place:
        unknown = dict.fromkeys(one for one in PLACEHOLDER.findall(bare) if one != place)
        slips += [f"{{{one}}} can't be filled in. In braces there may be {{{place}}}." for one in unknown]
    if (longest := _longest(key, bare)) > key.row.limit:
        filled = f" once {{{place}}} is filled in" if place and f"{{{place}}}" in bare else ""
        slips.append(
            f"The text has up to {longest} characters{filled}; the limit is {key.row.limit}. Please shorten it: what "
            "you typed is still in the form."
        )
    return bare, tuple(slips)


def _longest(key: ShopText, bare: str) -> int:
    place = f"{{{key.row.place}}}"
    return _shown_length(bare) + (bare.count(place) * (key.row.place_units - len(place)) if key.row.place else 0)


def _shown_length(bare: str) -> int:
    """Return the characters of what is shown: no mention works in it, for which each gets one more, and tabs are wide.

    Never less than `messages.kit.words.pointing` makes of it: terms that customers accept are shown to their last word.
    """
    spread = "\n".join(one.expandtabs(4) for one in bare.splitlines())
    return length(spread) + len(_BROKEN.findall(spread))


_BROKEN: Final = re.compile(r"<(?=\S)|@(?=everyone|here)|\](?=\()", re.IGNORECASE)
