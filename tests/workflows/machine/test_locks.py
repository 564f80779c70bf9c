"""What is read to be changed is locked: of two presses at once, the second reads what the first has written.

It is what is asked that is looked at: SQLite leaves FOR UPDATE out, and on PostgreSQL it would take a race to see it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import time as at
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Select, event, update

from novacore.db.event_kinds.jobs import JOB_DIED
from novacore.db.models import Job, Order, Ticket
from novacore.db.unit_of_work import writing
from novacore.settings.values import ReportSchedule
from novacore.states import ActorKind, JobState, OrderStatus, TicketStatus
from novacore.workflows.catalog import products
from novacore.workflows.machine.arrows import Given
from novacore.workflows.machine.fire import NewEvent, record
from novacore.workflows.machine.policy import SYSTEM, Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders import after_sale, goods, vouches
from novacore.workflows.orders import commands as orders
from novacore.workflows.orders.blocking import blocks, freeing
from novacore.workflows.orders.timers import opening_hours
from novacore.workflows.reports import reports, rollups
from novacore.workflows.stock import previews, restock, stock_levels, waiting_list
from novacore.workflows.tickets import archive, attributes, conversation
from novacore.workflows.tickets import commands as tickets
from novacore.workflows.upkeep import retries
from tests.fixtures.shops import CUSTOMER, OTHER_STAFF, OWNER, STAFF, STRANGER, MovableClock, ProductMaker
from tests.workflows.machine import lives, ticket_lives
from tests.workflows.orders.placing.unpaid_lives import QUARTER, leave_unpaid

ANN = Actor(71, "ann")

REFERRED_TO = {"orders", "people", "products", "tickets"}
"""A row that refers to one of these waits for FOR UPDATE, in whatever order its own transaction has locked the rest."""


@dataclass
class Scene:
    """A delivered order, a ticket that waits for staff, and an order that waits for its payment."""

    shop: Shop
    time: MovableClock
    product_id: int
    order: Order
    ticket: Ticket
    unpaid: Order

    @property
    def channel(self) -> int:
        """The ticket's channel."""
        return self.ticket.channel_id or 0

    def dead_job(self) -> int:
        """A dead job that staff have an alert about."""
        with writing(self.shop.database) as tx:
            dead = update(Job).where(Job.name == "announce_purchase").values(state=JobState.dead, finished_at=tx.now)
            job_id = tx.session.execute(dead.returning(Job.id)).scalars().all()[0]
            died = JOB_DIED({"job_id": job_id, "job": "announce_purchase", "reason": "The channel is gone."})
            record(tx, NewEvent("order", self.order.id, died, SYSTEM, ActorKind.system))
        return int(job_id)


@pytest.fixture
def shop_url(sqlite_shop_url: str) -> str:
    """Ask on one database: what is asked is the same on the other."""
    return sqlite_shop_url


@pytest.fixture
def scene(shop: Shop, make_product: ProductMaker, time: MovableClock) -> Scene:
    """Build it."""
    product_id = make_product(units=9)
    opening_hours.credit_downtime(shop)
    order = lives.bring_to(shop, product_id, OrderStatus.delivered, time)
    ticket = ticket_lives.bring_to(shop, TicketStatus.awaiting_staff, time)
    vouches.write(shop, CUSTOMER, order.id, "5", "Quick.")
    return Scene(shop, time, product_id, order, ticket, lives.place(shop, product_id, STRANGER))


@contextmanager
def locking() -> Iterator[list[str]]:
    """Note inside which tables rows are locked of, read by read."""
    locked: list[str] = []

    def look(_connection: Connection, statement: Any, *_: Any) -> None:
        if isinstance(statement, Select) and statement._for_update_arg is not None:
            tables = {str(table) for table in statement.get_final_froms()}
            locked.extend(tables)
            lets_rows_refer_to_it = statement._for_update_arg.key_share
            assert lets_rows_refer_to_it or tables.isdisjoint(REFERRED_TO), "Cure: with_for_update(key_share=True)"

    event.listen(Engine, "before_execute", look)
    try:
        yield locked
    finally:
        event.remove(Engine, "before_execute", look)


def say(scene: Scene) -> None:
    """Staff write into the ticket."""
    conversation.note_message(scene.shop, scene.channel, ticket_lives.said(STAFF.id or 0))


def change_words(scene: Scene) -> None:
    """Staff change what they wrote."""
    conversation.note_edit(scene.shop, scene.channel, ticket_lives.said(STAFF.id or 0))


def warn(scene: Scene) -> None:
    """The customer was reminded."""
    replied = tickets.staff_replied(scene.shop, SYSTEM, scene.ticket.id, Given(message_id=ticket_lives.fresh_id()))
    with locking() as locked:
        attributes.note_warned(scene.shop, scene.ticket.id, replied.staff_reply_at)
    assert locked == ["tickets"]


