"""The jobs that several arrows of orders queue, and those that wait a while. The table names them."""

from datetime import datetime, timedelta

from novacore.db.models import Order
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.arrows import JobRule, Move
from novacore.workflows.orders import rules

CARD_GRACE = timedelta(minutes=1)
"""How long the review card waits for the processed picture before it goes out without one."""


TO_DELIVER = timedelta(seconds=3)
"""How long the cards wait for the delivery, which as a rule comes at once and changes them as well."""

REMINDER_LEAD = timedelta(hours=2)
"""How long before its end a customer is reminded. Where the whole time is shorter than twice that, they are not."""


def _before_expiry(move: Move[Order]) -> datetime | None:
    """Due that long before the customer's time is up."""
    expires_at = move.subject.expires_at
    return expires_at - REMINDER_LEAD if expires_at else None


def _has_time_for_a_reminder(move: Move[Order]) -> bool:
    """Tell whether there is time enough to forget the order in."""
    expires_at = move.subject.expires_at
    return expires_at is not None and expires_at - move.now >= 2 * REMINDER_LEAD


def with_the_delivery(move: Move[Order]) -> datetime | None:
    """By when the cards show an approval: with its delivery, unless that is a person's work or takes long."""
    return move.now + TO_DELIVER if rules.not_by_hand(move) else None


def _after_grace(move: Move[Order]) -> datetime:
    return move.now + CARD_GRACE


def _after_vouch_delay(move: Move[Order]) -> datetime:
    return move.now + move.shop.terms.vouch_delay


def _gives_role(move: Move[Order]) -> bool:
    """Tell whether a role comes with the order."""
    return move.subject.role_id is not None


TELL_CUSTOMER: JobRule[Order] = JobRule(job_kinds.TELL_CUSTOMER)
EXPIRE: JobRule[Order] = JobRule(job_kinds.EXPIRE_ORDER, due=rules.at_expiry)
REMIND: JobRule[Order] = JobRule(job_kinds.REMIND_UNPAID, due=_before_expiry, when=_has_time_for_a_reminder)
DELIVER: JobRule[Order] = JobRule(job_kinds.DELIVER_ORDER, when=rules.not_by_hand)
POST_CARD: JobRule[Order] = JobRule(job_kinds.POST_REVIEW_CARD, due=_after_grace)
SETTLE_ROLE: JobRule[Order] = JobRule(job_kinds.SETTLE_ROLE, when=_gives_role)
AFTER_DELIVERY: tuple[JobRule[Order], ...] = (
    JobRule(job_kinds.ANNOUNCE_PURCHASE),
    JobRule(job_kinds.GRANT_CUSTOMER_ROLE),
    SETTLE_ROLE,
    JobRule(job_kinds.INVITE_VOUCH, due=_after_vouch_delay),
)
