"""What a person reads in the terminal of an import: a table of what comes in, and what is odd. No goods are in it."""

from collections.abc import Iterator, Sequence
from typing import Final

from novacore.legacy.survey import TableSurvey

SHOWN: Final = 20
"""Rows named for each kind of oddity; the others are counted."""


def written(surveys: Sequence[TableSurvey], *, everything: bool = False) -> str:
    """Return the report. `everything` names every odd row, not only the first of each kind."""
    parts = [_table(surveys), *(_odd(one, everything) for one in surveys), *(_unknown(one) for one in surveys)]
    return "\n\n".join(part for part in parts if part)


def _table(surveys: Sequence[TableSurvey]) -> str:
    head = f"{'':<12}{'in the file':>12}{'new':>12}{'here already':>14}{'odd':>10}{'left out':>10}"
    rows = [
        f"{one.name:<12}{one.rows:>12,}{one.new:>12,}{one.there:>14,}{one.odd_rows:>10,}{one.left_out:>10,}"
        for one in surveys
    ]
    return "\n".join([head, *rows])


def _odd(survey: TableSurvey, everything: bool) -> str:
    return "\n".join(_lines(survey, everything))


def _lines(survey: TableSurvey, everything: bool) -> Iterator[str]:
    if survey.odd:
        yield f"Odd {survey.name}, by their id in the old file:"
    for (what, then), kind in survey.odd.items():
        yield f"  {_seen(what)} ({kind.count:,}): {_seen(then)}"
        shown = kind.named if everything else kind.named[:SHOWN]
        for old_id, said in shown:
            detail = said.partition(":")[2]
            yield f"    {_seen(old_id)[:40]}{':' if detail else ''}{_seen(detail)}"
        if kind.count > len(shown):
            yield f"    ... and {kind.count - len(shown):,} more" + ("" if everything else "; --all names them")


def _unknown(survey: TableSurvey) -> str:
    if not survey.unknown_columns:
        return ""
    names = ", ".join(_seen(one)[:40] for one in survey.unknown_columns)
    return f"Columns of {survey.name} that are not understood, and left out: {names}"


def _seen(text: str) -> str:
    """Leave out what would move the cursor or colour the terminal: the texts come from strangers."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
