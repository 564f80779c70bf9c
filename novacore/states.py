"""Every word that is stored as a state or a kind. Member names equal values: `transitions` looks them up by name."""

from enum import StrEnum


class OrderStatus(StrEnum):
    """The nine states of an order; `new` is the moment before it is stored."""

    new = "new"
    awaiting_payment = "awaiting_payment"
    under_review = "under_review"
    approved = "approved"
    delivered = "delivered"
    delivery_blocked = "delivery_blocked"
    rejected = "rejected"
    cancelled = "cancelled"
    expired = "expired"
    refunded = "refunded"


OPEN_ORDER_STATUSES = (OrderStatus.awaiting_payment, OrderStatus.under_review)
"""What counts against a customer's limit of open orders."""


class UnitStatus(StrEnum):
    """The life of one sellable thing."""

    available = "available"
    reserved = "reserved"
    sold = "sold"
    revoked = "revoked"
    replaced = "replaced"
    withdrawn = "withdrawn"


class StockLevel(StrEnum):
    """How much of a product is on sale, as it was when somebody was last told of it."""

    plenty = "plenty"
    low = "low"
    """At or under the number at which the owner wants to hear of it."""
    out = "out"


class BatchState(StrEnum):
    """The life of one restock."""

    staged = "staged"
    """Looked through and sealed; the owner has yet to say yes."""
    filling = "filling"
    filled = "filled"
    discarded = "discarded"


class ProductKind(StrEnum):
    """How a product's goods are kept."""

    unique = "unique"
    """Each unit carries its own code, sold once."""
    shared = "shared"
    """Everybody gets the same goods; the units are only a count."""
    unlimited = "unlimited"
    """Everybody gets the same goods, without a count."""
    by_hand = "by_hand"
    """Staff do the work and press `fulfil`."""


class PictureState(StrEnum):
    """Where the picture of a product that is being written stands."""

    unchanged = "unchanged"
    """The product's own picture stays, if it has one."""
    waiting = "waiting"
    """Given, and a worker is fetching and cleaning it."""
    ready = "ready"
    refused = "refused"
    removed = "removed"


class GoodsType(StrEnum):
    """What one item of the goods is; each has its emoji."""

    code = "code"
    account = "account"
    file = "file"
    link = "link"
    guide = "guide"
    support = "support"
    service = "service"
    warranty = "warranty"
    key = "key"


class PaymentMethod(StrEnum):
    """How customers pay."""

    paypal = "paypal"
    btc = "btc"
    ltc = "ltc"
    usdt = "usdt"
    sol = "sol"
    eth = "eth"


class ActorKind(StrEnum):
    """Who stands behind a press, as the event log tells it."""

    customer = "customer"
    staff = "staff"
    owner = "owner"
    system = "system"


class JobState(StrEnum):
    """The life of a job row. `withdrawn` is a timer that was called off."""

    queued = "queued"
    running = "running"
    done = "done"
    dead = "dead"
    withdrawn = "withdrawn"


class AttemptOutcome(StrEnum):
    """How one try of a job ended."""

    running = "running"
    done = "done"
    postponed = "postponed"
    """Its handler wanted to be run again later; no error."""
    later = "later"
    never = "never"
    bug = "bug"
    killed = "killed"
    """Cut off in the middle: nobody knows how far it got."""
    stopped = "stopped"
    """Cut off as well, but by a stop of the shop: the job is not to blame."""


class SendState(StrEnum):
    """What is known of one outward message: begun and not yet sent means that its outcome is unknown."""

    begun = "begun"
    sent = "sent"
    abandoned = "abandoned"


class LedgerDirection(StrEnum):
    """Which way money went."""

    received = "received"
    returned = "returned"


class ProofState(StrEnum):
    """What became of an uploaded picture."""

    stored = "stored"
    processed = "processed"
    unreadable = "unreadable"


class TicketStatus(StrEnum):
    """The six states of a support ticket; `new` is the moment before it is stored."""

    new = "new"
    opening = "opening"
    awaiting_staff = "awaiting_staff"
    awaiting_customer = "awaiting_customer"
    closing = "closing"
    closed = "closed"
    failed = "failed"


OPEN_TICKET_STATUSES = (
    TicketStatus.opening,
    TicketStatus.awaiting_staff,
    TicketStatus.awaiting_customer,
    TicketStatus.closing,
)
"""A person has one ticket in these for each kind and order; the index `uq_tickets_open` says the same."""


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


class ExportSubject(StrEnum):
    """What the owner can have as a table."""

    orders = "orders"
    products = "products"
    tickets = "tickets"
    events = "events"


class ExportFormat(StrEnum):
    """The kinds of file that an export comes in."""

    csv = "csv"
    parquet = "parquet"
    xlsx = "xlsx"


class ExportState(StrEnum):
    """Where an export stands."""

    making = "making"
    done = "done"
    failed = "failed"
