"""What happens when a job dies: its order does not wait for ever, and staff hear of it once.

Many deaths of one cause are one alert, and one more message at the end of the hour that names the others.

The runner calls `fire_fallback` in the very transaction that marks the job dead.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256

from sqlalchemy import select

from novacore.db.event_kinds.jobs import JOB_DIED, NOTE_BLOCKED, PROOF_UNREADABLE, RECEIPT_BLOCKED
from novacore.db.models import Event, Job, JobAttempt, Proof
from novacore.db.unit_of_work import Transaction
from novacore.errors import NovaCoreError
from novacore.states import ActorKind, AttemptOutcome, ProofState
from novacore.workflows.catalog import draft_pictures
from novacore.workflows.exports import requests as exports
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.fire import NewEvent, fire, record
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import proofs
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.stock import waiting_list
from novacore.workflows.tickets.table import TICKETS
from novacore.workflows.upkeep import told_deaths

Fallback = Callable[[Shop, Transaction, Job, str], None]


def fire_fallback(shop: Shop, tx: Transaction, job: Job, reason: str) -> None:
    """Take the dead job's fallback arrow; where it has none, or the world has moved on, tell staff instead.

    `reason` is one sentence without secrets, which staff read.
    """
    name = JobName(job.name)
    if name in _QUIET:
        return
    FALLBACKS.get(name, _tell_staff)(shop, tx, job, reason)


def _block_delivery(shop: Shop, tx: Transaction, job: Job, reason: str) -> None:
    try:
        with tx.savepoint():
            fire(shop, tx, ORDERS, job.subject_id, "delivery_blocked", SYSTEM, Given(reason=reason[:500]))
    except NovaCoreError:
        return  # the order is delivered, or refunded: nobody waits for this job any more


def _flag_proof(_shop: Shop, tx: Transaction, job: Job, reason: str) -> None:
    # Only the round that the job was for: a newer proof has a job of its own.
    event = tx.session.get(Event, job_kinds.PROCESS_PROOF.payload_of(job)["event_id"])
    waiting = select(Proof.id).where(Proof.order_id == job.subject_id, Proof.state == ProofState.stored)
    if event is not None:
        waiting = waiting.where(Proof.round == event.detail["round"])
    found = tx.session.execute(waiting.order_by(Proof.id)).scalars().all()
    flagged = [proofs.record_unreadable(tx, proof_id) for proof_id in found]
    if flagged and not any(flagged):
        return  # their pictures are there: only the comparison with others is missing
    what = PROOF_UNREADABLE({"job_id": job.id, "reason": reason[:500]})
    record(tx, NewEvent("order", job.subject_id, what, SYSTEM, ActorKind.system))


def _note_closed_dms(shop: Shop, tx: Transaction, job: Job, reason: str) -> None:
    """Flag the order: its customer did not hear of it by DM. Only Discord's own refusal means closed DMs."""
    if not _was_refused(tx, job):
        return _tell_staff(shop, tx, job, reason)
    kind = RECEIPT_BLOCKED if job.name == JobName.order_receipt else NOTE_BLOCKED
    what = kind({"job_id": job.id, "reason": reason[:500]})
    event_id = record(tx, NewEvent("order", job.subject_id, what, SYSTEM, ActorKind.system))
    return jobs.enqueue(tx, [job_kinds.REFRESH_CARDS.about(job.subject_kind, job.subject_id)], event_id=event_id)


def _fail_export(_shop: Shop, tx: Transaction, job: Job, reason: str) -> None:
    exports.fail(tx, int(job.subject_id), reason)


def _skip_waiting(_shop: Shop, tx: Transaction, job: Job, _reason: str) -> None:
    """Their DMs are closed, or they have left: whoever waits behind them must not wait for that."""
    waiting_list.forget(tx, int(job.subject_id), job_kinds.TELL_WAITING.payload_of(job)["customer_id"])


