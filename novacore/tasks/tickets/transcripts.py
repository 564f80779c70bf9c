"""The end of a ticket: what was said is taken down, stored, sent, and only then the channel goes."""

import logging
from typing import Final

import discord

from novacore import clock
from novacore.db.models import Ticket
from novacore.db.queries import tickets as queries
from novacore.db.queries.tickets import KeptTranscript, TicketFacts
from novacore.db.unit_of_work import reading
from novacore.discord_facts.error_codes import UNKNOWN_CHANNEL
from novacore.errors import NotFound
from novacore.messages.kit.layout import FilePart
from novacore.messages.tickets import notes as ticket_notes
from novacore.messages.tickets.speech import is_said
from novacore.messages.tickets.transcript.talk import Talk, as_customer_reads
from novacore.messages.tickets.transcript.transcripts import LARGEST_MESSAGE, page, plain
from novacore.plurals import counted
from novacore.states import TicketStatus
from novacore.tasks.discord import channels, permissions
from novacore.tasks.queue.handlers import Work, WorkWith, carries, event_of, handles
from novacore.tasks.queue.sending.outgoing import post
from novacore.tasks.queue.sending.send_once import ToChannel
from novacore.tasks.tickets import codes, files, history, names
from novacore.tasks.tickets.channel import load, load_facts, lost
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.job_kinds import ByEvent, DeleteTicketChannel
from novacore.workflows.tickets import archive
from novacore.workflows.tickets.archive import TakenTranscript
from novacore.workflows.tickets.commands import fire_if_it_fits

TRANSCRIPT_BYTES = 10 * 1024 * 1024
"""What a transcript may take at most, as a page and as text: one at a time is in memory."""

log = logging.getLogger(__name__)

_NOT_THERE: Final = "The transcript of this ticket is not there."


@handles(job_kinds.ARCHIVE_TICKET)
@carries(TRANSCRIPT_BYTES)
def archive_ticket(work: Work) -> str:
    """Take down what was said, with its files, and store it: nothing is deleted before."""
    facts = load_facts(work)
    ticket = facts.ticket
    if ticket.status is not TicketStatus.closing:
        return f"Nothing to keep: the ticket is {ticket.status.row.label}."
    try:
        draft = take(work, facts, ticket.round, ticket.channel_id)
    except discord.NotFound as error:
        return lost(work, ticket, error)
    archive.store(work.shop, draft)
    fire_if_it_fits(work.shop, ticket, "archived")
    return f"{counted(draft.message_count, 'message is', 'messages are')} kept."


def take(work: Work, facts: TicketFacts, round_: int, channel_id: int | None) -> TakenTranscript:
    """Take down a round. Raises discord.NotFound where its channel is gone, GoodsUnreadable where no key fits."""
    heard = history.read(work, facts.ticket, round_, channel_id)
    known = names.look_up(work, facts.ticket.customer_id, heard.lines, heard.people)
    told = facts.ticket, round_, facts.customer.name, facts.order, heard.lines, clock.now()
    talk = Talk(*told, names=known, shop_name=work.shop.face.name)
    talk = codes.hidden(work, files.placed(work, talk, heard))
    text = plain(talk)
    talk = files.fitted(talk, LARGEST_MESSAGE - len(text))
    return TakenTranscript(
        ticket_id=facts.ticket.id,
        round=round_,
        html=page(talk, LARGEST_MESSAGE - len(text)),
        text=_storable(text),
        message_count=len(heard.lines),
        last_message_id=heard.newest,
        for_customer=_for_customer(talk),
        files=files.planned(talk).as_json(),
    )


def _for_customer(talk: Talk) -> tuple[bytes, str] | None:
    """Return page and text as the customer may read them; None if that is all of it."""
    theirs = as_customer_reads(talk)
    if theirs is talk:
        return None
    text = plain(theirs)
    return page(theirs, LARGEST_MESSAGE - len(text)), _storable(text)


def _storable(text: bytes) -> str:
    return text.decode("utf-8").replace("\0", "")  # PostgreSQL takes none


