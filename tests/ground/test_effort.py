"""No pattern that reads what people typed takes more than a text's length: hostile texts would stop the shop."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice, product
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import novacore
from tests.fixtures.effort import Backtracker
from tests.house.source import calls_of, modules

ROOMS = ("messages", "workflows", "media", "bot", "tasks", "telemetry")
NOT_OURS = ("escape_markdown", "remove_markdown")
HANDED_ON = {"_SCIENTIFIC", "_DECIMAL"}
"""Patterns in a table, each of which `fullmatch` is called on."""
MOST_LETTERS = 7
"""Of a pattern that texts are made of: a longer class adds nothing new."""
TOO_FAST = 2.5
"""Times the work for twice the text. Twice is linear, four times the square."""

Shape = Callable[[str, str, int], str]
SHAPES: tuple[Shape, ...] = (
    lambda one, other, count: one * count + other,
    lambda one, other, count: one * count + other + " ",
    lambda one, other, count: (one + other) * (count // 2),
)


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns that stand in these rooms, by module and name."""
    found: dict[str, re.Pattern[str]] = {}
    for module in pkgutil.walk_packages(novacore.__path__, "novacore."):
        if module.name.split(".")[1] in ROOMS:
            names = vars(importlib.import_module(module.name)).items()
            found |= {f"{module.name}.{name}": one for name, one in names if isinstance(one, re.Pattern)}
    return found


def use_of(name: str) -> str:
    """Return how a pattern is used in its module: "fullmatch" and "match" try once, "search" at each letter."""
    module, _, bare = name.rpartition(".")
    if bare in HANDED_ON:
        return "fullmatch"
    (text,) = (one.text for one in modules("novacore") if one.path == module.replace(".", "/") + ".py")
    methods = {*re.findall(rf"\b{re.escape(bare)}\.(\w+)\(", text)}
    return methods.pop() if len(methods) == 1 and methods <= {"match", "fullmatch"} else "search"


def letters(pattern: re.Pattern[str]) -> list[str]:
    """Return characters that the pattern knows, and some that stand for all others."""
    known = dict.fromkeys([*_literals(_parser.parse(pattern.pattern, pattern.flags)), *"a1 \n"])
    return [*islice(known, MOST_LETTERS)]


def _literals(parsed: Any) -> Iterator[str]:
    """Go through a parsed pattern, whatever is nested in what, and give the letters named in it."""
    if isinstance(parsed, tuple) and len(parsed) == 2 and parsed[0] in (op.LITERAL, op.NOT_LITERAL):
        yield chr(parsed[1])
    elif isinstance(parsed, tuple) and len(parsed) == 2 and parsed[0] is op.RANGE:
        yield chr(parsed[1][0])
    elif isinstance(parsed, tuple | list | _parser.SubPattern):
        for inner in parsed:
            yield from _literals(inner)


def worst_growth(pattern: re.Pattern[str], use: str = "search") -> float:
    """Return by how much the work grows where a text doubles: 2 is linear, 4 the square."""
    counting = Backtracker(pattern)
    work = {"fullmatch": counting.whole, "match": counting.begins}.get(use, counting.spans)

    def growth(shape: Shape, one: str, other: str, count: int) -> float:
        work(shape(one, other, count))
        once = counting.steps
        work(shape(one, other, 2 * count))
        return counting.steps / max(once, 1)

    known, worst = letters(pattern), 0.0
    for shape, one, other in product(SHAPES, known, known):
        found = growth(shape, one, other, 24)
        if found > TOO_FAST:  # what is bounded grows like this only up to its bound
            found = growth(shape, one, other, 400)
        worst = max(worst, found)
        if worst > TOO_FAST:
            break
    return worst


@pytest.mark.parametrize("name", sorted(patterns()))
def test_the_work_of_a_pattern_grows_with_the_text_and_no_faster(name: str) -> None:
    grown = worst_growth(patterns()[name], use_of(name))
    assert grown <= TOO_FAST, (
        f"{name} takes {grown:.1f} times the work for a text of twice the length. Cure: let no repeat begin in the "
        "middle of what it repeats (a lookbehind), nor give back what it took (a possessive ++)."
    )


def test_nobody_escapes_with_a_pattern_that_is_not_ours() -> None:
    found = [f"{one.path}:{line}" for one in modules("novacore") for line in calls_of(one, *NOT_OURS)]
    assert not found, "Cure: words.escape or words.paragraph; discord.py's take the square of a text.\n" + "\n".join(
        found
    )


@pytest.mark.parametrize("bad", [r"a+b", r"(?<=;)(?=[\s;]*=)", r"\[.+\]\(.+\)", r"[^:]++(?!:\s)", r"(?m)^\s*-"])
def test_the_rule_can_fail(bad: str) -> None:
    assert worst_growth(re.compile(bad)) > TOO_FAST


@pytest.mark.parametrize("name", sorted(patterns()))
def test_the_count_is_of_the_same_matches_as_pythons(name: str) -> None:
    pattern = patterns()[name]
    known, counting = letters(pattern), Backtracker(pattern)
    for number in range(len(known) ** 2 * 3):
        text = "".join(known[(number * step * step + step) % len(known)] for step in range(1, 12))
        expected = [found.span() for found in pattern.finditer(text)]
        assert counting.spans(text) == expected, text
