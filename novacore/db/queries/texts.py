"""The owner's words, as they are read again and again: by the panel, on cards and in DMs."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from novacore.db.models import OwnText
from novacore.states.texts import ANY_LANGUAGE, ShopText

_OWN = select(OwnText.key, OwnText.words).where(
    OwnText.key.in_(bindparam("keys", expanding=True)),
    OwnText.language == bindparam("language"),
)


def own_words(session: Session, keys: Sequence[ShopText]) -> Mapping[ShopText, str]:
    """Return these texts in the owner's words; a text that the shop says by itself is not there."""
    rows = session.connection().execute(_OWN, {"keys": [*keys], "language": ANY_LANGUAGE})
    return {ShopText(key): words for key, words in rows if words}


def own_word(session: Session, key: ShopText) -> str:
    """Return one text in the owner's words; empty for one that the shop says by itself."""
    return own_words(session, [key]).get(key, "")


def every_text(session: Session) -> Mapping[ShopText, OwnText]:
    """Return the rows of all texts that were ever changed."""
    rows = select(OwnText).where(OwnText.language == ANY_LANGUAGE)
    return {ShopText(row.key): row for row in session.execute(rows).scalars() if row.key in set(ShopText)}
