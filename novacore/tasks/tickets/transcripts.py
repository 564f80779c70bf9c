"""The end of a ticket: what was said is taken down, stored, sent, and only then the channel goes."""

import logging
from collections.abc import Iterator
from datetime import datetime

import discord

from novacore import clock
from novacore.db.models import Ticket
from novacore.db.queries import tickets as queries
from novacore.db.queries.tickets import KeptTranscript, TicketFacts
from novacore.db.unit_of_work import reading
from novacore.errors import NotFound
from novacore.messages.kit.layout import FilePart, Message
from novacore.messages.tickets import notes as ticket_notes
from novacore.messages.tickets.speech import is_said
from novacore.messages.tickets.transcripts import Talk, page, plain
from novacore.states import TicketStatus
from novacore.tasks.discord import channels, permissions
from novacore.tasks.queue import retry
from novacore.tasks.queue.handlers import Work, carries, handles
from novacore.tasks.queue.outgoing import post
from novacore.tasks.queue.send_once import ToChannel, ToPerson
from novacore.tasks.tickets import history
from novacore.tasks.tickets.channel import event, load, load_facts, lost
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.tickets import archive
from novacore.workflows.tickets.archive import TranscriptDraft
from novacore.workflows.tickets.commands import fire_if_it_fits

TRANSCRIPT_BYTES = 10 * 1024 * 1024
"""What a transcript may take at most, as a page and as text: one at a time is in memory."""

log = logging.getLogger(__name__)


@handles(JobName.archive_ticket)
@carries(TRANSCRIPT_BYTES)
def archive_ticket(work: Work) -> str:
    """Take down what was said, with its files, and store it: nothing is deleted before."""
    facts = load_facts(work)
    ticket = facts.ticket
    if ticket.status is not TicketStatus.closing:
        return f"Nothing to keep: the ticket is {ticket.status.row.label}."
    try:
        draft = _take(work, facts, ticket.round, ticket.channel_id)
    except discord.NotFound as error:
        return lost(work, ticket, error)
    archive.store(work.shop, draft)
    fire_if_it_fits(work.shop, ticket, "archived")
    return f"{draft.message_count} messages are kept."


def _take(work: Work, facts: TicketFacts, round_: int, channel_id: int | None) -> TranscriptDraft:
    lines, newest = history.read(work, facts.ticket, round_, channel_id)
    talk = Talk(facts.ticket, round_, facts.customer.name, facts.order, lines, clock.now())
    talk = history.masked(work, talk)
    return TranscriptDraft(
        ticket_id=facts.ticket.id,
        round=round_,
        html=page(talk),
        text=plain(talk).decode("utf-8").replace("\0", ""),  # PostgreSQL takes none
        message_count=len(lines),
        last_message_id=newest,
    )


@handles(JobName.send_transcript)
@carries(TRANSCRIPT_BYTES)
def send_transcript(work: Work) -> str:
    """Send the transcript to the staff's channel and to the customer; then the channel may go.

    A customer whose DMs are closed, or who has left, does not hold it up: staff have it, and the shop keeps it.
    """
    facts, asked = load_facts(work), event(work)
    round_, channel_id = int(asked.detail["round"]), asked.detail.get("channel_id")
    kept = _kept(work, facts.ticket.id, round_)
    _send_to_staff(work, facts, kept)
    refused = _send_to_customer(work, facts.ticket, kept)
    archive.note_sent(work.shop, facts.ticket.id, round_, channel_id, kept.last_message_id)
    return f"Staff have the transcript. The customer does not: {refused}" if refused else "Both have the transcript."


def _send_to_staff(work: Work, facts: TicketFacts, kept: KeptTranscript) -> None:
    channel = ToChannel(work.shop.places.staff_channel_id)

    def build() -> Message:
        return ticket_notes.closed_for_staff(facts.ticket, facts.order, kept.message_count, _files(kept))

    post(work, _key(kept, "staff"), "transcript", channel, build)


def _send_to_customer(work: Work, ticket: Ticket, kept: KeptTranscript) -> str:
    """Send it by DM, or return why Discord refuses that for good."""
    until = _reopen_until(work, ticket)
    try:
        work.renew()
        to = ToPerson(ticket.customer_id)
        build = lambda: ticket_notes.closed_for_customer(ticket, _files(kept), until)  # noqa: E731 - built for each try
        post(work, _key(kept, "customer"), "transcript", to, build)
    except discord.HTTPException as error:
        verdict = retry.classify(error)
        if verdict.kind is not retry.Kind.never:
            raise
        return verdict.sentence
    return ""


