"""What is heard from a ticket's channel: messages, their edits, people and channels that go. Fires what follows.

The bot's listeners call these as things happen. What happened while the bot was away is found by `reconcile`, whose
jobs look at each open ticket and call `catch_up`.
"""

from collections.abc import Sequence

from sqlalchemy import select

from novacore.db.models import Ticket
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.states import OPEN_TICKET_STATUSES, TALKING, TicketStatus
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.fire import fire
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.tickets import wordings
from novacore.workflows.tickets.commands import fire_if_it_fits
from novacore.workflows.tickets.table import TICKETS
from novacore.workflows.tickets.wordings import Said


def note_message(shop: Shop, channel_id: int, said: Said) -> Ticket | None:
    """Keep a message and move its ticket: the customer's asks for staff, anybody else's for the customer.

    Returns the ticket as it is now, or None if the channel is no open ticket's. Hearing a message twice is fine.
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
    with reading(shop.database) as session:
        kept = wordings.without_codes(shop, session, ticket, said)
    with writing(shop.database) as tx:
        now = tx.session.execute(
            select(Ticket).where(Ticket.id == ticket.id).with_for_update(key_share=True)
        ).scalar_one()
        tx.session.expunge(now)
        for one, stored in zip(said, kept, strict=True):
            wordings.keep_first(tx, now, one, stored)
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
    with reading(shop.database) as session:
        (kept,) = wordings.without_codes(shop, session, ticket, [said])
    with writing(shop.database) as tx:
        wordings.keep_edit(tx, ticket, said, kept)


def note_delete(shop: Shop, channel_id: int, message_ids: Sequence[int]) -> None:
    """Note that someone deleted messages; what was kept of them stays for the transcript."""
    if _of_channel(shop, channel_id) is None:
        return
    with writing(shop.database) as tx:
        wordings.note_deleted(tx, message_ids)


def channel_deleted(shop: Shop, channel_id: int) -> Ticket | None:
    """Close the ticket whose channel someone has deleted; None if it was no open ticket's."""
    ticket = _of_channel(shop, channel_id)
    return None if ticket is None else fire_if_it_fits(shop, ticket, "channel_lost")


def member_left(shop: Shop, user_id: int) -> list[Ticket]:
    """Close the open tickets of someone who has left the server; returns those that moved."""
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
            looks = (job_kinds.CHECK_TICKET, job_kinds.RESTORE_ACCESS)
            wanted = [look.about(TICKETS.name, one) for one in found for look in looks]
            jobs.enqueue(tx, wanted, key="reconcile")
    return len(found)


_WAITED_FOR = {
    TicketStatus.opening: job_kinds.CREATE_TICKET_CHANNEL,
    TicketStatus.closing: job_kinds.ARCHIVE_TICKET,
    TicketStatus.awaiting_customer: job_kinds.IDLE_CLOSE,
}
"""The job that each state waits for."""


def restore_job(shop: Shop, ticket: Ticket) -> JobName | None:
    """Queue again the job that the ticket waits for, should it be gone; returns its name where it was."""
    kind = _WAITED_FOR.get(ticket.status)
    with reading(shop.database) as session:
        if kind is None or jobs.is_living(session, kind.name, TICKETS.name, ticket.id):
            return None
    with writing(shop.database) as tx:
        # The hour is in the key: of two looks at once, one queues it.
        wanted = kind.about(TICKETS.name, ticket.id, {}, due_at=ticket.closes_at)
        jobs.enqueue(tx, [wanted], key=f"lost:{ticket.id}:{tx.now:%Y%m%dT%H}")
    return kind.name


def refresh_linked(shop: Shop, order_id: str) -> None:
    """Have the cards of the open tickets about this order show what it is now."""
    linked = select(Ticket.id).where(Ticket.order_id == order_id, Ticket.status.in_(OPEN_TICKET_STATUSES))
    with reading(shop.database) as session:
        found = session.execute(linked.order_by(Ticket.id)).scalars().all()
    if found:
        with writing(shop.database) as tx:
            wanted = [job_kinds.REFRESH_TICKET.about(TICKETS.name, ticket_id) for ticket_id in found]
            jobs.enqueue(tx, wanted, key=f"linked:{order_id}")


def _of_channel(shop: Shop, channel_id: int) -> Ticket | None:
    mine = Ticket.channel_id == channel_id, Ticket.status.in_(OPEN_TICKET_STATUSES)
    with reading(shop.database) as session:
        return session.execute(select(Ticket).where(*mine)).scalar_one_or_none()
