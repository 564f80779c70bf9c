"""What events about the shop's texts say."""

from typing import TypedDict

from novacore.db.event_kinds.kind import EventKind


class SaveText(TypedDict):
    """The words before and after; None for what the shop says by itself."""

    language: str
    before: str | None
    after: str | None


SAVE_TEXT = EventKind("save_text", SaveText)
RESET_TEXT = EventKind("reset_text", SaveText)
