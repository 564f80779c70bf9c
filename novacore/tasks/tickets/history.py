"""Reads a ticket's talk for its transcript: Discord's history, the wordings that the shop noted, the files.

Discord knows the last wording of each message and nothing of deleted ones; what was noted as it came fills the gaps.
"""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import discord

from novacore.db.models import Ticket, TicketMessage
from novacore.db.queries import tickets as queries
from novacore.db.unit_of_work import reading
from novacore.messages.tickets.transcripts import KeptFile, Line, Talk, Wording
from novacore.tasks.discord import channels
from novacore.tasks.queue.handlers import Work
from novacore.workflows.goods.masking import Mask, mask_for
from novacore.workflows.machine.typed_text import storable

FILES_BUDGET = 6_000_000
"""Bytes of files that one transcript keeps; written as text in the page they take a third more."""


def read(work: Work, ticket: Ticket, round_: int, channel_id: int | None) -> tuple[list[Line], int]:
    """Return what was said in a round, the oldest first, and the id of the newest message (0 for none).

    Raises discord.NotFound where the channel is gone.
    """
    with reading(work.shop.database) as session:
        noted = _by_message(queries.wordings(session, ticket.id, round_))
    lines: dict[int, Line] = {}
    newest, room = 0, FILES_BUDGET
    for page in channels.messages(work.gateway, channel_id) if channel_id else ():
        for message in page:
            files = []
            for attachment in (
                *message.attachments,
                *(one for part in message.message_snapshots for one in part.attachments),
            ):
                files.append(_file(work, attachment, room))
                room -= len(files[-1].content or b"")
            lines[message.id] = _line(message, noted.get(message.id, ()), files)
        newest = page[-1].id
        work.renew()
    for message_id, wordings in noted.items():
        if message_id not in lines:
            lines[message_id] = _deleted(wordings)
            newest = max(newest, message_id)
    return [lines[message_id] for message_id in sorted(lines)], newest


def _by_message(rows: Sequence[TicketMessage]) -> Mapping[int, Sequence[TicketMessage]]:
    return {message_id: [*wordings] for message_id, wordings in groupby(rows, lambda row: row.message_id)}


def _line(message: discord.Message, noted: Sequence[TicketMessage], files: Sequence[KeptFile]) -> Line:
    wordings = [Wording(one.at, one.content) for one in noted]
    last = Wording(message.edited_at or message.created_at, storable(message.content))
    if last.text or not wordings:
        wordings.append(last)  # what was noted is masked already, so the two are compared once both are
    return Line(
        message_id=message.id,
        author=message.author.display_name,
        author_id=message.author.id,
        is_ours=message.author.bot,
        at=message.created_at,
        wordings=tuple(wordings),
        embeds=tuple(_embedded(message)),
        files=tuple(files),
    )


def _deleted(noted: Sequence[TicketMessage]) -> Line:
    first = noted[0]
    return Line(
        message_id=first.message_id,
        author=first.author_name,
        author_id=first.author_id,
        is_ours=False,
        at=first.at,
        wordings=tuple(Wording(one.at, one.content) for one in noted),
        deleted_at=first.deleted_at,
    )


def _embedded(message: discord.Message) -> Iterator[str]:
    """Give what a message holds beside its words: what it forwards, embeds, stickers, a poll, our own cards."""
    for part in message.message_snapshots:
        yield "\n".join(["Forwarded:", storable(part.content), *_of_embeds(part.embeds)])
    yield from _of_embeds(message.embeds)
    if message.stickers:
        yield f"Sticker: {', '.join(one.name for one in message.stickers)}"
    if message.poll is not None:
        yield "\n".join([f"Poll: {message.poll.question}", *(f"- {one.text}" for one in message.poll.answers)])
    told = "\n".join(text for one in message.components for text in _texts(one.to_dict()))
    if told:
        yield told


def _of_embeds(embeds: Sequence[discord.Embed]) -> Iterator[str]:
    for embed in embeds:
        parts = [embed.author.name, embed.title, embed.description]
        parts += [f"{one.name}: {one.value}" for one in embed.fields]
        told = "\n".join(part for part in [*parts, embed.footer.text] if part)
        if told:
            yield told


def _texts(component: Any) -> Iterator[str]:
    """Give the texts of a component and of those within it, in reading order; buttons are no words."""
    if isinstance(component, dict):
        if isinstance(component.get("content"), str):
            yield component["content"]
        for inner in ("component", "components", "accessory"):
            yield from _texts(component.get(inner))
    elif isinstance(component, list):
        for one in component:
            yield from _texts(one)


def _file(work: Work, attachment: discord.Attachment, room: int) -> KeptFile:
    kind = (attachment.content_type or "application/octet-stream").split(";")[0].strip().lower()
    content = None
    if attachment.size <= room:
        work.renew()
        content = channels.read_file(work.gateway, attachment)
    return KeptFile(attachment.filename, attachment.size, kind, content)


# ---- codes


def masked(work: Work, talk: Talk) -> Talk:
    """Hide what the shop sold in everything that a transcript tells: talk, embeds, names of files, text files.

    Raises GoodsUnreadable where that cannot be checked.
    """
    said = [text for line in talk.lines for text in _words(line)]
    with reading(work.shop.database) as session:
        texts = [talk.ticket.subject, talk.ticket.description, talk.ticket.reason or "", *said]
        mask = mask_for(work.shop, session, talk.ticket.customer_id, texts)
    return replace(talk, lines=[_masked_line(line, mask) for line in talk.lines], hide=mask)


def _words(line: Line) -> Iterator[str]:
    yield from (one.text for one in line.wordings)
    yield from line.embeds
    for file in line.files:
        yield file.name
        yield _text_of(file) or ""


def _text_of(file: KeptFile) -> str | None:
    """Return what a file says if it holds text, whatever it is called: codes are hidden there as well."""
    if file.content is None:
        return None
    try:
        return file.content.decode("utf-16" if file.content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8")
    except UnicodeDecodeError:
        return file.content.decode("utf-8", "replace") if file.content_type.startswith("text/") else None


def _masked_line(line: Line, mask: Mask) -> Line:
    wordings = [replace(one, text=mask(one.text)) for one in line.wordings]
    different = [one for at, one in enumerate(wordings) if at == 0 or one.text != wordings[at - 1].text]
    return replace(
        line,
        wordings=tuple(different),
        embeds=tuple(mask(one) for one in line.embeds),
        files=tuple(_masked_file(one, mask) for one in line.files),
    )


def _masked_file(file: KeptFile, mask: Mask) -> KeptFile:
    text = _text_of(file)
    hidden = None if text is None else mask(text)
    content = file.content if hidden is None or hidden == text else hidden.encode("utf-8", "replace")
    return replace(file, name=mask(file.name), content=content)
