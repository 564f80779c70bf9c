"""Reads text in which one unit has several lines: `Email: ...` above `Password: ...`, or lines between blank ones.

Pure; `delimited` calls `table`. Sold line by line, one buyer would get an account and the next one its password.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from novacore.errors import BadInput
from novacore.workflows.stock.files import faults
from novacore.workflows.stock.files.columns.looks import shape
from novacore.workflows.stock.files.columns.vocabulary import Role
from novacore.workflows.stock.files.columns.words import role
from novacore.workflows.stock.files.tables import Row, Table

TOGETHER: Final = "Lines with different labels in front, such as `Email:` and `Password:`, were read as one unit."
LABEL: Final = "The label in front of each code, such as `Key:`, was left out."
APART: Final = (
    "Lines that stand together were read as one unit. If each line is a unit of its own, choose **Whole lines**."
)

_LABELLED = re.compile(r"([^\W\d_][\w .#/()-]{0,39}?)[ \t]*[:=][ \t]*(\S.*)")
_NUMBERED = re.compile(r"(.*?)(?<![ #.])[ #.]*+(\d{1,6})")
_OF_GOODS: Final = frozenset({Role.code, Role.companion, Role.password, Role.account})
_MOST_ALIKE: Final = 0.9
"""The share of lines with one shape from which on they are codes in groups."""

Block = list[tuple[int, str]]
"""Lines that stand together, each with its number."""


def table(lines: Sequence[str]) -> Table | None:
    """Return text as a table with a row for each unit; None if every line is one. Raises BadInput."""
    bare = [line.strip() for line in lines]
    rules = {number for number, line in enumerate(bare, 1) if faults.is_ruled(line)}
    blocks = [*_blocks(bare, rules)]
    return _labelled([line for block in blocks for line in block]) or _apart(blocks, are_ruled=bool(rules))


def _blocks(lines: Sequence[str], rules: Collection[int]) -> Iterator[Block]:
    """Yield the lines between ruled lines, or between blank ones where nothing is ruled."""
    block: Block = []
    for number, line in enumerate(lines, 1):
        if line and number not in rules:
            block.append((number, line))
        elif block and (number in rules or not rules):
            yield block
            block = []
    if block:
        yield block


# ---- lines with labels


def _labelled(lines: Block) -> Table | None:
    """Return units whose lines say what they are; None if a line doesn't, or where no label is one that we know."""
    found = [_LABELLED.fullmatch(line) for _, line in lines]
    labels = _without_numbers([one[1].casefold() for one in found if one])
    if not labels or len(labels) < len(found) or not any(role(one) in _OF_GOODS for one in {*labels}):
        return None
    names = {label: one[1][: len(label)] for label, one in zip(labels, found, strict=True) if one}
    values = [one[2] for one in found if one]
    units = [*_units([*zip((number for number, _ in lines), labels, values, strict=True)])]
    if not _is_habit(labels, len(units)):
        return None
    order = [*dict.fromkeys(labels)]
    rows = [Row(number, tuple(unit.get(label, "") for label in order)) for number, unit in units]
    note = LABEL if len(order) == 1 else TOGETHER
    return Table(rows, tuple(names[label] for label in order), has_lines=True, notes=[note], is_grouped=True)


def _without_numbers(labels: Sequence[str]) -> list[str]:
    """Return labels that only count lines, as in `Code 1: ...` above `Code 2: ...`, as one; others as they are."""
    found = [_NUMBERED.fullmatch(one) for one in labels]
    numbers = [int(one[2]) for one in found if one]
    bare = [one[1] for one in found if one]
    counts_up = numbers == [*range(1, len(labels) + 1)] and len({*bare}) == 1
    return bare if counts_up and len(bare) > 1 else [*labels]


def _units(lines: Sequence[tuple[int, str, str]]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the number of its first line, and its values by label, of each unit: the next begins with a label again."""
    first, unit = 0, dict[str, str]()
    for number, label, value in lines:
        if label in unit:
            yield first, unit
            unit = {}
        first = first if unit else number
        unit[label] = value
    yield first, unit


def _is_habit(labels: Sequence[str], units: int) -> bool:
    """Tell whether the labels come again in most units. In a file of one unit each of them has to be known."""
    if units == 1:
        return len(labels) > 1 and all(role(one) is not None for one in labels)
    return all(count * 2 >= units for count in Counter(labels).values())


# ---- lines that stand together


def _apart(blocks: Sequence[Block], *, are_ruled: bool) -> Table | None:
    """Return blocks as rows with a column for each line; None if lines stand alone, or are codes in groups."""
    sizes = {len(block) for block in blocks}
    if len(blocks) < 2 or 1 in sizes or _are_alike([line for block in blocks for _, line in block]):
        return None
    if len(sizes) == 1:
        rows = [Row(block[0][0], tuple(line for _, line in block)) for block in blocks]
        return Table(rows, ("",) * sizes.pop(), has_lines=True, notes=[APART], is_grouped=True)
    if are_ruled:
        raise BadInput(
            "The codes in that file have several lines each, and not all as many, so I can't tell them apart. "
            "Please put each code on one line, or upload a JSON list."
        )
    return None


def _are_alike(lines: Sequence[str]) -> bool:
    shapes = Counter(map(shape, lines))
    return max(shapes.values()) >= _MOST_ALIKE * len(lines)
