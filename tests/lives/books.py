"""The books of one life, held against each other after every step: units, money, evidence, events, jobs and leases."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, select

from novacore.db.event_kinds.orders import ADD_NOTE, REMOVE_NOTE
from novacore.db.models import (
    AmountClaim,
    Discount,
    DiscountUse,
    Event,
    EvidenceClaim,
    Job,
    JobAttempt,
    LedgerEntry,
    Order,
    Person,
    StaffNote,
    Ticket,
    Transcript,
    Unit,
)
from novacore.db.queries import terms
from novacore.db.unit_of_work import reading
from novacore.states import AttemptOutcome, JobState, OrderStatus, ProductKind, TicketStatus
from novacore.workflows.machine.arrows import Table
from novacore.workflows.orders.goods import goods_of
from novacore.workflows.orders.table import ORDERS
from novacore.workflows.tickets.table import TICKETS
from tests.lives.life import Life
from tests.workflows.machine import design
from tests.workflows.machine.written import misfits_of_event, misfits_of_job

STOCK, FILES = 4, 2
"""Codes of the product of which each buyer gets some of their own."""

LIVING = {JobState.queued, JobState.running}
ENDED = {JobState.done, JobState.dead, JobState.withdrawn}


@dataclass(frozen=True)
class Books:
    """Everything that is written down about one life."""

    life: Life
    orders: Sequence[Order]
    tickets: Sequence[Ticket]
    events: Mapping[str, Sequence[Event]]
    jobs: Mapping[str, Sequence[Job]]
    attempts: Mapping[int, Sequence[JobAttempt]]
    units: Mapping[str, Sequence[Unit]]
    money: Mapping[str, Sequence[LedgerEntry]]
    claims: Mapping[str, Sequence[EvidenceClaim]]
    amounts: Mapping[str, Sequence[AmountClaim]]
    uses: Mapping[str, Sequence[DiscountUse]]
    transcripts: Mapping[str, Sequence[Transcript]]

    def told(self, order: Order, *triggers: str) -> list[Event]:
        """The events of an order by these names."""
        return [event for event in self.events[order.id] if event.trigger in triggers]

    def living(self, subject_id: str, name: str) -> int:
        """How many jobs of this name are queued or running."""
        return sum(job.name == name and job.state in LIVING for job in self.jobs[subject_id])


def check(life: Life) -> Books:
    """Fail unless all the books agree."""
    books = _open(life)
    for order in books.orders:
        _units(books, order)
        _money(books, order)
        _amount(books, order)
        _discount(books, order)
        _terms(life, order)
        _story(books, ORDERS, order)
        _order_is_waited_for(books, order)
    for ticket in books.tickets:
        _story(books, TICKETS, ticket)
        _ticket_is_waited_for(books, ticket)
        _transcripts(books, ticket)
    for job in (job for jobs in books.jobs.values() for job in jobs):
        _lease(job, books.attempts[job.id])
        assert not misfits_of_job(job.name, job.payload), job.name
    for event in (event for events in books.events.values() for event in events):
        assert not misfits_of_event(event.subject_kind, event.trigger, event.detail), event.trigger
    _stock(life)
    _codes(books)
    _notes(books)
    return books


def _open(life: Life) -> Books:
    orders, tickets = life.orders(), life.tickets()
    ids = [*(order.id for order in orders), *(ticket.id for ticket in tickets)]
    with reading(life.town.shop.database) as session:

        def by(column: Any, among: Any = ids) -> dict[Any, list[Any]]:
            found = defaultdict(list)
            model = column.class_
            for row in session.execute(select(model).where(column.in_(among)).order_by(*inspect(model).primary_key)):
                found[getattr(row[0], column.key)].append(row[0])
            return found

        return Books(
            life,
            orders,
            tickets,
            events=by(Event.subject_id),
            jobs=by(Job.subject_id),
            attempts=by(JobAttempt.job_id, select(Job.id).where(Job.subject_id.in_(ids))),
            units=by(Unit.order_id),
            money=by(LedgerEntry.order_id),
            claims=by(EvidenceClaim.order_id),
            amounts=by(AmountClaim.order_id),
            uses=by(DiscountUse.order_id),
            transcripts=by(Transcript.ticket_id),
        )


# ---- units and money


def _units(books: Books, order: Order) -> None:
    held = Counter(str(unit.status) for unit in books.units[order.id])
    assert held["sold"] == (order.quantity if order.status.row.has_goods else 0)
    assert held["revoked"] == (order.quantity if order.status is OrderStatus.refunded else 0)
    assert held["replaced"] == len(books.told(order, "replace_unit")), "each replacement has its event"
    assert held["reserved"] in ({0, order.quantity} if order.status.row.is_open else {0})
    if order.status.row.has_goods and books.life.changed(order):
        bought = goods_of(books.life.town.shop, order.id)
        goods = [*(item.value for item in bought.items), *(one.name for one in bought.files)]
        assert len({*goods}) == len(goods), "no code and no file twice"
        if order.kind is ProductKind.unique:
            assert len(goods) == order.quantity + 1, "none missing; and the guide"


def _stock(life: Life) -> None:
    with reading(life.town.shop.database) as session:
        mine = Unit.product_id == life.products[ProductKind.unique]
        units = [tuple(row) for row in session.execute(select(Unit.status, Unit.order_id).where(mine))]
        filed = [*session.execute(select(Unit.file_id).where(mine, Unit.file_id.is_not(None))).scalars()]
    assert len(units) == STOCK
    assert len({*filed}) == len(filed) == FILES, "each file is one unit"
    assert all((order_id is None) == (status == "available") for status, order_id in units)


def _money(books: Books, order: Order) -> None:
    entries = [(str(one.direction), one.amount_minor, one.event_id) for one in books.money[order.id]]
    noted = [
        (direction, event.detail["amount_minor"], event.id)
        for direction, triggers in (
            ("received", ("approve", "receive_money")),
            ("returned", ("refund", "return_money")),
        )
        for event in books.told(order, *triggers)
    ]
    assert sorted(entries) == sorted(one for one in noted if one[1]), "the ledger holds what the events tell of"
    sums = Counter[str]()
    for direction, amount, _ in entries:
        sums[direction] += amount
    assert sums["received"] >= sums["returned"], "never more goes back than came in"
    was_paid = order.status.row.has_goods or order.status is OrderStatus.refunded
    assert bool(books.told(order, "approve")) == was_paid
    proofs = bool(books.told(order, "submit_proof"))
    assert bool(books.claims[order.id]) == (was_paid and proofs), "a proof pays once, for this order"
    if books.events[order.id][-1].trigger == "refund":
        assert sums["received"] == sums["returned"]


def _amount(books: Books, order: Order) -> None:
    """An amount is claimed for as long as it may be paid: while the order is open, and then as long as proofs count."""
    claims = {one.amount: one.ends_at is None for one in books.amounts[order.id]}
    assert {one.method for one in books.amounts[order.id]} <= {order.method}
    assert (order.coin_amount is None) == (order.coin_rate is None) == (order.coin_is_unique is None)
    renewed = books.told(order, "new_amount")
    assert (order.coin_amount_before is None) == (order.coin_changed_at is None) == (not renewed)
    earlier = {*claims} - {order.coin_amount}
    assert len(earlier) <= len(renewed), "a claim on every amount that it asked for, and no other"
    if order.status.row.is_open:
        assert all(claims.values())
        assert (order.coin_amount in claims) == bool(order.coin_is_unique)
    elif order.status is OrderStatus.expired:
        assert not any(claims.values()), "until no late proof counts any more"
    else:
        assert claims == {}


def _discount(books: Books, order: Order) -> None:
    """What was taken off has one row that counts for as long as the order may be paid or was; the price never moves."""
    assert order.total_minor == order.unit_price_minor * order.quantity - order.discount_minor > 0
    uses = [one.is_held for one in books.uses[order.id]]
    assert (order.discount_code is None) == (order.discount_label is None) == (order.discount_minor == 0)
    assert uses == ([] if order.discount_code is None else [order.status not in _UNPAID_ENDS])


def _terms(life: Life, order: Order) -> None:
    """What was accepted can be read back for ever."""
    if order.terms_version is not None:
        with reading(life.town.shop.database) as session:
            found = terms.version(session, order.terms_version)
        assert found is not None
        assert found.words


_UNPAID_ENDS = {OrderStatus.expired, OrderStatus.rejected, OrderStatus.cancelled}


def _codes(books: Books) -> None:
    """No code was used too often, but by orders that came back after they had ended."""
    back = {order.id for order in books.orders if books.told(order, "reinstate", "expire")}
    held = [use for uses in books.uses.values() for use in uses if use.is_held and use.order_id not in back]
    with reading(books.life.town.shop.database) as session:
        for discount_id, count in Counter(use.discount_id for use in held).items():
            assert count <= (session.get_one(Discount, discount_id).uses or 0)


def _notes(books: Books) -> None:
    """Each person's row counts the notes about them, and events tell of every one that came and went."""
    with reading(books.life.town.shop.database) as session:
        for customer_id in {order.customer_id for order in books.orders}:
            mine = select(StaffNote.id, StaffNote.order_id).where(StaffNote.customer_id == customer_id)
            kept = session.execute(mine).all()
            assert session.get_one(Person, customer_id).note_count == len(kept)
            for order in (one for one in books.orders if one.customer_id == customer_id):
                told = [(event.detail_of(ADD_NOTE), event.detail_of(REMOVE_NOTE)) for event in books.events[order.id]]
                came, went = ({one["note_id"] for one in side if one} for side in zip(*told, strict=True))
                assert {note_id for note_id, order_id in kept if order_id == order.id} == came - went


