"""Orders, proofs and stories as the queries return them, made by hand: what the builders are shown in the tests."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from novacore.db.event_kinds.kind import Detailed
from novacore.db.models import Discount, Event, Job, JobAttempt, LedgerEntry, Order, Person, Proof, Ticket
from novacore.db.queries.catalog.restock import BatchRow
from novacore.db.queries.catalog.shop_window import CategoryRow, ProductRow
from novacore.db.queries.orders.contests import Contested, Pair
from novacore.db.queries.orders.orders import JobStory, OrderDetails, QueueRow, ReviewFacts
from novacore.db.queries.orders.proofs import Likeness, SharedEvidence
from novacore.db.queries.orders.unpaid import Holding
from novacore.db.queries.orders.vouches import PublicVouch
from novacore.states import (
    ActorKind,
    AttemptOutcome,
    BatchState,
    JobState,
    LedgerDirection,
    OrderStatus,
    PaymentMethod,
    ProductKind,
    ProofState,
    RateSource,
    TicketKind,
    TicketPriority,
    TicketStatus,
    UnitStatus,
)

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
ORDER_ID = "NC-20260314-ACDEFG"
OTHER_ID = "NC-20260101-HJKMNP"
BUYER = 222222222222222222
OTHER_BUYER = 222222222222222223
TICKET_ID = "T-000012"
TICKET_CHANNEL = 444444444444444444
STAFF_ROLE = 555555555555555555

ADDRESSES: Mapping[PaymentMethod, tuple[str, str]] = {
    method: (method.row.example, method.row.networks[0].name) for method in PaymentMethod
} | {PaymentMethod.usdt: ("TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC", "TRON (TRC-20)")}


def order(status: OrderStatus = OrderStatus.awaiting_payment, **changes: Any) -> Order:
    """An order of two gift cards; `changes` are columns."""
    method = changes.get("method", PaymentMethod.btc)
    address, network = ADDRESSES.get(method, ("", ""))
    is_new = status is OrderStatus.awaiting_payment
    waits = is_new or status is OrderStatus.awaiting_proof
    columns: dict[str, Any] = {
        "id": ORDER_ID,
        "status": status,
        "version": 1,
        "checkout_key": "k",
        "customer_id": BUYER,
        "product_id": 7,
        "product_name": "Game gift card",
        "kind": ProductKind.unique,
        "goods_version_id": 1,
        "warranty_days": 30,
        "quantity": 2,
        "unit_price_minor": 999,
        "total_minor": 1998,
        "currency": "USD",
        "method": method,
        "pay_address": address,
        "pay_network": network,
        "placed_at": NOW - timedelta(hours=1),
        "expires_at": NOW + timedelta(hours=23) if waits else None,
        "submitted_at": None if is_new else NOW - timedelta(minutes=20),
        "review_round": 0 if is_new else 1,
        "is_late": False,
        "reason": None,
    }
    return Order(**columns | changes)


def coin_order(status: OrderStatus = OrderStatus.awaiting_payment, **changes: Any) -> Order:
    """The same, with what it asks for in the coin: Bitcoin, unless `changes` say otherwise."""
    asked: dict[str, Any] = {
        "coin_amount": 31_113,
        "coin_rate": "64217.5",
        "coin_rate_source": RateSource.owner,
        "coin_rate_at": NOW - timedelta(hours=2),
        "coin_holds_until": NOW,
        "coin_is_unique": True,
    }
    return order(status, **asked | changes)


def event(
    what: str | Detailed, target: OrderStatus | None = None, *, reason: str | None = None, **changes: Any
) -> Event:
    """An event by a staff member called Sam: an arrow's, with its reason, or what an `EventKind` says."""
    what = what if isinstance(what, Detailed) else Detailed(what, {"reason": reason} if reason else {})
    columns: dict[str, Any] = {
        "id": 1,
        "subject_kind": "order",
        "subject_id": ORDER_ID,
        "trigger": what.trigger,
        "target": target,
        "actor_kind": ActorKind.staff,
        "actor_id": 333333333333333333,
        "actor_name": "Sam",
        "at": NOW,
        "detail": what.detail,
    }
    return Event(**columns | changes)


