"""What is heard from a ticket's channel: messages, their edits, people and channels that go. Fires what follows.

The bot's listeners call these as things happen. What happened while the bot was away is found by `reconcile`, whose
jobs look at each open ticket and call `catch_up`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from novacore.db.models import Ticket, TicketMessage
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.states import OPEN_TICKET_STATUSES, TALKING, TicketStatus
from novacore.workflows.goods import masking
from novacore.workflows.machine import jobs
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.fire import fire
from novacore.workflows.machine.jobs import JobName, JobRequest
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.machine.typed_text import storable
from novacore.workflows.tickets.commands import fire_if_it_fits
from novacore.workflows.tickets.table import TICKETS

MOST_MESSAGES = 5000
"""Wordings that are kept of one round of a ticket; what comes after is still in Discord's own history."""

MOST_WORDINGS = 10
"""Wordings that are kept of one message: somebody may edit all day."""

LONGEST = 4000
"""Characters that are kept of one message: as many as Discord allows."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a person in a channel. Never one of a bot."""

    message_id: int
    author_id: int
    author_name: str
    content: str = field(repr=False)
    at: datetime


def note_message(shop: Shop, channel_id: int, said: Said) -> Ticket | None:
    """Keep a message and move its ticket: the customer's asks for staff, anybody else's for the customer.

    Returns the ticket as it is now, or None where the channel is no open ticket's. Hearing a message twice is fine.
    """
    return note_messages(shop, channel_id, [said])


def note_messages(shop: Shop, channel_id: int, said: Sequence[Said]) -> Ticket | None:
    """Do the same for what was said in one channel in quick succession, in one go, the oldest first."""
    ticket = _of_channel(shop, channel_id)
    return None if ticket is None else catch_up(shop, ticket, said)


def catch_up(shop: Shop, ticket: Ticket, said: Sequence[Said]) -> Ticket:
    """Keep what was said, the oldest first, and take the arrow of the newest of it. Hearing it twice is fine."""
    if not said:
        return ticket
    texts = _masked(shop, ticket, said)
    with writing(shop.database) as tx:
        now = tx.session.execute(select(Ticket).where(Ticket.id == ticket.id).with_for_update()).scalar_one()
        tx.session.expunge(now)
        for one, text in zip(said, texts, strict=True):
            _keep_first(tx, now, one, text)
        newest = max(said, key=lambda one: one.message_id)
        return _answer(shop, tx, now, newest)


def _answer(shop: Shop, tx: Transaction, ticket: Ticket, newest: Said) -> Ticket:
    if newest.message_id <= (ticket.last_message_id or 0) or not ticket.status.row.is_talking:
        return ticket
    trigger = "customer_replied" if newest.author_id == ticket.customer_id else "staff_replied"
    return fire(shop, tx, TICKETS, ticket.id, trigger, SYSTEM, Given(message_id=newest.message_id))


def note_edit(shop: Shop, channel_id: int, said: Said) -> None:
    """Keep the new wording of a message: Discord's history will have the last one only."""
    ticket = _of_channel(shop, channel_id)
    if ticket is None:
        return
    (text,) = _masked(shop, ticket, [said])
    with writing(shop.database) as tx:
        tx.session.execute(select(Ticket.id).where(Ticket.id == ticket.id).with_for_update())  # two edits at once
        mine = select(TicketMessage).where(TicketMessage.message_id == said.message_id)
        kept = tx.session.execute(mine.order_by(TicketMessage.number)).scalars().all()
        if len(kept) < MOST_WORDINGS and (not kept or kept[-1].content != text) and _has_room(tx.session, ticket):
            tx.session.execute(insert(TicketMessage).values(_row(ticket, said, text, number=len(kept))))


def note_delete(shop: Shop, channel_id: int, message_ids: Sequence[int]) -> None:
    """Note that somebody deleted messages; what was kept of them stays for the transcript."""
    if _of_channel(shop, channel_id) is None:
        return
    with writing(shop.database) as tx:
        gone = update(TicketMessage).where(TicketMessage.message_id.in_(message_ids), TicketMessage.number == 0)
        fresh = gone.where(TicketMessage.deleted_at.is_(None)).values(deleted_at=tx.now)
        tx.session.execute(fresh.execution_options(synchronize_session=False))


def channel_deleted(shop: Shop, channel_id: int) -> Ticket | None:
    """Close the ticket whose channel somebody has deleted; None where it was no open ticket's."""
    ticket = _of_channel(shop, channel_id)
    return None if ticket is None else fire_if_it_fits(shop, ticket, "channel_lost")


