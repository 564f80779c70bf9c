"""Where the files of a talk go: into the page while it has room, else into messages of their own. Nothing goes unsaid.

The plan is stored with the transcript, so that whoever goes on after a kill sends the same batches. The bytes of what
goes next to the page stay with Discord until they are sent: the channel goes last.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from novacore.media.headers import read_header
from novacore.messages.tickets.transcript import as_html
from novacore.messages.tickets.transcript.facts import size_of
from novacore.messages.tickets.transcript.talk import Fate, KeptFile, Talk, TranscriptMessage
from novacore.messages.tickets.transcript.transcripts import LARGEST_MESSAGE, page, plain
from novacore.tasks.discord import media
from novacore.tasks.queue.handlers import Work
from novacore.tasks.tickets import history
from novacore.tasks.tickets.history import Heard

LARGEST_FILE: Final = 10 * 1024 * 1024
"""What Discord takes from a bot; people who pay for it may upload more."""

MOST_BYTES: Final = 250_000_000
"""Bytes next to one page: someone may upload all day."""

MOST_IN_BATCH: Final = 10

_OVERHEAD: Final = 400
"""Bytes of a file in the page besides its own."""

_PICTURE: Final = 1_500_000
"""Bytes of one embed's picture."""


@dataclass(slots=True)
class Plan:
    """Which files go out next to the page, and the names of those that nobody has. As it is stored."""

    beside: list[list[dict[str, Any]]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def as_json(self) -> Mapping[str, Any] | None:
        """Return it for the database; None if there is nothing to say."""
        return {"beside": self.beside, "missing": self.missing} if self.beside or self.missing else None


def placed(work: Work, talk: Talk, heard: Heard) -> Talk:
    """Read into the talk the files that its page has room for, and say of the others where they go.

    The oldest come first, and files of people before the pictures of embeds.
    """
    placing = _Placing(work, heard, _room(talk))
    lines = [replace(line, files=tuple(map(placing.place, line.files))) for line in talk.lines]
    return replace(talk, lines=[replace(line, files=(*line.files, *placing.pictures(line))) for line in lines])


def fitted(talk: Talk, largest: int) -> Talk:
    """Take files out of a page that is larger than `largest` bytes all the same: dots are longer than a short code."""
    over = len(as_html.make(talk, talk.lines, 0).encode("utf-8", "replace")) - largest
    inside = sorted((len(file.content or b"") for line in talk.lines for file in line.files), reverse=True)
    out: set[int] = set()
    while over > 0 and inside and inside[0]:
        out.add(inside[0])
        over -= inside.pop(0) * 4 // 3
    lines = [replace(line, files=tuple(_moved(one, out) for one in line.files)) for line in talk.lines]
    return replace(talk, lines=lines) if out else talk


def _moved(file: KeptFile, sizes: set[int]) -> KeptFile:
    if file.content is None or len(file.content) not in sizes:
        return file
    return replace(file, content=None, fate=Fate.beside if file.file_id else Fate.too_large)


def planned(talk: Talk) -> Plan:
    """Return the plan of a talk whose files have their places, for the database: codes in names are to be hidden."""
    plan, size = Plan(), 0
    for message_id, file in ((line.message_id, file) for line in talk.lines for file in line.files):
        if file.fate in (Fate.too_large, Fate.gone):
            plan.missing.append(f"{file.name} ({size_of(file)})")
        if file.fate is not Fate.beside:
            continue
        if not plan.beside or size + file.size > LARGEST_MESSAGE or len(plan.beside[-1]) == MOST_IN_BATCH:
            plan.beside.append([])
            size = 0
        size += file.size
        row = {"message": message_id, "file": file.file_id, "name": file.name, "size": file.size}
        plan.beside[-1].append(row | {"type": file.content_type})
    return plan


def _room(talk: Talk) -> int:
    """Return how many bytes of files the page takes: written as text they are a third more."""
    words = len(page(talk)) + len(plain(talk))
    return (LARGEST_MESSAGE - words - words // 20) * 3 // 4


class _Placing:
    """Hands out the room that is left."""

    def __init__(self, work: Work, heard: Heard, room: int) -> None:
        self._work, self._heard = work, heard
        self._page, self._budget, self._beside = room, history.FILES_BUDGET, MOST_BYTES

    def place(self, file: KeptFile) -> KeptFile:
        """Return the file with its bytes, or with what becomes of it."""
        if file.fate is not Fate.kept:
            return file
        if file.size <= min(self._budget, self._page - _OVERHEAD):
            return self._into_page(file)
        if file.size <= min(LARGEST_FILE, self._beside):
            self._beside -= file.size
            return replace(file, fate=Fate.beside)
        return replace(file, fate=Fate.too_large)

    def _into_page(self, file: KeptFile) -> KeptFile:
        self._work.renew()
        content = media.read_file(self._work.calls, self._heard.attachments[file.file_id])
        if content is None:
            return replace(file, fate=Fate.gone)
        self._take(len(content))
        return replace(file, content=content)

    def _take(self, size: int) -> None:
        self._page -= size + _OVERHEAD
        self._budget -= size

    def pictures(self, line: TranscriptMessage) -> Iterator[KeptFile]:
        """Give the pictures of a message's embeds, while there is room: their addresses stand there anyhow."""
        for url in self._heard.pictures.get(line.message_id, ()):
            most = min(_PICTURE, self._budget, self._page - _OVERHEAD)
            self._work.renew()
            content = media.read_picture(self._work.calls, url, most) if most > 0 else None
            header = read_header(content) if content else None
            if content and header:
                self._take(len(content))
                yield KeptFile(f"picture.{header.format}", len(content), f"image/{header.format}", content)


def of_plan(stored: Mapping[str, Any] | None) -> Plan:
    """Read a stored plan."""
    found = stored or {}
    return Plan([list(batch) for batch in found.get("beside", ())], list(found.get("missing", ())))


def fetched(work: Work, channel_id: int, batch: Sequence[Mapping[str, Any]]) -> list[KeptFile]:
    """Return the files of one batch with their bytes, as Discord has them now; without where it has them no more."""
    return [_fetched(work, channel_id, row) for row in batch]


def _fetched(work: Work, channel_id: int, row: Mapping[str, Any]) -> KeptFile:
    file = KeptFile(row["name"], row["size"], row["type"], file_id=row["file"])
    work.renew()
    attachment = media.find_attachment(work.calls, channel_id, row["message"], row["file"])
    content = media.read_file(work.calls, attachment) if attachment else None
    return replace(file, content=content, fate=Fate.kept if content is not None else Fate.gone)
