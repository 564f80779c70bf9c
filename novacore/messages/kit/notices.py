"""Short answers to a press, each a card of its own. Called by the bot's handlers and by its error handler.

Cards rather than plain messages, because Discord does not turn a layout back into a plain message.
"""

from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import Message, box, text

_LIMIT = 1500


def notice(sentence: str) -> Message:
    """Say something in our own words."""
    return Message(box([text(words.pointing(sentence, _LIMIT))], colours.BRAND))


def refused(sentence: str) -> Message:
    """Show a refusal: its sentence says what is the matter and how to fix it."""
    colour = colours.WARNING
    return Message(box([text(f"⚠️ {words.pointing(sentence, _LIMIT)}")], colour))


def went_wrong(reference: str) -> Message:
    """Admit a fault of ours; staff find it in the log by the reference."""
    sentence = "Something went wrong on our side. Nothing was lost. Please try again in a minute."
    hint = f"-# Still wrong? Tell our staff this reference: {words.inline(reference, 40)}"
    return Message(box([text(f"💥 {sentence}", hint)], colours.FAULT))
