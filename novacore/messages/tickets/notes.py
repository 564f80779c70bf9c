"""What jobs say about a ticket, once each: warnings, transcripts, invitations to rate, and what went wrong.

The card that is always true, and everything that a press answers, is in `tickets`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from discord import ui

from novacore.db.event_kinds.jobs import JOB_DIED
from novacore.db.models import Event, Order, Ticket
from novacore.db.models.tickets import SUBJECT_LIMIT
from novacore.messages.kit import colours, words
from novacore.messages.kit.layout import FilePart, Item, Message, box, line, rows, text
from novacore.messages.orders.buttons import Button
from novacore.messages.orders.staff import alerts
from novacore.messages.orders.staff.story import job_name
from novacore.messages.tickets import file_notes
from novacore.messages.tickets.appearance import KINDS, button, named
from novacore.messages.tickets.card import about_order
from novacore.plurals import counted
from novacore.states import TicketStatus
from novacore.workflows.machine.typed_text import REASON_LIMIT

_ALERT: Final = colours.WARNING


def _message(items: Sequence[Item], files: Sequence[FilePart], ways: Sequence[Button] = ()) -> Message:
    shown: list[Item] = [ui.File(part.url) for part in files]
    return Message(box([*items, *shown, *rows(ways)], colours.BRAND), tuple(files))


def _about(ticket: Ticket) -> str:
    kind = KINDS[ticket.kind]
    return f"-# {kind.emoji} {kind.label} · {words.escape(ticket.subject, SUBJECT_LIMIT)}"


def _because(reason: str | None) -> list[str]:
    return [words.quote(reason, REASON_LIMIT)] if reason and reason.strip() else []


# ---- to the customer


def warning(ticket: Ticket) -> Message:
    """Remind the customer, in the channel, that we wait for a reply of theirs."""
    when = f" Without one, this ticket closes {words.stamp(ticket.closes_at)}." if ticket.closes_at else ""
    told = text(
        f"⏳ <@{ticket.customer_id}>, we are waiting for your reply.{when}",
        "Is your problem solved? Press the button, and our staff close the ticket.",
    )
    return _message([told], (), [button("ask_close", ticket.id)])


def closed_for_customer(
    ticket: Ticket,
    files: Sequence[FilePart] = (),
    reopen_until: datetime | None = None,
    missing: Sequence[str] = (),
) -> Message:
    """Tell the customer that the ticket is closed and why, with what was said in it as a file.

    `missing` names the files that could not be kept.
    """
    items: list[Item] = [
        text(f"## 🔒 Your {named(ticket)} is closed", *_because(ticket.reason)),
        text(_about(ticket)),
    ]
    if files:
        items.append(text("What was said comes with this message. Save it if you want to keep it: the channel goes."))
    items += file_notes.missing(missing)
    ways = [button("reopen", ticket.id)] if reopen_until else []
    if reopen_until:
        items.append(text(f"Not solved after all? You can reopen it until {words.stamp(reopen_until, 'f')}."))
    return _message(items, files, ways)


def invite_rating(ticket: Ticket) -> Message:
    """Ask the customer how good the help was."""
    told = text(
        f"## ⭐ How was our help with {named(ticket)}?", "One press, one to five stars, and a few words if you like."
    )
    return _message([told, text(_about(ticket))], (), [button("rate", ticket.id)])


def not_opened(ticket: Ticket) -> Message:
    """Tell the customer that we could not make a channel for the ticket."""
    told = text(
        f"## ⚠️ Your {named(ticket)} could not be opened",
        *_because(ticket.reason),
    )
    hint = "Our staff have been told. What you wrote is kept: press **Try again** in a while, and it comes along."
    return _message([told, text(hint, _about(ticket))], (), [button("reopen", ticket.id, "Try again")])


# ---- to staff


def closed_for_staff(
    ticket: Ticket,
    order: Order | None = None,
    message_count: int = 0,
    files: Sequence[FilePart] = (),
    missing: Sequence[str] = (),
) -> Message:
    """Build the staff's copy of a transcript. `missing` names the files that could not be kept."""
    who = f"<@{ticket.customer_id}> · {counted(message_count, 'message', 'messages')}"
    care = f" · taken care of by {words.escape(ticket.claimed_name or '', 50)}" if ticket.claimed_by else ""
    items: list[Item] = [
        text(f"## 🔒 {named(ticket).capitalize()} is closed", f"{who}{care}", *_because(ticket.reason)),
        text(_about(ticket)),
    ]
    if order is not None:
        items += [line(), text(*about_order(order))]
    items += file_notes.missing(missing)
    return _message(items, files, [button("reopen", ticket.id)])


def alert(ticket: Ticket, event: Event) -> Message:
    """Tell staff that something about a ticket needs them; `event` says what and why."""
    where = f"<#{ticket.channel_id}> · " if _has_channel(ticket) else ""
    about = f"{where}{named(ticket)} of <@{ticket.customer_id}>"
    told = text(f"## {_title(event)}", about, *_because(event.reason))
    ended = ticket.status in (TicketStatus.closed, TicketStatus.failed)
    ways = [*([button("reopen", ticket.id)] if ended else []), *alerts.retry(event)]
    hint = text(_HINTS.get(event.trigger, _HINT))
    return Message(box([told, hint, text(_about(ticket)), *rows(ways)], _ALERT))


def _has_channel(ticket: Ticket) -> bool:
    return ticket.channel_id is not None and ticket.status not in (TicketStatus.closed, TicketStatus.failed)


def _title(event: Event) -> str:
    if died := event.detail_of(JOB_DIED):
        return f"🚨 “{job_name(died['job'])}” did not work"
    return _TITLES.get(event.trigger, "🚨 A ticket needs you")


_TITLES: Mapping[str, str] = {
    "channel_failed": "🚨 A ticket could not be opened",
    "archive_failed": "🚨 A ticket could not be closed",
    "channel_lost": "🚨 A ticket's channel was deleted by hand",
    "role_missing": "🚨 A role of our team is gone",
    "access_changed": "🚨 Someone changed who can read a ticket",
}
_HINT: Final = "Nothing is lost. Fix what stands above, then try again."
_HINTS: Mapping[str, str] = {
    "channel_failed": "The customer is told to try again later. Make room (close old tickets, or set a second "
    "category), or give the bot the permission that is missing: `/doctor` names it. Then press **Reopen**.",
    "archive_failed": "What was said could not be kept, so **the channel stays**. Fix what stands above, then close "
    "the ticket again.",
    "role_missing": "New tickets open all the same, without that role.",
    "access_changed": "It has been put back: its customer and our staff can read it, and nobody else. Pressing "
    "**Sync now** in Discord does this. If you had added other people to the ticket, please add them again.",
    "channel_lost": "The ticket is closed. Please close tickets by their **Close** button: it keeps what was said. If "
    "the matter is not settled, press **Reopen**.",
}


# ---- in a new channel


def earlier_transcript(
    ticket: Ticket, link: str | None = None, files: Sequence[FilePart] = (), *, is_staffs: bool = False
) -> Message:
    """Show, in the channel of a ticket that was reopened, what was said before. `is_staffs`: only they may read it."""
    told = [f"### 📜 What was said before in {named(ticket)}"]
    if files:
        told.append("It comes with this message.")
    if link:
        told.append(f"Our staff find it here: {link}")
    if not files and not link:
        told.append("Our staff can read it." if is_staffs else "Nothing of it was kept.")
    return _message([text(*told)], files)


def state_line(ticket: Ticket) -> str:
    """Return where a ticket stands in a line, for lists and the doctor."""
    look = ticket.status.row
    return f"{look.emoji} {look.heading}"
