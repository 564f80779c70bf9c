"""A ticket's transcript as a page that needs nothing from the network, and as plain text.

Everything that people wrote is escaped by MarkupSafe as it is put in; codes are masked by the caller beforehand. Names
come without marks that turn the direction of writing: they would turn the time behind them as well.
"""

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from markupsafe import Markup

from novacore.db.models import Order, Ticket
from novacore.messages.kit import words
from novacore.messages.tickets.appearance import KINDS

LARGEST_PAGE: Final = 9_500_000
"""Bytes of either file: Discord takes files of 10 MiB."""

_SHOWN: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Pictures that a page may show. An SVG may hold a script, and is offered as a file like everything else."""

_ADDRESS = re.compile(r"https?://[^\s<>\"'`]+")
_MENTION = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&\d+>")
_MOMENT = re.compile(r"<t:(\d{1,11})(?::[a-zA-Z])?>")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a message. `content` is None where it was too large to keep, or gone. The repr shows no bytes."""

    name: str
    size: int
    content_type: str = "application/octet-stream"
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Wording:
    """What a message said from a moment on."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Line:
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


@dataclass(frozen=True, slots=True)
class Talk:
    """Everything that a transcript tells."""

    ticket: Ticket
    round: int
    customer: str
    order: Order | None
    lines: Sequence[Line]
    made_at: datetime
    hide: Callable[[str], str] = str
    """Hides codes in what the ticket itself says; the lines come without any."""


def page(talk: Talk, largest: int = LARGEST_PAGE) -> bytes:
    """Return the transcript as an HTML page of `largest` bytes at most: first files give way, then the oldest lines."""
    return _fitting(talk, largest, _page, without_files=True)


def plain(talk: Talk, largest: int = LARGEST_PAGE) -> bytes:
    """Return the transcript as text of `largest` bytes at most: the oldest lines give way."""
    return _fitting(talk, largest, _plain, without_files=False)


def _fitting(
    talk: Talk, largest: int, make: Callable[[Talk, Sequence[Line], int], str], *, without_files: bool
) -> bytes:
    lines, left_out = list(talk.lines), 0
    made = make(talk, lines, left_out).encode("utf-8", "replace")
    if len(made) > largest and without_files:
        lines = [_without_files(line) for line in lines]
        made = make(talk, lines, left_out).encode("utf-8", "replace")
    while len(made) > largest and lines:
        gone = max(1, len(lines) // 4)
        lines, left_out = lines[gone:], left_out + gone
        made = make(talk, lines, left_out).encode("utf-8", "replace")
    return made


def _without_files(line: Line) -> Line:
    return replace(line, files=tuple(replace(one, content=None) for one in line.files))


# ---- the page

_STYLE: Final = Markup("""
body{background:#313338;color:#dbdee1;font:16px/1.4 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1.5rem}
h1{color:#f2f3f5;font-size:1.4rem;margin:0 0 .5rem}h1 small{color:#949ba4;font-weight:400}
header{border-bottom:1px solid #4e5058;margin-bottom:1rem;padding-bottom:1rem}
header p,.said{white-space:pre-wrap;overflow-wrap:anywhere;margin:.2rem 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.5rem 0}dt{color:#949ba4}dd{margin:0}
article{padding:.5rem 0}.who{color:#f2f3f5;font-weight:600}.ours .who{color:#9b8cff}.when{color:#949ba4;font-size:.8rem}
.embed{background:#2b2d31;border-left:4px solid #9b8cff;border-radius:4px;margin:.3rem 0;padding:.5rem .8rem}
.embed,.before{white-space:pre-wrap;overflow-wrap:anywhere}
.before{color:#949ba4;font-size:.9rem;text-decoration:line-through}.note{color:#949ba4;font-size:.85rem;font-style:italic}
img{border-radius:6px;display:block;margin:.3rem 0;max-height:30rem;max-width:100%}a{color:#00a8fc}
@media print{body{background:#fff;color:#000}.who,h1{color:#000}.embed{background:#f2f2f2}}
""")

_PAGE: Final = Markup("""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer">
<title>Ticket {number}</title><style>{style}</style></head>
<body><header><h1>{subject} <small>ticket {number}</small></h1>{facts}<p>{description}</p></header>
<main>
{lines}
</main>
<footer class="note">{count} {made}</footer></body></html>
""")


def _page(talk: Talk, lines: Sequence[Line], left_out: int) -> str:
    names = {line.author_id: words.clean(line.author) for line in talk.lines}
    cut = [_left_out(left_out)] if left_out else []
    return _PAGE.format(
        number=talk.ticket.number,
        style=_STYLE,
        subject=talk.hide(words.clean(talk.ticket.subject)),
        facts=_facts_list(talk),
        description=talk.hide(talk.ticket.description),
        lines=Markup("\n").join([*cut, *(_article(line, names) for line in lines)]),
        count=words.counted(len(talk.lines), "message") + ".",
        made=f"Codes are hidden. Taken at {_clock(talk.made_at)}.",
    )


def _facts_list(talk: Talk) -> Markup:
    rows = (Markup("<dt>{}</dt><dd>{}</dd>").format(what, fact) for what, fact in _facts(talk))
    return Markup("<dl>{}</dl>").format(Markup("").join(rows))


def _facts(talk: Talk) -> Iterator[tuple[str, str]]:
    ticket, order = talk.ticket, talk.order
    yield "Type", KINDS[ticket.kind].label
    yield "Customer", f"{words.clean(talk.customer)} ({ticket.customer_id})"
    if order is not None:
        yield "Order", f"{order.id}, {order.quantity} x {words.clean(order.product_name)}, {words.total(order)}"
    yield "Opened", _clock(ticket.opened_at)
    if talk.round > 1:
        yield "Reopened", f"this is part {talk.round}"
    if ticket.reason and ticket.round == talk.round:
        yield "Closed", talk.hide(ticket.reason)


def _left_out(count: int) -> Markup:
    told = f"The first {words.counted(count, 'message')} did not fit into this file."
    return Markup('<p class="note">{}</p>').format(told)


def _article(line: Line, names: Mapping[int, str]) -> Markup:
    parts = [
        *(Markup('<p class="before">{}</p>').format(one.text) for one in line.wordings[:-1]),
        *(Markup('<p class="said">{}</p>').format(_linked(one.text, names)) for one in line.wordings[-1:] if one.text),
        *(Markup('<div class="embed">{}</div>').format(_linked(one, names)) for one in line.embeds),
        *(_file(one) for one in line.files),
        *([Markup('<p class="note">{}</p>').format(note)] if (note := _note(line)) else []),
    ]
    head = Markup('<span class="who">{}</span> <span class="when">{}</span>').format(
        words.clean(line.author), _clock(line.at)
    )
    ours = Markup(' class="ours"') if line.is_ours else Markup("")
    return Markup("<article{}>{}{}</article>").format(ours, head, Markup("").join(parts))


def _linked(text: str, names: Mapping[int, str]) -> Markup:
    """Make web addresses links, which name where they lead and tell nobody whence one comes."""
    text = _named(text, names)
    parts, end = [], 0
    for found in _ADDRESS.finditer(text):
        link = Markup('<a href="{0}" rel="noopener noreferrer nofollow" target="_blank">{0}</a>').format(found[0])
        parts += [Markup("{}").format(text[end : found.start()]), link]
        end = found.end()
    return Markup("").join([*parts, Markup("{}").format(text[end:])])


def _named(text: str, names: Mapping[int, str]) -> str:
    """Write out what Discord shows in place of a mention, and of a point in time."""
    text = _MENTION.sub(lambda found: f"@{names.get(int(found[1]), found[1])}", text)
    return _MOMENT.sub(lambda found: _clock(datetime.fromtimestamp(int(found[1]), UTC)), _ROLE.sub("@staff", text))


def _file(file: KeptFile) -> Markup:
    name = words.clean(file.name)
    about = f"{name} ({_size(file.size)})"
    if file.content is None:
        return Markup('<p class="note">📎 {}: not kept</p>').format(about)
    data = base64.b64encode(file.content).decode("ascii")
    if file.content_type in _SHOWN:
        return Markup('<img alt="{}" src="data:{};base64,{}">').format(about, file.content_type, data)
    return Markup('<p>📎 <a download="{}" href="data:application/octet-stream;base64,{}">{}</a></p>').format(
        name, data, about
    )


def _note(line: Line) -> str:
    notes = []
    if len(line.wordings) > 1:
        notes.append(f"edited {_clock(line.wordings[-1].at)}")
    if line.deleted_at:
        notes.append(f"deleted {_clock(line.deleted_at)}")
    return ", ".join(notes)


# ---- the text


def _plain(talk: Talk, lines: Sequence[Line], left_out: int) -> str:
    names = {line.author_id: words.clean(line.author) for line in talk.lines}
    head = [f"Ticket {talk.ticket.number}: {talk.hide(words.clean(talk.ticket.subject))}"]
    head += [f"{what}: {fact}" for what, fact in _facts(talk)]
    head += ["", talk.hide(talk.ticket.description), ""]
    cut = [f"(The first {words.counted(left_out, 'message')} did not fit into this file.)", ""] if left_out else []
    return "\n".join([*head, *cut, *(one for line in lines for one in _plain_line(line, names))]) + "\n"


def _plain_line(line: Line, names: Mapping[int, str]) -> Iterator[str]:
    note = _note(line)
    yield f"[{_clock(line.at)}] {words.clean(line.author)}" + (f" ({note})" if note else "")
    for one in line.wordings[:-1]:
        yield from (f"    (before) {row}" for row in _named(one.text, names).split("\n"))
    for text in (*(one.text for one in line.wordings[-1:]), *line.embeds):
        if text:
            yield from (f"    {row}" for row in _named(text, names).split("\n"))
    for file in line.files:
        yield f"    [file: {words.clean(file.name)}, {_size(file.size)}]"


def _clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, size // 1000)} kB"