def member_left(shop: Shop, user_id: int) -> list[Ticket]:
    """Close the open tickets of somebody who has left the server; returns those that moved."""
    open_ones = Ticket.customer_id == user_id, Ticket.status.in_((TicketStatus.opening, *TALKING))
    with reading(shop.database) as session:
        mine = session.execute(select(Ticket).where(*open_ones).order_by(Ticket.id)).scalars().all()
    moved = [fire_if_it_fits(shop, ticket, "customer_left") for ticket in mine]
    return [ticket for ticket in moved if ticket is not None]


def reconcile(shop: Shop) -> int:
    """Have a look taken at every open ticket: for the bot to call when it has come back. Returns how many."""
    with reading(shop.database) as session:
        talking = select(Ticket.id).where(Ticket.status.in_(OPEN_TICKET_STATUSES)).order_by(Ticket.id)
        found = session.execute(talking).scalars().all()
    if found:
        with writing(shop.database) as tx:
            looks = (JobName.check_ticket, JobName.restore_access)
            wanted = [JobRequest(name, TICKETS.name, one) for one in found for name in looks]
            jobs.enqueue(tx, wanted, key="reconcile")
    return len(found)


_WAITED_FOR = {
    TicketStatus.opening: JobName.create_ticket_channel,
    TicketStatus.closing: JobName.archive_ticket,
    TicketStatus.awaiting_customer: JobName.idle_close,
}
"""The job that each state waits for."""


def restore_job(shop: Shop, ticket: Ticket) -> JobName | None:
    """Queue anew the job that the ticket waits for, should it be gone; returns its name where it was."""
    name = _WAITED_FOR.get(ticket.status)
    with reading(shop.database) as session:
        if name is None or jobs.is_living(session, name, TICKETS.name, ticket.id):
            return None
    with writing(shop.database) as tx:
        # The hour is in the key: of two looks at once, one queues it.
        wanted = JobRequest(name, TICKETS.name, ticket.id, ticket.closes_at)
        jobs.enqueue(tx, [wanted], key=f"lost:{ticket.id}:{tx.now:%Y%m%dT%H}")
    return name


def refresh_linked(shop: Shop, order_id: str) -> None:
    """Have the cards of the open tickets about this order show what it is now."""
    linked = select(Ticket.id).where(Ticket.order_id == order_id, Ticket.status.in_(OPEN_TICKET_STATUSES))
    with reading(shop.database) as session:
        found = session.execute(linked.order_by(Ticket.id)).scalars().all()
    if found:
        with writing(shop.database) as tx:
            wanted = [JobRequest(JobName.refresh_ticket, TICKETS.name, ticket_id) for ticket_id in found]
            jobs.enqueue(tx, wanted, key=f"linked:{order_id}")


def _of_channel(shop: Shop, channel_id: int) -> Ticket | None:
    mine = Ticket.channel_id == channel_id, Ticket.status.in_(OPEN_TICKET_STATUSES)
    with reading(shop.database) as session:
        return session.execute(select(Ticket).where(*mine)).scalar_one_or_none()


def _masked(shop: Shop, ticket: Ticket, said: Sequence[Said]) -> list[str]:
    texts = [storable(one.content)[:LONGEST] for one in said]
    with reading(shop.database) as session:
        return masking.hidden(shop, session, ticket.customer_id, texts)


def _keep_first(tx: Transaction, ticket: Ticket, said: Said, text: str) -> None:
    kept = select(TicketMessage.id).where(TicketMessage.message_id == said.message_id).limit(1)
    if tx.session.execute(kept).first() is None and _has_room(tx.session, ticket):
        tx.session.execute(insert(TicketMessage).values(_row(ticket, said, text, number=0)))


def _has_room(session: Session, ticket: Ticket) -> bool:
    mine = TicketMessage.ticket_id == ticket.id, TicketMessage.round == ticket.round
    return session.execute(select(func.count()).where(*mine)).scalar_one() < MOST_MESSAGES


def _row(ticket: Ticket, said: Said, text: str, *, number: int) -> dict[str, object]:
    return {
        "ticket_id": ticket.id,
        "round": ticket.round,
        "message_id": said.message_id,
        "number": number,
        "author_id": said.author_id,
        "author_name": storable(said.author_name)[:100],
        "content": text,
        "at": said.at,
    }
