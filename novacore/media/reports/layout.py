"""What a picture of a report shows, ready worded. `messages.reports` fills it in, `charts` draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How a change is taken; it is also told by its arrow, never by colour alone."""

    good = "good"
    bad = "bad"
    plain = "plain"


@dataclass(frozen=True, slots=True)
class Tile:
    """One large number; `note` is empty where there is nothing to say of it."""

    label: str
    value: str
    note: str = ""
    tone: Tone = Tone.plain


@dataclass(frozen=True, slots=True)
class Column:
    """What came and went in one stretch of days. `label` is empty where there is no room for one."""

    label: str
    came: int
    went: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a ranking; `share` (0 to 1) is how long its bar is."""

    label: str
    value: str
    share: float


class About(StrEnum):
    """What a ranking is about; it has the same colour in every report."""

    products = "products"
    categories = "categories"
    ways = "ways"
    orders = "orders"


@dataclass(frozen=True, slots=True)
class Ranking:
    """Bars under a heading."""

    about: About
    title: str
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Fact:
    """A small number: what it is, of how many, and what it was before."""

    label: str
    value: str
    note: str
    was: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One picture. What there are no figures of is left out: no tile, column, ranking or fact stands for nothing.

    `axis` names heights of the columns: (amount, label), from the lowest. `empty` is said where there is nothing.
    """

    title: str
    subtitle: str
    tiles: Sequence[Tile]
    columns_title: str
    came: str
    went: str
    columns: Sequence[Column]
    axis: Sequence[tuple[float, str]]
    rankings: Sequence[Ranking]
    facts: Sequence[Fact]
    footer: str
    empty: str = ""
