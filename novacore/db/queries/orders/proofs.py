"""Questions about proofs: which came before, which share evidence, which look alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select, union
from sqlalchemy.orm import Session, aliased

from novacore.db.models import Order, Proof, ProofFile, ProofLikeness
from novacore.db.unit_of_work import retire
from novacore.media.likeness.bands import bands, nearly
from novacore.states import OrderStatus, PaymentMethod

CHUNK = 5_000
"""Rows fetched at a time when hashes are gone through: memory stays flat however many proofs there are."""

_BANDS = (Proof.band_0, Proof.band_1, Proof.band_2, Proof.band_3)


def hashes_near(session: Session, proof_id: int, perceptual_hash: int) -> Iterator[tuple[int, int]]:
    """Go through (proof id, perceptual hash) of the proofs of other orders that may be alike: all likes, and others.

    Later ones too: of two uploads whose pictures are made at the same time, either may be the first to be finished.
    """
    own = session.execute(select(Proof.order_id).where(Proof.id == proof_id)).scalar_one()
    # A look-up for each band: one with OR between them is read from end to end by PostgreSQL.
    looks = [
        select(Proof.id, Proof.perceptual_hash, Proof.order_id).where(column.in_(nearly(band)))
        for column, band in zip(_BANDS, bands(perceptual_hash), strict=True)
    ]
    near = union(*looks).subquery()
    rows = select(near.c.id, near.c.perceptual_hash).where(near.c.order_id != own)
    for other_id, value in session.execute(rows.execution_options(yield_per=CHUNK)):
        if value is not None:
            yield other_id, value


def latest(session: Session, order_id: str) -> Proof | None:
    """Return the newest proof of an order."""
    rows = select(Proof).where(Proof.order_id == order_id).order_by(Proof.id.desc()).limit(1)
    return session.execute(rows).scalar_one_or_none()


def picture(session: Session, proof_id: int) -> bytes | None:
    """Return the safe picture of a proof, where it has been made."""
    retire(session)
    return session.execute(select(ProofFile.picture).where(ProofFile.proof_id == proof_id)).scalar_one_or_none()


def picture_size(session: Session, proof_id: int) -> int:
    """Return how many bytes the safe picture of a proof has; 0 where it has not been made."""
    size = func.length(ProofFile.picture)
    return session.execute(select(size).where(ProofFile.proof_id == proof_id)).scalar_one_or_none() or 0


@dataclass(frozen=True, slots=True)
class SharedEvidence:
    """Another order whose proof has the same picture or the same reference."""

    order_id: str
    status: OrderStatus
    same_picture: bool
    same_reference: bool


def written(reference: str | None) -> tuple[str, ...]:
    """Return a transaction id in every way in which it may be stored: other chains write the same one without 0x."""
    bare = (reference or "").removeprefix("0x")
    return (bare, f"0x{bare}") if bare else ()


def same_reference(method: str, reference: str | None) -> ColumnElement[bool]:
    """Compare a reference with those of other proofs, joined with their orders: within one of the owner's own methods.

    `method` is the key of the method that it was sent for. All the shop's own methods are compared with one another.
    """
    known = PaymentMethod.of(method)
    where = Order.method.in_([one.value for one in PaymentMethod]) if known else Order.method == method
    return and_(Proof.reference.in_(written(reference)), where)


def sharing_evidence(session: Session, order: Order, proof: Proof) -> Sequence[SharedEvidence]:
    """Return the other orders that show the same picture or reference, newest first; ten at the most."""
    shares = same_reference(order.method, proof.reference)
    rows = (
        select(Order.id, Order.status, Proof.sha256 == proof.sha256, func.coalesce(shares, False))
        .join(Order, Order.id == Proof.order_id)
        .where(or_(Proof.sha256 == proof.sha256, shares), Proof.order_id != proof.order_id)
        .order_by(Proof.id.desc())
        .limit(10)
    )
    return [SharedEvidence(*row) for row in session.execute(rows)]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another proof that looks like this one. `distance` counts differing bits of 64."""

    order_id: str
    proof_id: int
    distance: int


def likenesses(session: Session, proof_id: int) -> Sequence[Likeness]:
    """Return the other proofs that look like this one, the likest first."""
    other = aliased(Proof)
    rows = (
        select(other.order_id, other.id, ProofLikeness.distance)
        .join(other, other.id == ProofLikeness.other_id)
        .where(ProofLikeness.proof_id == proof_id)
        .order_by(ProofLikeness.distance, other.id)
    )
    return [Likeness(*row) for row in session.execute(rows)]
