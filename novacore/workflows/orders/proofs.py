"""Proofs of payment: stored whole with the picture that staff see, and compared by a job with every earlier one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, case, insert, select, update

from novacore.db.models import Order, Proof, ProofFile, ProofLikeness
from novacore.db.queries.orders.proofs import hashes_near
from novacore.db.unit_of_work import Transaction, reading, retire, writing
from novacore.db.upsert import add_missing
from novacore.media.likeness.bands import bands
from novacore.media.proofs import ALIKE_DISTANCE, ProcessedProof, likeness
from novacore.states import OrderStatus, ProofState
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.arrows import Move
from novacore.workflows.machine.jobs import JobName
from novacore.workflows.machine.shop import Shop
from novacore.workflows.payments import references
from novacore.workflows.payments.shared_evidence import cards_that_share

_WITH_CARD = OrderStatus.those(lambda row: row.may_be_approved)

LIKENESS_LIMIT = 5
"""The most likenesses kept for one proof: staff look at pictures, not at lists."""


def store_proof(move: Move[Order]) -> None:
    """Store the upload in the transaction that takes the proof: Discord's own link to it dies.

    Raises EvidenceUsed when the picture or the reference has paid for another order.
    """
    upload = move.given.upload
    if upload is None:
        raise ValueError("submit_proof needs an upload")
    row = {
        "order_id": move.subject.id,
        "round": move.subject.review_round,
        "state": ProofState.stored,
        "sha256": hashlib.sha256(upload.content).hexdigest(),
        "reference": move.given.reference,
        "is_late": move.subject.is_late,
        "size": len(upload.content),
        "width": upload.width,
        "height": upload.height,
        "submitted_at": move.now,
        **(_measured(upload.picture) if upload.picture else {}),
    }
    proof = Proof(**row)
    references.refuse_used(move.session, references.evidence(move.subject, proof), move.subject)
    proof_id = move.tx.connection.execute(_STORE, row).scalar_one()
    retire(move.session)
    picture = upload.picture.picture if upload.picture else None
    # Apart from the statement: SQLAlchemy keeps the first one of each kind with every value that stands in it.
    move.tx.connection.execute(_STORE_FILE, {"proof_id": proof_id, "original": upload.content, "picture": picture})
    move.extra_jobs.extend(cards_that_share(move.session, move.subject, proof))


_STORE = insert(Proof).returning(Proof.id)
_STORE_FILE = insert(ProofFile)


def record_picture(shop: Shop, proof_id: int, picture: ProcessedProof) -> None:
    """Keep the safe picture and its hash, before others like it are looked for: of two at once, one sees the other."""
    with writing(shop.database) as tx:
        retire(tx.session)
        tx.connection.execute(_KEEP_PICTURE, {"of": proof_id, "made": picture.picture})
        tx.session.execute(update(Proof).where(Proof.id == proof_id).values(**_measured(picture)))


_KEEP_PICTURE = update(ProofFile).where(ProofFile.proof_id == bindparam("of")).values(picture=bindparam("made"))


def _measured(picture: ProcessedProof) -> dict[str, str | int]:
    """Return what is known of a proof by its picture, column by column."""
    return {
        "content_type": picture.content_type,
        "width": picture.width,
        "height": picture.height,
        "perceptual_hash": picture.perceptual_hash,
        **{f"band_{place}": band for place, band in enumerate(bands(picture.perceptual_hash))},
    }


def record_likenesses(shop: Shop, proof_id: int, alike: Sequence[tuple[int, int]]) -> None:
    """Flag the proof and each one like it (proof id, differing bits), and let the review card go out now."""
    kept = sorted(alike, key=lambda pair: pair[1])[:LIKENESS_LIMIT]
    with writing(shop.database) as tx:
        order_id = _finish(tx, proof_id, ProofState.processed)
        rows = [_likeness(proof_id, other, distance) for other, distance in kept]
        rows += [_likeness(other, proof_id, distance) for other, distance in kept]
        add_missing(tx, ProofLikeness, *rows)
        _show(tx, order_id, proof_id, [other for other, _ in kept])


def _likeness(proof_id: int, other_id: int, distance: int) -> dict[str, int]:
    return {"proof_id": proof_id, "other_id": other_id, "distance": distance}


def record_unreadable(tx: Transaction, proof_id: int) -> bool:
    """Flag a proof whose picture could not be made: staff decide without it, or ask again.

    One whose picture was made, but not compared with others, is shown as it is: False.
    """
    made = tx.session.execute(select(ProofFile.picture.is_not(None)).where(ProofFile.proof_id == proof_id)).scalar()
    order_id = _finish(tx, proof_id, ProofState.processed if made else ProofState.unreadable)
    _show(tx, order_id, proof_id, [])
    return not made


def _finish(tx: Transaction, proof_id: int, state: ProofState) -> str:
    statement = update(Proof).where(Proof.id == proof_id).values(state=state, processed_at=tx.now)
    return tx.session.execute(statement.returning(Proof.order_id)).scalar_one()


def _show(tx: Transaction, order_id: str, proof_id: int, others: Sequence[int]) -> None:
    jobs.bring_forward(tx, JobName.post_review_card, "order", order_id)
    waiting = select(Proof.order_id).join(Order, Order.id == Proof.order_id)
    waiting = waiting.where(Proof.id.in_(others), Order.status.in_(_WITH_CARD)).distinct()
    flagged = [order_id, *tx.session.execute(waiting).scalars()]
    refresh = [job_kinds.REFRESH_CARDS.about("order", one) for one in flagged]
    jobs.enqueue(tx, refresh, key=f"proof:{proof_id}")


@dataclass(frozen=True, slots=True)
class Unprocessed:
    """A proof that has not been compared with others yet."""

    id: int
    original: bytes | None = field(repr=False)
    """The bytes as uploaded, where no picture has been made of them yet."""
    picture: bytes | None = field(repr=False)
    perceptual_hash: int | None


def unprocessed(shop: Shop, order_id: str) -> Unprocessed | None:
    """Return the newest proof of an order that has not been compared, with its picture or what it is to be made of."""
    original = case((ProofFile.picture.is_(None), ProofFile.original))
    rows = (
        select(Proof.id, original, ProofFile.picture, Proof.perceptual_hash)
        .join(ProofFile, ProofFile.proof_id == Proof.id)
        .where(Proof.order_id == order_id, Proof.state == ProofState.stored)
        .order_by(Proof.id.desc())
        .limit(1)
    )
    with reading(shop.database) as session:
        retire(session)
        found = session.execute(rows).one_or_none()
    return Unprocessed(*found) if found else None


def find_alike(shop: Shop, proof_id: int, perceptual_hash: int) -> list[tuple[int, int]]:
    """Compare a picture with the proofs of other orders; return (proof id, differing bits) of those alike."""
    with reading(shop.database) as session:
        return [
            (other_id, distance)
            for other_id, other in hashes_near(session, proof_id, perceptual_hash)
            if (distance := likeness(perceptual_hash, other)) <= ALIKE_DISTANCE
        ]
