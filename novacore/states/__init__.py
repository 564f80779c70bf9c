"""Every word that is stored as a state or a kind. Member names equal values: `transitions` looks them up by name."""

from novacore.states.actors import ActorKind
from novacore.states.exports import ExportFormat, ExportState, ExportSubject
from novacore.states.goods import BatchState, GoodsType, PictureState, ProductKind, StockLevel, UnitStatus
from novacore.states.jobs import AttemptOutcome, JobState, SendState
from novacore.states.orders import OrderState, OrderStatus
from novacore.states.payments import LedgerDirection, PaymentMethod, ProofState
from novacore.states.stripes import Stripe
from novacore.states.tickets import OPEN_TICKET_STATUSES, TALKING, TicketKind, TicketPriority, TicketState, TicketStatus

__all__ = [
    "OPEN_TICKET_STATUSES",
    "TALKING",
    "ActorKind",
    "AttemptOutcome",
    "BatchState",
    "ExportFormat",
    "ExportState",
    "ExportSubject",
    "GoodsType",
    "JobState",
    "LedgerDirection",
    "OrderState",
    "OrderStatus",
    "PaymentMethod",
    "PictureState",
    "ProductKind",
    "ProofState",
    "SendState",
    "StockLevel",
    "Stripe",
    "TicketKind",
    "TicketPriority",
    "TicketState",
    "TicketStatus",
    "UnitStatus",
]
