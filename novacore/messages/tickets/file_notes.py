"""What is said of the files of a ticket: those that go out next to its transcript, and those that nobody has."""

from collections.abc import Iterator, Sequence
from typing import Final

from discord import ui

from novacore.db.models import Ticket
from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import FilePart, Item, Message, box, gallery, text
from novacore.messages.tickets.appearance import named
from novacore.messages.tickets.transcript.facts import SHOWN, size_of
from novacore.messages.tickets.transcript.talk import KeptFile

_NAMES: Final = 10
"""Names in one list."""


def files_beside(ticket: Ticket, part: tuple[int, int], found: Sequence[KeptFile], *, refused: bool = False) -> Message:
    """Send files for which a transcript had no room; `part` is which of how many messages this is.

    Those that Discord has no more are named, and with `refused` those that it does not take from us, too.
    """
    here = [one for one in found if one.content is not None and not refused]
    gone = [one for one in found if one.content is None]
    not_taken = [one for one in found if one.content is not None and refused]
    number, count = part
    which = f" ({number} of {count})" if count > 1 else ""
    items: list[Item] = [text(f"### 📎 Files from {named(ticket)}{which}", *_listed(_names(here)))]
    if gone:
        items.append(text("These were deleted in Discord before we could save them:", *_listed(_names(gone))))
    if not_taken:
        items.append(text("Discord does not take these from us, as they are too large:", *_listed(_names(not_taken))))
    parts = [*_parts(ticket, here)]
    pictures = [part for part, file in zip(parts, here, strict=True) if file.content_type in SHOWN]
    items += [gallery(*pictures)] if pictures else []
    items += [ui.File(part.url) for part in parts if part not in pictures]
    return Message(box(items, colours.BRAND), tuple(parts))


def missing(names: Sequence[str]) -> list[Item]:
    """Say which files no copy of a transcript holds; nothing where there are none."""
    if not names:
        return []
    return [text("⚠️ These files could not be kept: they are too large, or were gone.", *_listed(names))]


def _names(files: Sequence[KeptFile]) -> list[str]:
    return [f"{file.name} ({size_of(file)})" for file in files]


def _listed(names: Sequence[str]) -> list[str]:
    shown = [f"- {words.escape(one)}" for one in names[:_NAMES]]
    return [*shown, f"- … ({len(names)} in all)"] if len(names) > len(shown) else shown


def _parts(ticket: Ticket, files: Sequence[KeptFile]) -> Iterator[FilePart]:
    for number, file in enumerate(files, 1):
        ending = file.name.rpartition(".")[2].lower()
        plain = f".{ending}" if ending.isascii() and ending.isalnum() and len(ending) <= 8 else ""
        yield FilePart(f"ticket-{ticket.id}-file-{number}{plain}", file.content or b"", words.clean(file.name)[:200])
