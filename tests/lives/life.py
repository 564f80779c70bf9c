"""One life: a few orders and tickets of two new customers, and the means to move them. Its ways are in `ways`."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from novacore import clock
from novacore.db.models import Event, Job, Order, Ticket
from novacore.db.unit_of_work import reading
from novacore.errors import Refusal
from novacore.states import JobState, ProductKind
from novacore.workflows.machine.policy import SYSTEM, Actor
from tests.fixtures.shops import OWNER, STAFF, MovableClock
from tests.lives.deeds import Deed, carry_out
from tests.lives.mortal import Mortal
from tests.tasks.jobs import job_row, lapse
from tests.tasks.town import Town
from tests.workflows.machine import lives

KILLS = 12
"""One deed of so many is killed in the middle."""

STATEMENTS = 24
"""The most that a killed deed gets to."""

MOST_ROUNDS = 30
"""How often the workers go through what is due, at the end of a life."""


@dataclass
class Life:
    """`taken` counts what all lives did, by name and by (state, trigger); `story` tells of this one when it fails."""

    town: Town
    time: MovableClock
    mortal: Mortal
    chance: random.Random
    taken: Counter[str | tuple[str, str]]
    products: Mapping[ProductKind, int]
    customers: tuple[Actor, Actor]
    methods: tuple[str, ...]
    """Keys of the ways to pay that are used in turn."""
    helper: Actor
    """Someone on the staff who writes into tickets."""
    story: list[str] = field(default_factory=list)
    killed: int = 0
    counted: Counter[str | tuple[str, str]] = field(default_factory=Counter)
    """What of this life stands in `taken` already."""
    aim: tuple[str, str] = ("", "")
    """The step that this life makes for, of those taken `least`, and how many tries are left for it."""
    least: int = -1
    tries: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    """The version in which each order was looked at last."""

    # What there is.

    def orders(self) -> list[Order]:
        """Every order of this life."""
        placed = and_(Event.subject_id == Order.id, Event.trigger == "place")
        rows = select(Order).join(Event, placed).where(Order.customer_id.in_(self._ids()))
        return self._rows(rows.order_by(Event.id))  # their own ids are made by chance, and not by ours

    def tickets(self) -> list[Ticket]:
        """Every ticket of this life."""
        return self._rows(select(Ticket).where(Ticket.customer_id.in_(self._ids())).order_by(Ticket.number))

    def buyer(self, subject: Order | Ticket) -> Actor:
        """Whose it is."""
        return next(actor for actor in self.customers if actor.id == subject.customer_id)

    def changed(self, order: Order) -> bool:
        """Tell whether it has moved since this was asked last."""
        before, self.seen[order.id] = self.seen.get(order.id), order.version
        return before != order.version

    @property
    def code(self) -> str:
        """The discount code that its customers know."""
        return f"LIFE-{self.customers[0].id}"

    def anybody(self) -> Actor:
        """Someone who may press a button."""
        return self.chance.choice((*self.customers, STAFF, OWNER, SYSTEM))

    def due(self, subject_id: str, *names: str) -> list[int]:
        """The jobs of a subject that wait to be done, those of killed workers too, the oldest first."""
        rows = select(Job.id).where(Job.subject_id == subject_id, *_waiting()).order_by(Job.id)
        return self._rows(rows.where(Job.name.in_(names)) if names else rows)

    def owed(self) -> list[int]:
        """Every job of this life that waits to be done."""
        products = and_(Job.subject_kind == "product", Job.subject_id.in_([str(one) for one in self.products.values()]))
        ours = or_(Job.subject_id.in_(self.ids()), products)
        return self._rows(select(Job.id).where(ours, *_waiting()).order_by(Job.id))

    def ids(self) -> list[str]:
        """The ids of its orders and tickets."""
        return [*(order.id for order in self.orders()), *(ticket.id for ticket in self.tickets())]

    def _ids(self) -> list[int]:
        return [actor.id or 0 for actor in self.customers]

    def _rows(self, rows: Any) -> list[Any]:
        with reading(self.town.shop.database) as session:
            return [*session.execute(rows).scalars()]

    # What is done.

    def do(self, deed: Deed) -> None:
        """Carry a deed out. Now and then it is killed in the middle: then nothing of it is left."""
        self.story.append(str(deed))
        if self.chance.randrange(KILLS) == 0:
            self._begin(deed)
        else:
            self._carry_out(deed)

    def _carry_out(self, deed: Deed) -> None:
        try:
            carry_out(self.town.runtime, deed)
        except Refusal as refusal:
            self.story.append(f"  {refusal.sentence}")
            if not refusal.sentence.endswith((".", "!")):
                raise AssertionError("a refusal is a sentence") from refusal

    def _begin(self, deed: Deed) -> None:
        database = self.town.shop.database
        before = lives.snapshot(self.town.shop)
        if self.mortal.try_to(deed, self.time.at, self.chance.randint(1, STATEMENTS)):
            self.story.append("  (by another process)")
            return
        self.killed += 1
        self.story.append("  KILLED in the middle")
        if deed.what != "work":
            assert lives.snapshot(self.town.shop) == before, "all of it or nothing"
        elif job_row(database, int(deed.subject_id)).state is JobState.running:
            lapse(database, int(deed.subject_id))

    def work(self, job_ids: Sequence[int]) -> None:
        """Let a worker take these jobs."""
        for job_id in job_ids:
            self.do(Deed("work", str(job_id)))

    def see_through(self) -> None:
        """Let workers do all that is due until nothing is. What was killed is taken up again."""
        for _ in range(MOST_ROUNDS):
            owed = self.owed()
            if not owed:
                return
            lives.note_open(self.town.shop)
            self.work(owed)
            self.time.move(minutes=1)
        raise AssertionError(f"Jobs keep coming: {self.owed()}")


def _waiting() -> tuple[ColumnElement[bool], ...]:
    return Job.state.in_((JobState.queued, JobState.running)), or_(Job.at_once, Job.due_at <= clock.now())
