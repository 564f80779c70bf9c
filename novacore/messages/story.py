"""An order's whole story for staff: every event and every job, in a card where it fits, else as a text file."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from discord import ui

from novacore.db.models import Event
from novacore.db.queries.orders import JobStory, OrderDetails
from novacore.messages import review, words
from novacore.messages.layout import FilePart, Item, text
from novacore.money import format_money
from novacore.states import JobState

_NOTE: Final = 160
"""Of a reason or an error in one line of the card; the file has all of it."""

_NEWEST: Final = 6
"""Events that a card still names when there is a file."""


def tell(story: OrderDetails, room: int) -> tuple[list[Item], tuple[FilePart, ...]]:
    """Return the story as texts, and where it needs more than `room` characters the newest of it and a file."""
    events, jobs = [_event_line(one) for one in story.events], [_job_line(one) for one in story.jobs]
    whole = "\n".join(["**What happened**", *events, "", "**Jobs**", *jobs])
    if words.units(whole) <= room:
        return [text(whole)], ()
    file = _story_file(story)
    newest = _newest(["**What happened last**"], events, room - 10)
    return [*([text(*newest)] if newest else []), ui.File(file.url)], (file,)


def _newest(head: list[str], lines: Sequence[str], room: int) -> list[str]:
    kept: list[str] = []
    lines = lines[-_NEWEST:]
    room -= sum(words.units(one) + 1 for one in head)
    for one in reversed(lines):
        room -= words.units(one) + 1
        if room < 0:
            break
        kept.insert(0, one)
    return [*head, *kept] if kept else []


def _event_line(event: Event) -> str:
    said = event.detail.get("reason")
    why = f" “{words.escape(said, _NOTE)}”" if isinstance(said, str) and said.strip() else ""
    return f"{words.stamp(event.at, 'f')} {review.deed(event)}{why}"


_JOB_SIGNS: Mapping[JobState, str] = {
    JobState.queued: "🕒",
    JobState.running: "⚙️",
    JobState.done: "✔️",
    JobState.dead: "💀",
    JobState.withdrawn: "➖",
}


def _job_line(story: JobStory) -> str:
    job = story.job
    parts = [f"{_JOB_SIGNS[job.state]} {job_name(job.name)}: {job.state}"]
    if job.state is JobState.queued:
        parts.append(f"due {words.stamp(job.due_at)}")
    if len(story.attempts) > 1:
        parts.append(f"{len(story.attempts)} tries")
    if job.last_error and job.state is not JobState.done:
        parts.append(f"“{words.escape(job.last_error, _NOTE)}”")
    return " · ".join(parts)


def job_name(name: str) -> str:
    """Return a job's name as words."""
    return words.escape(name.replace("_", " "), 40)


def _story_file(story: OrderDetails) -> FilePart:
    order = story.facts.order
    content = "\n".join(_file_lines(story)) + "\n"
    return FilePart(f"{order.id}-story.txt", content.encode("utf-8-sig", "replace"), "The whole story of this order")


def _file_lines(story: OrderDetails) -> Iterator[str]:
    order = story.facts.order
    bought = f"{order.quantity} x {words.clean(order.product_name)}"
    yield f"Order {order.id}: {bought}, {words.total(order)}, {order.status}"
    yield "\nWHAT HAPPENED"
    for event in story.events:
        moved = f" [{event.source or 'new'} -> {event.target}]" if event.target else ""
        said = event.detail.get("reason")
        why = f": {words.clean(said)}" if isinstance(said, str) and said.strip() else ""
        yield f"{_clock(event.at)}  {words.clean(event.actor_name)} ({event.actor_kind}) {event.trigger}{moved}{why}"
    yield "\nMONEY"
    for entry in story.ledger:
        amount = format_money(entry.amount_minor, entry.currency)
        yield f"{_clock(entry.at)}  {entry.direction} {amount} by {entry.method}"
    yield "\nJOBS"
    for one in story.jobs:
        yield from _job_file_lines(one)


def _job_file_lines(story: JobStory) -> Iterator[str]:
    job = story.job
    told = job.outcome or job.last_error
    yield f"{_clock(job.created_at)}  {job.name}: {job.state}, due {_clock(job.due_at)}" + _after_colon(told)
    for one in story.attempts:
        yield f"    try {one.number} at {_clock(one.started_at)}: {one.outcome}" + _after_colon(one.error)


def _after_colon(told: str | None) -> str:
    return f": {words.clean(told)}" if told and told.strip() else ""


def _clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
