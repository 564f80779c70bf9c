"""Questions about orders, one for each screen: the review card, the details, the queue, a customer's own list."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import Session

from novacore import clock
from novacore.db.models import (
    Event,
    Job,
    JobAttempt,
    LedgerEntry,
    Order,
    Person,
    Proof,
    Send,
    StaffNote,
    Unit,
    VersionFile,
)
from novacore.db.queries import terms as shop_terms
from novacore.db.queries.desk import notes
from novacore.db.queries.desk.notes import NoteHead
from novacore.db.queries.orders import amounts, contests, discounts, unpaid
from novacore.db.queries.orders import proofs as proof_queries
from novacore.db.queries.orders.contests import Contested
from novacore.db.queries.orders.discounts import Overuse
from novacore.db.queries.orders.proofs import Likeness, PaidFor, SharedEvidence
from novacore.states import LedgerDirection, OrderStatus, ProductKind, SendState, UnitStatus


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """What the ledger says of an order, in minor units."""

    received: int = 0
    returned: int = 0

    @property
    def balance(self) -> int:
        """What came in and is still with the owner."""
        return self.received - self.returned


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """Everything that the review card of an order shows."""

    order: Order
    customer: Person
    proof: Proof | None
    shared: Sequence[SharedEvidence]
    alike: Sequence[Likeness]
    orders_placed: int
    orders_delivered: int
    units_held: int
    """Units set aside for the order, or sold to it; fewer than its quantity once it has expired or was closed."""
    dms_closed: bool
    """Discord refused a DM to the customer: the receipt, which is the first one, or a later note."""
    last_event: Event | None
    """The last arrow: who moved the order to where it is."""
    money: OrderMoney = field(default_factory=OrderMoney)
    units_replaced: int = 0
    contested: Sequence[Contested] = ()
    is_blocked: bool = False
    """The customer may not order at the moment; what they have ordered goes on."""
    unpaid_ends: int = 0
    """Orders of the customer that ended unpaid lately and count against them; 0 for whoever has ever paid."""
    shares_amount: bool = False
    """Another order that may still be paid asks for the same amount of the coin."""
    overuse: Overuse | None = None
    """Where the order came back after it had ended, and is one too many for its discount code."""
    notes: NoteHead | None = None
    """What staff have written down about the order or its customer."""
    paid: Sequence[PaidFor] = ()
    """What of the newest proof has paid for other orders. `workflows.payments.shared_evidence` adds it."""


def review_facts(session: Session, order_id: str, late: timedelta) -> ReviewFacts | None:
    """Gather what staff need to decide on an order; None when there is no such order.

    `late`: for how long an expired order of someone else's takes a proof, and so may be paid by the same amount.
    """
    order = session.get(Order, order_id)
    if order is None:
        return None
    proof = proof_queries.latest(session, order_id)
    placed, delivered = _history(session, order.customer_id)
    customer = session.get_one(Person, order.customer_id)
    return ReviewFacts(
        order=order,
        customer=customer,
        proof=proof,
        shared=proof_queries.sharing_evidence(session, order, proof) if proof else (),
        alike=proof_queries.likenesses(session, proof.id) if proof else (),
        orders_placed=placed,
        orders_delivered=delivered,
        units_held=_units_held(session, order_id),
        money=money(session, order_id),
        units_replaced=_units_replaced(session, order_id),
        contested=contests.of_order(session, order_id),
        is_blocked=bool(customer.blocked_until and customer.blocked_until > clock.now()),
        unpaid_ends=len(unpaid.ends(session, order.customer_id, clock.now())),
        dms_closed=dms_closed(session, order_id),
        last_event=_last_arrow(session, order_id),
        notes=notes.head(session, customer.id, order_id) if customer.note_count else None,
        overuse=discounts.overuse(session, order_id, order.customer_id) if order.discount_code else None,
        shares_amount=order.coin_amount is not None and bool(amounts.shared(session, [order_id], clock.now(), late)),
    )


def _units_held(session: Session, order_id: str) -> int:
    return session.execute(_HELD, {"order": order_id}).scalar_one()


def _history(session: Session, customer_id: int) -> tuple[int, int]:
    found = session.execute(_HISTORY, {"customer": customer_id})
    counts: dict[OrderStatus, int] = {status: count for status, count in found}  # noqa: C416 - typed
    return sum(counts.values()), counts.get(OrderStatus.delivered, 0)


def _units_replaced(session: Session, order_id: str) -> int:
    return session.execute(_REPLACED, {"order": order_id}).scalar_one()


def money(session: Session, order_id: str) -> OrderMoney:
    """Return what came in for an order and what went back."""
    found = session.execute(_SUMS, {"order": order_id})
    sums = {direction: int(total) for direction, total in found}
    return OrderMoney(sums.get(LedgerDirection.received, 0), sums.get(LedgerDirection.returned, 0))


TO_THE_BUYER = ("receipt", "note", "delivery", "resend", "replacement", "vouch")
"""Purposes of a send that goes to the buyer's DMs."""