def _fail_ticket(shop: Shop, tx: Transaction, job: Job, reason: str) -> None:
    _fire_for_ticket(shop, tx, job, "channel_failed", reason)


def _keep_channel(shop: Shop, tx: Transaction, job: Job, reason: str) -> None:
    _fire_for_ticket(shop, tx, job, "archive_failed", reason)


def _fire_for_ticket(shop: Shop, tx: Transaction, job: Job, trigger: str, reason: str) -> None:
    try:
        with tx.savepoint():
            fire(shop, tx, TICKETS, job.subject_id, trigger, SYSTEM, Given(reason=reason[:500]))
    except NovaCoreError:
        return  # the ticket is open, or closed: nobody waits for this job any more


def _note_untold(_shop: Shop, tx: Transaction, job: Job, reason: str) -> None:
    """Note that the customer did not hear of it: staff have an alert about the ticket already."""
    what = NOTE_BLOCKED({"job_id": job.id, "reason": reason[:500]})
    record(tx, NewEvent("ticket", job.subject_id, what, SYSTEM, ActorKind.system))


def _was_refused(tx: Transaction, job: Job) -> bool:
    last = select(JobAttempt.outcome).where(JobAttempt.job_id == job.id, JobAttempt.number == job.attempts)
    return tx.session.execute(last).scalar_one_or_none() is AttemptOutcome.never


def _tell_staff(_shop: Shop, tx: Transaction, job: Job, reason: str) -> None:
    cause = _cause(job, reason)
    what = JOB_DIED({"job_id": job.id, "job": job.name, "reason": reason[:500], "cause": cause})
    event_id = record(tx, NewEvent(job.subject_kind, job.subject_id, what, SYSTEM, ActorKind.system))
    alert = job_kinds.ALERT_STAFF.about(job.subject_kind, job.subject_id, {"event_id": event_id})
    if job.forgiven:  # staff had it tried again, and want to know what came of that
        return jobs.enqueue(tx, [alert], event_id=event_id)
    name = JobName(job.name)
    shared = told_deaths.shared_by(name, cause, tx.now)
    others = job_kinds.ALERT_STAFF.about(
        job.subject_kind,
        job.subject_id,
        {"event_id": event_id, "others": True},
        due_at=tx.now + told_deaths.spell_of(name),
    )
    jobs.enqueue(tx, [alert], event_id=event_id, key=told_deaths.ALERTED + shared)
    return jobs.enqueue(tx, [others], event_id=event_id, key=f"others:{shared}")


def _cause(job: Job, reason: str) -> str:
    """Return what deaths of one cause have in common. A bug's reference is its own each time."""
    return sha256(f"{job.name}:{reason.split(' Reference ', maxsplit=1)[0]}".encode()).hexdigest()[:16]


FALLBACKS: Mapping[JobName, Fallback] = {
    JobName.deliver_order: _block_delivery,
    JobName.process_proof: _flag_proof,
    JobName.order_receipt: _note_closed_dms,
    JobName.tell_customer: _note_closed_dms,
    JobName.take_picture: draft_pictures.give_up,
    JobName.make_export: _fail_export,
    JobName.tell_waiting: _skip_waiting,
    JobName.create_ticket_channel: _fail_ticket,
    JobName.archive_ticket: _keep_channel,
    JobName.tell_ticket_customer: _note_untold,
}

_QUIET = frozenset(
    {
        JobName.alert_staff,
        JobName.alert_contests,
        JobName.alert_ticket_staff,
        JobName.invite_vouch,
        JobName.invite_rating,
        JobName.refresh_panel,
        JobName.refresh_pages,
        JobName.tell_owner,
        JobName.warn_idle,
        JobName.remind_unpaid,
        JobName.remind_staff,
        JobName.remind_owner,
    }
)
"""Jobs whose death moves nothing: an alert about an alert helps nobody, nobody waits for an invitation or a reminder,
the panel is shown again with the next change, a private page lives for minutes, and what the doctor found stands in the
log."""
