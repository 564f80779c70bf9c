"""Numbers of a report in words: changes, shares, waits, stretches of days. Called by the builders of reports."""

from datetime import date

from novacore.media.reports.layout import Tone
from novacore.money import format_money
from novacore.workflows.reports.figures import RatingFigures, Wait

NONE = "–"
"""Stands where there is nothing to say a number about."""


def money(minor: int | None, currency: str) -> str:
    """Write an amount, or a dash."""
    return NONE if minor is None else format_money(minor, currency)


def share(part: float | None) -> str:
    """Write a share: `7.5 %`, `0 %`, or a dash."""
    return NONE if part is None else f"{100 * part:.1f}".removesuffix(".0") + " %"


def change(now: float | None, before: float | None, *, less_is_better: bool = False) -> tuple[str, Tone]:
    """Say how a number moved since the period before, and how that is taken."""
    if now is None or not before or before < 0:
        return "", Tone.plain
    moved = (now - before) / before
    if abs(moved) < 0.0005:
        return "= as before", Tone.plain
    tone = Tone.good if (moved < 0) is less_is_better else Tone.bad
    size = f"{abs(moved) * 100:,.0f} %" if abs(moved) >= 0.1 else share(abs(moved))
    return f"{'▲' if moved > 0 else '▼'} {size}", tone


def wait(one: Wait) -> str:
    """Write a median: `45 s`, `12 min`, `2 h 14 min`, `3 d 4 h`; or a dash."""
    if one.median is None:
        return NONE
    seconds = round(one.median)
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(one.median / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return _two(minutes // 60, "h", minutes % 60, "min")
    hours = round(one.median / 3600)
    return _two(hours // 24, "d", hours % 24, "h")


def _two(large: int, its: str, small: int, their: str) -> str:
    return f"{large} {its} {small} {their}" if small else f"{large} {its}"


def stars(one: RatingFigures) -> str:
    """Write an average, as `4.75`, or a dash."""
    return NONE if one.average is None else f"{one.average:.2f}"


def days(first: date, last: date) -> str:
    """Write a stretch of days: one day, or both ends with what they do not share."""
    end = f"{last.day} {last:%B} {last.year}"
    if first == last:
        return end
    if first.year != last.year:
        return f"{first.day} {first:%B} {first.year} – {end}"
    return f"{first.day}{'' if first.month == last.month else f' {first:%B}'} – {end}"
