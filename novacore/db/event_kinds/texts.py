"""What events about the shop's texts say."""

from typing import TypedDict

from novacore.db.event_kinds.kind import EventKind


class SaveText(TypedDict):
    """The words before and after; None for what the shop says by itself."""

    language: str
    before: str | None
    after: str | None


class SaveTerms(TypedDict):
    """The new version; its words stand in its row for ever."""

    version: int


SAVE_TEXT = EventKind("save_text", SaveText)
RESET_TEXT = EventKind("reset_text", SaveText)
SAVE_TERMS = EventKind("save_terms", SaveTerms)
WITHDRAW_TERMS = EventKind("withdraw_terms", SaveTerms)
