"""Time in which the shop was closed does not count against a ticket that waits for its customer, either."""

from datetime import timedelta

from sqlalchemy import select, update

from novacore.db.models import Job, Ticket
from novacore.db.unit_of_work import Transaction
from novacore.states import JobState, TicketStatus
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.tickets.table import TICKETS


def give_back(tx: Transaction, gap: timedelta) -> int:
    """Put reminder and end of waiting tickets off by the time the shop was closed; returns how many.

    Never by more than a ticket has waited. One that someone holds is left alone: most likely it is being answered.
    """
    waiting = Ticket.status == TicketStatus.awaiting_customer, Ticket.closes_at.is_not(None)
    rows = select(Ticket).where(*waiting).order_by(Ticket.id).with_for_update(skip_locked=True, key_share=True)
    tickets = tx.session.execute(rows).scalars().all()
    for ticket in tickets:
        _put_off(tx, ticket, max(min(gap, tx.now - (ticket.staff_reply_at or tx.now)), timedelta(0)))
    tx.session.flush()
    return len(tickets)


def _put_off(tx: Transaction, ticket: Ticket, by: timedelta) -> None:
    if ticket.closes_at is None:
        return
    ticket.closes_at += by
    ticket.version += 1
    mine = Job.subject_kind == TICKETS.name, Job.subject_id == ticket.id, Job.state == JobState.queued
    reminder = select(Job.id, Job.due_at).where(*mine, Job.name == JobName.warn_idle, ~Job.at_once)
    for job_id, due_at in tx.session.execute(reminder.order_by(Job.id)).all():
        later = update(Job).where(Job.id == job_id, Job.state == JobState.queued).values(due_at=due_at + by)
        tx.session.execute(later.execution_options(synchronize_session=False))
