"""Questions about orders by what staff know of them: whose they are, of which product, paid by which transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, Select, bindparam, func, select, union
from sqlalchemy.orm import Session

from novacore.db.models import ContestedProof, EvidenceClaim, LedgerEntry, Order, Proof


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the orders that are looked for; all of it has to fit. `references` in their stored forms.

    `kinds` are those of the claims in `EvidenceClaim` that are references.
    """

    person_id: int | None = None
    product_id: int | None = None
    references: Sequence[str] = ()
    kinds: Sequence[str] = ()


def found(session: Session, by: Known, *, limit: int, offset: int) -> Sequence[Order]:
    """Return a page of the orders that fit, the newest first."""
    rows = select(Order)
    if by.person_id is not None:
        rows = rows.where(Order.customer_id == by.person_id)
    if by.product_id is not None:
        rows = rows.where(Order.product_id == by.product_id)
    if by.references:
        rows = rows.where(Order.id.in_(_by_reference()))
    page = rows.order_by(Order.placed_at.desc(), Order.id).limit(limit).offset(offset)
    given = {"references": [*by.references], "kinds": [*by.kinds]} if by.references else {}
    return session.execute(page, given).scalars().all()


def _by_reference() -> Select[str]:
    """Return the ids of the orders that a transaction was sent for or has paid for; each look-up has its index."""
    written: BindParameter[str] = bindparam("references", expanding=True)
    claims = EvidenceClaim.kind.in_(bindparam("kinds", expanding=True)), EvidenceClaim.value.in_(written)
    looks = (
        select(Proof.order_id).where(Proof.reference.in_(written)),
        select(ContestedProof.order_id).where(ContestedProof.reference.in_(written)),
        select(LedgerEntry.order_id).where(LedgerEntry.reference.in_(written)),
        select(EvidenceClaim.order_id).where(*claims),
    )
    every = union(*looks).subquery()
    return select(every.c.order_id)


def proof_with(session: Session, references: Sequence[str]) -> int | None:
    """Return the first proof with one of these references: buttons name it, since a reference may be too long."""
    return session.execute(select(func.min(Proof.id)).where(Proof.reference.in_(references))).scalar_one()


def reference_of(session: Session, proof_id: int) -> str | None:
    """Return the reference of a proof; None if it has none, or is gone."""
    return session.execute(select(Proof.reference).where(Proof.id == proof_id)).scalar_one_or_none()
