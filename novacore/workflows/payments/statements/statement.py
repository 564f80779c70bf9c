"""What is taken from a statement: payments that came in, and how many rows were left out for which reason.

Names, notes and addresses of other people stay behind: no field here holds any.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

UNKNOWN_COIN: Final = "?"
"""In place of a symbol: a token by another contract than it should be. Anybody can make one that is called USDT."""


class LeftOut(StrEnum):
    """Why a row is no payment to be matched."""

    outgoing = "outgoing"
    no_payment = "no_payment"
    """PayPal moves money on its own account: conversions, holds, deposits, fees, memos."""
    unfinished = "unfinished"
    returned = "returned"
    """Refunded or reversed."""
    other_address = "other_address"
    """Sent to an address that is none of the shop's."""
    other_coin = "other_coin"
    """In a coin that the shop doesn't know, and no order names it."""
    repeated = "repeated"
    unreadable = "unreadable"


@dataclass(frozen=True, slots=True)
class Payment:
    """A row with money that came in."""

    line: int
    """In the file, counted from 1."""
    ids: tuple[str, ...] = ()
    """Its transaction id in each form in which an order may have it stored; the first is the one to be shown."""
    reference: str = field(default="", repr=False)
    """The same as it is written in the file, for ways to pay whose references are free text."""
    amount: Decimal | None = None
    """None if the list has no amounts."""
    symbol: str = ""
    """The coin or currency in capitals; empty where the list doesn't say one. Or `UNKNOWN_COIN`."""
    day: date | None = None
    """As it is written: in the time zone of whoever made the list."""
    order_ids: tuple[str, ...] = ()
    """Orders that are named anywhere in the row, such as in the note."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a file holds."""

    name: str
    """What it is: "a PayPal report"."""
    payments: tuple[Payment, ...] = field(repr=False)
    left_out: Mapping[LeftOut, int]
    methods: frozenset[str] = frozenset()
    """The ways to pay that it can be about; empty for any."""
