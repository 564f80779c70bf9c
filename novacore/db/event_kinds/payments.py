"""What events about ways to pay say: the owner's own, and the prices of coins."""

from typing import TypedDict

from novacore.db.event_kinds.kind import EventKind, Pair


class Labelled(TypedDict):
    """What customers call it."""

    label: str


class EditPayment(TypedDict, total=False):
    """What changed, by column."""

    label: Pair
    emoji: Pair
    address: Pair
    instructions: Pair
    reference_name: Pair
    reference_need: Pair


class SetRate(TypedDict):
    """What one coin costs, as a decimal number, in the shop's currency."""

    price: str
    currency: str


ADD_PAYMENT = EventKind("add_payment", Labelled)
EDIT_PAYMENT = EventKind("edit_payment", EditPayment)
HIDE_PAYMENT = EventKind("hide_payment", Labelled)
SHOW_PAYMENT = EventKind("show_payment", Labelled)
SET_RATE = EventKind("set_rate", SetRate)
