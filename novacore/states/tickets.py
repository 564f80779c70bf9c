"""The states of a support ticket: a row each, with its words and its facts; its kinds and priorities."""

from dataclasses import dataclass
from enum import StrEnum

from novacore.states.rows import RowEnum
from novacore.states.stripes import Stripe


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketState:
    """What is said about a state, and what follows from it."""

    label: str
    """Completes "it is ..."."""
    emoji: str
    heading: str
    """Stands on the ticket's card."""
    stripe: Stripe
    is_open: bool = False
    """Whether a person has one of these at most for each kind and order; the index `uq_tickets_open` says the same."""
    is_talking: bool = False
    """Whether customer and staff write to each other in its channel."""


class TicketStatus(RowEnum):
    """The states of a support ticket; `new` is the moment before it is stored. Names equal values."""

    row: TicketState

    new = "new", TicketState(label="new", emoji="🆕", heading="New", stripe=Stripe.checking)
    opening = (
        "opening",
        TicketState(label="being opened", emoji="🚪", heading="Being opened", stripe=Stripe.checking, is_open=True),
    )
    awaiting_staff = (
        "awaiting_staff",
        TicketState(
            label="waiting for our staff",
            emoji="🔔",
            heading="Waiting for our staff",
            stripe=Stripe.waiting,
            is_open=True,
            is_talking=True,
        ),
    )
    awaiting_customer = (
        "awaiting_customer",
        TicketState(
            label="waiting for the customer's reply",
            emoji="💬",
            heading="Waiting for the customer's reply",
            stripe=Stripe.checking,
            is_open=True,
            is_talking=True,
        ),
    )
    closing = (
        "closing",
        TicketState(
            label="being closed",
            emoji="📦",
            heading="Being closed: saving the transcript",
            stripe=Stripe.ended,
            is_open=True,
        ),
    )
    closed = "closed", TicketState(label="closed", emoji="🔒", heading="Closed", stripe=Stripe.ended)
    failed = (
        "failed",
        TicketState(
            label="not open, as its channel could not be made",
            emoji="⚠️",
            heading="Not open: its channel could not be made",
            stripe=Stripe.fault,
        ),
    )


OPEN_TICKET_STATUSES = TicketStatus.those(lambda row: row.is_open)
TALKING = TicketStatus.those(lambda row: row.is_talking)


class TicketKind(StrEnum):
    """What a ticket is about."""

    product_issue = "product_issue"
    refund_request = "refund_request"
    other = "other"


class TicketPriority(StrEnum):
    """How urgent staff think a ticket is."""

    low = "low"
    normal = "normal"
    high = "high"
    urgent = "urgent"
