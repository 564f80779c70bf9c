"""What the payments of a statement come to: which order each is for, and what staff have to know about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from novacore.db.queries.orders.statements import Asked
from novacore.workflows.payments.statements.statement import LeftOut, Payment


class Group(StrEnum):
    """What a payment is, in the order in which staff read them."""

    exact = "exact"
    too_little = "too_little"
    too_much = "too_much"
    old_amount = "old_amount"
    """By an amount that the order asked for before its customer got a new one."""
    unclear = "unclear"
    """For this order, but its amount can't be compared: there is none, it is in another coin, or it is in doubt."""
    too_late = "too_late"
    twice = "twice"
    """Several payments for one order, or one for an order that is paid, or a transaction that paid another one."""
    several = "several"
    """It may be for any of several orders."""


class How(StrEnum):
    """What a payment and its order have in common."""

    reference = "reference"
    order_id = "order_id"
    amount = "amount"


class Remark(StrEnum):
    """What else staff have to know."""

    another_reference = "another_reference"
    """The customer of this order has named another transaction."""
    too_early = "too_early"
    """It was paid before the order was placed."""
    near = "near"
    """The amount is close to what the order asks for, no more."""
    paid_otherwise = "paid_otherwise"
    """The order was approved by another transaction."""
    exact_elsewhere = "exact_elsewhere"
    """It names one order, and another one asks for exactly this amount."""


@dataclass(frozen=True, slots=True)
class Found:
    """A payment with its order, or with those that it may be for."""

    group: Group
    payment: Payment
    orders: Sequence[Asked]
    how: How
    difference: Decimal | None = None
    """What came in beyond what was asked for, in the unit of the payment; below zero where it is too little."""
    paid_order: str = ""
    """The order that this very transaction has paid for."""
    remarks: frozenset[Remark] = frozenset()
    more: int = 0
    """Further orders that it may be for."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that is shown of a statement."""

    name: str
    """As in `Statement`."""
    payments: int
    found: Mapping[Group, Sequence[Found]]
    """Without groups that nothing is in."""
    settled: int = 0
    """Payments of orders that are approved."""
    unmatched: Sequence[Payment] = ()
    left_out: Mapping[LeftOut, int] = field(default_factory=dict)
    cards: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Channel and message of the review cards, by order."""
