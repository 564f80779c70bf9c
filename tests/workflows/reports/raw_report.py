"""Every number of a report, worked out another way: plain Python over all rows, nothing added up by the database."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from novacore.db.event_kinds.tickets import RATE
from novacore.db.models import Category, Event, LedgerEntry, Order, Product, Vouch
from novacore.db.unit_of_work import reading
from novacore.workflows.machine.shop import Shop


@dataclass
class Raw:
    """Everything there is, in memory."""

    zone: ZoneInfo
    events: Sequence[Event]
    orders: dict[str, Order]
    ledger: Sequence[LedgerEntry]
    vouches: Sequence[Vouch]
    products: dict[int, Product]
    categories: dict[int, Category]


@dataclass
class Figures:
    """What `expected` found in one currency."""

    received_minor: int = 0
    returned_minor: int = 0
    paid: int = 0
    discounted: int = 0
    at_sale_price: int = 0
    sale_off_minor: int = 0
    discount_minor: int = 0
    returns: int = 0
    placed: int = 0
    placed_minor: int = 0
    with_proof: int = 0
    approved: int = 0
    delivered: int = 0
    expired: int = 0
    rejected: int = 0
    cancelled: int = 0
    products: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    methods: Counter[str] = field(default_factory=Counter)
    received_by_day: Counter[date] = field(default_factory=Counter)
    returned_by_day: Counter[date] = field(default_factory=Counter)


def load(shop: Shop) -> Raw:
    """Read every row."""
    with reading(shop.database) as session:

        def every(model: Any, *order: Any) -> list[Any]:
            return [*session.execute(select(model).order_by(*order)).scalars()]

        return Raw(
            shop.terms.zone,
            every(Event, Event.id),
            {order.id: order for order in every(Order)},
            every(LedgerEntry, LedgerEntry.at, LedgerEntry.id),
            every(Vouch),
            {product.id: product for product in every(Product)},
            {category.id: category for category in every(Category)},
        )


def local_day(raw: Raw, at: datetime) -> date:
    """Return the day that the owner's wall clock shows."""
    return at.astimezone(raw.zone).date()


def by_currency(raw: Raw, first: date, last: date) -> dict[str, Figures]:
    """Work out money and orders of these days."""
    found: dict[str, Figures] = {}
    _money(raw, first, last, found)
    for order in raw.orders.values():
        if first <= local_day(raw, order.placed_at) <= last:
            _count(found.setdefault(order.currency, Figures()), order, _triggers(raw, order.id))
    return found


def _money(raw: Raw, first: date, last: date, found: dict[str, Figures]) -> None:
    has_paid: set[str] = set()
    for entry in raw.ledger:
        is_first = entry.direction == "received" and entry.order_id not in has_paid
        if entry.direction == "received":
            has_paid.add(entry.order_id)
        day = local_day(raw, entry.at)
        if first <= day <= last:
            figures = found.setdefault(entry.currency, Figures())
            if entry.direction == "returned":
                figures.returned_minor += entry.amount_minor
                figures.returns += 1
                figures.returned_by_day[day] += entry.amount_minor
            else:
                _received(raw, figures, entry, day, is_first=is_first)


def _received(raw: Raw, figures: Figures, entry: LedgerEntry, day: date, *, is_first: bool) -> None:
    order = raw.orders[entry.order_id]
    product = raw.products[order.product_id]
    figures.received_minor += entry.amount_minor
    figures.received_by_day[day] += entry.amount_minor
    figures.products[product.name] += entry.amount_minor
    figures.categories[raw.categories[product.category_id].name] += entry.amount_minor
    figures.methods[entry.method] += entry.amount_minor
    if is_first:
        figures.paid += 1
        figures.discounted += order.discount_minor > 0
        figures.discount_minor += order.discount_minor
        if order.before_sale_minor is not None:
            figures.at_sale_price += 1
            figures.sale_off_minor += (order.before_sale_minor - order.unit_price_minor) * order.quantity
        figures.units[product.name] += order.quantity


def _triggers(raw: Raw, order_id: str) -> set[str]:
    mine = [event for event in raw.events if (event.subject_kind, event.subject_id) == ("order", order_id)]
    came_as = {"approved": "approve", "delivery_blocked": "approve", "refunded": "approve", "delivered": "delivered"}
    if any(event.trigger == "import_order" for event in mine):
        return {came_as.get(raw.orders[order_id].status.value, "")}
    return {event.trigger for event in mine}


def _count(figures: Figures, order: Order, triggers: set[str]) -> None:
    figures.placed += 1
    figures.placed_minor += order.total_minor
    delivered = bool(triggers & {"delivered", "fulfil"})
    approved = delivered or "approve" in triggers
    figures.delivered += delivered
    figures.approved += approved
    figures.with_proof += approved or "submit_proof" in triggers
    figures.expired += order.status == "expired"
    figures.rejected += order.status == "rejected"
    figures.cancelled += order.status == "cancelled"


def waits(raw: Raw, first: date, last: date) -> dict[str, list[int]]:
    """Return every wait that was over within these days, by kind, in seconds."""
    found: dict[str, list[int]] = {"decision": [], "delivery": [], "answer": []}
    begun: dict[tuple[str, str], datetime] = {}
    answered: set[str] = set()
    for event in raw.events:
        kind = _ends(event, answered)
        since = begun.get((kind, event.subject_id))
        if since is not None and first <= local_day(raw, event.at) <= last:
            found[kind].append(max(0, int(event.at.timestamp()) - int(since.timestamp())))
        for starts in _begins(event):
            begun[starts, event.subject_id] = event.at
    return found


def _ends(event: Event, answered: set[str]) -> str:
    if event.subject_kind == "ticket" and event.trigger == "staff_replied":
        is_first = event.subject_id not in answered
        answered.add(event.subject_id)
        return "answer" if is_first else ""
    if event.subject_kind != "order":
        return ""
    kinds = {"approve": "decision", "reject": "decision", "ask_again": "decision"}
    return kinds.get(event.trigger, "delivery" if event.trigger in {"delivered", "fulfil"} else "")


def _begins(event: Event) -> Iterable[str]:
    return {
        "submit_proof": ["decision"],
        "reinstate": ["decision"],
        "approve": ["delivery"],
        "open_ticket": ["answer"],
    }.get(event.trigger, [])


def middle(values: Sequence[int]) -> float | None:
    """Return the median, or None of nothing."""
    return median(values) if values else None


def stars(raw: Raw, first: date, last: date) -> dict[str, list[int]]:
    """Return the stars given within these days: public vouches, and the last word on each ticket."""
    shown = [one for one in raw.vouches if one.hidden_at is None and first <= local_day(raw, one.written_at) <= last]
    words: dict[str, Event] = {}
    for event in raw.events:
        if (event.subject_kind, event.trigger) == ("ticket", "rate"):
            words[event.subject_id] = event
    rated = [RATE.read(one.detail)["rating"] for one in words.values() if first <= local_day(raw, one.at) <= last]
    return {"vouch": [one.rating for one in shown], "ticket": rated}


def opened(raw: Raw, first: date, last: date) -> int:
    """Count the tickets opened within these days."""
    return sum(event.trigger == "open_ticket" and first <= local_day(raw, event.at) <= last for event in raw.events)