def proof(**changes: Any) -> Proof:
    """A processed proof with a Bitcoin transaction id."""
    columns: dict[str, Any] = {
        "id": 5,
        "order_id": ORDER_ID,
        "round": 1,
        "state": ProofState.processed,
        "sha256": "0" * 64,
        "reference": "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
        "is_late": False,
        "size": 1000,
        "submitted_at": NOW,
    }
    return Proof(**columns | changes)


def facts(of: Order | None = None, **changes: Any) -> ReviewFacts:
    """What a review card is made of; by default an order under review with nothing odd about it."""
    subject = of or order(OrderStatus.under_review)
    columns: dict[str, Any] = {
        "order": subject,
        "customer": Person(id=BUYER, name="Robin", first_seen_at=NOW - timedelta(days=90)),
        "proof": proof(),
        "shared": (),
        "alike": (),
        "orders_placed": 4,
        "orders_delivered": 3,
        "units_held": subject.quantity,
        "dms_closed": False,
        "last_event": event("submit_proof", OrderStatus.under_review, actor_name="Robin"),
    }
    return ReviewFacts(**columns | changes)


def shared(status: OrderStatus = OrderStatus.delivered, order_id: str = OTHER_ID) -> SharedEvidence:
    """Another order with the very same picture and transaction id."""
    return SharedEvidence(order_id, status, same_picture=True, same_reference=True)


def contested(order_id: str = OTHER_ID, *, came_first: bool = True) -> Contested:
    """Another order that claims the same payment."""
    return Contested(order_id, OrderStatus.delivered, came_first)


def contest(**changes: Any) -> Pair:
    """A pair of orders of which staff are told."""
    columns: dict[str, Any] = {
        "order_id": ORDER_ID,
        "customer_id": BUYER,
        "paid_order_id": OTHER_ID,
        "paid_status": OrderStatus.delivered,
        "paid_customer_id": OTHER_BUYER,
        "proof_id": 3,
        "same_reference": True,
    }
    return Pair(**columns | changes)


def alike(order_id: str = OTHER_ID) -> Likeness:
    """An earlier proof that looks alike."""
    return Likeness(order_id, 2, 3)


def job(name: str = "deliver_order", state: JobState = JobState.done, **changes: Any) -> Job:
    """A job of the order."""
    columns: dict[str, Any] = {
        "id": 9,
        "name": name,
        "queue": "discord",
        "subject_kind": "order",
        "subject_id": ORDER_ID,
        "state": state,
        "due_at": NOW,
        "created_at": NOW,
        "attempts": 1,
    }
    return Job(**columns | changes)


def attempt(number: int = 1, outcome: AttemptOutcome = AttemptOutcome.done, error: str | None = None) -> JobAttempt:
    """A try of a job."""
    return JobAttempt(id=number, job_id=9, number=number, worker="w", outcome=outcome, error=error, started_at=NOW)


def received(minor: int = 1998, direction: LedgerDirection = LedgerDirection.received) -> LedgerEntry:
    """A line of the ledger."""
    return LedgerEntry(
        id=1,
        order_id=ORDER_ID,
        direction=direction,
        amount_minor=minor,
        currency="USD",
        method=PaymentMethod.btc,
        at=NOW,
    )


def story(of: ReviewFacts | None = None, **changes: Any) -> OrderDetails:
    """An order's whole story: three events, two jobs, one line of money."""
    columns: dict[str, Any] = {
        "facts": of or facts(),
        "events": [
            event("place", OrderStatus.awaiting_payment, actor_kind=ActorKind.customer, actor_name="Robin"),
            event("submit_proof", OrderStatus.under_review, actor_kind=ActorKind.customer, actor_name="Robin"),
            event("reject", OrderStatus.rejected, reason="The amount is too small."),
        ],
        "jobs": [
            JobStory(job("post_review_card"), [attempt()]),
            JobStory(
                job(state=JobState.queued, last_error="Discord is away."),
                [attempt(1, AttemptOutcome.later, "Discord is away."), attempt(2, AttemptOutcome.later)],
            ),
        ],
        "ledger": [received()],
    }
    return OrderDetails(**columns | changes)


