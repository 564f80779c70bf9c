"""What the owner says in their own words, what of it is still being written, and the shop's terms."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import NUMBERED_ONCE, Base, BigId, Moment, Snowflake, Word

_LANGUAGE = String(10)


class OwnText(Base):
    """One of `states.ShopText` in the owner's words. Without a row, or without words, the shop says it by itself."""

    __tablename__ = "own_texts"

    key: Mapped[Word] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(_LANGUAGE, primary_key=True)
    """Empty for what everybody reads who has nothing in their own language."""
    words: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int]
    """Counts the changes, so that two owners at once are noticed."""
    saved_at: Mapped[Moment]


class TextDraft(Base):
    """A text as its owner types it. It belongs to whoever began it, and is saved once."""

    __tablename__ = "text_drafts"
    __table_args__ = (NUMBERED_ONCE,)

    id: Mapped[BigId]
    owner_id: Mapped[Snowflake]
    key: Mapped[Word]
    language: Mapped[str] = mapped_column(_LANGUAGE)
    seen_version: Mapped[int]
    """The version of the text that its owner has seen last: only that one is replaced."""
    typed: Mapped[str] = mapped_column(Text)
    """What was typed, as it was typed: right or wrong, so that a form can show it again."""
    is_saved: Mapped[bool]
    touched_at: Mapped[Moment] = mapped_column(index=True)


class TermsVersion(Base):
    """The shop's terms from a moment on. Kept for ever: orders name the version that they were placed on."""

    __tablename__ = "terms_versions"

    language: Mapped[str] = mapped_column(_LANGUAGE, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    words: Mapped[str | None] = mapped_column(Text)
    """None if the owner took them back: from this version on customers order without any."""
    saved_at: Mapped[Moment]
    saved_by: Mapped[Snowflake]
