"""The reference that a customer types with a proof: read, compared and helped with as their way to pay wants it.

`transaction_ids` knows the ids of the shop's own methods; a reference of an owner's method is free text.
"""

import unicodedata
from typing import Final

from novacore.errors import BadInput
from novacore.states import Method, ReferenceNeed
from novacore.workflows.machine.typed_text import storable
from novacore.workflows.payments import transaction_ids

MOST: Final = 100
"""Characters of a free reference."""

_BLANKS: Final = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters that show nothing."""


def read(method: Method, text: str) -> str | None:
    """Return the reference in the one form in which it is stored and compared; None if none is asked for or given.

    Raises BadInput with what is missing or wrong.
    """
    if method.need is ReferenceNeed.none:
        return None
    if method.known:
        return transaction_ids.normal_reference(method.known, method.network, text)
    found = free_text(text)
    if len(found) > MOST:
        raise BadInput(f"The {method.reference} can have at most {MOST} characters.")
    if any(one.isalnum() for one in found):
        return found
    if method.need is ReferenceNeed.required or found:
        raise BadInput(f"Please type the {method.reference} exactly as it appears on your payment.")
    return None


def free_text(text: str) -> str:
    """Return a free reference as it is stored: one line, nothing invisible, full-width letters as what they are."""
    if text.isascii() and text.isprintable():
        return " ".join(text[: transaction_ids.MOST].split())
    plain = unicodedata.normalize("NFKC", storable(text)[: transaction_ids.MOST])
    seen = "".join(one for one in plain if one.isspace() or not _is_hidden(one))
    return " ".join(seen.split())


def _is_hidden(one: str) -> bool:
    return unicodedata.category(one)[0] == "C" or one in _BLANKS


def books_of(method: Method) -> str:
    """Name what a reference must be the only one in: the ledger of a coin, or an owner's method by itself."""
    return transaction_ids.chain_of(method.known, method.network) if method.known else method.key


def at_a_glance(method: Method, reference: str) -> str | None:
    """Return what a stored reference looks like to whoever compares it by eye; None if nothing looks the same."""
    if method.known:
        return transaction_ids.at_a_glance(method.known, method.network, reference)
    # Letters may become up to three by `casefold`, and a claim holds 200.
    return "".join(one for one in reference.casefold() if one.isalnum())[: 2 * MOST]


def where_it_stands(method: Method) -> str:
    """Say in at most 100 characters where a customer finds the reference that a form asks for."""
    if method.known:
        return transaction_ids.where_it_stands(method.known, method.network)
    if method.need is ReferenceNeed.optional:
        return "Optional. It helps us find your payment."
    return "Copy it exactly as it appears on your payment."
