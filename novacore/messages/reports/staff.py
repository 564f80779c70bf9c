"""Figures of the staff, as their owner reads them on a phone: a person a paragraph, short lines, no table."""

from collections.abc import Iterator
from typing import Final

from novacore.db.queries.desk.staff_figures import StaffRow
from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import Item, Message, box, line, text
from novacore.messages.reports import numbers
from novacore.plurals import counted
from novacore.workflows.reports.figures import Wait
from novacore.workflows.reports.staff import StaffFigures

MOST: Final = 10
"""People on the page."""

_NAME: Final = 40


def staff_page(found: StaffFigures) -> Message:
    """Build the page: whoever decided most stands first."""
    span = found.period.span
    head = text("## 🧑‍💼 Staff", f"{found.period.title}: {numbers.days(span.first, span.last)}")
    if not found.rows:
        return Message(box([head, text("Nobody decided on an order or took a ticket in this time.")], colours.BRAND))
    items: list[Item] = [head, line(), *(text(*_person(one)) for one in found.rows[:MOST])]
    if len(found.rows) > MOST:
        items.append(text(f"-# and {len(found.rows) - MOST} more"))
    return Message(box([*items, line(), text(_HINT)], colours.BRAND))


_HINT: Final = "-# Median: from a proof to the decision on it. Ratings: of the tickets that they take care of."


def _person(one: StaffRow) -> Iterator[str]:
    yield f"**{words.escape(one.name, _NAME)}**"
    if one.decisions:
        fast = f", median {numbers.wait(Wait(1, one.median))}" if one.median is not None else ""
        yield f"🔎 {counted(one.decisions, 'decision', 'decisions')}{fast}"
        yield f"-# {' · '.join(_parts(one))}"
    tickets = [f"{one.did[what]} {said}" for what, said in _TICKETS.items() if one.did.get(what)]
    if tickets:
        yield f"🎫 Tickets: {', '.join(tickets)}"
    if one.ratings:
        yield f"⭐ {one.stars / one.ratings:.1f} of 5 from {counted(one.ratings, 'rating', 'ratings')}"


_TICKETS: Final = {"claim": "claimed", "close": "closed"}
_DECIDED: Final = {"approve": "approved", "reject": "rejected", "ask_again": "asked for another proof"}


def _parts(one: StaffRow) -> Iterator[str]:
    return (f"{one.did[what]} {said}" for what, said in _DECIDED.items() if one.did.get(what))
