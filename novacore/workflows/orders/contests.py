"""Proofs that come second: refused to whoever sent them, and kept, because a thief may have been the first.

Nothing here touches the order that the payment counted for: not its row, its cards or its jobs. Called by
`submit_proof` after its refusal, and by the job that tells staff.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.orm import Session

from novacore import clock
from novacore.db.event_kinds.orders import CONTESTED
from novacore.db.models import Contest, ContestedProof, ContestedProofFile, Order, Proof
from novacore.db.unit_of_work import Transaction, reading, retire, writing
from novacore.db.upsert import insert_into
from novacore.states import ActorKind
from novacore.workflows.machine import job_kinds, jobs
from novacore.workflows.machine.arrows import Given, Upload
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.people import meet
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.payments import references

PER_DAY: Final = 5
"""Refused proofs of one person that are kept within a day. Whatever else they send is only refused."""

DAY: Final = timedelta(days=1)

TOGETHER: Final = timedelta(hours=1)
"""After staff were told of one, what follows within this time is told in one message at its end."""


# ---- keeping


def keep(shop: Shop, actor: Actor, order_id: str, given: Given) -> None:
    """Keep a proof that was refused because its picture or reference had paid for another order.

    Once for each order and reference, and `PER_DAY` times a person and day; all else leaves nothing behind.
    """
    upload = given.upload
    if upload is None:
        raise ValueError("There is nothing to keep without an upload.")
    with writing(shop.database) as tx:
        meet(tx, actor)  # what this person has sent is counted under the lock of their row
        order = tx.session.get_one(Order, order_id)
        row = _row(tx, order, upload, given.reference)
        if not _paid(row) or _is_enough(tx.session, order, tx.now):
            return
        proof_id = _store(tx, row, upload)
        if proof_id is not None:
            _note(tx, order, proof_id, row)


def refuse_again(session: Session, order: Order, reference: str | None) -> None:
    """Raise EvidenceUsed for a reference that has paid for another order, if nothing of the proof would be kept.

    Before its picture is fetched: a thousand of them cost a few look-ups each.
    """
    if reference is None:
        return  # only its picture can have paid
    known = ContestedProof.order_id == order.id, ContestedProof.reference == reference
    if session.execute(select(exists().where(*known))).scalar_one() or _is_enough(session, order, clock.now()):
        references.refuse_used(session, references.of_reference(order, reference), order)


def _row(tx: Transaction, order: Order, upload: Upload, reference: str | None) -> dict[str, Any]:
    sha256 = hashlib.sha256(upload.content).hexdigest()
    evidence = references.evidence(order, Proof(sha256=sha256, reference=reference))
    paid = dict(references.paid_for(tx.session, evidence, order.id))
    return {
        "order_id": order.id,
        "customer_id": order.customer_id,
        "reference": reference or "",
        "sha256": sha256,
        "size": len(upload.content),
        "width": upload.width,
        "height": upload.height,
        "picture_of": paid.pop(references.PICTURE, None),
        "reference_of": next(iter(paid.values()), None),
        "sent_at": tx.now,
    }


def _paid(row: Mapping[str, Any]) -> list[str]:
    """Return the orders that the payment counted for: two where picture and reference are of different ones."""
    return sorted({row[column] for column in ("reference_of", "picture_of")} - {None})


def _is_enough(session: Session, order: Order, now: datetime) -> bool:
    lately = ContestedProof.customer_id == order.customer_id, ContestedProof.sent_at > now - DAY
    return session.execute(select(func.count()).where(*lately)).scalar_one() >= PER_DAY


def _store(tx: Transaction, row: Mapping[str, Any], upload: Upload) -> int | None:
    """Store it and return its id; None if this order has sent that reference before."""
    new = insert_into(tx, ContestedProof).values(row).on_conflict_do_nothing().returning(ContestedProof.id)
    proof_id = tx.session.execute(new).scalar_one_or_none()
    if proof_id is not None:
        retire(tx.session)
        picture = upload.picture.picture if upload.picture else None
        file = {"proof_id": proof_id, "original": upload.content, "picture": picture}
        tx.session.execute(insert(ContestedProofFile), file)
    return proof_id


def _note(tx: Transaction, order: Order, proof_id: int, row: Mapping[str, Any]) -> None:
    """Record it on both orders, and have staff told of each new pair."""
    new = []
    for paid in _paid(row):
        what = order.paid_by.reference if row["reference_of"] == paid else "picture"
        for one, other in ((order.id, paid), (paid, order.id)):
            told = CONTESTED({"other_order_id": other, "evidence": what, "contested_proof_id": proof_id})
            record(tx, NewEvent(ORDERS.name, one, told, SYSTEM, ActorKind.system))
        new.append(_begin(tx, order.id, paid, proof_id))
    wanted = [job_kinds.ALERT_CONTESTS.about("shop", "contests")] if any(new) else []
    if order.review_round:  # it has a card
        wanted.append(job_kinds.REFRESH_CARDS.about(ORDERS.name, order.id))
    jobs.enqueue(tx, wanted, key=f"contested:{proof_id}")


def _begin(tx: Transaction, order_id: str, paid_order_id: str, proof_id: int) -> bool:
    """Note the pair, and tell whether it is a new one."""
    row = {"order_id": order_id, "paid_order_id": paid_order_id, "proof_id": proof_id}
    pair = insert_into(tx, Contest).values(row).on_conflict_do_nothing().returning(Contest.proof_id)
    return tx.session.execute(pair).first() is not None


# ---- telling staff


def next_alert(shop: Shop, job_id: int) -> datetime | None:
    """Return until when this job has to wait, because staff were told of others lately; None if it may go on."""
    with reading(shop.database) as session:
        if session.execute(select(Contest.order_id).where(Contest.alert_job_id == job_id).limit(1)).first():
            return None  # it has begun before, and finishes what it began
        # One that lies in the future was noted by a clock that has been put right since.
        past = select(func.max(Contest.alerted_at)).where(Contest.alerted_at <= clock.now())
        last = session.execute(past).scalar_one()
    return last + TOGETHER if last else None


def take_untold(shop: Shop, job_id: int) -> None:
    """Let this job tell staff of every pair that no other one has; run again, it has the same ones."""
    with writing(shop.database) as tx:
        if tx.session.execute(select(Contest.order_id).where(Contest.alert_job_id == job_id).limit(1)).first():
            return
        tx.session.execute(
            update(Contest)
            .where(Contest.alert_job_id.is_(None))
            .values(alert_job_id=job_id, alerted_at=tx.now)
            .execution_options(synchronize_session=False)
        )
