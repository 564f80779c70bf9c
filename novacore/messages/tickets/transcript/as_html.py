"""A transcript as a page that needs nothing from the network.

Everything that people wrote is escaped by MarkupSafe as it is put in. Names come without marks that turn the direction
of writing: they would turn the time behind them as well.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from novacore.messages.kit import words
from novacore.messages.tickets.transcript import facts as told
from novacore.messages.tickets.transcript.links import addresses
from novacore.messages.tickets.transcript.mentions import clock_of, written_out
from novacore.messages.tickets.transcript.talk import KeptFile, Names, Talk, TranscriptMessage
from novacore.plurals import counted

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
.answer{border-left:3px solid #4e5058;color:#949ba4;font-size:.9rem;margin:.2rem 0;padding-left:.6rem}
.notice .said{color:#949ba4;font-style:italic}
img{border-radius:6px;display:block;margin:.3rem 0;max-height:30rem;max-width:100%}a{color:#00a8fc}
@media print{body{background:#fff;color:#000}.who,h1{color:#000}.embed{background:#f2f2f2}}
""")

_PAGE: Final = Markup("""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer">
<title>{title}</title><style>{style}</style></head>
<body><header><h1>{subject} <small>ticket {number}</small></h1>{facts}<p>{description}</p></header>
<main>
{lines}
</main>
<footer class="note">{count} {made}</footer></body></html>
""")

_LINK: Final = Markup('<a href="{0}" rel="noopener noreferrer nofollow" target="_blank">{0}</a>')


def make(talk: Talk, lines: Sequence[TranscriptMessage], left_out: int) -> str:
    """Return the page with these lines of the talk; `left_out` older ones are not among them."""
    names, every = told.names_in(talk), {line.message_id: line for line in talk.lines}
    cut = [Markup('<p class="note">{}</p>').format(told.left_out(left_out))] if left_out else []
    return _PAGE.format(
        number=talk.ticket.number,
        title=" · ".join(
            filter(None, (f"Ticket {talk.ticket.number}", talk.shop_name and words.clean(talk.shop_name)))
        ),
        style=_STYLE,
        subject=talk.hide(words.clean(talk.ticket.subject)),
        facts=_facts(talk),
        description=talk.hide(talk.ticket.description),
        lines=Markup("\n").join([*cut, *(_article(line, every, names) for line in lines)]),
        count=counted(len(talk.lines), "message", "messages") + ".",
        made=f"Codes are hidden. Taken at {clock_of(talk.made_at)}.",
    )


def _facts(talk: Talk) -> Markup:
    rows = (Markup("<dt>{}</dt><dd>{}</dd>").format(what, fact) for what, fact in told.facts(talk))
    return Markup("<dl>{}</dl>").format(Markup("").join(rows))


def _article(line: TranscriptMessage, every: Mapping[int, TranscriptMessage], names: Names) -> Markup:
    parts = [_p("note", told.DELETED)] if told.is_blank(line) else _parts(line, every, names)
    head = Markup('<span class="who">{}</span> <span class="when">{}</span>').format(
        words.clean(line.author), clock_of(line.at)
    )
    kind = "notice" if line.is_notice else "ours" if line.is_ours else ""
    marked = Markup(' class="{}"').format(kind) if kind else Markup("")
    return Markup("<article{}>{}{}</article>").format(marked, head, Markup("").join(parts))


def _parts(line: TranscriptMessage, every: Mapping[int, TranscriptMessage], names: Names) -> list[Markup]:
    answer, note = told.answer(line, every, names), told.note(line)
    return [
        *([_p("answer", answer)] if answer else []),
        *(_p("before", one.text) for one in line.wordings[:-1]),
        *(_p("said", _linked(one.text, names)) for one in line.wordings[-1:] if one.text),
        *(Markup('<div class="embed">{}</div>').format(_linked(one, names)) for one in line.embeds),
        *(_file(one) for one in line.files),
        *([_p("note", note)] if note else []),
    ]


def _p(kind: str, text: str) -> Markup:
    return Markup('<p class="{}">{}</p>').format(kind, text)


def _linked(text: str, names: Names) -> Markup:
    """Make web addresses links, which name where they lead and tell nobody whence one comes."""
    text = written_out(text, names)
    parts, end = [], 0
    for start, stop in addresses(text):
        parts += [Markup("{}").format(text[end:start]), _LINK.format(text[start:stop])]
        end = stop
    return Markup("").join([*parts, Markup("{}").format(text[end:])])


def _file(file: KeptFile) -> Markup:
    name = words.clean(file.name)
    about = f"{name} ({told.size_of(file)})"
    if file.content is None:
        return Markup('<p class="note">📎 {}: {}</p>').format(about, told.fate_of(file))
    data = base64.b64encode(file.content).decode("ascii")
    if file.content_type in told.SHOWN:
        return Markup('<img alt="{}" src="data:{};base64,{}">').format(about, file.content_type, data)
    return Markup('<p>📎 <a download="{}" href="data:application/octet-stream;base64,{}">{}</a></p>').format(
        name, data, about
    )