# ---- events and what follows from them


def _story(books: Books, table: Table[Any], subject: Order | Ticket) -> None:
    """Every step is an arrow, the last one leads to where it stands, and each has had done what it has to."""
    arrows = {(str(source), one.trigger, str(one.target)) for one in table.arrows for source in one.sources}
    at, steps = str(table.initial), [one for one in books.events[subject.id] if one.target is not None]
    for event in steps:
        assert (at, event.trigger, event.target) in arrows
        assert (event.source or table.initial) == at
        at = str(event.target)
        asked = {job.name for job in books.jobs[subject.id] if job.event_id == event.id}
        missing = {*_follow_ups(subject, event)} - asked
        assert not missing, f"{event.trigger} of {subject.id} has not had done: {missing}"
    assert at == subject.status
    assert subject.version >= len(steps), "each arrow has raised it"
    # Besides those in hand, which may be several where workers were killed over them.
    assert len(_untouched(books, subject, table.always[0].name)) <= 1, "one that waits"


def _follow_ups(subject: Order | Ticket, event: Event) -> Mapping[str, Any]:
    if isinstance(subject, Ticket):
        wanted = {**design.jobs_of_ticket(event.trigger)}
        if event.trigger == "archived":
            wanted.pop("invite_rating")  # unless it was rated before
        return wanted
    wanted = {**design.jobs_of_order(event.trigger, by_hand=subject.kind is ProductKind.by_hand)}
    if subject.role_id is not None and event.trigger in {"delivered", "fulfil", "refund"}:
        wanted["settle_role"] = design.NOW
    return wanted


