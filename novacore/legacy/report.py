"""What a person reads in the terminal of an import: a table of what comes in, and what is odd. No goods are in it."""

from collections.abc import Iterator, Sequence
from typing import Final

from novacore.legacy.findings import Named, TableSurvey
from novacore.terminal_text import printable

SHOWN: Final = 20
"""Rows named for each kind of oddity; the others are counted."""


def written(surveys: Sequence[TableSurvey], *, everything: bool = False) -> str:
    """Return the report. `everything` names every odd row, not only the first of each kind."""
    parts = [_table(surveys)]
    for one in surveys:
        parts += ["\n".join(_on_sale(one)), "\n".join(_odd(one, everything)), "\n".join(_columns(one))]
    return "\n\n".join(part for part in parts if part)


def _table(surveys: Sequence[TableSurvey]) -> str:
    head = f"{'':<12}{'in the file':>12}{'new':>12}{'here already':>14}{'odd':>10}{'left out':>10}"
    rows = [
        f"{one.name:<12}{one.rows:>12,}{one.new:>12,}{one.there:>14,}{one.odd_rows:>10,}{one.left_out:>10,}"
        for one in surveys
    ]
    return "\n".join([head, *rows])


def _on_sale(survey: TableSurvey) -> Iterator[str]:
    if survey.name == "products":
        yield f"New products that come in on sale: {survey.on_sale:,} of {survey.new:,}"


def _odd(survey: TableSurvey, everything: bool) -> Iterator[str]:
    if survey.odd:
        yield f"Odd {survey.name}, by their id in the old file and their name:"
    for (what, then), kind in survey.odd.items():
        yield f"  {printable(what)} ({kind.count:,}): {printable(then)}"
        shown = kind.named if everything else kind.named[:SHOWN]
        yield from (f"    {_row(one)}" for one in shown)
        if kind.count > len(shown):
            yield f"    ... and {kind.count - len(shown):,} more" + ("" if everything else "; --all names them")


def _row(one: Named) -> str:
    name = " ".join(filter(None, (printable(one.old_id)[:40], printable(one.name)[:80])))
    return f"{name}: {printable(one.detail)}" if one.detail else name


def _columns(survey: TableSurvey) -> Iterator[str]:
    renamed = ", ".join(
        f"{what.replace('_', ' ')} from {printable(name)[:40]}" for what, name in survey.renamed_columns
    )
    if renamed:
        yield f"Columns of {survey.name} that are read under another name: {renamed}"
    if survey.unknown_columns:
        yield f"Columns of {survey.name} that are not understood, and left out: {_listed(survey.unknown_columns)}"
    if survey.unreadable_columns:
        yield f"Columns of {survey.name} that can't be read, and are left out: {_listed(survey.unreadable_columns)}"
    yield from map(printable, survey.remarks)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(printable(one)[:40] for one in names)
