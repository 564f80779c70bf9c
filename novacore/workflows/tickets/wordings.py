"""What people said in tickets, as rows: each wording of a message, with what it held besides, and what was deleted.

Discord's history has neither earlier wordings nor deleted messages. Codes are hidden before anything is stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from novacore.db.models import Ticket, TicketMessage
from novacore.db.unit_of_work import Transaction
from novacore.workflows.goods import masking
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import storable

MOST_MESSAGES = 5000
"""Wordings that are kept of one round of a ticket; what comes after is still in Discord's own history."""

MOST_WORDINGS = 10
"""Wordings that are kept of one message: someone may edit all day."""

LONGEST = 4000
"""Characters that are kept of one message, and of what it forwards: as many as Discord allows."""

_LONGEST_NAME = 260


@dataclass(frozen=True, slots=True)
class SaidFile:
    """A file of a message; its bytes stay with Discord."""

    file_id: int
    name: str
    size: int
    content_type: str


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a person in a channel. Never one of a bot."""

    message_id: int
    author_id: int
    author_name: str
    content: str = field(repr=False)
    at: datetime
    parts: tuple[str, ...] = field(default=(), repr=False)
    """What it holds besides words and files: what it forwards, a sticker, a poll."""
    files: tuple[SaidFile, ...] = ()
    answers: int | None = None
    """The message that it replies to."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of a message, without codes."""

    content: str
    holds: Mapping[str, Any] | None


def without_codes(shop: Shop, session: Session, ticket: Ticket, said: Sequence[Said]) -> list[Kept]:
    """Return what may be stored of these messages."""
    texts = [text for one in said for text in _texts(one)]
    hidden = iter(masking.hidden(shop, session, ticket.customer_id, texts))
    return [_kept(one, [next(hidden) for _ in _texts(one)]) for one in said]


def _texts(said: Said) -> list[str]:
    names = [one.name[:_LONGEST_NAME] for one in said.files]
    return [storable(one)[:LONGEST] for one in (said.content, *said.parts, *names)]


def _kept(said: Said, texts: Sequence[str]) -> Kept:
    content, *more = texts
    parts, names = more[: len(said.parts)], more[len(said.parts) :]
    files = [
        {"id": one.file_id, "name": name, "size": one.size, "type": storable(one.content_type)[:100]}
        for one, name in zip(said.files, names, strict=True)
    ]
    holds = {"parts": parts, "files": files, "answers": said.answers}
    held = {name: value for name, value in holds.items() if value}
    return Kept(content, held or None)


def keep_first(tx: Transaction, ticket: Ticket, said: Said, kept: Kept) -> None:
    """Keep a message as it was sent, unless that is kept already."""
    known = select(TicketMessage.id).where(TicketMessage.message_id == said.message_id).limit(1)
    if tx.session.execute(known).first() is None and _has_room(tx.session, ticket):
        tx.session.execute(insert(TicketMessage).values(_row(ticket, said, kept, number=0)))


def keep_edit(tx: Transaction, ticket: Ticket, said: Said, kept: Kept) -> None:
    """Keep a new wording of a message, unless it says and holds what it did before."""
    tx.session.execute(
        select(Ticket.id).where(Ticket.id == ticket.id).with_for_update(key_share=True)
    )  # two edits at once
    mine = select(TicketMessage).where(TicketMessage.message_id == said.message_id)
    rows = tx.session.execute(mine.order_by(TicketMessage.number)).scalars().all()
    is_new = not rows or (rows[-1].content, rows[-1].holds) != (kept.content, kept.holds)
    if is_new and len(rows) < MOST_WORDINGS and _has_room(tx.session, ticket):
        tx.session.execute(insert(TicketMessage).values(_row(ticket, said, kept, number=len(rows))))


def note_deleted(tx: Transaction, message_ids: Sequence[int]) -> None:
    """Note that messages are gone from Discord; what was kept of them stays."""
    gone = update(TicketMessage).where(TicketMessage.message_id.in_(message_ids), TicketMessage.number == 0)
    fresh = gone.where(TicketMessage.deleted_at.is_(None)).values(deleted_at=tx.now)
    tx.session.execute(fresh.execution_options(synchronize_session=False))


def _has_room(session: Session, ticket: Ticket) -> bool:
    mine = TicketMessage.ticket_id == ticket.id, TicketMessage.round == ticket.round
    return session.execute(select(func.count()).where(*mine)).scalar_one() < MOST_MESSAGES


def _row(ticket: Ticket, said: Said, kept: Kept, *, number: int) -> dict[str, object]:
    return {
        "ticket_id": ticket.id,
        "round": ticket.round,
        "message_id": said.message_id,
        "number": number,
        "author_id": said.author_id,
        "author_name": storable(said.author_name)[:100],
        "content": kept.content,
        "holds": kept.holds,
        "at": said.at,
    }
