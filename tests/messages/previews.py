"""Previews of restocks: read from a file as the shop reads it, and as full as they can be."""

from collections.abc import Iterator
from dataclasses import replace

from novacore.messages.catalog import restock_files, restock_preview
from novacore.messages.kit.layout import Message
from novacore.workflows.goods.file_names import NAME_LIMIT
from novacore.workflows.goods.files import LARGEST_FILE, FileHead
from novacore.workflows.stock.files.decoding import decoded
from novacore.workflows.stock.files.limits import MAX_COLUMNS
from novacore.workflows.stock.files.read import read
from novacore.workflows.stock.files.tables import WHOLE_LINES, Choice, Column, Heading, Question, StockFile
from novacore.workflows.stock.previews import Preview
from novacore.workflows.stock.samples import Sample, masked, samples
from novacore.workflows.stock.unit_files import MOST_AT_ONCE, FilesPreview


def preview_of(name: str, content: str, choice: Choice | None = None, batch_id: int | None = 7) -> Preview:
    """Return the preview of a file in which everything is new."""
    found = read(name, decoded(content.encode()), choice or Choice())
    shown = samples(found, found.entries)
    return Preview(batch_id, "Gift card", len(found.entries), 3, replace(found, entries=()), samples=shown)


def every_preview(text: str) -> Iterator[tuple[str, Message]]:
    """Build previews with as much in them as fits, and this text wherever a stranger's text can stand."""
    full, lines = _full(text), range(10**6, 10**6 + 10_000)
    sample = Sample(text, 1, 4_000, masked(text), masked(text))
    new = Preview(7, text, 10**5, 10**6, full, lines, lines, [sample] * MAX_COLUMNS)
    yield "stock preview", restock_preview.preview(new)
    for goods in ((WHOLE_LINES,), (0,)):
        yield f"stock of {goods}", restock_preview.preview(replace(new, file=replace(full, goods=goods)))
    for question in Question:
        asked = replace(full, question=question, goods=None, heading=replace(full.heading, is_taken=None))
        yield f"stock asks for {question}", restock_preview.preview(Preview(7, text, 0, 10**6, asked))
    yield "stock known", restock_preview.preview(replace(new, new=0))
    yield "nothing new", restock_preview.preview(Preview(None, text, 0, 0, StockFile(repeated=lines)))
    yield "a count", restock_preview.preview(Preview(7, text, 5, 0))
    names = [f"{number}{text}"[:NAME_LIMIT] for number in range(MOST_AT_ONCE)]
    heads = [FileHead(number, name, LARGEST_FILE) for number, name in enumerate(names)]
    half = MOST_AT_ONCE // 2
    mixed = FilesPreview(7, text, 10**6, heads[:half], [(one, "comes twice in this upload") for one in names[half:]])
    yield "files", restock_files.files_preview(mixed)
    yield "new files", restock_files.files_preview(replace(mixed, new=heads, repeats=[]))
    known = [(one, "is in stock already") for one in names]
    yield "known files", restock_files.files_preview(FilesPreview(None, text, 0, [], known))


def _full(text: str) -> StockFile:
    lines = range(10**6, 10**6 + 10_000)
    faults = [(one, f"nothing under “{text[:60]}”") for one in lines]
    return StockFile(
        repeated=lines,
        malformed=faults,
        counted="entry",
        heading=Heading(lines, (text, text), is_taken=True),
        columns=[Column(n, text[:60], text) for n in range(60)],
        goods=tuple(range(MAX_COLUMNS)),
        has_lines=True,
        look_alikes=[tuple(lines)] * 99,
        deceptive=lines,
        changed=faults,
        notes=["The quotation marks around each code were left out."] * 3,
    )
