"""The books check: everything that money and goods hang on is held against everything else, and what is wrong is named.

Reads alone, one statement a question, none of which holds anybody up. `novacore audit`, `/audit` and the nightly job
call this. Nothing here puts anything right: that is for a person to decide, who reads the events first.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from novacore import clock
from novacore.db import health
from novacore.db.engine import Database
from novacore.db.queries.audit import goods, money, work
from novacore.db.queries.audit.goods import Question
from novacore.db.unit_of_work import reading
from novacore.doctor.findings import Finding, fault, ok
from novacore.plurals import counted, listed
from novacore.workflows.machine import facts
from novacore.workflows.orders.delivered import roles
from novacore.workflows.orders.timers.opening_hours import OPEN_UNTIL
from novacore.workflows.reports import wrong_days

MOST: Final = 1_000
"""Subjects that one check names. Whoever has more than that has one cause to look for."""


@dataclass(frozen=True, slots=True)
class Books:
    """What is looked at: a database at this release's schema, and the zone of the shop's days. No key is needed."""

    database: Database
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about: an order, a ticket, a product. `note` is a number or a word more."""

    kind: str
    id: str
    note: str


@dataclass(frozen=True, slots=True)
class Check:
    """One question that the books have to answer with nothing.

    `one` and `many` complete "3 ..."; `fix` is what to do, a sentence.
    """

    about: str
    one: str
    many: str
    fix: str
    look: "Look"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check found. No subjects: all is well."""

    check: Check
    subjects: Sequence[Subject]
    are_all: bool
    """False where there are more than are named."""

    @property
    def finding(self) -> Finding:
        """Say it as the doctor says things."""
        if not self.subjects:
            return ok(self.check.about, "Nothing is wrong.")
        count = counted(len(self.subjects), self.check.one, self.check.many)
        said = f"{'' if self.are_all else 'At least '}{count}: {listed([_named(one) for one in self.subjects], MOST)}."
        return fault(self.check.about, said, self.check.fix)


def summary(answers: Sequence[Answer]) -> str:
    """Say in a sentence how the books stand."""
    wrong = sum(bool(one.subjects) for one in answers)
    looked = counted(len(answers), "check", "checks")
    if not wrong:
        return f"The books are clean: {looked}, nothing wrong."
    return f"{wrong} of {looked} found something wrong."


def _named(subject: Subject) -> str:
    name = subject.id if subject.kind in {"order", "ticket"} else f"{subject.kind} {subject.id}"
    return f"{name} ({subject.note})" if subject.note else name


Look = Callable[[Books, datetime], Iterator[Subject]]
"""Finds what is wrong. The moment is when the shop was last open: while it is closed, nobody's time runs out."""


def _asks(question: Callable[[], Question]) -> Look:
    return _asks_at(lambda _open_until: question())


def _asks_at(question: Callable[[datetime], Question]) -> Look:
    def look(books: Books, open_until: datetime) -> Iterator[Subject]:
        with reading(books.database.for_long_work()) as session:
            for kind, subject, note in session.execute(question(open_until).limit(MOST + 1)).all():
                yield Subject(str(kind), str(subject), str(note or ""))

    return look


def _wrong_days(books: Books, _open_until: datetime) -> Iterator[Subject]:
    for day in wrong_days.find(books.database, books.zone):
        yield Subject("day", str(day), "")


def _owed_roles(books: Books, open_until: datetime) -> Iterator[Subject]:
    """Find the roles that nobody was asked to give, and those that the bot was not allowed to."""
    yield from _asks_at(work.roles_owed)(books, open_until)
    with reading(books.database) as session:
        refused = [int(role_id) for role_id in facts.known(session, roles.REFUSED)]
        found = session.execute(work.delivered_with(refused).limit(MOST + 1)).all() if refused else ()
    for order_id, at, days, quantity, name in found:
        if not days or at is None or at + timedelta(days=days * quantity) > open_until:
            yield Subject("order", order_id, name or "")


def audit(books: Books) -> Iterator[Answer]:
    """Answer every question in turn. Raises Unavailable for what the database cannot do now."""
    for check in CHECKS:
        yield answer(books, check)


def answer(books: Books, check: Check) -> Answer:
    """Look for what one check is about."""
    now = clock.now()
    open_until = min(now, health.noted_at(books.database, OPEN_UNTIL) or now)
    found = [*islice(check.look(books, open_until), MOST + 1)]
    return Answer(check, found[:MOST], are_all=len(found) <= MOST)


_READ = "Read `/details` of each order"

