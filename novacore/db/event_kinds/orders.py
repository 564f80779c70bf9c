"""What events about orders say, and about the people who place them."""

from typing import NotRequired, TypedDict

from novacore.db.event_kinds.kind import EventKind, Moved, Reasoned, Silent

# ---- arrows


class Placed(Moved):
    """`unpaid_ends`: how many orders of theirs had ended unpaid, where that left less time to pay."""

    unpaid_ends: NotRequired[int]


class AskedAgain(Reasoned):
    """The same for the second time to pay."""

    unpaid_ends: NotRequired[int]


class Approved(Moved):
    """What came in. Events of the first release don't say it.

    `coin` and `coin_units`, in its smallest units: where staff entered an amount of the coin.
    """

    amount_minor: NotRequired[int]
    coin: NotRequired[str]
    coin_units: NotRequired[int]


class Refunded(Reasoned):
    """What went back. Events of the first release don't say it."""

    amount_minor: NotRequired[int]


# ---- after the sale


class ReplaceUnit(TypedDict):
    """`number` counts the units as the buyer's message does; `override`: past the warranty."""

    reason: str
    number: int
    unit_id: int
    faulty_id: int
    override: bool


class Money(TypedDict):
    """Money that went back or came in outside of the arrows."""

    reason: str
    amount_minor: int


class WriteVouch(TypedDict):
    """The stars, from 1 to 5."""

    rating: int


class NewAmount(TypedDict):
    """What it asks for in the coin, what it asked for before, as people read them, and the rate."""

    amount: str
    before: str
    rate: str | None
    round: int


class KeepAmount(TypedDict):
    """Until when the same amount holds now, in ISO 8601."""

    until: str
    round: int


class HideVouch(TypedDict):
    """Why it was taken down."""

    reason: str


RESEND = EventKind("resend", Silent)
REPLACE_UNIT = EventKind("replace_unit", ReplaceUnit)
RETURN_MONEY = EventKind("return_money", Money)
RECEIVE_MONEY = EventKind("receive_money", Money)
REVEAL = EventKind("reveal", Moved)
WRITE_VOUCH = EventKind("write_vouch", WriteVouch)
NEW_AMOUNT = EventKind("new_amount", NewAmount)
KEEP_AMOUNT = EventKind("keep_amount", KeepAmount)
HIDE_VOUCH = EventKind("hide_vouch", HideVouch)


# ---- what befalls an order


class Contested(TypedDict):
    """`evidence` is what both have: a transaction id, or a picture."""

    other_order_id: str
    evidence: str
    contested_proof_id: int


class ExtendExpiry(TypedDict):
    """How long the shop was closed."""

    seconds: int
    round: int


class LoseUnits(TypedDict):
    """How many of its units were withdrawn."""

    count: int
    why: str


class RoleRefused(TypedDict):
    """A role that could not be given or taken; the reason is a sentence for staff."""

    role_id: int
    role: str
    reason: str


class RoleMoved(TypedDict):
    """The role that takes the place of one that is gone from the server."""

    role_id: int
    role: str


class ImportOrder(TypedDict):
    """What the older shop called it, and its state there."""

    old_id: str
    old_status: str


CONTESTED = EventKind("contested", Contested)
EXTEND_EXPIRY = EventKind("extend_expiry", ExtendExpiry)
ROLE_MOVED = EventKind("role_moved", RoleMoved)
ROLE_REFUSED = EventKind("role_refused", RoleRefused)
LOSE_UNITS = EventKind("lose_units", LoseUnits)
IMPORT_ORDER = EventKind("import_order", ImportOrder)


# ---- people


class Block(TypedDict):
    """`until` in ISO 8601."""

    reason: str
    until: str


class Forgive(TypedDict):
    """How many of their orders count no longer."""

    unpaid_ends: int


BLOCK = EventKind("block", Block)
UNBLOCK = EventKind("unblock", Silent)
FORGIVE = EventKind("forgive", Forgive)


# ---- notes of staff, about people and about orders


class AboutNote(TypedDict):
    """Which note. What it says stands in its own row alone."""

    note_id: int


ADD_NOTE = EventKind("add_note", AboutNote)
REMOVE_NOTE = EventKind("remove_note", AboutNote)
