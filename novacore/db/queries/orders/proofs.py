"""Questions about proofs: which came before, which share evidence, which look alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, union
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
    return session.execute(_LATEST, {"order": order_id}).scalar_one_or_none()


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
    looks_same: bool = False
    """Its reference is another one, but looks the same to whoever compares them by eye."""


@dataclass(frozen=True, slots=True)
class PaidFor:
    """Another order that this evidence has paid for, so that no further one can be approved by it."""

    order_id: str
    what: str
    """With a capital letter: "This picture", "This transaction id"."""


def written(reference: str | None) -> tuple[str, ...]:
    """Return a transaction id in every way in which it may be stored: other chains write the same one without 0x."""
    bare = (reference or "").removeprefix("0x")
    return (bare, f"0x{bare}") if bare else ()


def same_reference() -> ColumnElement[bool]:
    """Compare a reference with those of other proofs, joined with their orders: within one of the owner's own methods.

    All the shop's own methods are compared with one another. `compared` says with what.
    """
    written_so = Proof.reference.in_(bindparam("references", expanding=True))
    return and_(written_so, Order.method.in_(bindparam("methods", expanding=True)))


def compared(method: str, reference: str | None) -> dict[str, Sequence[str]]:
    """Return the parameters of `same_reference`; `method` is the key of the method that the proof was sent for."""
    known = PaymentMethod.of(method)
    return {"references": written(reference), "methods": [one.value for one in PaymentMethod] if known else [method]}


def sharing_evidence(session: Session, order: Order, proof: Proof) -> Sequence[SharedEvidence]:
    """Return the other orders that show the same picture or reference, newest first; ten at the most."""
    same = {"sha256": proof.sha256, "order": proof.order_id, **compared(order.method, proof.reference)}
    return [SharedEvidence(*row) for row in session.execute(_SHARING, same)]


def undecided(session: Session, order: Order) -> Sequence[tuple[Order, str]]:
    """Return the other orders that staff may approve with the references sent for them, the newest first.

    Only those that `same_reference` would compare with this order's.
    """
    rows = session.execute(_UNDECIDED, {"order": order.id, "methods": compared(order.method, None)["methods"]})
    return [(other, reference) for other, reference in rows if reference is not None]


_MOST_COMPARED = 500
"""References of orders that wait for a decision: more than any staff can keep up with."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another proof that looks like this one. `distance` counts differing bits of 64."""

    order_id: str
    proof_id: int
    distance: int


def likenesses(session: Session, proof_id: int) -> Sequence[Likeness]:
    """Return the other proofs that look like this one, the likest first."""
    return [Likeness(*row) for row in session.execute(_ALIKE, {"proof": proof_id})]


# Built once: a purchase looks at these a dozen times.

_LATEST = select(Proof).where(Proof.order_id == bindparam("order")).order_by(Proof.id.desc()).limit(1)
_SAME_PICTURE = Proof.sha256 == bindparam("sha256")
_SAME_REFERENCE = same_reference()
_SHARING = (
    select(Order.id, Order.status, _SAME_PICTURE, func.coalesce(_SAME_REFERENCE, False))
    .join(Order, Order.id == Proof.order_id)
    .where(or_(_SAME_PICTURE, _SAME_REFERENCE))
    .where(Proof.order_id != bindparam("order"))
    .order_by(Proof.id.desc())
    .limit(10)
)
_UNDECIDED = (
    select(Order, Proof.reference)
    .join(Proof, Proof.order_id == Order.id)
    .where(Order.status.in_(OrderStatus.those(lambda row: row.may_be_approved)), Proof.reference.is_not(None))
    .where(Order.method.in_(bindparam("methods", expanding=True)), Order.id != bindparam("order"))
    .order_by(Proof.id.desc())
    .limit(_MOST_COMPARED)
)
_OTHER = aliased(Proof)
_ALIKE = (
    select(_OTHER.order_id, _OTHER.id, ProofLikeness.distance)
    .join(_OTHER, _OTHER.id == ProofLikeness.other_id)
    .where(ProofLikeness.proof_id == bindparam("proof"))
    .order_by(ProofLikeness.distance, _OTHER.id)
)
