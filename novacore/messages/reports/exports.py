"""Exports: the page that shows how far one has come, each part as it reaches the owner, and docs/exports.md."""

from collections.abc import Iterator, Mapping
from typing import Final

from discord import ui

from novacore.db.models import Export
from novacore.db.queries.reports import exports as queries
from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import FilePart, Message, box, text
from novacore.messages.kit.progress import bar
from novacore.plurals import counted
from novacore.states import ExportFormat, ExportState, ExportSubject
from novacore.workflows.exports.parts import Part

FORMATS: Final[Mapping[ExportFormat, str]] = {
    ExportFormat.csv: "CSV",
    ExportFormat.parquet: "Parquet",
    ExportFormat.xlsx: "Excel (XLSX)",
}

TITLES: Final[Mapping[ExportSubject, str]] = {
    ExportSubject.orders: "Orders",
    ExportSubject.products: "Products",
    ExportSubject.tickets: "Tickets",
    ExportSubject.events: "Events",
    ExportSubject.ledger: "Ledger",
    ExportSubject.units: "Units",
    ExportSubject.vouches: "Vouches",
}


def progress(export: Export) -> Message:
    """Show the owner how far their export has come."""
    if export.state is ExportState.failed:
        why = words.harmless(export.reason or "Nobody knows why.", 500)
        told = (f"## ⚠️ {_title(export)}", f"The export has stopped: {why}", _after_failure(export))
        return Message(box([text(*told)], colours.WARNING))
    if export.state is ExportState.done:
        files = counted(export.parts_sent, "file", "files")
        said = f"{counted(export.rows_done, 'row', 'rows')} in {files}: they are in your DMs."
        return Message(box([text(f"## ✅ {_title(export)}", said, _period(export))], colours.DONE))
    return Message(box([text(f"## 📦 {_title(export)}", *_on_the_way(export), _period(export))], colours.BRAND))


def _on_the_way(export: Export) -> Iterator[str]:
    yield bar(export.rows_done, export.rows_total)
    yield f"{export.rows_done:,} of {counted(export.rows_total, 'row', 'rows')}"
    if export.parts_sent:
        yield f"{counted(export.parts_sent, 'file', 'files')} in your DMs so far"
    yield "-# You may close this: the files come by DM all the same."


def _after_failure(export: Export) -> str:
    if export.parts_sent:
        return f"You have the first {export.rows_done:,} rows by DM. Fix the cause and type `/export` again."
    return "Nothing was sent. Fix the cause and type `/export` again."


def part_message(export: Export, part: Part) -> Message:
    """Build the DM with one part. Most lists hold customers' ids: it goes to the owner and to nobody else."""
    file = FilePart(part.file_name, part.content)
    number, first = export.parts_sent + 1, export.rows_done + 1
    rows = f"rows {first:,} to {export.rows_done + part.rows:,}" if part.rows else "no rows in this period"
    one_of = "" if part.is_last and number == 1 else f" · file {number}{', the last' if part.is_last else ''}"
    told = text(
        f"### 📦 {_title(export)}{one_of}",
        f"{rows[0].upper()}{rows[1:]}. {'' if part.is_last else 'More files follow.'}".strip(),
        _period(export),
        *_warning(export),
    )
    return Message(box([told, ui.File(file.url)], colours.BRAND), (file,))


def _warning(export: Export) -> Iterator[str]:
    if export.what is not ExportSubject.products:
        yield "-# It names people. Keep it to yourself."


def _title(export: Export) -> str:
    return f"{TITLES[export.what]} as {FORMATS[export.format]}"


def _period(export: Export) -> str:
    begins = f"from {words.stamp(export.since, 'f')}" if export.since else "from the beginning"
    return f"-# {begins} to {words.stamp(export.until, 'f')}"


# ---- docs/exports.md

COLUMNS_BEGIN: Final = "<!-- columns: written by `novacore columns` -->"


def columns_page() -> str:
    """Return the part of docs/exports.md that names every column."""
    return "\n".join([COLUMNS_BEGIN, *(line for what in ExportSubject for line in _columns(what)), ""])


def _columns(what: ExportSubject) -> Iterator[str]:
    yield from ("", f"## {TITLES[what]}", "", "| column | kind | what it tells |", "|---|---|---|")
    for column in queries.columns(what):
        yield f"| `{column.name}` | {column.kind} | {column.meaning} |"
