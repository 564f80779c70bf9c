"""What customers read of a way to pay in the owner's words: on the card of an order, and in the owner's preview."""

from collections.abc import Mapping
from typing import Final

from novacore.messages.kit import words
from novacore.states import Method, ReferenceNeed
from novacore.workflows.payments.methods import ADDRESS_LIMIT, INSTRUCTIONS_LIMIT, LABEL_LIMIT, REFERENCE_LIMIT


def named(way: Method) -> str:
    """Return what it is called, with its emoji."""
    return words.escape(f"{way.emoji} {way.label}", _EMOJI + LABEL_LIMIT)


_EMOJI: Final = 3
"""Characters of an emoji and the blank behind it, as Discord counts them."""


def reference(way: Method) -> str:
    """Return what a payment is known by, in the middle of a sentence: "transaction id"."""
    return words.escape(way.reference, REFERENCE_LIMIT)


def how_much(way: Method, total: str) -> str:
    """Say how much to pay by one of the owner's own; what to do follows below."""
    return f"**exactly {total}** by {named(way)}:"


def told_to_pay(way: Method, limit: int = INSTRUCTIONS_LIMIT) -> list[str]:
    """Return the owner's words, in so many characters, and where the money goes."""
    told = _no_code(words.harmless(way.instructions, limit)) if limit > _FEW else ""
    address = _no_code(way.address[:ADDRESS_LIMIT])
    return [*([told] if told else []), *([words.block(address)] if address else [])]


def _no_code(text: str) -> str:
    """Leave no block of code half open: what stands below would be in it."""
    return text.replace("`", "ˋ")


_FEW: Final = 20
"""Characters of the owner's words that say nothing."""


def send_proof(way: Method) -> str:
    """Say what a proof of this payment is, as the second step."""
    return _PROOF[way.need].format(reference=reference(way))


_PROOF: Final[Mapping[ReferenceNeed, str]] = {
    ReferenceNeed.required: "**2. Send us the proof**: press the green button and upload a screenshot of the payment, "
    "with its {reference}.",
    ReferenceNeed.optional: "**2. Send us the proof**: press the green button and upload a screenshot of the payment. "
    "If you can, add its {reference}.",
    ReferenceNeed.none: "**2. Send us the proof**: press the green button and upload a screenshot of the payment.",
}
