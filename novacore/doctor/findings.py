"""What the doctor says: findings, and how they are written in a terminal."""

import json
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum

from novacore.plurals import counted
from novacore.terminal_text import printable


class Level(StrEnum):
    """How bad it is. A `warning` works today; a `fault` loses something, or will not start."""

    ok = "ok"
    warning = "warning"
    fault = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `fix` is one sentence, empty where nothing has to be done."""

    level: Level
    about: str
    text: str
    fix: str = ""


Findings = Iterable[Finding]

_MARKS = {Level.ok: "  ok   ", Level.warning: "  LOOK ", Level.fault: "  FAULT"}
_COLOURS = {Level.ok: "32", Level.warning: "33", Level.fault: "31"}
_ABOUT = 24
"""Characters for what a finding is about: as long as the longest setting with a channel."""


def ok(about: str, text: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(Level.ok, about, text)


def warning(about: str, text: str, fix: str = "") -> Finding:
    """Say that something works and deserves a look."""
    return Finding(Level.warning, about, text, fix)


def fault(about: str, text: str, fix: str = "") -> Finding:
    """Say that something is broken, or will be."""
    return Finding(Level.fault, about, text, fix)


def spelled(time: timedelta) -> str:
    """Write how long something took, roughly: "3 hours", "40 s"."""
    seconds = max(0, int(time.total_seconds()))
    for unit, size in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def exit_code(findings: Sequence[Finding]) -> int:
    """Return 1 when there is a fault, else 0: warnings are no reason for a script or a container to stop."""
    return int(any(each.level is Level.fault for each in findings))


def written(findings: Sequence[Finding], width: int = 100, *, colours: bool = False) -> str:
    """Write the findings for a terminal of that many columns, in their order, with a summary at the end."""
    lines = [line for each in findings for line in _lines(each, width, colours)]
    return "\n".join([*lines, "", summary(findings)])


def as_json(findings: Sequence[Finding]) -> str:
    """Write the findings for programs. The names stay; more of them may be added."""
    counts = {f"{level}s" if level is not Level.ok else "ok": _count(findings, level) for level in Level}
    told = {
        "summary": summary(findings),
        "exit_code": exit_code(findings),
        **counts,
        "findings": [asdict(each) for each in findings],
    }
    return json.dumps(told, indent=2)


def summary(findings: Sequence[Finding]) -> str:
    """Say in a sentence how it stands."""
    faults, warnings = (_count(findings, level) for level in (Level.fault, Level.warning))
    if not faults and not warnings:
        return "All is well."
    found = [(faults, "fault to fix", "faults to fix"), (warnings, "thing to look at", "things to look at")]
    return ", ".join(counted(number, *nouns) for number, *nouns in found if number) + "."


def _count(findings: Sequence[Finding], level: Level) -> int:
    return sum(each.level is level for each in findings)


def _lines(finding: Finding, width: int, colours: bool) -> list[str]:
    mark = _MARKS[finding.level]
    first = f"{mark}  {finding.about:<{_ABOUT}}  "
    indent = " " * (len(mark) + _ABOUT + 4)
    lines = textwrap.wrap(_plain(finding.text), max(width, 80), initial_indent=first, subsequent_indent=indent)
    if finding.fix:
        lines += textwrap.wrap(
            _plain(finding.fix), max(width, 80), initial_indent=f"{indent}-> ", subsequent_indent=f"{indent}   "
        )
    if colours:
        lines[0] = f"\033[{_COLOURS[finding.level]}m{mark}\033[0m{lines[0][len(mark) :]}"
    return lines


def _plain(text: str) -> str:
    """Servers, channels and roles are named by others, and Discord lets a name hold nearly anything."""
    return printable(" ".join(text.split()))