CHECKS: Final[tuple[Check, ...]] = (
    Check(
        "Paid without units",
        "paid order is missing units, or has too many",
        "paid orders are missing units, or have too many",
        f"{_READ}. Restock, then send the goods again or replace the unit; or return the money.",
        _asks(goods.units_missing),
    ),
    Check(
        "Units without an order",
        "unit is sold or reserved without an order that may have it",
        "units are sold or reserved without an order that may have them",
        "Keep them off sale until you know who has seen them: a code that was sent may be known to someone.",
        _asks(goods.units_astray),
    ),
    Check(
        "Codes in stock twice",
        "code was given away and is in stock again",
        "codes were given away and are in stock again",
        "Take the other unit off sale, and restore the unique index of the units.",
        _asks(goods.codes_twice),
    ),
    Check(
        "Totals",
        "order has a total that doesn't match its units minus the discount",
        "orders have a total that doesn't match their units minus the discount",
        f"{_READ}, and settle the difference with the customer.",
        _asks(money.wrong_totals),
    ),
    Check(
        "Decisions without money",
        "decision about money is not in the ledger as it was made",
        "decisions about money are not in the ledger as they were made",
        "Rows of the ledger were changed or deleted by hand. Compare with your account, and restore them.",
        _asks(money.unbooked),
    ),
    Check(
        "Money without a decision",
        "row of the ledger has no event of its order",
        "rows of the ledger have no event of their order",
        "Someone wrote into the database by hand. Compare with your account, and ask whoever has access.",
        _asks(money.undecided),
    ),
    Check(
        "Returns",
        "order got more back than was paid, or in another currency",
        "orders got more back than was paid, or in another currency",
        f"{_READ}, and compare with your account.",
        _asks(money.returned_too_much),
    ),
    Check(
        "Figures by day",
        "day has other figures than its ledger",
        "days have other figures than their ledger",
        "The check of the night has them added up again. If they stay wrong, compare with an export of the ledger.",
        _wrong_days,
    ),
    Check(
        "Discounts",
        "order has a discount that is not counted as it should be",
        "orders have a discount that is not counted as it should be",
        "`/discount list` shows what each code counts. End the code if too many have it.",
        _asks(money.discounts_astray),
    ),
    Check(
        "Uses of codes",
        "code has more uses than it allows",
        "codes have more uses than they allow",
        "End the code with `/discount end`, and decide whether you honour what was promised.",
        _asks(money.overused_codes),
    ),
    Check(
        "Claims without an order",
        "claim belongs to an order that doesn't exist",
        "claims belong to orders that don't exist",
        "An order was deleted by hand. Restore it from a backup.",
        _asks(money.uses_without_order),
    ),
    Check(
        "Amounts in coins",
        "amount of a coin is kept for the wrong order, or not kept",
        "amounts of coins are kept for the wrong orders, or not kept",
        "Match payments of these amounts by hand, not by `/find-payment`, until the orders are decided.",
        _asks(money.amounts_astray),
    ),
    Check(
        "Evidence",
        "unpaid order keeps a payment that nobody else can use",
        "unpaid orders keep payments that nobody else can use",
        f"{_READ}: was the payment accepted? If so, reinstate and approve it.",
        _asks(money.evidence_astray),
    ),
    Check(
        "Orders past their time",
        "order should have moved on an hour ago",
        "orders should have moved on an hour ago",
        "See with `/doctor` that beat and the workers run; approved ones go out with “Try the delivery again”.",
        _asks_at(work.overdue_orders),
    ),
    Check(
        "Tickets past their time",
        "ticket should have moved on an hour ago",
        "tickets should have moved on an hour ago",
        "See with `/doctor` that the workers run; close the ticket, or open it again.",
        _asks_at(work.overdue_tickets),
    ),
    Check(
        "Dead jobs",
        "job has failed for good",
        "jobs have failed for good",
        "`/details` shows every try and why it failed. Put that right, then have it tried again from the alert.",
        _asks_at(work.dead_jobs),
    ),
    Check(
        "Late jobs",
        "job has waited for an hour",
        "jobs have waited for an hour",
        "If the shop was just opened, look again in an hour. Else see with `/doctor` that beat and the workers run.",
        _asks_at(work.old_jobs),
    ),
    Check(
        "Messages of unknown outcome",
        "message was begun, and nobody knows whether it went out",
        "messages were begun, and nobody knows whether they went out",
        "Look into the channel or ask the customer; send the goods again only if they have not come.",
        _asks_at(work.unknown_sends),
    ),
    Check(
        "Roles owed",
        "customer has not got the role that came with the order",
        "customers have not got the role that came with the order",
        "Move the bot's role above that role; the daily look gives it then.",
        _owed_roles,
    ),
    Check(
        "States and events",
        "order or ticket stands elsewhere than its last event says",
        "orders or tickets stand elsewhere than their last events say",
        "Someone wrote into the database by hand. The events tell what really happened.",
        _asks_at(work.untold_states),
    ),
)
