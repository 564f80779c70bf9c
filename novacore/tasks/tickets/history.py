"""Reads a ticket's talk for its transcript: Discord's history, and the wordings that the shop noted.

Discord knows the last wording of each message and nothing of deleted ones; what was noted as it came fills the gaps.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import discord

from novacore.db.models import Ticket, TicketMessage
from novacore.db.queries import tickets as queries
from novacore.db.unit_of_work import reading
from novacore.messages.tickets import contents
from novacore.messages.tickets.speech import is_notice
from novacore.messages.tickets.transcript.talk import Fate, KeptFile, TranscriptMessage, Wording
from novacore.tasks.discord import channels
from novacore.tasks.queue.handlers import Work
from novacore.workflows.machine.typed_text import storable

HIDDEN = "(This message could not be saved: Discord does not let the shop read it.)"
"""What stands for a message of which Discord shows only who wrote it and when."""

FILES_BUDGET = 6_000_000
"""Bytes of files that one page keeps; written as text in it they take a third more."""


@dataclass(slots=True)
class Heard:
    """What was said in a round, the oldest first. Bytes of files are not read yet."""

    lines: Sequence[TranscriptMessage] = ()
    newest: int = 0
    """The id of the newest message, 0 for none."""
    attachments: dict[int, discord.Attachment] = field(default_factory=dict)
    """Files that Discord has, by their ids."""
    pictures: dict[int, Sequence[str]] = field(default_factory=dict)
    """Where Discord keeps the pictures of embeds, by message."""
    people: dict[int, str] = field(default_factory=dict)
    """Names of those who were mentioned, as Discord told them."""


def read(work: Work, ticket: Ticket, round_: int, channel_id: int | None) -> Heard:
    """Return what was said in a round. Without a channel only what was noted.

    Raises discord.NotFound where the channel is gone.
    """
    with reading(work.shop.database) as session:
        noted = _by_message(queries.wordings(session, ticket.id, round_))
    heard, lines = Heard(), dict[int, TranscriptMessage]()
    for page in channels.messages(work.calls, channel_id) if channel_id else ():
        for message in page:
            lines[message.id] = _never_blank(_line(message, noted.get(message.id, ())))
            _take_down(heard, message)
        heard.newest = page[-1].id
        work.renew()
    sees_history = bool(lines)  # our own card stands there at least
    for message_id, rows in noted.items():
        if message_id not in lines:
            lines[message_id] = _never_blank(_absent(rows, is_deleted=sees_history))
            heard.newest = max(heard.newest, message_id)
    heard.lines = [lines[message_id] for message_id in sorted(lines)]
    return heard


def _by_message(rows: Sequence[TicketMessage]) -> Mapping[int, Sequence[TicketMessage]]:
    return {message_id: [*wordings] for message_id, wordings in groupby(rows, lambda row: row.message_id)}


def _take_down(heard: Heard, message: discord.Message) -> None:
    heard.attachments |= {one.id: one for one in contents.attachments_of(message)}
    heard.people |= {one.id: one.display_name for one in message.mentions}
    if pictures := contents.pictures_of(message):
        heard.pictures[message.id] = pictures


def _line(message: discord.Message, noted: Sequence[TicketMessage]) -> TranscriptMessage:
    notice = is_notice(message)
    said = contents.notice_of(message) if notice else storable(message.content)
    wordings = [Wording(one.at, one.content) for one in noted if one.content or one.holds]
    last = Wording(message.edited_at or message.created_at, said)
    if last.text or not wordings:
        wordings.append(last)  # what was noted is masked already, so the two are compared once both are
    here = [
        KeptFile(one.filename, one.size, contents.kind_of(one), file_id=one.id)
        for one in contents.attachments_of(message)
    ]
    reply = noted[0] if noted and message.author.bot else None  # staff's words, which the bot said for them
    return TranscriptMessage(
        message_id=message.id,
        author=reply.author_name if reply else message.author.display_name,
        author_id=reply.author_id if reply else message.author.id,
        is_ours=message.author.bot and reply is None,
        at=message.created_at,
        wordings=tuple(wordings),
        embeds=() if reply else (*contents.said_without_words(message), *contents.embedded(message)),
        files=(*here, *_noted_files(noted, Fate.removed, but={one.file_id for one in here})),
        answers=contents.answered_by(message),
        is_notice=notice,
    )


def _never_blank(line: TranscriptMessage) -> TranscriptMessage:
    """Say so where nothing is known of what a message said: Discord kept it back, for want of an intent."""
    if line.embeds or line.files or any(one.text for one in line.wordings):
        return line
    return replace(line, wordings=(Wording(line.at, HIDDEN),))


def _absent(noted: Sequence[TicketMessage], *, is_deleted: bool) -> TranscriptMessage:
    """Tell of a message that Discord does not show: deleted, or gone with its channel."""
    first, holds = noted[0], noted[-1].holds or {}
    is_deleted = is_deleted or first.deleted_at is not None
    return TranscriptMessage(
        message_id=first.message_id,
        author=first.author_name,
        author_id=first.author_id,
        is_ours=False,
        at=first.at,
        wordings=tuple(Wording(one.at, one.content) for one in noted),
        embeds=tuple(holds.get("parts", ())),
        files=tuple(_noted_files(noted, Fate.deleted if is_deleted else Fate.gone)),
        deleted_at=first.deleted_at,
        is_deleted=is_deleted,
        answers=holds.get("answers"),
    )


def _noted_files(noted: Sequence[TicketMessage], fate: Fate, but: Iterable[int] = ()) -> Iterator[KeptFile]:
    """Give the files that any wording of a message had, once each."""
    known = {*but}
    for one in (one for row in noted for one in (row.holds or {}).get("files", ())):
        if one["id"] not in known:
            known.add(one["id"])
            yield KeptFile(one["name"], one["size"], one["type"], fate=fate, file_id=one["id"])
