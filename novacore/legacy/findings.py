"""What was found in a table of an old file: how many rows, and what is odd about which. `report` prints it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from novacore.legacy.oddities import Oddity

KEPT: Final = 10_000
"""Rows of one kind of oddity that are named; more of them are counted."""


@dataclass(frozen=True, slots=True)
class Named:
    """An odd row: its id in the old file, the name that goes with it, and what is special about it."""

    old_id: str
    name: str
    detail: str


@dataclass(slots=True)
class OddKind:
    """Rows that are odd in the same way, and the first of them by name."""

    count: int = 0
    named: list[Named] = field(default_factory=list)


@dataclass(slots=True)
class TableSurvey:
    """What was found in one table. `odd` goes by the kind of oddity and what is done about it."""

    name: str
    rows: int = 0
    new: int = 0
    there: int = 0
    left_out: int = 0
    odd_rows: int = 0
    on_sale: int = 0
    odd: dict[tuple[str, str], OddKind] = field(default_factory=dict)
    unknown_columns: Sequence[str] = ()
    unreadable_columns: Sequence[str] = ()
    renamed_columns: Sequence[tuple[str, str]] = ()
    """(What is read, the column that it is read from), where that isn't called the same."""
    remarks: list[str] = field(default_factory=list)
    """What is to be said of the file as a whole."""

    def note(self, old_id: str, name: str, found: Sequence[Oddity]) -> None:
        """Write down what is odd about a row."""
        self.odd_rows += bool(found)
        for one in found:
            kind = self.odd.setdefault((one.what, one.then), OddKind())
            kind.count += 1
            if len(kind.named) < KEPT:
                kind.named.append(Named(old_id, name, one.detail))

    def count(self, rows: int, read: int, new: int) -> None:
        """Count the rows of a chunk: those that there were, that could be read, and that hadn't come in before."""
        self.rows += rows
        self.left_out += rows - read
        self.new += new
        self.there += read - new