def dms_closed(session: Session, order_id: str) -> bool:
    """Tell whether Discord refused a DM to the buyer, about this order or anything else, and none got through since."""
    if session.execute(_DMS_CLOSED, {"order": order_id}).scalar_one_or_none() is not None:
        return True
    last: datetime | None = session.execute(_LAST_REFUSED, {"order": order_id}).scalar_one()
    if last is None:
        return False
    mine = Send.subject_kind == "order", Send.subject_id == order_id, Send.purpose.in_(TO_THE_BUYER)
    went_out = exists().where(*mine, Send.state == SendState.sent, Send.sent_at > last)
    return not session.execute(select(went_out)).scalar_one()


def _last_arrow(session: Session, order_id: str) -> Event | None:
    return session.execute(_LAST_ARROW, {"order": order_id}).scalar_one_or_none()


# Built once: a purchase looks at these facts a dozen times, and building the statements took 32 % of its CPU.

_UNITS = select(func.count()).where(Unit.order_id == bindparam("order"))
_HELD = _UNITS.where(Unit.status.in_((UnitStatus.reserved, UnitStatus.sold)))
_REPLACED = _UNITS.where(Unit.status == UnitStatus.replaced)
_HISTORY = select(Order.status, func.count()).where(Order.customer_id == bindparam("customer")).group_by(Order.status)
_SUMS = (
    select(LedgerEntry.direction, func.sum(LedgerEntry.amount_minor))
    .where(LedgerEntry.order_id == bindparam("order"))
    .group_by(LedgerEntry.direction)
)
_DMS_CLOSED = (
    select(Person.dms_closed_at).join(Order, Order.customer_id == Person.id).where(Order.id == bindparam("order"))
)
_OF_ORDER = Event.subject_kind == "order", Event.subject_id == bindparam("order")
_LAST_REFUSED = select(func.max(Event.at)).where(*_OF_ORDER, Event.trigger.in_(("receipt_blocked", "note_blocked")))
_LAST_ARROW = select(Event).where(*_OF_ORDER, Event.target.is_not(None)).order_by(Event.id.desc()).limit(1)


NOTES_SHOWN = 3
"""Notes in the story of an order; their own list has all."""


@dataclass(frozen=True, slots=True)
class JobStory:
    """A job of an order with each of its tries."""

    job: Job
    attempts: Sequence[JobAttempt]


@dataclass(frozen=True, slots=True)
class OrderDetails:
    """The whole story of an order, for staff."""

    facts: ReviewFacts
    events: Sequence[Event]
    jobs: Sequence[JobStory]
    ledger: Sequence[LedgerEntry]
    files: int = 0
    """How many files come with it."""
    notes: Sequence[StaffNote] = ()
    """The newest notes of staff about the order and its customer."""
    terms: shop_terms.ShopTerms | None = None


def details(session: Session, order_id: str, late: timedelta) -> OrderDetails | None:
    """Gather the whole story of an order; None when there is no such order. `late` as in `review_facts`."""
    facts = review_facts(session, order_id, late)
    if facts is None:
        return None
    events = select(Event).where(Event.subject_kind == "order", Event.subject_id == order_id).order_by(Event.id)
    ledger = select(LedgerEntry).where(LedgerEntry.order_id == order_id).order_by(LedgerEntry.id)
    return OrderDetails(
        facts=facts,
        events=session.execute(events).scalars().all(),
        jobs=_job_stories(session, order_id),
        ledger=session.execute(ledger).scalars().all(),
        files=_files(session, facts.order),
        notes=notes.around_order(session, facts.customer.id, order_id, NOTES_SHOWN) if facts.notes else (),
        terms=shop_terms.version(session, facts.order.terms_version or 0),
    )