def _order_is_waited_for(books: Books, order: Order) -> None:
    """Whatever has to happen next by itself has a job that will do it."""
    by_job = order.status is OrderStatus.approved and order.kind is not ProductKind.by_hand
    unpaid = order.status in {OrderStatus.awaiting_payment, OrderStatus.awaiting_proof}
    _waits_for(books, order, "deliver_order", wanted=by_job)
    _waits_for(books, order, "expire_order", wanted=unpaid)
    assert unpaid or not _untouched(books, order, "expire_order"), "a timer that was not taken back"
    assert (order.expires_at is not None) == unpaid
    assert order.status is not OrderStatus.delivered or order.delivered_at is not None


def _ticket_is_waited_for(books: Books, ticket: Ticket) -> None:
    turn = ticket.status is TicketStatus.awaiting_customer
    _waits_for(books, ticket, "idle_close", wanted=turn)
    assert turn or not _untouched(books, ticket, "idle_close"), "a timer that was not taken back"
    assert (ticket.closes_at is not None) == turn
    assert ticket.warned_at is None or turn
    assert (ticket.closed_at is not None) == (ticket.status in {TicketStatus.closed, TicketStatus.failed})
    # One of an earlier round may be left; it finds out by itself that there is nothing more to do.
    assert ticket.status is not TicketStatus.opening or books.living(ticket.id, "create_ticket_channel")
    assert ticket.status is not TicketStatus.closing or books.living(ticket.id, "archive_ticket")


def _waits_for(books: Books, subject: Order | Ticket, name: str, *, wanted: bool) -> None:
    if not wanted:
        return
    living, untouched = books.living(subject.id, name), len(_untouched(books, subject, name))
    # Besides one whose worker was killed: it could not be taken back, and finds out by itself when it is run again.
    said = f"{subject.id} is {subject.status} and has {living} of {name}, {untouched} of them untouched"
    assert living, said
    assert untouched <= 1, said


def _untouched(books: Books, subject: Order | Ticket, name: str) -> list[Job]:
    """Those that no worker has had in hand yet: one whose worker was killed at its end is run again, and sees."""
    found = [job for job in books.jobs[subject.id] if job.name == name and job.state is JobState.queued]
    return [job for job in found if job.attempts == 0]


def _transcripts(books: Books, ticket: Ticket) -> None:
    """Nothing that was said goes before it is kept: each round that ended has its transcript."""
    kept = sum(event.trigger == "archived" for event in books.events[ticket.id])
    assert len(books.transcripts[ticket.id]) >= kept


# ---- jobs


def _lease(job: Job, attempts: Sequence[JobAttempt]) -> None:
    """A job is in one pair of hands or in none, and its attempts say how it went."""
    running = [one for one in attempts if one.outcome is AttemptOutcome.running]
    if job.state is JobState.running:
        assert [one.number for one in running] == [job.attempts]
        assert job.lease_until is not None
    else:
        assert running == []
        assert job.lease_until is None
    assert job.fence >= job.attempts, "each attempt is a claim; a wait that only goes on is one attempt"
    numbers = [one.number for one in attempts]
    assert len({*numbers}) == len(numbers)
    assert max(numbers, default=0) <= job.attempts
    assert (job.finished_at is not None) == (job.state in ENDED)
    if job.state is JobState.done:
        assert job.outcome
        assert attempts[-1].outcome is AttemptOutcome.done
