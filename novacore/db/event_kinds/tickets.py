"""What events about tickets say."""

from typing import NotRequired, TypedDict

from novacore.db.event_kinds.kind import EventKind, Moved, Reasoned

# ---- arrows


class ChannelReady(Moved):
    """The channel that was made."""

    channel_id: int


class Replied(Moved):
    """The message, where it is known."""

    message_id: NotRequired[int]


class Archived(Moved):
    """The channel that is to go."""

    channel_id: NotRequired[int | None]


class Ended(Reasoned):
    """The same for a ticket that ended without a transcript."""

    channel_id: NotRequired[int | None]


# ---- what moves no state


class Claim(Moved):
    """Who takes care of it."""

    to_id: int


class Release(Moved):
    """Who took care of it."""

    from_id: int


class Transfer(Moved):
    """From whom to whom; from nobody, if nobody had it."""

    from_id: int | None
    to_id: int


class Priority(Moved):
    """How urgent it is now."""

    priority: str


class LinkOrder(Moved):
    """The order that it is about now."""

    order_id: str | None


class Rate(Moved):
    """The stars, from 1 to 5."""

    rating: int


class Reply(Moved):
    """An answer of the owner's as it went out, without codes, what its places stood for, and words of staff's own."""

    answer: str
    text: str
    words: str
    order_id: str
    product: str


CLAIM = EventKind("claim", Claim)
RELEASE = EventKind("release", Release)
TRANSFER = EventKind("transfer", Transfer)
PRIORITY = EventKind("priority", Priority)
LINK_ORDER = EventKind("link_order", LinkOrder)
ASK_CLOSE = EventKind("ask_close", Moved)
RATE = EventKind("rate", Rate)
WARN = EventKind("warn", Moved)
REPLY = EventKind("reply", Reply)


# ---- channels and transcripts


class RoleMissing(TypedDict):
    """The role that Discord does not know any more."""

    role_id: int
    reason: str


class Transcript(Moved):
    """The round whose transcript it is, and its channel, if there still is one."""

    channel_id: int | None


class TranscriptSent(Transcript):
    """The last message that is in it."""

    last_message_id: int


ROLE_MISSING = EventKind("role_missing", RoleMissing)
ACCESS_CHANGED = EventKind("access_changed", Reasoned)
TRANSCRIPT_LATE = EventKind("transcript_late", Transcript)
TRANSCRIPT_SENT = EventKind("transcript_sent", TranscriptSent)


# ---- answers that the owner keeps


class AddAnswer(TypedDict):
    """A new answer: its name and what it says."""

    name: str
    after: str


class RemoveAnswer(TypedDict):
    """An answer that is gone, and what it said."""

    name: str
    before: str


class ChangeAnswer(RemoveAnswer):
    """What it said before and says now; the name is the new one."""

    after: str


ADD_ANSWER = EventKind("add_answer", AddAnswer)
CHANGE_ANSWER = EventKind("change_answer", ChangeAnswer)
REMOVE_ANSWER = EventKind("remove_answer", RemoveAnswer)
