"""The doctor's findings as a card for the owner: what is wrong comes first, with its fix."""

from collections.abc import Sequence
from typing import Any

from discord import ui

from novacore.doctor.findings import Finding, Level, summary
from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import MOST_TEXT, Item, Message, box, line, text
from novacore.messages.kit.signature import signed
from novacore.plurals import counted

_MARKS = {Level.fault: "❌", Level.warning: "⚠️"}
_COLOURS = {
    Level.fault: colours.FAULT,
    Level.warning: colours.WARNING,
    Level.ok: colours.DONE,
}
_MOST_OF_ONE = 500
_WELL = 600
_SPARE = _WELL + 100
"""Characters kept for the last lines: what is well, and how much did not fit."""


def report(findings: Sequence[Finding]) -> Message:
    """Build the card. What is well is only named; what does not fit is counted, and the command line shows it."""
    head = text("## 🩺 Doctor", summary(findings))
    items: list[Item] = [head, line()]
    bad = sorted((each for each in findings if each.level is not Level.ok), key=_badness)
    shown, left = _fitting([_told(each) for each in bad], MOST_TEXT - _SPARE - words.units(head.content))
    if shown:
        items += [text(*shown), line()]
    items.append(text(_well(findings), *_more(left)))
    return Message(box(items, _COLOURS[bad[0].level if bad else Level.ok]))


def news(findings: Sequence[Finding]) -> Message:
    """Tell the owner by DM what the doctor found at the start that they were not told of before."""
    head = text("## 🩺 Your shop has started", f"The doctor found something new: {summary(findings)}")
    return _once(head, findings, "-# Each of these is told once. `/doctor` shows how it stands now.")


def stale_rates(findings: Sequence[Finding]) -> Message:
    """Tell the owner by DM which of their prices of coins have become too old."""
    said = counted(len(findings), "price that you set is", "prices that you set are")
    head = text("## 💱 Prices of coins", f"{said} out of date.")
    return _once(head, findings, "-# You are told once of each price. `/rates show` shows how they stand now.")


def books(findings: Sequence[Finding]) -> Message:
    """Tell the owner by DM what the books check of the night found that they were not told of before."""
    said = counted(len(findings), "thing that doesn't fit", "things that don't fit")
    head = text("## 📒 Books check", f"Last night's check found {said} together.")
    end = "-# You are told of each once. `/audit` looks again, with a button to each order."
    return _once(head, findings, end, "audit")


def _once(head: ui.TextDisplay[Any], findings: Sequence[Finding], end: str, command: str = "doctor") -> Message:
    bad = sorted(findings, key=_badness)
    shown, left = _fitting([_told(each) for each in bad], MOST_TEXT - _SPARE - words.units(head.content))
    return Message(box([head, line(), text(*shown), line(), text(end, *_more(left, command))], _COLOURS[bad[0].level]))


def disk_full(token: str) -> Message:
    """Tell staff that nothing can be saved. `token` is how a second process finds the message."""
    said = text(
        "## 💾 The disk is full",
        "The shop can't save anything: nobody can order, and nothing can be approved or delivered.",
        "What has been paid for is kept, and goes out as soon as there is room again. Please make room on the disk of "
        "the database now. Nothing has to be restarted.",
    )
    return signed(Message(box([said], colours.FAULT)), token)


def _badness(finding: Finding) -> int:
    return 0 if finding.level is Level.fault else 1


def _told(finding: Finding) -> str:
    said = f"{_MARKS[finding.level]} **{finding.about}**: {words.harmless(finding.text, _MOST_OF_ONE)}"
    return f"{said}\n-# {words.harmless(finding.fix, _MOST_OF_ONE)}" if finding.fix else said


def _fitting(told: Sequence[str], most: int) -> tuple[list[str], int]:
    """Return as many as fit, and how many do not."""
    shown: list[str] = []
    for each in told:
        most -= words.units(each) + 1
        if most < 0:
            break
        shown.append(each)
    return shown, len(told) - len(shown)


def _well(findings: Sequence[Finding]) -> str:
    bad = {each.about for each in findings if each.level is not Level.ok}
    well = dict.fromkeys(each.about for each in findings if each.about not in bad)
    return words.shorten(f"-# ✅ {', '.join(well)}", _WELL) if well else "-# Nothing else could be looked at."


def _more(left: int, command: str = "doctor") -> list[str]:
    return [f"-# And {left} more: run `novacore {command}` where the bot runs."] if left else []
