"""The books check: a shop with a past is clean, and each kind of fault that is planted in it is found."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update

from novacore.db.models import (
    AmountClaim,
    DailyFigures,
    Discount,
    DiscountUse,
    Event,
    EvidenceClaim,
    Job,
    LedgerEntry,
    LegacyImport,
    LegacySource,
    Order,
    Send,
    Ticket,
    Unit,
)
from novacore.db.unit_of_work import writing
from novacore.doctor import books
from novacore.doctor.books import CHECKS, Books, Subject
from novacore.doctor.findings import Level
from novacore.states import JobState, LedgerDirection, OrderStatus, SendState, TicketKind, TicketStatus, UnitStatus
from novacore.workflows.machine import facts
from novacore.workflows.machine.policy import SYSTEM
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.commands import Checkout
from novacore.workflows.orders.delivered import roles
from novacore.workflows.payments import rates
from novacore.workflows.reports import rollups
from novacore.workflows.tickets import commands as tickets
from novacore.workflows.tickets.commands import TicketForm
from tests.fixtures.shops import CUSTOMER, OWNER, STAFF, MovableClock, ProductMaker
from tests.workflows import discount_codes
from tests.workflows.machine import lives

STATES = sorted({*OrderStatus} - {OrderStatus.new}, key=lambda status: status is not OrderStatus.expired)
"""The expired one first: a day goes by until it is."""


@dataclass
class Past:
    """A shop with an order in each state, one with a discount, one that asks for an amount in a coin, and a ticket."""

    shop: Shop
    time: MovableClock
    ids: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.ids[name]

    def change(self, statement: Any) -> None:
        """Write into the database by hand."""
        with writing(self.shop.database) as tx:
            tx.session.execute(statement.execution_options(synchronize_session=False))

    def set(self, name: str, **values: Any) -> None:
        """Change an order by hand."""
        self.change(update(Order).where(Order.id == self[name]).values(**values))

    def by_force(self, *statements: str) -> None:
        """Write what the database itself would refuse."""
        if self.shop.database.is_sqlite:
            with closing(sqlite3.connect(str(self.shop.database.engine.url.database), isolation_level=None)) as file:
                for statement in statements:
                    file.execute(statement)
            return
        with writing(self.shop.database) as tx:
            for statement in ("SET LOCAL session_replication_role = replica", *statements):
                tx.session.execute(text(statement))

    @property
    def books(self) -> Books:
        """What is looked at."""
        return Books(self.shop.database, self.shop.terms.zone)

    def found(self) -> Mapping[str, list[Subject]]:
        """What the books check finds, by what it is about."""
        return {one.check.about: [*one.subjects] for one in books.audit(self.books) if one.subjects}


@pytest.fixture
def past(shop: Shop, make_product: ProductMaker, time: MovableClock) -> Past:
    """Let a shop live for a while, and add up its days."""
    shop = replace(shop, terms=replace(shop.terms, max_open_orders=20))
    mine, product_id = Past(shop, time), make_product(units=40)
    for status in STATES:
        mine.ids[status] = lives.bring_to(shop, product_id, status, time).id
    with_code = discount_codes.paid(shop, product_id)
    lives.mark_sent(shop, with_code.id)
    mine.ids["with a code"] = orders.delivered(shop, SYSTEM, with_code.id).id
    rates.set_rate(shop, OWNER, "btc", "64250")
    lives.forgive(shop)
    mine.ids["in a coin"] = orders.place(shop, STAFF, Checkout("coin", product_id, 1, "btc")).id
    mine.ids["ticket"] = tickets.open_ticket(shop, CUSTOMER, TicketForm(TicketKind.other, "Help", "Please.", "")).id
    due = Job.state == JobState.queued, Job.due_at < time.at
    mine.change(update(Job).where(*due).values(due_at=time.at))
    rollups.catch_up(shop)
    return mine


def test_a_shop_with_a_past_is_clean(past: Past, time: MovableClock) -> None:
    assert past.found() == {}
    assert {one.finding.level for one in books.audit(past.books)} == {Level.ok}
    time.move(minutes=50)
    assert past.found() == {}, "what is due is given an hour"


# ---- faults, planted one at a time


def _a_unit_is_gone(past: Past) -> None:
    past.change(update(Unit).where(Unit.order_id == past["delivered"]).values(order_id=None, status="available"))


def _a_refunded_unit_is_back(past: Past) -> None:
    past.change(update(Unit).where(Unit.order_id == past["refunded"]).values(order_id=None, status="available"))


def _a_unit_is_kept_by_a_cancelled_order(past: Past) -> None:
    one = select(Unit.id).where(Unit.status == UnitStatus.available).limit(1).scalar_subquery()
    past.change(update(Unit).where(Unit.id == one).values(order_id=past["cancelled"], status="reserved"))


def _a_unit_is_sold_to_nobody(past: Past) -> None:
    one = select(Unit.id).where(Unit.status == UnitStatus.available).limit(1).scalar_subquery()
    past.change(update(Unit).where(Unit.id == one).values(status="sold"))


def _a_code_is_there_twice(past: Past) -> None:
    sold = f"SELECT fingerprint FROM units WHERE order_id = '{past['delivered']}'"
    spare = "SELECT min(id) FROM units WHERE status = 'available'"
    again = f"UPDATE units SET fingerprint = ({sold}) WHERE id = ({spare})"
    if past.shop.database.is_sqlite:
        copied = "CREATE TABLE units AS SELECT * FROM old_units"
        past.by_force("ALTER TABLE units RENAME TO old_units", copied, again)
    else:
        past.by_force("ALTER TABLE units DROP CONSTRAINT uq_units_fingerprint", again)


def _a_total_is_lower(past: Past) -> None:
    past.set("delivered", total_minor=1)


def _a_row_of_the_ledger_is_gone(past: Past) -> None:
    past.by_force(f"DELETE FROM ledger_entries WHERE order_id = '{past['delivered']}'")


def _money_came_by_hand(past: Past) -> None:
    row = {"order_id": past["delivered"], "direction": LedgerDirection.received, "amount_minor": 100}
    with writing(past.shop.database) as tx:
        tx.session.execute(insert(LedgerEntry).values(currency="USD", method="btc", at=tx.now, **row))


def _more_went_back_than_came(past: Past) -> None:
    mine = LedgerEntry.order_id == past["refunded"], LedgerEntry.direction == LedgerDirection.returned
    past.change(update(LedgerEntry).where(*mine).values(amount_minor=100_000))


def _a_day_has_other_figures(past: Past) -> None:
    first = select(DailyFigures.day).where(DailyFigures.received_minor > 0).order_by(DailyFigures.day).limit(1)
    there = DailyFigures.day == first.scalar_subquery()
    past.change(update(DailyFigures).where(there).values(received_minor=DailyFigures.received_minor + 1))


def _a_use_is_given_back(past: Past) -> None:
    past.change(update(DiscountUse).where(DiscountUse.order_id == past["with a code"]).values(is_held=False))


def _a_code_has_fewer_uses(past: Past) -> None:
    past.change(update(Discount).values(uses=0))


def _an_order_is_deleted(past: Past) -> None:
    past.by_force(f"DELETE FROM orders WHERE id = '{past['with a code']}'")


def _an_amount_is_not_kept(past: Past) -> None:
    past.by_force(f"DELETE FROM amount_claims WHERE order_id = '{past['in a coin']}'")


def _an_amount_is_kept_too_long(past: Past) -> None:
    past.change(insert(AmountClaim).values(method="btc", amount=7, order_id=past["cancelled"]))


def _a_payment_counts_for_an_unpaid_order(past: Past) -> None:
    past.change(insert(EvidenceClaim).values(kind="reference:btc", value="f" * 64, order_id=past["rejected"]))


def _an_order_is_never_delivered(past: Past) -> None:
    gone = Job.subject_id == past["approved"], Job.name == "deliver_order"
    past.change(update(Job).where(*gone).values(state=JobState.withdrawn))
    past.set("approved", decided_at=past.time.at - timedelta(hours=3))


def _an_order_never_expires(past: Past) -> None:
    past.set("awaiting_payment", expires_at=None)


def _a_ticket_has_no_channel(past: Past) -> None:
    past.change(update(Job).where(Job.subject_id == past["ticket"]).values(state=JobState.withdrawn))


def _a_job_is_dead(past: Past) -> None:
    mine = Job.subject_id == past["delivered"], Job.name == "announce_purchase"
    past.change(update(Job).where(*mine).values(state=JobState.dead))


def _a_job_is_late(past: Past) -> None:
    mine = Job.subject_id == past["delivered"], Job.name == "announce_purchase"
    past.change(update(Job).where(*mine).values(due_at=past.time.at - timedelta(hours=2)))


def _a_message_has_no_end(past: Past) -> None:
    past.change(update(Job).where(Job.subject_id == past["delivered"]).values(state=JobState.done))
    mine = Send.subject_id == past["delivered"]
    past.change(update(Send).where(mine).values(state=SendState.begun, begun_at=past.time.at - timedelta(hours=2)))


def _a_role_is_owed(past: Past) -> None:
    past.set("delivered", role_id=5, role_name="VIP")


def _a_state_was_written(past: Past) -> None:
    past.set("rejected", status=OrderStatus.cancelled)


def _a_ticket_was_written(past: Past) -> None:
    past.change(update(Ticket).values(status=TicketStatus.closed))


FAULTS: Mapping[str, tuple[Callable[[Past], None], str]] = {
    "Paid without units": (_a_unit_is_gone, "delivered"),
    "Paid without units: refunded": (_a_refunded_unit_is_back, "refunded"),
    "Units without an order": (_a_unit_is_kept_by_a_cancelled_order, "cancelled"),
    "Units without an order: sold": (_a_unit_is_sold_to_nobody, ""),
    "Codes in stock twice": (_a_code_is_there_twice, "delivered"),
    "Totals": (_a_total_is_lower, "delivered"),
    "Decisions without money": (_a_row_of_the_ledger_is_gone, "delivered"),
    "Money without a decision": (_money_came_by_hand, "delivered"),
    "Returns": (_more_went_back_than_came, "refunded"),
    "Figures by day": (_a_day_has_other_figures, ""),
    "Discounts": (_a_use_is_given_back, "with a code"),
    "Uses of codes": (_a_code_has_fewer_uses, ""),
    "Claims without an order": (_an_order_is_deleted, "with a code"),
    "Amounts in coins": (_an_amount_is_not_kept, "in a coin"),
    "Amounts in coins: too long": (_an_amount_is_kept_too_long, "cancelled"),
    "Evidence": (_a_payment_counts_for_an_unpaid_order, "rejected"),
    "Orders past their time": (_an_order_is_never_delivered, "approved"),
    "Orders past their time: unpaid": (_an_order_never_expires, "awaiting_payment"),
    "Tickets past their time": (_a_ticket_has_no_channel, "ticket"),
    "Dead jobs": (_a_job_is_dead, "delivered"),
    "Late jobs": (_a_job_is_late, "delivered"),
    "Messages of unknown outcome": (_a_message_has_no_end, "delivered"),
    "Roles owed": (_a_role_is_owed, "delivered"),
    "States and events": (_a_state_was_written, "rejected"),
    "States and events: tickets": (_a_ticket_was_written, "ticket"),
}


def test_every_check_has_a_fault_that_it_finds() -> None:
    assert {name.split(":")[0] for name in FAULTS} == {check.about for check in CHECKS}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_with_what_to_do(past: Past, name: str) -> None:
    plant, subject = FAULTS[name]
    plant(past)
    about = name.split(":", maxsplit=1)[0]
    found = past.found()[about]
    assert len(found) == 1
    if subject:
        assert found[0].id == past[subject]
    (said,) = [one.finding for one in books.audit(past.books) if one.check.about == about]
    assert (said.level, bool(said.fix)) == (Level.fault, True)
    assert found[0].id in said.text
    assert said.text.startswith("1 ")


def test_large_amounts_are_no_fault(past: Past) -> None:
    """More than four bytes hold: a decision about twenty million rupiah, or a slip of the finger."""
    sums = 3_000_000_000
    mine = Event.subject_id == past["delivered"], Event.trigger == "approve"
    with writing(past.shop.database) as tx:
        event = tx.session.execute(select(Event).where(*mine)).scalar_one()
        event.detail = {**event.detail, "amount_minor": sums}
        tx.session.execute(update(LedgerEntry).where(LedgerEntry.event_id == event.id).values(amount_minor=sums))
    assert "Decisions without money" not in past.found()


def test_an_imported_past_is_no_fault(past: Past) -> None:
    """What an older bot knew of units, proofs and states did not come with its orders."""
    now = past.time.at
    with writing(past.shop.database) as tx:
        tx.session.execute(insert(LegacySource).values(id=1, file_name="old.db", first_seen_at=now))
        row = {"source_id": 1, "old_id": "7", "new_id": past["delivered"], "mark": "m", "imported_at": now}
        tx.session.execute(insert(LegacyImport).values(kind="order", **row))
        tx.session.execute(update(Event).where(Event.subject_id == past["delivered"]).values(target=None))
    past.change(update(Unit).where(Unit.order_id == past["delivered"]).values(order_id=None, status="available"))
    assert past.found() == {}


def test_roles_given_long_ago_are_not_owed(past: Past) -> None:
    _a_role_is_owed(past)
    old = Job.subject_id == past["delivered"], Job.name.in_(("grant_customer_role", "announce_purchase"))
    past.change(delete(Job).where(*old))
    assert past.found() == {}, "its jobs were cleared away; what came later says nothing of them"


@pytest.mark.parametrize(("days", "owed"), [(None, True), (2, True), (1, False)])
def test_a_role_that_the_bot_may_not_give_is_owed_for_as_long_as_it_was_bought(
    past: Past, days: int | None, owed: bool
) -> None:
    past.set("delivered", role_id=5, role_name="VIP", role_days=days)
    ask = {"name": "settle_role", "queue": "discord", "subject_kind": "order", "subject_id": past["delivered"]}
    with writing(past.shop.database) as tx:
        row = insert(Job).values(payload={}, dedupe_key="later", due_at=tx.now, created_at=tx.now, **ask)
        tx.session.execute(row.values(state=JobState.queued))
    facts.note(past.shop, roles.REFUSED, {"5": "The role stands above the bot's."})
    past.time.move(hours=25)
    past.change(update(Job).where(Job.state == JobState.queued).values(due_at=past.time.at))
    assert ("Roles owed" in past.found()) is owed


def test_a_lost_message_is_named_although_its_order_has_a_timer(past: Past) -> None:
    _a_message_has_no_end(past)
    later = {"state": JobState.queued, "due_at": past.time.at + timedelta(days=30), "at_once": False}
    past.change(update(Job).where(Job.subject_id == past["delivered"], Job.name == "settle_role").values(**later))
    assert "Messages of unknown outcome" in past.found()


def test_only_so_many_are_named(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "MOST", 2)
    past.change(update(Order).values(total_minor=1))
    (said,) = [one.finding for one in books.audit(past.books) if one.check.about == "Totals"]
    assert said.text.startswith("At least 2 orders have a total")
