"""Reads a file of codes that the owner uploads: text, CSV or JSON, as the owner chose or as it reads by itself.

Pure; `previews` calls `decoded`, then `read`. Whatever is wrong with the file is a BadInput with a sentence; what is
wrong with single lines is counted, with their numbers. What isn't clear becomes a question, and then nothing is read.
No text of an error holds anything of the file.
"""

from dataclasses import replace

from novacore.errors import BadInput
from novacore.workflows.stock.files import entries
from novacore.workflows.stock.files.columns import goods_columns, headings
from novacore.workflows.stock.files.layout import Layout, laid_out
from novacore.workflows.stock.files.limits import MAX_COLUMNS, require_few
from novacore.workflows.stock.files.rows import delimited, json_lists
from novacore.workflows.stock.files.rows.plain_lines import refuse_list_in_a_line
from novacore.workflows.stock.files.rows.wrappings import without_fences
from novacore.workflows.stock.files.tables import WHOLE_LINES, Choice, Column, Heading, Question, StockFile, Table

_NO_SUCH = "Those columns aren't in that file. Please choose again."
_TOO_MANY = (
    f"That file has more than {MAX_COLUMNS} columns, and I can't tell which ones are the goods. Please keep only the "
    "columns that buyers get, and upload it again."
)


def read(name: str, text: str, choice: Choice = Choice()) -> StockFile:  # noqa: B008 - it cannot be changed
    """Read the text of an uploaded file; its name says how (.csv, .json, anything else is text). Raises BadInput."""
    table = _table(name.rpartition(".")[2].casefold(), text)
    if table.is_grouped and choice.columns == (WHOLE_LINES,):
        table = delimited.line_by_line(text)
    heading = _decided(headings.judge(table), choice)
    found = StockFile(counted=table.counted, heading=heading, has_lines=table.has_lines, notes=table.notes)
    if heading.is_taken is None:
        return replace(found, question=Question.heading)
    layout = laid_out(table, heading)
    goods = _chosen(table, layout, choice)
    if goods is None or len(layout.columns) > 1 or any(layout.names):
        found = replace(found, columns=_columns(layout))
    if goods is None:
        return replace(found, question=Question.columns)
    return entries.filled(replace(found, goods=goods), layout)


def _table(ending: str, text: str) -> Table:
    bare = without_fences(text)
    if ending in json_lists.ENDINGS or json_lists.looks_like_json(bare):
        return json_lists.table(bare)
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    require_few(ends if text.endswith(("\n", "\r")) else ends + 1)
    table = delimited.table(ending, text)
    if not table.is_grouped:
        refuse_list_in_a_line(table.rows)
    return table


def _decided(heading: Heading, choice: Choice) -> Heading:
    if not heading.lines or choice.takes_heading is None:
        return heading
    return replace(heading, is_taken=choice.takes_heading)


def _chosen(table: Table, layout: Layout, choice: Choice) -> tuple[int, ...] | None:
    """Return the columns that become goods, as the owner said or as it is clear; None if it has to be asked."""
    if choice.columns is None:
        found = goods_columns.suggested(layout.names, layout.columns, are_fields=table.names is not None)
        if found is None and len(layout.columns) > MAX_COLUMNS:
            raise BadInput(_TOO_MANY)
        return found
    known = {*layout.columns, *((WHOLE_LINES,) if table.has_lines else ())}
    if not choice.columns or not known.issuperset(choice.columns):
        raise BadInput(_NO_SUCH)
    return (WHOLE_LINES,) if WHOLE_LINES in choice.columns else tuple(sorted({*choice.columns}))


def _columns(layout: Layout) -> list[Column]:
    return [
        Column(number, layout.names[number], next((cell for cell in cells if cell), ""))
        for number, cells in layout.columns.items()
    ]
