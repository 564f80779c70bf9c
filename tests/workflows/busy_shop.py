"""A shop with a history: orders, tickets and vouches of any date, written as rows, the way an import would."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from novacore.db.models import Event, LedgerEntry, Order, Person, Vouch
from novacore.db.unit_of_work import writing
from novacore.states import ActorKind, LedgerDirection, OrderStatus, PaymentMethod, ProductKind
from novacore.workflows.machine.shop import Shop

PERSON = 77
METHODS = tuple(PaymentMethod)


@dataclass
class History:
    """Writes rows. Each call is one transaction, and every change has its event, as in the shop itself."""

    shop: Shop
    products: Sequence[int]
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    orders: list[str] = field(default_factory=list)
    tickets: int = 0

    def __post_init__(self) -> None:
        with writing(self.shop.database) as tx:
            if tx.session.get(Person, PERSON) is None:
                tx.session.execute(insert(Person).values(id=PERSON, name="buyer", first_seen_at=tx.now))

    def place(self, at: datetime, total: int, currency: str = "USD", product: int | None = None) -> str:
        """Place an order and return its id."""
        order_id = f"NC-H-{len(self.orders):06d}"
        self.orders.append(order_id)
        row = {
            "id": order_id,
            "status": OrderStatus.awaiting_payment,
            "version": 1,
            "checkout_key": order_id,
            "customer_id": PERSON,
            "product_id": product or self.chance.choice(self.products),
            "product_name": "Anything",
            "kind": ProductKind.unlimited,
            "warranty_days": 0,
            "quantity": self.chance.randint(1, 4),
            "unit_price_minor": total,
            "total_minor": total,
            "currency": currency,
            "method": self.chance.choice(METHODS),
            "pay_address": "x",
            "pay_network": "x",
            "placed_at": at,
            "review_round": 0,
        }
        with writing(self.shop.database) as tx:
            tx.session.execute(insert(Order), [row])
            _event(tx.session, "order", order_id, "place", at, None, "awaiting_payment")
        return order_id

    def step(self, order_id: str, trigger: str, at: datetime, status: OrderStatus | None = None) -> None:
        """Take an arrow."""
        with writing(self.shop.database) as tx:
            _event(tx.session, "order", order_id, trigger, at, None, status)
            if status:
                _put(tx.session, order_id, status)

    def money(self, order_id: str, direction: LedgerDirection, amount: int, at: datetime) -> None:
        """Write into the ledger."""
        with writing(self.shop.database) as tx:
            order = tx.session.get_one(Order, order_id)
            entry = {"order_id": order_id, "direction": direction, "amount_minor": amount, "at": at}
            tx.session.execute(insert(LedgerEntry).values(**entry, currency=order.currency, method=order.method))

    def vouch(self, order_id: str, stars: int, at: datetime, *, hidden: bool = False) -> None:
        """Write a vouch."""
        with writing(self.shop.database) as tx:
            row = {"order_id": order_id, "customer_id": PERSON, "rating": stars, "comment": "", "written_at": at}
            product = tx.session.get_one(Order, order_id).product_id
            tx.session.execute(insert(Vouch).values(**row, product_id=product, hidden_at=at if hidden else None))
            _event(tx.session, "order", order_id, "write_vouch", at)

    def ticket(self, *steps: tuple[str, datetime, int]) -> str:
        """Write a ticket's events as (trigger, moment, stars)."""
        self.tickets += 1
        name = f"T-{self.tickets:06d}"
        with writing(self.shop.database) as tx:
            for trigger, at, stars in steps:
                _event(tx.session, "ticket", name, trigger, at, {"rating": stars} if trigger == "rate" else {})
        return name

    def live(self, at: datetime, currency: str = "USD") -> None:
        """Let an order live any life, from this moment on."""
        some = self.chance
        order_id = self.place(at, some.randint(1, 50_000), currency)
        if some.random() < 0.25:
            ending = some.choice([OrderStatus.cancelled, OrderStatus.expired])
            return self.step(order_id, "cancel", self._later(at), ending)
        at = self._later(at)
        self.step(order_id, "submit_proof", at, OrderStatus.under_review)
        if some.random() < 0.2:
            at = self._later(at)
            self.step(order_id, "ask_again", at, OrderStatus.awaiting_proof)
            at = self._later(at)
            self.step(order_id, "submit_proof", at, OrderStatus.under_review)
        if some.random() < 0.2:
            return self.step(order_id, "reject", self._later(at), OrderStatus.rejected)
        return self._paid(order_id, self._later(at))

    def _paid(self, order_id: str, at: datetime) -> None:
        some = self.chance
        self.step(order_id, "approve", at, OrderStatus.approved)
        self.money(order_id, LedgerDirection.received, some.randint(1, 50_000), at)
        if some.random() < 0.1:
            self.money(order_id, LedgerDirection.received, some.randint(1, 500), self._later(at))
        at = self._later(at)
        if some.random() < 0.9:
            self.step(order_id, some.choice(["delivered", "fulfil"]), at, OrderStatus.delivered)
        if some.random() < 0.3:
            self.vouch(order_id, some.randint(1, 5), self._later(at), hidden=some.random() < 0.2)
        if some.random() < 0.3:
            self.money(order_id, LedgerDirection.returned, some.randint(1, 9_000), self._later(at))
        if some.random() < 0.3:
            self._complain(at)

    def _complain(self, at: datetime) -> None:
        some = self.chance
        steps = [("open_ticket", at, 0)]
        for trigger in ("staff_replied", "staff_replied", "rate", "rate"):
            at = self._later(at)
            if some.random() < 0.6:
                steps.append((trigger, at, some.randint(1, 5)))
        self.ticket(*steps)

    def _later(self, at: datetime) -> datetime:
        return at + timedelta(seconds=self.chance.choice([3, 200, 900, 5_000, 40_000, 300_000]) * self.chance.random())


def _event(
    session: Any, kind: str, subject: str, trigger: str, at: datetime, detail: Any = None, target: Any = None
) -> None:
    row = {"subject_kind": kind, "subject_id": subject, "trigger": trigger, "target": target, "at": at}
    session.execute(insert(Event).values(**row, actor_kind=ActorKind.system, actor_name="x", detail=detail or {}))


def _put(session: Any, order_id: str, status: OrderStatus) -> None:
    session.execute(update(Order).where(Order.id == order_id).values({"status": status}))