@handles(job_kinds.DELETE_TICKET_CHANNEL)
@carries(TRANSCRIPT_BYTES)
def delete_ticket_channel(work: WorkWith[DeleteTicketChannel]) -> str:
    """Delete the channel whose transcript is out. Where someone wrote meanwhile, it is taken and sent again first."""
    round_, channel_id = work.job.payload["round"], work.job.payload["channel_id"]
    facts = load_facts(work)
    last = _last_kept(work, facts.ticket.id, round_)
    if last is None:
        raise NotFound(_NOT_THERE)
    try:
        if _has_more(work, channel_id, last):
            _silence(work, facts.ticket, channel_id)
            archive.store_late(work.shop, take(work, facts, round_, channel_id), channel_id)
            return "Someone wrote after the transcript was taken: it is taken and sent again."
    except discord.NotFound as error:
        if error.code != UNKNOWN_CHANNEL:
            raise
    gone = channels.delete(work.calls, channel_id, "The ticket is closed and its transcript is kept.")
    return "The channel is deleted." if gone else "The channel was gone already."


def _silence(work: Work, ticket: Ticket, channel_id: int) -> None:
    """Let nobody write there any more: whoever goes on would have a transcript sent after each word."""
    try:
        permissions.silence(work.calls, channel_id)
    except discord.Forbidden:
        log.warning("The channel of ticket %s could not be closed for writing: a permission is missing.", ticket.id)


def _has_more(work: Work, channel_id: int, after: int) -> bool:
    """Tell whether a person has said something beyond that message."""
    return any(is_said(one) for page_ in channels.messages(work.calls, channel_id, after) for one in page_)


@handles(job_kinds.RESCUE_TRANSCRIPT)
@carries(TRANSCRIPT_BYTES)
def rescue_transcript(work: WorkWith[ByEvent]) -> str:
    """Make a transcript of what was noted in a channel that someone deleted, and send it."""
    facts, round_ = load_facts(work), event_of(work).detail["round"]
    if _last_kept(work, facts.ticket.id, round_) is not None:
        return "Its transcript was kept before."
    draft = take(work, facts, round_, None)
    if draft.message_count == 0:
        return "Nothing of it was noted."
    archive.store_late(work.shop, draft, None)
    return f"{counted(draft.message_count, 'message that was noted is', 'messages that were noted are')} kept."


@handles(job_kinds.LINK_TRANSCRIPT)
@carries(TRANSCRIPT_BYTES)
def link_transcript(work: Work) -> str:
    """Show in the channel of a reopened ticket what was said before."""
    ticket = load(work)
    if ticket.channel_id is None or ticket.round == 1:
        return f"Nowhere to show it: the ticket is {ticket.status.row.label}."
    kept = _earlier(work, ticket)
    shown = parts_of(kept, kept.for_customer)[:1] if kept else ()
    if not shown and not _had_channel(work, ticket):
        return "Nothing was said before: it had no channel."
    channel = ToChannel(ticket.channel_id)
    try:
        key = f"earlier:{ticket.id}:{ticket.round}"
        build = lambda: ticket_notes.earlier_transcript(ticket, files=shown, is_staffs=kept is not None)  # noqa: E731
        post(work, key, "transcript", channel, build)
    except discord.NotFound as error:
        return lost(work, ticket, error)
    return "What was said before is in the channel."


def _had_channel(work: Work, ticket: Ticket) -> bool:
    with reading(work.shop.database) as session:
        return queries.channels_made(session, ticket.id) > 1


def _earlier(work: Work, ticket: Ticket) -> KeptTranscript | None:
    """Return the transcript of the last round that has one: it is what the new talk goes on from."""
    for round_ in range(ticket.round - 1, 0, -1):
        with reading(work.shop.database) as session:
            kept = queries.transcript(session, ticket.id, round_)
        if kept is not None:
            return kept
    return None


def kept_of(work: Work, ticket_id: str, round_: int) -> KeptTranscript:
    """Read the transcript of a round. Raises NotFound."""
    with reading(work.shop.database) as session:
        kept = queries.transcript(session, ticket_id, round_)
    if kept is None:
        raise NotFound(_NOT_THERE)
    return kept


def _last_kept(work: Work, ticket_id: str, round_: int) -> int | None:
    """Return the newest message in a round's transcript, without reading the transcript; None if there is none."""
    with reading(work.shop.database) as session:
        return queries.newest_kept(session, ticket_id, round_)


def parts_of(kept: KeptTranscript, copy: tuple[bytes, str] | None) -> tuple[FilePart, ...]:
    """Return one copy of a transcript as files, the page first; none if there is no such copy."""
    if copy is None:
        return ()
    name, (html, text) = f"ticket-{kept.ticket_id}-{kept.round}", copy
    return (
        FilePart(f"{name}.html", html, "The transcript as a page: open it in a browser"),
        FilePart(f"{name}.txt", text.encode("utf-8"), "The transcript as plain text"),
    )
