"""An order's whole story for staff: every event and every try of every job, on pages, and as a text file."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from novacore.db.event_kinds.orders import NEW_AMOUNT
from novacore.db.models import Event, JobAttempt
from novacore.db.queries.orders.orders import JobStory, OrderDetails
from novacore.messages.kit import words
from novacore.messages.kit.layout import FilePart
from novacore.messages.orders.desk.notes import told
from novacore.messages.orders.staff import review
from novacore.money import format_money
from novacore.states import JobState

_NOTE: Final = 160
"""Of a reason or an error in one line of the card; the file has all of it."""


def paged(story: OrderDetails, first: int, further: int) -> list[str]:
    """Return the story on as many pages as it needs, of `first` characters and then of `further` ones each."""
    pages: list[list[str]] = [[]]
    room = first
    for one in _lines(story):
        room -= words.units(one) + 1
        if room < 0 and pages != [[]]:
            pages.append([])
            room = further - words.units(one) - 1
        pages[-1].append(one)
    return ["\n".join(page).strip() for page in pages]


def _lines(story: OrderDetails) -> Iterator[str]:
    if story.notes:
        yield "**Notes of staff**"
        yield from (told(note, _NOTE) for note in story.notes)
        yield ""
    yield "**What happened**"
    for event in story.events:
        yield _event_line(event, story.facts.order.currency)
    yield "\n**Jobs**"
    for one in story.jobs:
        yield _job_line(one)
        if len(one.attempts) > 1 or one.job.state is not JobState.done:
            yield from map(_try_line, one.attempts)


def _event_line(event: Event, currency: str) -> str:
    why = f" “{words.escape(event.reason, _NOTE)}”" if event.reason else ""
    return f"{words.stamp(event.at, 'f')} {review.deed(event)}{_specifics(event, currency)}{why}"


def _specifics(event: Event, currency: str) -> str:
    """Return what an event says besides its reason: an amount, which unit, which job, which other order."""
    said = event.detail
    if changed := event.detail_of(NEW_AMOUNT):
        return f" ({words.escape(changed['amount'], 40)}; before that {words.escape(changed['before'], 40)})"
    if "other_order_id" in said:
        return f" ({words.inline(said['other_order_id'])} has the same {words.escape(said['evidence'], 40)})"
    if minor := said.get("amount_minor", 0):
        coin = f"{words.escape(said['coin'], 40)}, worth " if "coin" in said else ""
        return f" ({coin}{format_money(minor, currency)})"
    if "number" in said:
        over = ", past its warranty" if said["override"] else ""
        return f" (number {said['number']}{over})"
    return f" ({job_name(said['job'])})" if "job" in said else ""


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
        parts.append("due at once" if job.at_once else f"due {words.stamp(job.due_at)}")
    if len(story.attempts) > 1:
        parts.append(f"{len(story.attempts)} tries")
    elif job.outcome and job.state is JobState.done:
        parts.append(words.escape(job.outcome, _NOTE))
    if job.last_error and job.state is not JobState.done:
        parts.append(f"“{words.escape(job.last_error, _NOTE)}”")
    return " · ".join(parts)


def _try_line(one: JobAttempt) -> str:
    why = f" “{words.escape(one.error, _NOTE)}”" if one.error and one.error.strip() else ""
    return f"-# try {one.number} {words.stamp(one.started_at, 'f')} {one.outcome}{why}"


def job_name(name: str) -> str:
    """Return a job's name as words."""
    return words.escape(name.replace("_", " "), 40)


def story_file(story: OrderDetails) -> FilePart:
    """Return the whole story as a text file."""
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
        why = f": {words.clean(event.reason)}" if event.reason else ""
        what = f"{event.trigger}{_specifics(event, order.currency)}{moved}{why}"
        yield f"{_clock(event.at)}  {words.clean(event.actor_name)} ({event.actor_kind}) {what}"
    yield "\nMONEY"
    for entry in story.ledger:
        amount = format_money(entry.amount_minor, entry.currency)
        yield f"{_clock(entry.at)}  {entry.direction} {amount} by {words.clean(order.paid_by.label)}"
    yield "\nJOBS"
    for one in story.jobs:
        yield from _job_file_lines(one)


def _job_file_lines(story: JobStory) -> Iterator[str]:
    job = story.job
    told = job.outcome or job.last_error
    due = "at once" if job.at_once else _clock(job.due_at)
    yield f"{_clock(job.created_at)}  {job.name}: {job.state}, due {due}" + _after_colon(told)
    for one in story.attempts:
        yield f"    try {one.number} at {_clock(one.started_at)}: {one.outcome}" + _after_colon(one.error)


def _after_colon(told: str | None) -> str:
    return f": {words.clean(told)}" if told and told.strip() else ""


def _clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
