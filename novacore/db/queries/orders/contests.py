"""Questions about proofs that came second: which orders they concern, what staff have still to read, the pictures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, Select, bindparam, case, func, or_, select, union
from sqlalchemy.orm import Session, aliased

from novacore.db.models import Contest, ContestedProof, ContestedProofFile, Order, Proof, ProofFile
from novacore.db.unit_of_work import retire
from novacore.states import TRANSACTION_ID, OrderStatus

_LISTED = 10
"""Refused proofs of one order that are looked at, the newest first."""


_SHOWN = 3
"""Pictures of refused proofs that are shown of one order."""


@dataclass(frozen=True, slots=True)
class Contested:
    """Another order that claims the same payment."""

    order_id: str
    status: OrderStatus
    came_first: bool
    """Whether the payment counted for that other order; else its proof was the one that was refused."""


def of_order(session: Session, order_id: str) -> Sequence[Contested]:
    """Return the orders that an order shares a contested payment with, the newest refusal first."""
    proofs = _proofs(session, order_id)
    if not proofs:
        return ()
    first = [paid for one in proofs if one.order_id == order_id for paid in (one.reference_of, one.picture_of) if paid]
    second = [one.order_id for one in proofs if one.order_id != order_id]
    status = _statuses(session, {*first, *second})
    named = [(other, True) for other in dict.fromkeys(first)] + [(other, False) for other in dict.fromkeys(second)]
    return [Contested(other, status[other], came_first) for other, came_first in named if other in status]


def _proofs(session: Session, order_id: str) -> Sequence[ContestedProof]:
    return session.execute(_PROOFS, {"order": order_id}).scalars().all()


def _of_one_order() -> Select[ContestedProof]:
    # A look-up for each column: one with OR between them may be read from end to end.
    columns = (ContestedProof.order_id, ContestedProof.reference_of, ContestedProof.picture_of)
    mine = union(*(select(ContestedProof.id).where(column == bindparam("order")) for column in columns)).subquery()
    rows = select(ContestedProof).where(ContestedProof.id.in_(select(mine.c.id)))
    return rows.order_by(ContestedProof.id.desc()).limit(_LISTED)


_PROOFS = _of_one_order()  # built once: a purchase asks it a dozen times


def _statuses(session: Session, order_ids: Iterable[str]) -> Mapping[str, OrderStatus]:
    rows = select(Order.id, Order.status).where(Order.id.in_(order_ids))
    return {order_id: status for order_id, status in session.execute(rows)}  # noqa: C416 - typed


@dataclass(frozen=True, slots=True)
class RefusedPicture:
    """The safe picture of a refused proof, and the order that it was sent for."""

    order_id: str
    content: bytes


def pictures(session: Session, order_id: str, most_bytes: int) -> Sequence[RefusedPicture]:
    """Return the pictures of the refused proofs that concern an order, the newest first, as many as have room."""
    retire(session)
    size = func.coalesce(func.length(ContestedProofFile.picture), 0)
    found: list[RefusedPicture] = []
    for proof in _proofs(session, order_id):
        if len(found) == _SHOWN:
            break
        mine = ContestedProofFile.proof_id == proof.id
        length = session.execute(select(size).where(mine)).scalar_one_or_none() or 0
        if 0 < length <= most_bytes:
            most_bytes -= length
            content = session.execute(select(ContestedProofFile.picture).where(mine)).scalar_one()
            found.append(RefusedPicture(proof.order_id, content or b""))
    return found


@dataclass(frozen=True, slots=True)
class Pair:
    """Two orders that claim one payment, as staff are told of them."""

    order_id: str
    customer_id: int
    paid_order_id: str
    paid_status: OrderStatus
    paid_customer_id: int
    proof_id: int
    same_reference: bool
    reference: str = TRANSACTION_ID
    """What it is called in the order whose proof was refused."""


def alerted_by(session: Session, job_id: int, most: int) -> tuple[int, Sequence[Pair]]:
    """Return how many pairs a job tells staff of, and the first ones."""
    mine = Contest.alert_job_id == job_id
    paid = aliased(Order)
    columns = (Order.customer_id, paid.id, paid.status, paid.customer_id, Contest.proof_id)
    same_reference = func.coalesce(ContestedProof.reference_of == paid.id, False)
    named = func.coalesce(Order.reference_name, TRANSACTION_ID)
    rows = (
        select(Contest.order_id, *columns, same_reference, named)
        .join(Order, Order.id == Contest.order_id)
        .join(paid, paid.id == Contest.paid_order_id)
        .join(ContestedProof, ContestedProof.id == Contest.proof_id)
        .where(mine)
        .order_by(Contest.proof_id, Contest.paid_order_id)
        .limit(most)
    )
    total = session.execute(select(func.count()).select_from(Contest).where(mine)).scalar_one()
    return total, [Pair(*row) for row in session.execute(rows)]


def pictures_size(session: Session, pair: Pair) -> int:
    """Return how many bytes the two pictures of a pair have together; 0 where either was never made."""
    refused, paid = _pictures(pair)
    return session.execute(select(func.length(refused) + func.length(paid))).scalar_one() or 0


def both_pictures(session: Session, pair: Pair) -> tuple[bytes, bytes] | None:
    """Return the picture of the refused proof, and of the one that paid; None if either was never made."""
    retire(session)
    refused, paid = session.execute(select(*_pictures(pair))).one()
    return (refused, paid) if refused and paid else None


def _pictures(pair: Pair) -> tuple[ScalarSelect[bytes | None], ScalarSelect[bytes | None]]:
    refused = select(ContestedProofFile.picture).where(ContestedProofFile.proof_id == pair.proof_id)
    same = or_(Proof.reference == ContestedProof.reference, Proof.sha256 == ContestedProof.sha256)
    fits = case((same, 1), else_=0)  # none does where the transaction ids only look the same
    paid = (
        select(ProofFile.picture)
        .join(Proof, Proof.id == ProofFile.proof_id)
        .join(ContestedProof, ContestedProof.id == pair.proof_id)
        .where(Proof.order_id == pair.paid_order_id)
        .order_by(fits.desc(), Proof.id.desc())
        .limit(1)
    )
    return refused.scalar_subquery(), paid.scalar_subquery()
