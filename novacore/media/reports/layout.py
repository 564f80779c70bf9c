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
    """One large number."""

    label: str
    value: str
    note: str
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


@dataclass(frozen=True, slots=True)
class Ranking:
    """Bars under a heading; `empty` is said where there are none."""

    title: str
    bars: Sequence[Bar]
    empty: str = "Nothing in these days"


@dataclass(frozen=True, slots=True)
class Fact:
    """A small number: what it is, of how many, and what it was before."""

    label: str
    value: str
    note: str
    was: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One picture. `axis` names heights of the columns: (amount, label), from the lowest."""

    title: str
    subtitle: str
    tiles: Sequence[Tile]
    columns_title: str
    came: str
    went: str
    columns: Sequence[Column]
    axis: Sequence[tuple[float, str]]
    wide: Ranking
    left: Ranking
    right: Ranking
    funnel: Ranking
    facts: Sequence[Fact]
    footer: str
