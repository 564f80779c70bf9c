"""Hides what the shop sold in everything that a transcript tells: talk, embeds, names of files, text files."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from dataclasses import replace

from novacore.db.models import Ticket
from novacore.db.unit_of_work import reading
from novacore.messages.tickets.transcript.talk import KeptFile, Talk, TranscriptMessage
from novacore.tasks.queue.handlers import Work
from novacore.workflows.goods.masking import Mask, mask_for


def hidden(work: Work, talk: Talk) -> Talk:
    """Return the talk without codes. Raises GoodsUnreadable where that cannot be checked."""
    ticket = talk.ticket
    said = [text for line in talk.lines for text in _words(line)]
    mask = _mask(work, ticket, [ticket.subject, ticket.description, ticket.reason or "", *said])
    return replace(talk, lines=[_masked_line(line, mask) for line in talk.lines], hide=mask)


def hidden_in_files(work: Work, ticket: Ticket, files: Sequence[KeptFile]) -> list[KeptFile]:
    """Do the same for files that go out next to the page. Raises GoodsUnreadable."""
    mask = _mask(work, ticket, [text for file in files for text in _words_of(file)])
    return [_masked_file(file, mask) for file in files]


def _mask(work: Work, ticket: Ticket, texts: Sequence[str]) -> Mask:
    with reading(work.shop.database) as session:
        return mask_for(work.shop, session, ticket.customer_id, texts)


def _words(line: TranscriptMessage) -> Iterator[str]:
    yield from (one.text for one in line.wordings)
    yield from line.embeds
    for file in line.files:
        yield from _words_of(file)


def _words_of(file: KeptFile) -> Iterator[str]:
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


def _masked_line(line: TranscriptMessage, mask: Mask) -> TranscriptMessage:
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
