"""Places in an answer, such as `{order}`, that are filled in when it is used."""

import re
from collections.abc import Mapping
from typing import Final

from novacore.errors import BadInput
from novacore.plurals import counted
from novacore.workflows.machine.typed_text import length

CUSTOMER, ORDER, PRODUCT = "customer", "order", "product"
KNOWN: Final = (CUSTOMER, ORDER, PRODUCT)

KNOWN_WORDS: Final = "{customer} {order} {product}"
"""The places as an owner types them."""

MOST_FILLED: Final = 2400
"""Characters of an answer with its places filled in: it has to fit into one message."""

_LONGEST_SHOWN: Final = 40
_PLACE: Final = re.compile(r"\{([^{}]*)\}")


def named_in(text: str) -> list[str]:
    """Return the places that a text names, known or not, in lower case and once each."""
    return [*dict.fromkeys(_name(found) for found in _PLACE.finditer(text))]


def refuse_unknown(text: str) -> None:
    """Raise BadInput for a place that nobody could fill in."""
    unknown = [one for one in named_in(text) if one not in KNOWN]
    if unknown:
        shown = unknown[0][:_LONGEST_SHOWN]
        raise BadInput(f"The shop can't fill in {{{shown}}}. It knows these places: {KNOWN_WORDS}.")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its places filled in; what is filled in is not looked at again."""
    return _PLACE.sub(lambda found: values.get(_name(found), found[0]), text)


def refuse_too_long(text: str, values: Mapping[str, str]) -> None:
    """Raise BadInput where the text doesn't fit into a message any more once its places are filled in."""
    doubled = {name: value * 2 for name, value in values.items()}  # each letter of a name may need a backslash
    if length(fill(text, doubled)) > MOST_FILLED:
        often = counted(len(_PLACE.findall(text)), "place", "places")
        raise BadInput(f"This answer is too long for one message with its {often} filled in. Please shorten it.")


def _name(found: re.Match[str]) -> str:
    return found[1].strip().lower()