def confirm_stock(scene: Scene) -> None:
    """The owner confirms a file of codes."""
    batch = previews.stage_file(scene.shop, OWNER, scene.product_id, "codes.txt", b"ONE\nTWO\n")
    restock.confirm(scene.shop, OWNER, batch.batch_id or 0)


def unblock(scene: Scene) -> None:
    """A person may order again."""
    blocks.block(scene.shop, STAFF, STRANGER, "A quarrel.", "3")
    blocks.unblock(scene.shop, STAFF, STRANGER.id or 0)


def left_unpaid(scene: Scene) -> int:
    """Someone's orders keep ending unpaid. The clock moves on until they can order again."""
    leave_unpaid(scene.shop, scene.product_id, scene.time, [ANN])
    scene.time.at += QUARTER
    return ANN.id or 0


def share(scene: Scene) -> None:
    """Such a person orders."""
    left_unpaid(scene)
    lives.place(scene.shop, scene.product_id, ANN)


def free(scene: Scene) -> None:
    """Staff free what such people hold."""
    share(scene)
    freeing.free_and_block(scene.shop, STAFF, scene.product_id, scene.time.at)


def be_down(scene: Scene) -> None:
    """The shop was down for a day."""
    scene.time.move(days=1)
    opening_hours.credit_downtime(scene.shop)


def report(scene: Scene) -> None:
    """A report comes due."""
    daily = replace(scene.shop, terms=replace(scene.shop.terms, report_schedule=ReportSchedule("day", at(8))))
    assert not reports.queue_due(daily)
    scene.time.move(days=2)
    assert reports.queue_due(daily)


Deed = Callable[[Scene], object]

DEEDS: dict[str, tuple[str, Deed]] = {
    "an arrow of an order": ("orders", lambda s: orders.refund(s.shop, OWNER, s.order.id, lives.REASON)),
    "units that come back": ("units", lambda s: orders.cancel(s.shop, STRANGER, s.unpaid.id)),
    "units that are taken": ("units", lambda s: lives.place(s.shop, s.product_id, STRANGER)),
    "goods again": ("orders", lambda s: after_sale.resend(s.shop, STAFF, s.order.id, s.order.version)),
    "money returned": (
        "orders",
        lambda s: after_sale.return_money(s.shop, OWNER, s.order.id, s.order.version, "", "x"),
    ),
    "goods shown": ("orders", lambda s: goods.reveal(s.shop, CUSTOMER, s.order.id)),
    "a vouch": ("orders", lambda s: vouches.hide(s.shop, STAFF, s.order.id, "x")),
    "a job tried again": ("jobs", lambda s: retries.retry(s.shop, STAFF, s.dead_job())),
    "an arrow of a ticket": ("tickets", lambda s: tickets.close(s.shop, STAFF, s.ticket.id, lives.REASON)),
    "a ticket claimed": ("tickets", lambda s: attributes.claim(s.shop, STAFF, s.ticket.id)),
    "a ticket handed on": ("tickets", lambda s: attributes.transfer(s.shop, STAFF, s.ticket.id, OTHER_STAFF)),
    "words in a ticket": ("tickets", say),
    "other words": ("tickets", change_words),
    "a reminder": ("tickets", warn),
    "a transcript that is out": ("tickets", lambda s: archive.note_sent(s.shop, s.ticket.id, 1, s.channel, 7)),
    "the number of a ticket": ("shop_facts", lambda s: tickets.open_ticket(s.shop, STRANGER, ticket_lives.draft())),
    "the level of the stock": ("products", lambda s: stock_levels.review(s.shop, s.product_id)),
    "an alert": ("products", lambda s: stock_levels.set_threshold(s.shop, OWNER, s.product_id, 7)),
    "a product": ("products", lambda s: products.remove(s.shop, OWNER, s.product_id)),
    "a file of codes": ("stock_batches", confirm_stock),
    "a place in the line": ("shop_facts", lambda s: waiting_list.next_place(s.shop)),
    "days to add up": ("shop_facts", lambda s: rollups.mark_all(s.shop)),
    "the hours of the shop": ("shop_facts", be_down),
    "orders that get more time": ("orders", be_down),
    "a report that is due": ("shop_facts", report),
    "a block": ("people", unblock),
    "orders that are forgiven": ("people", lambda s: blocks.forgive(s.shop, STAFF, left_unpaid(s))),
    "orders that are cancelled for others": ("orders", free),
    "people who are blocked for it": ("people", free),
    "the share of a product": ("products", share),
}


@pytest.mark.parametrize("what", DEEDS)
def test_what_is_changed_was_locked_when_it_was_read(scene: Scene, what: str) -> None:
    table, deed = DEEDS[what]
    with locking() as locked:
        deed(scene)
    assert table in locked


def test_a_place_in_the_line_is_given_once(scene: Scene) -> None:
    first, second = (waiting_list.next_place(scene.shop) for _ in range(2))
    assert second - first == waiting_list.PACE > timedelta(0)
