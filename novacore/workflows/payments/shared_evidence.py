"""Orders that show one payment: what their cards say of each other, and that they say it as soon as it is so.

Pictures and references are compared by `db.queries.orders.proofs`. Added here are references that only look the same,
and what has paid for another order: that one can't be approved by this proof any more. `tasks.orders.cards` and the
details read it.
"""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from novacore.db.models import Order, Proof
from novacore.db.queries.orders import orders as order_queries
from novacore.db.queries.orders.orders import OrderDetails, ReviewFacts
from novacore.db.queries.orders.proofs import SharedEvidence, compared, same_reference, undecided
from novacore.states import OrderStatus
from novacore.workflows.machine import job_kinds
from novacore.workflows.machine.arrows import Move
from novacore.workflows.machine.jobs import JobRequest
from novacore.workflows.payments import references
from novacore.workflows.payments.typed_references import at_a_glance, books_of

_WITH_CARD = OrderStatus.those(lambda row: row.may_be_approved)


# ---- what a card says


def review_facts(session: Session, order_id: str, late: timedelta) -> ReviewFacts | None:
    """Gather what staff need to decide on an order; None when there is no such order. `late` as in the query."""
    facts = order_queries.review_facts(session, order_id, late)
    return _completed(session, facts) if facts else None


def details(session: Session, order_id: str, late: timedelta) -> OrderDetails | None:
    """Gather the whole story of an order; None when there is no such order. `late` as in the query."""
    story = order_queries.details(session, order_id, late)
    return replace(story, facts=_completed(session, story.facts)) if story else None


def _completed(session: Session, facts: ReviewFacts) -> ReviewFacts:
    order, proof = facts.order, facts.proof
    if proof is None or order.status not in _WITH_CARD:
        return facts
    named = {one.order_id for one in facts.shared}
    alike = [one for one in _look_alikes(session, order, proof.reference) if one.order_id not in named]
    return replace(facts, shared=[*facts.shared, *alike], paid=references.used_by(session, order, proof))


def _look_alikes(session: Session, order: Order, reference: str | None) -> list[SharedEvidence]:
    """Return other orders to decide on whose reference looks like this one to whoever compares by eye."""
    look = at_a_glance(order.paid_by, reference) if reference else None
    if not look:
        return []
    books = books_of(order.paid_by)
    found = {
        other.id: SharedEvidence(other.id, other.status, same_picture=False, same_reference=False, looks_same=True)
        for other, theirs in undecided(session, order)
        if books_of(other.paid_by) == books and at_a_glance(other.paid_by, theirs) == look
    }
    return [*found.values()]


# ---- when it is said


def show_on_others(move: Move[Order]) -> None:
    """Have the cards of other orders with the same evidence say where this order has come to. A follow."""
    if move.subject.review_round:  # else no proof was ever sent, and nothing is shared
        proofs = move.session.execute(_PROOFS, {"order": move.subject.id}).scalars()
        found = {job.subject_id: job for proof in proofs for job in cards_that_share(move.session, move.subject, proof)}
        move.extra_jobs.extend(found.values())


def cards_that_share(session: Session, order: Order, proof: Proof) -> list[JobRequest]:
    """Refresh the cards of other orders with the evidence of this proof: a flag shows on both."""
    same = {"sha256": proof.sha256, "order": order.id, **compared(order.method, proof.reference)}
    others = [*session.execute(_SHARING, same).scalars()]
    others += [one.order_id for one in _look_alikes(session, order, proof.reference)]
    return [job_kinds.REFRESH_CARDS.about("order", order_id) for order_id in dict.fromkeys(others)]


_PROOFS = select(Proof).where(Proof.order_id == bindparam("order")).order_by(Proof.id.desc())
_SHARING = (
    select(Proof.order_id)
    .join(Order, Order.id == Proof.order_id)
    .where(or_(Proof.sha256 == bindparam("sha256"), same_reference()))
    .where(Proof.order_id != bindparam("order"), Order.status.in_(_WITH_CARD))
    .distinct()
)
