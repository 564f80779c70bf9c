"""Answers that the owner keeps ready for staff: what is asked in tickets again and again."""

from typing import Final

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import NUMBERED_ONCE, Base, BigId, Moment, Snowflake

NAME_LIMIT: Final = 50
"""Characters of an answer's name."""

TEXT_LIMIT: Final = 1500
"""Characters of an answer, as Discord's clients count them."""

MOST_ANSWERS: Final = 100


class CannedAnswer(Base):
    """One answer, under a name by which staff pick it. Its places, such as `{order}`, are filled in with each use."""

    __tablename__ = "canned_answers"
    __table_args__ = (NUMBERED_ONCE,)

    id: Mapped[BigId]
    key: Mapped[str] = mapped_column(String(200), unique=True)
    """The name with its case folded, by which it is found and kept apart from others."""
    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    """Counts the changes, so that two owners at once are noticed."""
    author_id: Mapped[Snowflake]
    author_name: Mapped[str] = mapped_column(String(100))
    """Who wrote it, or changed it last."""
    saved_at: Mapped[Moment]