def _files(session: Session, order: Order) -> int:
    shared = select(func.count()).where(VersionFile.version_id == order.goods_version_id)
    theirs = Unit.order_id == order.id, Unit.status.in_((UnitStatus.reserved, UnitStatus.sold))
    units = select(func.count()).where(*theirs, Unit.file_id.is_not(None))
    return session.execute(shared).scalar_one() + session.execute(units).scalar_one()


def _job_stories(session: Session, order_id: str) -> list[JobStory]:
    jobs = select(Job).where(Job.subject_kind == "order", Job.subject_id == order_id).order_by(Job.id)
    found = session.execute(jobs).scalars().all()
    tries = select(JobAttempt).where(JobAttempt.job_id.in_([job.id for job in found])).order_by(JobAttempt.id)
    attempts = session.execute(tries).scalars().all()
    return [JobStory(job, [one for one in attempts if one.job_id == job.id]) for job in found]


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One order that waits for staff."""

    order_id: str
    product_name: str
    quantity: int
    total_minor: int
    currency: str
    customer_id: int
    submitted_at: datetime | None
    is_late: bool
    status: OrderStatus
    expires_at: datetime | None = None
    shares_amount: bool = False
    """As in `ReviewFacts`."""


@dataclass(frozen=True, slots=True)
class QueueTotals:
    """How many orders wait: for staff, and for another proof of their customer's."""

    for_staff: int = 0
    for_customers: int = 0

    @property
    def together(self) -> int:
        """All that the queue lists."""
        return self.for_staff + self.for_customers


def queue(
    session: Session, *, late: timedelta, limit: int = 10, offset: int = 0, proofs_alone: bool = False
) -> tuple[QueueTotals, Sequence[QueueRow]]:
    """Return how many orders wait, and a page of them: first those for staff, then the others; the longest wait first.

    For staff are payments to check, goods to be made by hand, and deliveries that Discord refused. Of the others staff
    may still decide by what they have. `late` as in `review_facts`. `proofs_alone`: only what a reviewer decides on.
    """
    to_check = Order.status.in_(OrderStatus.those(lambda row: row.is_to_check))
    tasks = Order.status.in_(OrderStatus.those(lambda row: row.staff_task))
    by_hand = Order.status.in_(OrderStatus.those(lambda row: row.staff_task_by_hand))
    for_staff = to_check if proofs_alone else or_(tasks, and_(by_hand, Order.kind == ProductKind.by_hand))
    for_customers = Order.status.in_(OrderStatus.those(lambda row: row.staff_choice))
    totals = QueueTotals(
        *(session.execute(select(func.count()).where(one)).scalar_one() for one in (for_staff, for_customers))
    )
    columns = (Order.id, Order.product_name, Order.quantity, Order.total_minor, Order.currency)
    rows = select(*columns, Order.customer_id, Order.submitted_at, Order.is_late, Order.status)
    rows = rows.add_columns(Order.expires_at)
    last = case((for_customers, 1), else_=0)
    page = rows.where(or_(for_staff, for_customers)).order_by(last, Order.submitted_at, Order.id)
    found = session.execute(page.limit(limit).offset(offset)).all()
    alike = amounts.shared(session, [row.id for row in found], clock.now(), late)
    return totals, [QueueRow(*row, shares_amount=row.id in alike) for row in found]


def of_customer(session: Session, customer_id: int, *, limit: int = 5, offset: int = 0) -> tuple[int, Sequence[Order]]:
    """Return how many orders a customer has, and a page of them, the newest first."""
    mine = Order.customer_id == customer_id
    total = session.execute(select(func.count()).where(mine)).scalar_one()
    page = select(Order).where(mine).order_by(Order.placed_at.desc(), Order.id).limit(limit).offset(offset)
    return total, session.execute(page).scalars().all()
