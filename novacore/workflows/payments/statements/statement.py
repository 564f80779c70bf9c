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
"""In place of a symbol: what stands there is none, or a token that is known by its name alone.

Anybody can make a token that is called USDT.
"""

UNSAID: Final = "\u00a4"
"""In place of a symbol: the list says none, and nothing shows that it is about coins. It may be any currency."""


class Doubt(StrEnum):
    """Why the amount of a row may not be what the shop has got."""

    part_returned = "part_returned"
    """Other rows say that some of it went back."""
    unsure_kind = "unsure_kind"
    """PayPal lists requests and authorizations, too, and this row doesn't say what it is."""
    no_contract = "no_contract"
    """It is in a token that the list names, and nothing says which contract this is of."""


class LeftOut(StrEnum):
    """Why a row is no payment to be matched."""

    outgoing = "outgoing"
    no_payment = "no_payment"
    """PayPal moves money on its own account: conversions, holds, deposits, fees, memos."""
    unfinished = "unfinished"
    returned = "returned"
    """Refunded or reversed."""
    failed = "failed"
    unknown_status = "unknown_status"
    """Its status is a word that no table here has."""
    other_address = "other_address"
    """Sent to an address that is none of the shop's."""
    other_coin = "other_coin"
    """In a coin that the shop doesn't know, and no order names it."""
    no_contract = "no_contract"
    """In a token that is known by its name alone, and no order names it."""
    no_order = "no_order"
    """In a list without transaction ids, and it names no order."""
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
    """The coin or currency in capitals, or a sign that several share (`$`); `UNKNOWN_COIN` and `UNSAID` otherwise.

    Empty where the list says none but is about coins.
    """
    day: date | None = None
    """As it is written: in the time zone of whoever made the list."""
    order_ids: tuple[str, ...] = ()
    """Orders that are named anywhere in the row, such as in the note."""
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What a file holds."""

    name: str
    """What it is: "a PayPal report"."""
    payments: tuple[Payment, ...] = field(repr=False)
    left_out: Mapping[LeftOut, int]
    methods: frozenset[str] = frozenset()
    """The ways to pay that it can be about; empty for any."""
    has_ids: bool = True
    """Whether it has transaction ids. Without these an amount proves nothing, and only what names an order counts."""
