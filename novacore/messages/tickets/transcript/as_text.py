"""A transcript as plain text: read in any editor, and by whatever searches it."""

from collections.abc import Iterator, Mapping, Sequence

from novacore.messages.kit import words
from novacore.messages.tickets.transcript import facts as told
from novacore.messages.tickets.transcript.mentions import clock_of, written_out
from novacore.messages.tickets.transcript.talk import Names, Talk, TranscriptMessage


def make(talk: Talk, lines: Sequence[TranscriptMessage], left_out: int) -> str:
    """Return the text with these lines of the talk; `left_out` older ones are not among them."""
    names, every = told.names_in(talk), {line.message_id: line for line in talk.lines}
    head = [f"Ticket {talk.ticket.number}: {talk.hide(words.clean(talk.ticket.subject))}"]
    head += [f"{what}: {fact}" for what, fact in told.facts(talk)]
    head += ["", talk.hide(talk.ticket.description), ""]
    cut = [f"({told.left_out(left_out)})", ""] if left_out else []
    return "\n".join([*head, *cut, *(one for line in lines for one in _rows(line, every, names))]) + "\n"


def _rows(line: TranscriptMessage, every: Mapping[int, TranscriptMessage], names: Names) -> Iterator[str]:
    note = told.note(line)
    yield f"[{clock_of(line.at)}] {words.clean(line.author)}" + (f" ({note})" if note else "")
    if told.is_blank(line):
        yield f"    {told.DELETED}"
    if answer := told.answer(line, every, names):
        yield f"    > {answer}"
    for one in line.wordings[:-1]:
        yield from (f"    (before) {row}" for row in written_out(one.text, names).split("\n"))
    for text in (*(one.text for one in line.wordings[-1:]), *line.embeds):
        if text:
            yield from (f"    {row}" for row in written_out(text, names).split("\n"))
    for file in line.files:
        fate = told.fate_of(file)
        yield f"    [file: {words.clean(file.name)}, {told.size_of(file)}{f', {fate}' if fate else ''}]"
