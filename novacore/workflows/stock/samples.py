"""What a preview shows of codes: how long they are, and the first and the last of them, masked in the middle."""

from collections.abc import Sequence
from dataclasses import dataclass

from novacore.workflows.goods.masking import DOTS
from novacore.workflows.stock.files.tables import Entry, StockFile

_MOST_SHOWN = 4
"""Characters at either end."""
_HIDDEN = 5
"""One of so many characters is shown at either end, at most: of a PIN none."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The codes in a column of the goods, or in all of a file."""

    name: str
    """What the column is called; empty where there is one, or where the file doesn't say."""
    shortest: int
    longest: int
    first: str
    last: str
    """Masked, both of them."""


def samples(found: StockFile, entries: Sequence[Entry]) -> list[Sample]:
    """Return a sample for each column of the goods in these entries; none if there is no entry."""
    if not entries:
        return []
    names = {one.number: one.name for one in found.columns}
    columns = zip(*(one.cells for one in entries), strict=True)
    titles = [names.get(number, "") for number in found.goods or ()]
    return [_sample(title, cells) for title, cells in zip(titles, columns, strict=True)]


def masked(code: str) -> str:
    """Return a code with dots in its middle; a short one is dots alone."""
    bare = " ".join(code.split())
    shown = min(_MOST_SHOWN, len(bare) // _HIDDEN)
    return f"{bare[:shown]}{DOTS}{bare[len(bare) - shown :]}"


def _sample(name: str, cells: Sequence[str]) -> Sample:
    lengths = [len(cell) for cell in cells]
    return Sample(name, min(lengths), max(lengths), masked(cells[0]), masked(cells[-1]))
