"""Every word that is stored as a state or a kind. Member names equal values: `transitions` looks them up by name."""

from novacore.states.actors import ActorKind
from novacore.states.exports import ExportFormat, ExportState, ExportSubject
from novacore.states.goods import BatchState, GoodsRow, GoodsType, PictureState, ProductKind, StockLevel, UnitStatus
from novacore.states.jobs import AttemptOutcome, JobState, SendState
from novacore.states.orders import OrderState, OrderStatus
from novacore.states.payments import (
    TRANSACTION_ID,
    LedgerDirection,
    Method,
    Network,
    PaymentMethod,
    PaymentRow,
    ProofState,
    RateSource,
    ReferenceForm,
    ReferenceNeed,
    known_method,
    own_key,
    own_number,
)
from novacore.states.stripes import Stripe
from novacore.states.tickets import OPEN_TICKET_STATUSES, TALKING, TicketKind, TicketPriority, TicketState, TicketStatus

__all__ = [
    "OPEN_TICKET_STATUSES",
    "TALKING",
    "TRANSACTION_ID",
    "ActorKind",
    "AttemptOutcome",
    "BatchState",
    "ExportFormat",
    "ExportState",
    "ExportSubject",
    "GoodsRow",
    "GoodsType",
    "JobState",
    "LedgerDirection",
    "Method",
    "Network",
    "OrderState",
    "OrderStatus",
    "PaymentMethod",
    "PaymentRow",
    "PictureState",
    "ProductKind",
    "ProofState",
    "RateSource",
    "ReferenceForm",
    "ReferenceNeed",
    "SendState",
    "StockLevel",
    "Stripe",
    "TicketKind",
    "TicketPriority",
    "TicketState",
    "TicketStatus",
    "UnitStatus",
    "known_method",
    "own_key",
    "own_number",
]
