"""What should have happened by now: states past their time, jobs, sends, roles, and the story that events tell."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, String, and_, cast, exists, func, literal, or_, select, true
from sqlalchemy.orm import aliased

from novacore.db.models import Event, Job, Order, Send, Ticket
from novacore.db.models.jobs import DEAD, UNFINISHED
from novacore.db.queries.audit.goods import Question, imported
from novacore.states import JobState, OrderStatus, ProductKind, SendState, TicketStatus

MONTH: Final = timedelta(days=30)
"""After so long nobody looks for a lost message any more."""

PATIENCE: Final = timedelta(hours=1)
"""How late anything may be: Discord being away explains that, and nothing else."""


def _living(kind: str, subject: Any, *names: str) -> Any:
    job = aliased(Job)
    mine = job.subject_kind == kind, job.subject_id == subject, job.name.in_(names)
    return exists().where(*mine, job.state.in_((JobState.queued, JobState.running)))


def overdue_orders(open_until: datetime) -> Question:
    """Unpaid orders whose time was up an hour ago; paid ones that nothing will deliver.

    `open_until`: when the shop was last open. Nobody's time runs out while it is closed.
    """
    unpaid = and_(
        Order.status.in_(OrderStatus.those(lambda row: row.awaits_customer)),
        or_(Order.expires_at.is_(None), Order.expires_at < open_until - PATIENCE),
    )
    undelivered = and_(
        Order.status == OrderStatus.approved,
        Order.kind != ProductKind.by_hand,
        Order.decided_at < open_until - PATIENCE,
        ~_living("order", Order.id, "deliver_order"),
    )
    return select(literal("order"), Order.id, Order.status).where(or_(unpaid, undelivered))


def overdue_tickets(open_until: datetime) -> Question:
    """Tickets whose channel nothing will make or close, and those that should have closed for lack of an answer."""
    stuck = or_(
        and_(Ticket.status == TicketStatus.opening, ~_living("ticket", Ticket.id, "create_ticket_channel")),
        and_(Ticket.status == TicketStatus.closing, ~_living("ticket", Ticket.id, "archive_ticket")),
        and_(Ticket.status == TicketStatus.awaiting_customer, Ticket.closes_at < open_until - PATIENCE),
    )
    return select(literal("ticket"), Ticket.id, Ticket.status).where(stuck)


def dead_jobs(_open_until: datetime) -> Question:
    """Jobs that failed for good, unless one of the same name was done later, or what they were about has moved on.

    A delivery that failed has moved its order to where staff see it: that one waits for people, and is no fault.
    """
    later = aliased(Job)
    made_up = exists().where(
        later.subject_kind == Job.subject_kind,
        later.subject_id == Job.subject_id,
        later.name == Job.name,
        later.id > Job.id,
        later.state == JobState.done,
    )
    moved_on = exists().where(
        Event.subject_kind == Job.subject_kind,
        Event.subject_id == Job.subject_id,
        Event.target.is_not(None),
        Event.at >= Job.finished_at,
        Event.id > func.coalesce(Job.event_id, 0),
    )
    return select(Job.subject_kind, Job.subject_id, Job.name).where(DEAD, ~made_up, ~moved_on).order_by(Job.id)


def old_jobs(open_until: datetime) -> Question:
    """Jobs that were due an hour ago and that nobody has done, or has had in hand since."""
    late = or_(
        and_(Job.state == JobState.queued, Job.due_at < open_until - PATIENCE),
        and_(Job.state == JobState.running, Job.lease_until < open_until - PATIENCE),
    )
    return select(Job.subject_kind, Job.subject_id, Job.name).where(UNFINISHED, late).order_by(Job.id)


def unknown_sends(open_until: datetime) -> Question:
    """Messages of this month of which nobody knows whether they went out, and that no job looks for any more."""
    job = aliased(Job)
    at_work = or_(job.state == JobState.running, job.at_once, job.due_at <= open_until)
    living = job.state.in_((JobState.queued, JobState.running)), at_work, job.name != "check_books"
    looked_for = exists().where(job.subject_kind == Send.subject_kind, job.subject_id == Send.subject_id, *living)
    lately = Send.begun_at.between(open_until - MONTH, open_until - PATIENCE)
    rows = select(Send.subject_kind, Send.subject_id, Send.purpose)
    return rows.where(Send.state == SendState.begun, lately, ~looked_for).order_by(Send.id)


def roles_owed(_open_until: datetime) -> Question:
    """Delivered orders whose role nobody was asked to give, or whose job has failed for good.

    Of an order whose jobs were cleared away when they were old, nothing is said: the others of its delivery went then.
    """
    job = aliased(Job)
    mine = job.subject_kind == "order", job.subject_id == Order.id
    asked = exists().where(*mine, job.name == "settle_role", job.state != JobState.dead)
    others = exists().where(*mine, job.name == "grant_customer_role")
    earns = Order.role_id.is_not(None), Order.status == OrderStatus.delivered
    return select(literal("order"), Order.id, Order.role_name).where(*earns, ~asked, others)


def delivered_with(role_ids: Sequence[int]) -> Select[str, datetime | None, int | None, int, str | None]:
    """Delivered orders that give one of these roles: id, when, for how many days, how many times, the role's name."""
    rows = select(Order.id, Order.delivered_at, Order.role_days, Order.quantity, Order.role_name)
    return rows.where(Order.status == OrderStatus.delivered, Order.role_id.in_(role_ids)).order_by(Order.id)


def untold_states(_open_until: datetime) -> Question:
    """Orders and tickets that stand elsewhere than where their last event left them."""
    rows = []
    for kind, model in (("order", Order), ("ticket", Ticket)):
        last = (
            select(Event.target)
            .where(Event.subject_kind == kind, Event.subject_id == model.id, Event.target.is_not(None))
            .order_by(Event.id.desc())
            .limit(1)
            .correlate(model)
            .scalar_subquery()
        )
        wrong = func.coalesce(last, "") != cast(model.status, String)
        here = model.id.not_in(imported()) if kind == "order" else true()
        status = cast(model.status, String).label("status")
        rows.append(select(literal(kind).label("kind"), model.id.label("id"), status).where(wrong, here))
    every = rows[0].union_all(rows[1]).subquery()
    return select(every.c.kind, every.c.id, every.c.status)
