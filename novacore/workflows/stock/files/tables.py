"""The shapes that reading a file of codes goes through: its rows, what the owner chose, and what was found in it.

No repr shows a code.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a file, or an entry of a JSON list."""

    number: int
    """Counted from 1."""
    cells: tuple[str | None, ...] = field(repr=False)
    """None for what is no text, such as a number in JSON."""
    line: str = field(default="", repr=False)
    """The whole line as it stands, where it may be meant as a whole: in plain text."""
    fault: str = ""
    """Why the row can't be read at all: it has more cells than the heading, say."""

    @property
    def width(self) -> int:
        """How many cells it has, without empty ones at its end."""
        return filled_width(self.cells)

    def text(self, number: int) -> str:
        """Return the text of a cell, counted from 0; empty where the row is shorter, or the cell is no text."""
        return self.cells[number] or "" if number < len(self.cells) else ""


def filled_width(cells: Sequence[str | None]) -> int:
    """Count cells up to the last that has something in it."""
    return next((n for n in range(len(cells), 0, -1) if cells[n - 1] is None or (cells[n - 1] or "").strip()), 0)


@dataclass(frozen=True, slots=True)
class Table:
    """A file taken apart. Nothing is decided yet: the first row may be a heading or a code."""

    rows: Sequence[Row]
    names: tuple[str, ...] | None = None
    """What the columns are called where the format says so: the fields of JSON objects."""
    counted: str = "line"
    """What the rows' numbers count: "line", or "entry" of a JSON list."""
    has_lines: bool = False
    """Whether a whole line may be one code although it can be split: in plain text, not in CSV."""
    notes: Sequence[str] = ()
    """What was left out around the codes, a sentence each."""
    is_grouped: bool = False
    """Whether a row is several lines of the file that belong together."""


WHOLE_LINES: Final = -1
"""Chosen in place of columns: each line as it stands."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the owner said about a file; None if the file itself has to say it."""

    takes_heading: bool | None = None
    columns: tuple[int, ...] | None = None

    def stored(self) -> dict[str, object]:
        """Return it as the database keeps it."""
        return {"heading": self.takes_heading, "columns": None if self.columns is None else [*self.columns]}

    @classmethod
    def read(cls, kept: dict[str, object]) -> Self:
        """Return what `stored` made."""
        columns = kept.get("columns")
        heading = kept.get("heading")
        return cls(
            heading if isinstance(heading, bool) else None,
            tuple(map(int, columns)) if isinstance(columns, list) else None,
        )


class Question(StrEnum):
    """What the owner has to say before a file can be stocked."""

    heading = "heading"
    columns = "columns"


@dataclass(frozen=True, slots=True)
class Heading:
    """Lines that may be no codes. Nothing is in doubt where there are none."""

    lines: Sequence[int] = ()
    cells: tuple[str, ...] = field(default=(), repr=False)
    """What one of them says: the one that names the columns, or the first. While it is in doubt, this may be goods."""
    is_taken: bool | None = False
    """Whether they are left out; None if the owner has to say it."""
    naming: int | None = None
    """The one that names the columns; None if none does: a title, or a note below the codes."""

    @property
    def shown(self) -> int:
        """The one whose cells these are."""
        return self.naming or self.lines[0]

    @property
    def text(self) -> str:
        """What the cells say, in one line."""
        return " · ".join(self.cells)


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the owner chooses it. `name` is empty where the file doesn't say one."""

    number: int
    name: str
    example: str = field(repr=False)
    """The first cell that isn't empty."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One unit of goods."""

    number: int
    """Its line, or its entry."""
    text: str = field(repr=False)
    """What the buyer gets: the code, or a line for each column."""
    mark: str = field(repr=False)
    """What tells it from others: its cells without the columns' names, which may be spelled otherwise next time."""
    cells: tuple[str, ...] = field(repr=False)
    """The values in it, in the order of the columns."""


@dataclass(frozen=True, slots=True)
class StockFile:
    """What a file holds."""

    entries: Sequence[Entry] = field(default=(), repr=False)
    """Each code once, in the order of the file. Empty while something has to be asked."""
    repeated: Sequence[int] = ()
    """Lines whose code stands further up already."""
    malformed: Sequence[tuple[int, str]] = ()
    """Lines that hold no usable code, and what is wrong: "longer than ..."."""
    counted: str = "line"
    heading: Heading = Heading()
    columns: Sequence[Column] = ()
    """Every column with something in it; empty where there is a single one that has no name."""
    goods: tuple[int, ...] | None = None
    """The columns that become goods; None if the owner has to say it."""
    has_lines: bool = False
    """Whether whole lines can be chosen in place of columns."""
    question: Question | None = None
    look_alikes: Sequence[tuple[int, ...]] = ()
    """Lines whose codes look the same and are not."""
    deceptive: Sequence[int] = ()
    """Lines with characters that only look like those of a keyboard."""
    changed: Sequence[tuple[int, str]] = ()
    """Lines that a spreadsheet seems to have changed, and into what."""
    notes: Sequence[str] = ()

    @property
    def codes(self) -> list[str]:
        """What buyers get, one by one."""
        return [one.text for one in self.entries]

    @property
    def lines(self) -> list[int]:
        """The line of each of them."""
        return [one.number for one in self.entries]

    @property
    def can_choose(self) -> bool:
        """Whether there is anything that the owner could choose otherwise."""
        return bool(self.heading.lines) or self.can_choose_columns

    @property
    def can_choose_columns(self) -> bool:
        """Whether there are several columns, or one that is only goods if the owner says so."""
        return len(self.columns) > 1 or self.question is Question.columns
