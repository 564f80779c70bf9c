"""Proofs of payment: stored whole at once, made into a safe picture by a job, compared with every earlier one."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import insert, or_, select, update

from novacore.db.models import Order, Proof, ProofFile, ProofLikeness
from novacore.db.queries.proofs import earlier_hashes
from novacore.db.unit_of_work import Transaction, reading, writing
from novacore.media.proofs import ALIKE_DISTANCE, ProcessedProof, likeness
from novacore.states import OrderStatus, ProofState
from novacore.workflows import jobs, payments
from novacore.workflows.arrows import Move
from novacore.workflows.jobs import JobName, JobRequest
from novacore.workflows.shop import Shop

LIKENESS_LIMIT = 5
"""The most likenesses kept for one proof: staff look at pictures, not at lists."""


def store_proof(move: Move[Order]) -> None:
    """Store the upload in the transaction that takes the proof: Discord's own link to it dies.

    Raises WrongState when the picture or the reference has paid for another order.
    """
    upload = move.given.upload
    if upload is None:
        raise ValueError("submit_proof needs an upload")
    sha256 = hashlib.sha256(upload.content).hexdigest()
    row = {
        "order_id": move.subject.id,
        "round": move.subject.review_round,
        "state": ProofState.stored,
        "sha256": sha256,
        "reference": move.given.reference,
        "is_late": move.subject.is_late,
        "size": len(upload.content),
        "width": upload.width,
        "height": upload.height,
        "submitted_at": move.now,
    }
    payments.refuse_used(move.tx, payments.evidence(move.subject, Proof(**row)), move.subject.id)
    proof_id = move.session.execute(insert(Proof).values(row).returning(Proof.id)).scalar_one()
    move.session.execute(insert(ProofFile).values(proof_id=proof_id, original=upload.content))
    move.extra_jobs.extend(_cards_that_share(move, sha256))


def _cards_that_share(move: Move[Order], sha256: str) -> list[JobRequest]:
    """Refresh the cards of other orders with the same evidence: the flag shows on both."""
    same = or_(Proof.sha256 == sha256, Proof.reference == move.given.reference)
    others = (
        select(Proof.order_id)
        .join(Order, Order.id == Proof.order_id)
        .where(same, Proof.order_id != move.subject.id, Order.status == OrderStatus.under_review)
        .distinct()
    )
    return [JobRequest(JobName.refresh_cards, "order", order_id) for order_id in move.session.execute(others).scalars()]


def record_picture(shop: Shop, proof_id: int, picture: ProcessedProof, alike: Sequence[tuple[int, int]]) -> None:
    """Keep the safe picture and the likenesses (proof id, differing bits), and let the review card go out now."""
    with writing(shop.database) as tx:
        order_id = _finish(tx, proof_id, ProofState.processed, picture)
        kept = sorted(alike, key=lambda pair: pair[1])[:LIKENESS_LIMIT]
        rows = [{"proof_id": proof_id, "other_id": other, "distance": distance} for other, distance in kept]
        if rows:
            tx.session.execute(insert(ProofLikeness), rows)
        _show(tx, order_id, proof_id)


def record_unreadable(tx: Transaction, proof_id: int) -> None:
    """Flag a proof whose picture could not be made: staff decide without it, or ask again."""
    order_id = _finish(tx, proof_id, ProofState.unreadable, None)
    _show(tx, order_id, proof_id)


def _finish(tx: Transaction, proof_id: int, state: ProofState, picture: ProcessedProof | None) -> str:
    values: dict[str, object] = {"state": state, "processed_at": tx.now}
    if picture:
        values |= {
            "content_type": picture.content_type,
            "width": picture.width,
            "height": picture.height,
            "perceptual_hash": picture.perceptual_hash,
        }
        tx.session.execute(update(ProofFile).where(ProofFile.proof_id == proof_id).values(picture=picture.picture))
    statement = update(Proof).where(Proof.id == proof_id).values(**values).returning(Proof.order_id)
    return tx.session.execute(statement).scalar_one()


def _show(tx: Transaction, order_id: str, proof_id: int) -> None:
    jobs.bring_forward(tx, JobName.post_review_card, order_id)
    jobs.enqueue(tx, [JobRequest(JobName.refresh_cards, "order", order_id)], key=f"proof:{proof_id}")


def unprocessed(shop: Shop, order_id: str) -> tuple[int, bytes] | None:
    """Return the newest proof of an order that still waits for its picture, with its bytes as uploaded."""
    rows = (
        select(Proof.id, ProofFile.original)
        .join(ProofFile, ProofFile.proof_id == Proof.id)
        .where(Proof.order_id == order_id, Proof.state == ProofState.stored)
        .order_by(Proof.id.desc())
        .limit(1)
    )
    with reading(shop.database) as session:
        found = session.execute(rows).one_or_none()
    return (found[0], found[1]) if found else None


def find_alike(shop: Shop, proof_id: int, perceptual_hash: int) -> list[tuple[int, int]]:
    """Compare a picture with all earlier proofs of other orders; return (proof id, differing bits) of those alike."""
    with reading(shop.database) as session:
        return [
            (other_id, distance)
            for other_id, other in earlier_hashes(session, proof_id)
            if (distance := likeness(perceptual_hash, other)) <= ALIKE_DISTANCE
        ]
