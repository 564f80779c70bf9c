"""A transcript goes out, to staff and to the customer, with the files next to it; only then the channel may go."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import discord

from novacore.db.models import Ticket
from novacore.db.queries.tickets import KeptTranscript, TicketFacts
from novacore.messages.kit.layout import Message
from novacore.messages.tickets import notes as ticket_notes
from novacore.messages.tickets.file_notes import files_beside
from novacore.messages.tickets.transcript.talk import KeptFile
from novacore.states import TicketStatus
from novacore.tasks.queue import retry
from novacore.tasks.queue.handlers import Work, WorkWith, carries, event_of, handles
from novacore.tasks.queue.sending.outgoing import post
from novacore.tasks.queue.sending.send_once import ToChannel, ToPerson, where_sent
from novacore.tasks.tickets import codes, files
from novacore.tasks.tickets.channel import load_facts
from novacore.tasks.tickets.files import Plan
from novacore.tasks.tickets.transcripts import TRANSCRIPT_BYTES, kept_of, parts_of, take
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.job_kinds import ByEvent
from novacore.workflows.tickets import archive

_TOO_LARGE: Final = 413


@dataclass(slots=True)
class _Addressee:
    """Who a copy goes to. A customer who can't be reached holds nothing up."""

    name: str
    to: ToChannel | ToPerson
    may_refuse: bool
    refused: str = field(default="", init=False)


@handles(job_kinds.SEND_TRANSCRIPT)
@carries(TRANSCRIPT_BYTES)
def send_transcript(work: WorkWith[ByEvent]) -> str:
    """Send the transcript to the staff's channel and to the customer; then the channel may go.

    A customer whose DMs are closed, or who has left, does not hold it up: staff have it, and the shop keeps it.
    """
    facts, asked = load_facts(work), event_of(work)
    round_, channel_id = asked.detail["round"], asked.detail.get("channel_id")
    kept = _complete(work, facts, kept_of(work, facts.ticket.id, round_), channel_id)
    staff = _Addressee("staff", ToChannel(work.shop.places.staff_channel_id), may_refuse=False)
    customer = _Addressee("customer", ToPerson(facts.ticket.customer_id), may_refuse=True)
    plan, until = files.of_plan(kept.files), _reopen_until(work, facts.ticket)
    _send(work, staff, _key(kept, "staff"), lambda: _for_staff(facts, kept, plan))
    _send(work, customer, _key(kept, "customer"), lambda: _for_customer(facts.ticket, kept, plan, until))
    if channel_id is not None:
        _send_files(work, facts.ticket, kept, plan, channel_id, (staff, customer))
    archive.note_sent(work.shop, facts.ticket.id, round_, channel_id, kept.last_message_id)
    if customer.refused:
        return f"Staff have the transcript. The customer does not: {customer.refused}"
    return "Both have the transcript."


def _complete(work: Work, facts: TicketFacts, kept: KeptTranscript, channel_id: int | None) -> KeptTranscript:
    """Take it again where an older release took it, which knew no copy for the customer."""
    if kept.for_customer is not None or channel_id is None:
        return kept
    try:
        archive.store(work.shop, take(work, facts, kept.round, channel_id))
    except discord.NotFound:
        return kept
    return kept_of(work, kept.ticket_id, kept.round)


def _send(work: Work, who: _Addressee, key: str, build: Callable[[], Message]) -> None:
    """Send something once, or note why Discord refuses it for good where that is nobody's fault.

    What is too large says nothing of who it is for: smaller messages may still reach them.
    """
    if who.refused:
        return
    try:
        work.renew()
        post(work, key, "transcript", who.to, build)
    except discord.HTTPException as error:
        verdict = retry.classify(error)
        if error.status == _TOO_LARGE or not who.may_refuse or verdict.kind is not retry.Kind.never:
            raise
        who.refused = verdict.sentence


def _for_staff(facts: TicketFacts, kept: KeptTranscript, plan: Plan) -> Message:
    copy = parts_of(kept, (kept.html, kept.text))
    return ticket_notes.closed_for_staff(facts.ticket, facts.order, kept.message_count, copy, plan.missing)


def _for_customer(ticket: Ticket, kept: KeptTranscript, plan: Plan, until: datetime | None) -> Message:
    return ticket_notes.closed_for_customer(ticket, parts_of(kept, kept.for_customer), until, plan.missing)


def _reopen_until(work: Work, ticket: Ticket) -> datetime | None:
    if ticket.status is not TicketStatus.closed or ticket.closed_at is None:
        return None
    return ticket.closed_at + work.shop.terms.ticket_reopen


def _key(kept: KeptTranscript, to: str) -> str:
    return f"transcript:{kept.ticket_id}:{kept.round}:{kept.last_message_id}:{to}"


# ---- files next to the page


def _send_files(
    work: Work, ticket: Ticket, kept: KeptTranscript, plan: Plan, channel_id: int, everyone: Sequence[_Addressee]
) -> None:
    """Send each batch to both; what is out already is not fetched again."""
    for number, batch in enumerate(plan.beside, 1):
        waiting = [one for one in everyone if not one.refused and not where_sent(work, _batch_key(kept, batch, one))]
        if not waiting:
            continue
        found = codes.hidden_in_files(work, ticket, files.fetched(work, channel_id, batch))
        part = (number, len(plan.beside))
        for one in waiting:
            _send_batch(work, one, _batch_key(kept, batch, one), ticket, part, found)


def _batch_key(kept: KeptTranscript, batch: Sequence[Mapping[str, Any]], to: _Addressee) -> str:
    # By the first file, not by the number: a transcript that is taken again may have other batches.
    return f"transcript_files:{kept.ticket_id}:{kept.round}:{batch[0]['file']}-{len(batch)}:{to.name}"


def _send_batch(
    work: Work, who: _Addressee, key: str, ticket: Ticket, part: tuple[int, int], found: Sequence[KeptFile]
) -> None:
    """Send a batch; what this server does not take, though Discord says so, goes one by one, or is named."""
    try:
        _send(work, who, key, lambda: files_beside(ticket, part, found))
    except discord.HTTPException as error:
        if error.status != _TOO_LARGE:
            raise
        if len(found) == 1:
            _send(work, who, key, lambda: files_beside(ticket, part, found, refused=True))
            return
        for one in found:
            _send_batch(work, who, f"{key}:{one.file_id}", ticket, part, [one])
