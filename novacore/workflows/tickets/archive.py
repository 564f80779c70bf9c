"""Keeps transcripts, and sees to it that a channel goes only after what was said in it is stored and sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from novacore.db.event_kinds.kind import Detailed
from novacore.db.event_kinds.tickets import TRANSCRIPT_LATE, TRANSCRIPT_SENT
from novacore.db.models import Event, Ticket, Transcript
from novacore.db.unit_of_work import Transaction, retire, writing
from novacore.db.upsert import put
from novacore.errors import NotFound
from novacore.states import ActorKind
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.job_kinds import DeleteTicketChannel
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.tickets.table import TICKETS


@dataclass(frozen=True, slots=True)
class TakenTranscript:
    """A transcript as it was taken, with codes masked. Its repr shows nothing of it."""

    ticket_id: str
    round: int
    html: bytes = field(repr=False)
    text: str = field(repr=False)
    message_count: int
    last_message_id: int
    for_customer: tuple[bytes, str] | None = field(default=None, repr=False)
    """Page and text for the customer, where they may not read all of it."""
    files: Mapping[str, Any] | None = None
    """What goes out next to it, and what nobody has."""


def store(shop: Shop, draft: TakenTranscript) -> None:
    """Keep the transcript of a round; one that is taken again takes the place of the first."""
    with writing(shop.database) as tx:
        _store(tx, draft)


def store_late(shop: Shop, draft: TakenTranscript, channel_id: int | None) -> None:
    """Keep a transcript that is taken after the end of its round, and have it sent; then the channel, if any, goes."""
    with writing(shop.database) as tx:
        _store(tx, draft)
        event_id = _record(tx, draft.ticket_id, TRANSCRIPT_LATE({"round": draft.round, "channel_id": channel_id}))
        again = job_kinds.SEND_TRANSCRIPT.about(TICKETS.name, draft.ticket_id, {"event_id": event_id})
        jobs.enqueue(tx, [again], event_id=event_id)


def note_sent(shop: Shop, ticket_id: str, round_: int, channel_id: int | None, last_message_id: int) -> None:
    """Note that the transcript is out, and have the channel deleted: what is beyond `last_message_id` is not in it.

    Noting it twice is fine.
    """
    with writing(shop.database) as tx:
        ticket = tx.session.execute(
            select(Ticket).where(Ticket.id == ticket_id).with_for_update(key_share=True)
        ).scalar_one_or_none()
        if ticket is None:
            raise NotFound(TICKETS.missing)
        if _is_noted(tx, ticket_id, round_, last_message_id):
            return
        sent = TRANSCRIPT_SENT({"round": round_, "channel_id": channel_id, "last_message_id": last_message_id})
        event_id = _record(tx, ticket_id, sent)
        if channel_id is not None:
            payload: DeleteTicketChannel = {"event_id": event_id, "channel_id": channel_id, "round": round_}
            deletion = job_kinds.DELETE_TICKET_CHANNEL.about(TICKETS.name, ticket_id, payload)
            jobs.enqueue(tx, [deletion], event_id=event_id)


def _is_noted(tx: Transaction, ticket_id: str, round_: int, last_message_id: int) -> bool:
    mine = Event.subject_kind == TICKETS.name, Event.subject_id == ticket_id, Event.trigger == TRANSCRIPT_SENT.trigger
    sent = map(TRANSCRIPT_SENT.read, tx.session.execute(select(Event.detail).where(*mine)).scalars())
    return any(one["round"] == round_ and one["last_message_id"] == last_message_id for one in sent)


def _store(tx: Transaction, draft: TakenTranscript) -> None:
    retire(tx.session)
    values = {
        "html": draft.html,
        "text": draft.text,
        "customer_html": draft.for_customer[0] if draft.for_customer else None,
        "customer_text": draft.for_customer[1] if draft.for_customer else None,
        "is_for_all": draft.for_customer is None,
        "files": dict(draft.files) if draft.files else None,
        "message_count": draft.message_count,
        "last_message_id": draft.last_message_id,
        "made_at": tx.now,
    }
    key = {"ticket_id": draft.ticket_id, "round": draft.round}
    put(tx, Transcript, [*key], key | values)


def _record(tx: Transaction, ticket_id: str, what: Detailed) -> int:
    return record(tx, NewEvent(TICKETS.name, ticket_id, what, SYSTEM, ActorKind.system))
