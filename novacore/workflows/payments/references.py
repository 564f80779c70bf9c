"""Payment references and the ledger: what a transaction id must look like, and that it pays only once.

A pending reference on two orders only flags both: chain transactions are public, and a thief may be first. One that
paid for an approved order is refused for good, by the primary key of `evidence_claims` and not by looking first.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from novacore.db.models import EvidenceClaim, LedgerEntry, Order, Proof
from novacore.db.unit_of_work import Transaction
from novacore.errors import BadInput, WrongState
from novacore.states import LedgerDirection, PaymentMethod
from novacore.workflows.machine.arrows import Move

_HEX_64 = re.compile(r"[0-9a-f]{64}")
_ETHEREUM = re.compile(r"0x[0-9a-f]{64}")
_SOLANA = re.compile(r"[1-9A-HJ-NP-Za-km-z]{86,88}")
_PAYPAL = re.compile(r"[0-9A-Z]{17}")

_PAYPAL_HELP = (
    "A PayPal transaction id has 17 letters and digits, like 4AB12345CD678901E. PayPal shows it in the receipt."
)
_HEX_HELP = (
    "A {coin} transaction id has 64 characters of 0-9 and a-f. Your wallet shows it under the payment's details."
)
_ETHEREUM_HELP = "An Ethereum transaction id starts with 0x and has 64 more characters of 0-9 and a-f."
_SOLANA_HELP = "A Solana transaction signature has 86 to 88 letters and digits. Your wallet shows it with the payment."


def normal_reference(method: PaymentMethod, network: str, text: str) -> str:
    """Return the reference in the one form in which it is stored and compared.

    `network` tells on which chain a USDT payment was made. Raises BadInput with what the form should be.
    """
    bare = text.strip().strip("`").strip()
    if method is PaymentMethod.paypal:
        return _match(_PAYPAL, bare.upper(), _PAYPAL_HELP)
    if method is PaymentMethod.sol or network.startswith("Solana"):
        return _match(_SOLANA, bare, _SOLANA_HELP)
    if method is PaymentMethod.eth or network.startswith("Ethereum"):
        lowered = bare.lower()
        return _match(_ETHEREUM, lowered if lowered.startswith("0x") else f"0x{lowered}", _ETHEREUM_HELP)
    # With 0x in front it is a transaction of another chain, however alike the rest looks.
    return _match(_HEX_64, bare.lower(), _HEX_HELP.format(coin=network))


def _match(form: re.Pattern[str], text: str, help_text: str) -> str:
    if not form.fullmatch(text):
        raise BadInput(f"That does not look like a transaction id. {help_text}")
    return text


def evidence(order: Order, proof: Proof) -> Mapping[str, str]:
    """Return what in this proof may pay only once, by kind."""
    found = {"picture": proof.sha256}
    if proof.reference:
        found[f"reference:{chain_of(order.method, order.pay_network)}"] = proof.reference
    return found


def chain_of(method: PaymentMethod, network: str) -> str:
    """Name the ledger that a reference belongs to: an Ethereum transaction may be in ETH or USDT, and pays once."""
    if method is PaymentMethod.usdt:
        return network.split(maxsplit=1)[0].lower()
    return {PaymentMethod.eth: "ethereum", PaymentMethod.sol: "solana"}.get(method, method.value)


def refuse_used(tx: Transaction, found: Mapping[str, str], order_id: str) -> None:
    """Raise WrongState if any of this evidence has paid for another order already."""
    for kind, value in found.items():
        claim = tx.session.get(EvidenceClaim, (kind, value))
        if claim and claim.order_id != order_id:
            what = "picture" if kind == "picture" else "transaction id"
            raise WrongState(f"This {what} was already used for another order, so it can't pay for this one.")


def claim_evidence(move: Move[Order]) -> None:
    """Bind the evidence of every round to this order: earlier rounds may have paid a part of it.

    Raises WrongState, for staff, when the latest proof has paid for another order. What an earlier round got wrong and
    another order has by right stays with that order.
    """
    proofs = select(Proof).where(Proof.order_id == move.subject.id).order_by(Proof.id.desc())
    latest: Mapping[str, str] | None = None
    pairs: set[tuple[str, str]] = set()
    for proof in move.session.execute(proofs).scalars():
        found = evidence(move.subject, proof)
        latest = found if latest is None else latest
        pairs.update(found.items())
    # Sorted, so that two approvals that share evidence meet at the same row first.
    for kind, value in sorted(pairs):
        _claim(move, kind, value, must=(latest or {}).get(kind) == value)


def _claim(move: Move[Order], kind: str, value: str, *, must: bool) -> None:
    builder = sqlite.insert if move.tx.is_sqlite else postgresql.insert
    row = {"kind": kind, "value": value, "order_id": move.subject.id}
    move.session.execute(builder(EvidenceClaim).values(row).on_conflict_do_nothing())
    owner = move.session.execute(
        select(EvidenceClaim.order_id).where(EvidenceClaim.kind == kind, EvidenceClaim.value == value)
    ).scalar_one()
    if must and owner != move.subject.id:
        what = "picture" if kind == "picture" else "transaction id"
        raise WrongState(f"This {what} already paid for order {owner}. Reject this one, or ask for another proof.")


def latest_proof(tx: Transaction, order_id: str) -> Proof | None:
    """Return the newest proof of an order."""
    rows = select(Proof).where(Proof.order_id == order_id).order_by(Proof.id.desc()).limit(1)
    return tx.session.execute(rows).scalar_one_or_none()


def note_received(move: Move[Order]) -> None:
    """Say in the event what came in: the total, unless staff entered another amount."""
    given = move.given.amount_minor
    move.detail["amount_minor"] = move.subject.total_minor if given is None else given


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
    tx.session.execute(insert(LedgerEntry).values(**same, **asdict(what)))


def balance(tx: Transaction, order_id: str) -> int:
    """Return money received less money returned for an order, in minor units."""
    rows = select(LedgerEntry.direction, func.sum(LedgerEntry.amount_minor)).where(LedgerEntry.order_id == order_id)
    sums = {direction: int(total) for direction, total in tx.session.execute(rows.group_by(LedgerEntry.direction))}
    return sums.get(LedgerDirection.received, 0) - sums.get(LedgerDirection.returned, 0)
