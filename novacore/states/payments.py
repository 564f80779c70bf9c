"""Ways to pay, proofs, and which way money went."""

from enum import StrEnum


class PaymentMethod(StrEnum):
    """How customers pay."""

    paypal = "paypal"
    btc = "btc"
    ltc = "ltc"
    usdt = "usdt"
    sol = "sol"
    eth = "eth"


class LedgerDirection(StrEnum):
    """Which way money went."""

    received = "received"
    returned = "returned"


class ProofState(StrEnum):
    """What became of an uploaded picture."""

    stored = "stored"
    processed = "processed"
    unreadable = "unreadable"