def vouch(**changes: Any) -> PublicVouch:
    """Four stars and a few words."""
    columns: dict[str, Any] = {
        "customer_id": BUYER,
        "product_name": "Game gift card",
        "rating": 4,
        "comment": "Quick and friendly.",
        "is_hidden": False,
    }
    return PublicVouch(**columns | changes)


def ticket(status: TicketStatus = TicketStatus.awaiting_staff, **changes: Any) -> Ticket:
    """A product issue about the order of two gift cards."""
    columns: dict[str, Any] = {
        "id": TICKET_ID,
        "number": 12,
        "status": status,
        "version": 1,
        "round": 1,
        "customer_id": BUYER,
        "kind": TicketKind.product_issue,
        "order_id": ORDER_ID,
        "order_key": ORDER_ID,
        "subject": "The code is not taken",
        "description": "The game says that it was used before.",
        "priority": TicketPriority.normal,
        "channel_id": TICKET_CHANNEL,
        "opened_at": NOW,
    }
    return Ticket(**columns | changes)


def category(**changes: Any) -> CategoryRow:
    """A category with three products."""
    columns: dict[str, Any] = {"id": 3, "name": "Gift cards", "products": 3}
    return CategoryRow(**columns | changes)


def product(**changes: Any) -> ProductRow:
    """A product with twelve left and no picture."""
    columns: dict[str, Any] = {
        "id": 7,
        "name": "Game gift card",
        "description": "A code worth 10 dollars in **any** game shop.",
        "kind": ProductKind.unique,
        "price_minor": 999,
        "currency": "USD",
        "max_quantity": 10,
        "warranty_days": 30,
        "category_id": 3,
        "category": "Gift cards",
        "available": 12,
        "is_on_sale": True,
    }
    return ProductRow(**columns | changes)


def discount(**changes: Any) -> Discount:
    """A code for ten per cent of anything, without any limit."""
    columns: dict[str, Any] = {
        "id": 7,
        "code": "SUMMER",
        "percent": 10,
        "currency": "USD",
        "scope": {},
        "created_at": NOW,
    }
    return Discount(**columns | changes)


def waiting(**changes: Any) -> QueueRow:
    """An order that waits for review."""
    columns: dict[str, Any] = {
        "order_id": ORDER_ID,
        "product_name": "Game gift card",
        "quantity": 2,
        "total_minor": 1998,
        "currency": "USD",
        "customer_id": BUYER,
        "submitted_at": NOW - timedelta(minutes=20),
        "is_late": False,
        "status": OrderStatus.under_review,
    }
    return QueueRow(**columns | changes)


def batch(**changes: Any) -> BatchRow:
    """A restock that is half sold."""
    fields: dict[str, Any] = {
        "id": 3,
        "product_id": 1,
        "product": "Gift card",
        "kind": ProductKind.unique,
        "state": BatchState.filled,
        "file_name": "codes.txt",
        "added_by": BUYER,
        "added_at": NOW,
        "total": 10,
        "done": 10,
        "added": 9,
        "units": {UnitStatus.available: 4, UnitStatus.reserved: 2, UnitStatus.sold: 3},
    }
    return BatchRow(**fields | changes)


def holding(**changes: Any) -> Holding:
    """Two units that someone holds who keeps ordering without paying."""
    fields: dict[str, Any] = {
        "order_id": ORDER_ID,
        "customer_id": BUYER,
        "customer_name": "Robin",
        "units": 2,
        "status": OrderStatus.awaiting_payment,
        "review_round": 0,
        "placed_at": NOW - timedelta(hours=1),
        "expires_at": NOW + timedelta(hours=5),
        "unpaid_ends": 3,
        "has_paid": False,
        "is_contested": False,
    }
    return Holding(**fields | changes)
