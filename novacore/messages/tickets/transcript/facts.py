"""What both forms of a transcript say of a ticket, a message and a file, in the same words."""

from collections.abc import Iterator, Mapping
from typing import Final

from novacore.messages.kit import words
from novacore.messages.tickets.appearance import KINDS
from novacore.messages.tickets.transcript.mentions import clock_of, written_out
from novacore.messages.tickets.transcript.talk import Fate, KeptFile, Names, Talk, TranscriptMessage

DELETED: Final = "A message was deleted."

SHOWN: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Pictures that may be shown. An SVG may hold a script, and is offered as a file like everything else."""

_EXCERPT: Final = 120
"""Characters of a message that stand above an answer to it."""

_FATES: Final[Mapping[Fate, str]] = {
    Fate.kept: "not kept",
    Fate.beside: "not kept in this page, it comes in a message of its own",
    Fate.too_large: "not kept, we can't send files of this size",
    Fate.gone: "not kept, it was gone when we wanted to save it",
    Fate.removed: "not kept, it was taken out of the message",
    Fate.deleted: "not kept, it was deleted with its message",
}


def facts(talk: Talk) -> Iterator[tuple[str, str]]:
    """Give what stands at the top, line by line: what it is, and the fact."""
    ticket, order = talk.ticket, talk.order
    if talk.shop_name:
        yield "Shop", words.clean(talk.shop_name)
    yield "Type", KINDS[ticket.kind].label
    yield "Customer", f"{words.clean(talk.customer)} ({ticket.customer_id})"
    if order is not None:
        yield "Order", f"{order.id}, {order.quantity} x {words.clean(order.product_name)}, {words.total(order)}"
    yield "Opened", clock_of(ticket.opened_at)
    if talk.round > 1:
        yield "Reopened", f"this is part {talk.round}"
    if ticket.reason and ticket.round == talk.round:
        yield "Closed", talk.hide(ticket.reason)


def names_in(talk: Talk) -> Names:
    """Return the names by which mentions are written out: whoever spoke is known."""
    spoke = {line.author_id: words.clean(line.author) for line in talk.lines}
    known = {person_id: words.clean(name) for person_id, name in talk.names.people.items()}
    customer = {talk.ticket.customer_id: words.clean(talk.customer)}
    return Names(customer | known | spoke, talk.names.roles, talk.names.channels)


def left_out(count: int) -> str:
    """Say that the oldest messages are not there."""
    if count == 1:
        return "The first message did not fit into this file."
    return f"The first {count} messages did not fit into this file."


def note(line: TranscriptMessage) -> str:
    """Return what happened to a message; nothing for most."""
    notes = []
    if len(line.wordings) > 1:
        notes.append(f"edited {clock_of(line.wordings[-1].at)}")
    if line.is_gone:
        notes.append(f"deleted {clock_of(line.deleted_at)}" if line.deleted_at else "deleted")
    return ", ".join(notes)


def is_blank(line: TranscriptMessage) -> bool:
    """Tell whether nothing of a message is to be shown but that it was there."""
    return line.is_gone and not (line.wordings or line.embeds or line.files)


def answer(line: TranscriptMessage, every: Mapping[int, TranscriptMessage], names: Names) -> str:
    """Return what stands above a message that answers another one, or is a notice about it."""
    if line.answers is None:
        return ""
    target = every.get(line.answers)
    if target is None or is_blank(target):
        return "A message that was deleted" if line.is_notice else "Reply to a message that was deleted"
    who = words.clean(target.author)
    said = f"{who}: “{_excerpt(target, names)}”"
    return said if line.is_notice else f"Reply to {said}"


def _excerpt(target: TranscriptMessage, names: Names) -> str:
    last = target.wordings[-1].text if target.wordings else ""
    told = [last, *target.embeds, *(one.name for one in target.files)]
    first = next((one for one in told if one.strip()), "")
    return words.shorten(" ".join(written_out(first, names).split()), _EXCERPT)


def size_of(file: KeptFile) -> str:
    """Return a file's size as people read it."""
    return words.size(file.size)


def fate_of(file: KeptFile) -> str:
    """Say what became of a file; nothing where the page holds it."""
    return "" if file.content is not None else _FATES[file.fate]
