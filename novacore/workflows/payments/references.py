"""What may pay only once, and the ledger. `typed_references` says what a reference must look like.

A pending reference on two orders only flags both: chain transactions are public, and a thief may be first. One that
paid for an approved order is refused for good, by the primary key of `evidence_claims` and not by looking first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.orm import Session

from novacore.db.models import Event, EvidenceClaim, LedgerEntry, Order, Proof
from novacore.db.queries.orders.proofs import PaidFor
from novacore.db.unit_of_work import Transaction
from novacore.db.upsert import add_missing
from novacore.errors import EvidenceUsed, WrongState
from novacore.money.coins import format_coin
from novacore.states import LedgerDirection, OrderStatus, PaymentMethod
from novacore.workflows.machine.arrows import Move
from novacore.workflows.payments.typed_references import at_a_glance, books_of

PICTURE: Final = "picture"
"""The kind of evidence that is the picture itself, byte for byte. Every other kind is a reference."""


_ALIKE: Final = "look-alike:"
_REFERENCE: Final = "reference:"


def evidence(order: Order, proof: Proof) -> Mapping[str, str]:
    """Return what in this proof may pay only once, by kind."""
    return {PICTURE: proof.sha256, **(of_reference(order, proof.reference) if proof.reference else {})}


def of_reference(order: Order, reference: str) -> Mapping[str, str]:
    """Return what in a reference in its stored form may pay only once, by kind."""
    books, glance = books_of(order.paid_by), at_a_glance(order.paid_by, reference)
    return {f"{_REFERENCE}{books}": reference, **({f"{_ALIKE}{books}": glance} if glance else {})}


def kinds_of_references(methods: Iterable[str]) -> list[str]:
    """Return the kinds of evidence that are references of the ways to pay with these keys."""
    chains = {one.chain for known in PaymentMethod for one in known.row.networks}
    own = {key for key in methods if PaymentMethod.of(key) is None}
    return [f"{_REFERENCE}{books}" for books in sorted(chains | own)]


def paid_for(session: Session, found: Mapping[str, str], order_id: str) -> Mapping[str, str]:
    """Return which other orders this evidence has paid for already, by kind."""
    owners = {kind: session.execute(_OWNER, _claim_of(kind, value)).scalar() for kind, value in found.items()}
    return {kind: owner for kind, owner in owners.items() if owner not in (None, order_id)}


def _claim_of(kind: str, value: str) -> Mapping[str, str]:
    return {"of_kind": kind, "of": value}


_OWNER: Final = select(EvidenceClaim.order_id).where(
    EvidenceClaim.kind == bindparam("of_kind"), EvidenceClaim.value == bindparam("of")
)


def refuse_used(session: Session, found: Mapping[str, str], order: Order) -> None:
    """Raise EvidenceUsed if any of this evidence has paid for another order already."""
    for kind in paid_for(session, found, order.id):
        what, is_reference = _named(kind, order), kind != PICTURE
        used = f"This {what} was already used for another order, so it can't pay for this one."
        raise EvidenceUsed(f"{used} {_TRY[is_reference]} {_OR_ASK}", order.id, is_reference=is_reference)


_TRY: Final = {
    True: "Please check it: each payment has its own. If you copied the wrong one, send the right one.",
    False: "Please send a picture of the payment for this order.",
}
_OR_ASK: Final = "If this really is your payment for this order, open a ticket and our staff will look into it."


def _named(kind: str, order: Order) -> str:
    return "picture" if kind == PICTURE else order.paid_by.reference


def used_by(session: Session, order: Order, proof: Proof) -> list[PaidFor]:
    """Return which other orders the evidence of a proof has paid for, each once, as staff are told of it."""
    found = paid_for(session, evidence(order, proof), order.id)
    by_order = {owner: _as_told(kind, order) for kind, owner in sorted(found.items())}
    return [PaidFor(owner, what) for owner, what in by_order.items()]


def _as_told(kind: str, order: Order) -> str:
    named = _named(kind, order)
    return f"Another {named} that looks just like this one" if kind.startswith(_ALIKE) else f"This {named}"


def instead_of_approving(status: OrderStatus) -> str:
    """Say to staff what the card of an order in this state has, where its proof has paid for another order."""
    if status.row.awaits_customer:
        return "Another proof has been asked for: wait for it, or cancel this order."
    return "Reject this one, or ask for another proof."


def claim_evidence(move: Move[Order]) -> None:
    """Bind the evidence of every round to this order: earlier rounds may have paid a part of it.

    Raises WrongState, for staff, when the latest proof has paid for another order. What an earlier round got wrong and
    another order has by right stays with that order.
    """
    latest: Mapping[str, str] | None = None
    pairs: set[tuple[str, str]] = set()
    for proof in move.session.execute(_PROOFS, {"order": move.subject.id}).scalars():
        found = evidence(move.subject, proof)
        latest = found if latest is None else latest
        pairs.update(found.items())
    # Sorted, so that two approvals that share evidence meet at the same row first.
    for kind, value in sorted(pairs):
        _claim(move, kind, value, must=(latest or {}).get(kind) == value)


_PROOFS: Final = select(Proof).where(Proof.order_id == bindparam("order")).order_by(Proof.id.desc())
_LATEST: Final = _PROOFS.limit(1)


def _claim(move: Move[Order], kind: str, value: str, *, must: bool) -> None:
    add_missing(move.tx, EvidenceClaim, {"kind": kind, "value": value, "order_id": move.subject.id})
    owner = move.tx.connection.execute(_OWNER, _claim_of(kind, value)).scalar_one()
    if must and owner != move.subject.id:
        source = OrderStatus(
            move.session.execute(_CAME_FROM, {"event": move.event_id}).scalar_one() or move.arrow.target
        )
        raise WrongState(
            f"{_as_told(kind, move.subject)} already paid for order {owner}. {instead_of_approving(source)}"
        )


_CAME_FROM: Final = select(Event.source).where(Event.id == bindparam("event"))
"""The state that the order was in when staff pressed: their card has the buttons of that one."""


def latest_proof(tx: Transaction, order_id: str) -> Proof | None:
    """Return the newest proof of an order."""
    return tx.session.execute(_LATEST, {"order": order_id}).scalar_one_or_none()


def note_received(move: Move[Order]) -> None:
    """Say in the event what came in: the total, unless staff entered another amount."""
    given = move.given.amount_minor
    move.detail["amount_minor"] = move.subject.total_minor if given is None else given
    coin, units = move.subject.paid_by.unit, move.given.coin_units
    if coin is not None and units is not None:
        move.detail["coin"], move.detail["coin_units"] = format_coin(units, coin), units


def note_returned(move: Move[Order]) -> None:
    """Say in the event what went back: what was outstanding, unless the owner entered another amount."""
    given = move.given.amount_minor
    move.detail["amount_minor"] = balance(move.tx, move.subject.id) if given is None else given


def write_received(move: Move[Order]) -> None:
    """Put the money of an approved order into the ledger, as `note_received` has noted it."""
    proof = latest_proof(move.tx, move.subject.id)
    _follow(move, LedgerDirection.received, proof.reference if proof else None)


def write_returned(move: Move[Order]) -> None:
    """Put returned money into the ledger, as `note_returned` has noted it."""
    _follow(move, LedgerDirection.returned, move.given.reference)


def _follow(move: Move[Order], direction: LedgerDirection, reference: str | None) -> None:
    amount = move.detail["amount_minor"]
    write_entry(
        move.tx, move.subject, Posting(direction, amount, move.event_id, move.actor.id, move.given.reason, reference)
    )


@dataclass(frozen=True, slots=True)
class Posting:
    """A row of the ledger to be."""

    direction: LedgerDirection
    amount_minor: int
    event_id: int
    actor_id: int | None
    reason: str | None = None
    reference: str | None = None


def write_entry(tx: Transaction, order: Order, what: Posting) -> None:
    """Add a row to the ledger; nothing is no row."""
    if what.amount_minor == 0:
        return
    same = {"order_id": order.id, "currency": order.currency, "method": order.method, "at": tx.now}
    tx.connection.execute(_ENTER, same | asdict(what))


_ENTER: Final = insert(LedgerEntry)


def balance(tx: Transaction, order_id: str) -> int:
    """Return money received less money returned for an order, in minor units."""
    rows = select(LedgerEntry.direction, func.sum(LedgerEntry.amount_minor)).where(LedgerEntry.order_id == order_id)
    sums = {direction: int(total) for direction, total in tx.session.execute(rows.group_by(LedgerEntry.direction))}
    return sums.get(LedgerDirection.received, 0) - sums.get(LedgerDirection.returned, 0)
