"""Both tables a second time, written out by hand: from where to where, who may, what is said and done afterwards.

Nothing here is computed from the tables of the shop: this is the second opinion that tests hold them against.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, TypeVar

from novacore.states import OrderStatus, TicketStatus

S = TypeVar("S", OrderStatus, TicketStatus)
Jobs = Mapping[str, timedelta]
"""Jobs by name, and how long after the event each is due."""

NOW = timedelta(0)
DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Row(Generic[S]):
    """A line of a table. `by_hand` is what differs where staff make the goods themselves."""

    sources: tuple[S, ...]
    target: S
    who: tuple[str, ...]
    jobs: Jobs = field(default_factory=dict)
    takes_back: frozenset[str] = frozenset()
    """The timers that it takes back."""
    by_hand: Jobs | None = None
    says: tuple[str, ...] = ()
    """What its event says besides the round, where everything is given that may be."""
    shown: timedelta = NOW
    """In how long the cards show it; what is made by hand they show at once."""


A, R, W, P, D, B, J, C, E, F = (
    OrderStatus.awaiting_payment,
    OrderStatus.under_review,
    OrderStatus.awaiting_proof,
    OrderStatus.approved,
    OrderStatus.delivered,
    OrderStatus.delivery_blocked,
    OrderStatus.rejected,
    OrderStatus.cancelled,
    OrderStatus.expired,
    OrderStatus.refunded,
)
REASON, CHANNEL = ("reason",), ("channel_id",)
EXPIRY = frozenset({"expire_order", "remind_unpaid"})
TIMERS = {"expire_order": DAY, "remind_unpaid": timedelta(hours=22)}
TELL = {"tell_customer": NOW}
AFTER_DELIVERY = {"announce_purchase": NOW, "grant_customer_role": NOW, "invite_vouch": timedelta(hours=2)}
TAKE_BACK_SALE = {"withdraw_customer_role": NOW, "strike_announcement": NOW}
BUYER = ("customer", "staff who is the buyer", "reviewer who is the buyer")
DESK, SYSTEM = ("staff", "owner"), ("system",)
REVIEW = (*DESK, "reviewer")
WITH_GOODS = timedelta(seconds=3)

PLACE: Jobs = {"order_receipt": NOW, **TIMERS}
ORDERS: Mapping[str, Row[OrderStatus]] = {
    "submit_proof": Row((A, W, E), R, BUYER, {"process_proof": NOW, "post_review_card": timedelta(minutes=1)}, EXPIRY),
    "ask_again": Row((R,), W, REVIEW, {**TELL, **TIMERS}, says=REASON),
    "approve": Row((R, W), P, REVIEW, {"deliver_order": NOW}, EXPIRY, TELL, says=("amount_minor",), shown=WITH_GOODS),
    "reject": Row((R,), J, REVIEW, TELL, says=REASON),
    "cancel": Row((A, W), C, (*BUYER, *DESK), TELL, EXPIRY, says=REASON),
    "expire": Row((A, W), E, SYSTEM, TELL),
    "reinstate": Row((J, C, E), R, DESK, {"post_review_card": NOW}, says=REASON),
    "fulfil": Row((P,), D, DESK, {**TELL, **AFTER_DELIVERY}, says=REASON),
    "delivered": Row((P, B), D, SYSTEM, AFTER_DELIVERY),
    "delivery_blocked": Row((P,), B, SYSTEM, {"alert_staff": NOW}, says=REASON),
    "retry_delivery": Row(
        (B,), P, (*DESK, "staff who is the buyer"), {"deliver_order": NOW}, by_hand={}, shown=WITH_GOODS
    ),
    "refund": Row((P, B, D), F, ("owner",), {**TELL, **TAKE_BACK_SALE}, says=(*REASON, "amount_minor")),
}

OP, WS, WC, G, X, FA = (
    TicketStatus.opening,
    TicketStatus.awaiting_staff,
    TicketStatus.awaiting_customer,
    TicketStatus.closing,
    TicketStatus.closed,
    TicketStatus.failed,
)
IDLE = frozenset({"warn_idle", "idle_close"})
ARCHIVE, ALERT = {"archive_ticket": NOW}, {"alert_ticket_staff": NOW}
STAFFS = ("staff", "staff who is the customer", "owner")

OPEN_TICKET: Jobs = {"create_ticket_channel": NOW}
TICKETS: Mapping[str, Row[TicketStatus]] = {
    "channel_ready": Row((OP,), WS, SYSTEM, {"post_ticket_card": NOW}, says=CHANNEL),
    "channel_failed": Row((OP,), FA, SYSTEM, {"tell_ticket_customer": NOW, **ALERT}, says=(*REASON, *CHANNEL)),
    "staff_replied": Row(
        (WS, WC), WC, SYSTEM, {"warn_idle": DAY, "idle_close": timedelta(hours=72)}, IDLE, says=("message_id",)
    ),
    "customer_replied": Row((WC, WS), WS, SYSTEM, takes_back=IDLE, says=("message_id",)),
    "close": Row((WS, WC), G, STAFFS, ARCHIVE, IDLE, says=REASON),
    "idle_close": Row((WC,), G, SYSTEM, ARCHIVE, IDLE, says=REASON),
    "archived": Row((G,), X, SYSTEM, {"send_transcript": NOW, "invite_rating": timedelta(minutes=1)}, says=CHANNEL),
    "archive_failed": Row((G,), WS, SYSTEM, ALERT, says=REASON),
    "channel_lost": Row(
        (OP, WS, WC, G), X, SYSTEM, {**ALERT, "rescue_transcript": NOW}, IDLE, says=(*REASON, *CHANNEL)
    ),
    "customer_left": Row((OP, WS, WC), G, SYSTEM, ARCHIVE, IDLE, says=REASON),
    "reopen": Row((X, FA), OP, ("customer", "reviewer who is the customer", *STAFFS), OPEN_TICKET),
}


def jobs_of_order(trigger: str, *, by_hand: bool = False) -> Jobs:
    """Return what a trigger of an order has done afterwards; nothing for an event that is no trigger."""
    if trigger == "place":
        return PLACE
    row = ORDERS.get(trigger)
    if row is None:
        return {}
    return row.by_hand if by_hand and row.by_hand is not None else row.jobs


def jobs_of_ticket(trigger: str) -> Jobs:
    """Return what a trigger of a ticket has done afterwards; nothing for an event that is no trigger."""
    if trigger == "open_ticket":
        return OPEN_TICKET
    return TICKETS[trigger].jobs if trigger in TICKETS else {}