def _reopen_until(work: Work, ticket: Ticket) -> datetime | None:
    if ticket.status is not TicketStatus.closed or ticket.closed_at is None:
        return None
    return ticket.closed_at + work.shop.terms.ticket_reopen


def _key(kept: KeptTranscript, to: str) -> str:
    return f"transcript:{kept.ticket_id}:{kept.round}:{kept.last_message_id}:{to}"


def _files(kept: KeptTranscript) -> tuple[FilePart, ...]:
    name = f"ticket-{kept.ticket_id}-{kept.round}"
    return (
        FilePart(f"{name}.html", kept.html, "The transcript as a page: open it in a browser"),
        FilePart(f"{name}.txt", kept.text.encode("utf-8"), "The transcript as plain text"),
    )


@handles(JobName.delete_ticket_channel)
@carries(TRANSCRIPT_BYTES)
def delete_ticket_channel(work: Work) -> str:
    """Delete the channel whose transcript is out. Where somebody wrote meanwhile, it is taken and sent again first."""
    round_, channel_id = int(work.job.payload["round"]), int(work.job.payload["channel_id"])
    facts = load_facts(work)
    kept = _kept(work, facts.ticket.id, round_)
    try:
        if _has_more(work, channel_id, kept.last_message_id):
            _silence(work, facts.ticket, channel_id)
            archive.store_late(work.shop, _take(work, facts, round_, channel_id), channel_id)
            return "Somebody wrote after the transcript was taken: it is taken and sent again."
    except discord.NotFound as error:
        if error.code != channels.UNKNOWN_CHANNEL:
            raise
    gone = channels.delete(work.gateway, channel_id, "The ticket is closed and its transcript is kept.")
    return "The channel is deleted." if gone else "The channel was gone already."


def _silence(work: Work, ticket: Ticket, channel_id: int) -> None:
    """Let nobody write there any more: whoever goes on would have a transcript sent after each word."""
    try:
        permissions.silence(work.gateway, channel_id)
    except discord.Forbidden:
        log.warning("The channel of ticket %s could not be closed for writing: a permission is missing.", ticket.id)


def _has_more(work: Work, channel_id: int, after: int) -> bool:
    """Tell whether a person has said something beyond that message."""
    return any(is_said(one) for page_ in channels.messages(work.gateway, channel_id, after) for one in page_)


@handles(JobName.rescue_transcript)
@carries(TRANSCRIPT_BYTES)
def rescue_transcript(work: Work) -> str:
    """Make a transcript of what was noted in a channel that somebody deleted, and send it."""
    facts, round_ = load_facts(work), int(event(work).detail["round"])
    with reading(work.shop.database) as session:
        if queries.transcript(session, facts.ticket.id, round_) is not None:
            return "Its transcript was kept before."
    draft = _take(work, facts, round_, None)
    if draft.message_count == 0:
        return "Nothing of it was noted."
    archive.store_late(work.shop, draft, None)
    return f"{draft.message_count} messages that were noted are kept."


@handles(JobName.link_transcript)
@carries(TRANSCRIPT_BYTES)
def link_transcript(work: Work) -> str:
    """Show in the channel of a reopened ticket what was said before."""
    ticket = load(work)
    if ticket.channel_id is None or ticket.round == 1:
        return f"Nowhere to show it: the ticket is {ticket.status.row.label}."
    files = tuple(one for kept in _earlier(work, ticket) for one in _files(kept)[:1])
    if not files and not _had_channel(work, ticket):
        return "Nothing was said before: it had no channel."
    channel = ToChannel(ticket.channel_id)
    try:
        key = f"earlier:{ticket.id}:{ticket.round}"
        post(work, key, "transcript", channel, lambda: ticket_notes.earlier_transcript(ticket, files=files))
    except discord.NotFound as error:
        return lost(work, ticket, error)
    return "What was said before is in the channel."


def _had_channel(work: Work, ticket: Ticket) -> bool:
    with reading(work.shop.database) as session:
        return queries.channels_made(session, ticket.id) > 1


def _earlier(work: Work, ticket: Ticket) -> Iterator[KeptTranscript]:
    """Give the transcript of the last round that has one: it is what the new talk goes on from."""
    for round_ in range(ticket.round - 1, 0, -1):
        with reading(work.shop.database) as session:
            kept = queries.transcript(session, ticket.id, round_)
        if kept is not None:
            yield kept
            return


def _kept(work: Work, ticket_id: str, round_: int) -> KeptTranscript:
    with reading(work.shop.database) as session:
        kept = queries.transcript(session, ticket_id, round_)
    if kept is None:
        raise NotFound("The transcript of this ticket is not there.")
    return kept
