"""What a transcript tells, as data: messages with their wordings, files and what they answer. Two may read it.

Staff read all of it. Its customer reads what stood in the channel at the end (`as_customer_reads`): nothing that was
deleted, and no message as it was before it was edited. Discord does not tell who deleted one, so that makes no
difference.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from novacore.db.models import Order, Ticket


class Fate(StrEnum):
    """What became of a file."""

    kept = "kept"
    """In the page, where there are bytes."""
    beside = "beside"
    """Sent in a message of its own: the page has no room."""
    too_large = "too_large"
    gone = "gone"
    """Discord had it no more."""
    removed = "removed"
    """Taken out of its message by whoever wrote that."""
    deleted = "deleted"
    """Deleted with its message."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a message. `content` is None if the page does not hold it. The repr shows no bytes."""

    name: str
    size: int
    content_type: str = "application/octet-stream"
    content: bytes | None = field(default=None, repr=False)
    fate: Fate = Fate.kept
    file_id: int = 0
    """Discord's id of the attachment."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a message said from a moment on."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class TranscriptMessage:
    """One message: its wordings from first to last, what was embedded in it, and its files."""

    message_id: int
    author: str
    author_id: int
    is_ours: bool
    at: datetime
    wordings: tuple[Wording, ...]
    embeds: tuple[str, ...] = ()
    files: tuple[KeptFile, ...] = ()
    deleted_at: datetime | None = None
    """When it was deleted, where that was heard."""
    is_deleted: bool = False
    answers: int | None = None
    """The message that this one replies to, or, where it is a notice, is about."""
    is_notice: bool = False
    """Discord's own words about what someone did: a pin, say."""

    @property
    def is_gone(self) -> bool:
        """Whether it was deleted, heard of or not."""
        return self.is_deleted or self.deleted_at is not None


@dataclass(frozen=True, slots=True)
class Names:
    """What Discord shows in place of a mention, by id. What is not there is gone."""

    people: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[int, str] = field(default_factory=dict)
    channels: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Talk:
    """Everything that a transcript tells."""

    ticket: Ticket
    round: int
    customer: str
    order: Order | None
    lines: Sequence[TranscriptMessage]
    made_at: datetime
    hide: Callable[[str], str] = str
    """Hides codes in what the ticket itself says; the lines come without any."""
    names: Names = field(default_factory=Names)
    shop_name: str = ""


def as_customer_reads(talk: Talk) -> Talk:
    """Return what the ticket's customer may read of it: the same talk where that is all of it."""
    lines = [_as_it_stood(line) for line in talk.lines]
    return replace(talk, lines=lines) if lines != [*talk.lines] else talk


def _as_it_stood(line: TranscriptMessage) -> TranscriptMessage:
    if line.is_gone:
        return replace(line, wordings=(), embeds=(), files=(), answers=None)
    files = tuple(one for one in line.files if one.fate is not Fate.removed)
    return replace(line, wordings=line.wordings[-1:], files=files)
