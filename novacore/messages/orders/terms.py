"""The shop's terms, as customers read them before they order and as anybody can read them back later."""

from typing import Final

from novacore.db.queries.terms import ShopTerms
from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import Message, box, line, rows, text
from novacore.messages.orders import buttons
from novacore.states.texts import TERMS_LIMIT

_ROOM: Final = 3_700
"""What one message leaves: more than any terms may have, so that nobody has accepted what they couldn't read."""


def terms_page(found: ShopTerms, now: ShopTerms | None) -> Message:
    """Build the page of one version; `now` is the one in force."""
    is_now = now is not None and now.version == found.version
    old = [] if is_now else ["-# These are not our terms any more; orders that were placed on them keep them."]
    dated = f"-# Version {found.version}, in force since {words.stamp(found.saved_at, 'f')}"
    newer = [buttons.terms(now.version)] if now and not is_now else []
    told = [text(words.pointing(found.words or "", _ROOM) or "…"), line(), text(dated, *old), *rows(newer)]
    return Message(box([text("## 📜 Our terms"), *told], colours.BRAND))


def look(typed: str) -> Message:
    """Build the page as it would be with what an owner types, or say that there are none."""
    shown = (
        [text(words.pointing(typed, TERMS_LIMIT) or "…")]
        if typed
        else [text("There are none: customers order without them.")]
    )
    return Message(box([text("## 📜 Our terms"), *shown], colours.BRAND))
