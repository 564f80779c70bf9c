"""The figures of a period, as they are shown, stored and sent. `workflows.reports` makes them from the days' rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from novacore.db.queries.orders import own_methods
from novacore.db.queries.reports import reports as queries
from novacore.states import PaymentMethod
from novacore.workflows.reports.periods import Period, Span

FOREMOST = 5
"""Products and categories that are named."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Money and orders in one currency. Money counts on its day, orders on the day they were placed."""

    received_minor: int = 0
    paid: int = 0
    returned_minor: int = 0
    returns: int = 0
    placed: int = 0
    placed_minor: int = 0
    with_proof: int = 0
    approved: int = 0
    delivered: int = 0
    expired: int = 0
    rejected: int = 0
    cancelled: int = 0
    discounted: int = 0
    """Orders whose first money came in, and from which something had been taken off: `discount_minor`."""
    discount_minor: int = 0
    at_sale_price: int = 0
    """Orders whose first money came in, and which were placed at a sale price: `sale_off_minor` below the ordinary."""
    sale_off_minor: int = 0

    @property
    def net_minor(self) -> int:
        """Money received less money returned."""
        return self.received_minor - self.returned_minor

    @property
    def average_minor(self) -> int | None:
        """Money received for each order that was paid, rounded half up; None if none was."""
        return (2 * self.received_minor + self.paid) // (2 * self.paid) if self.paid else None

    @property
    def return_share(self) -> float | None:
        """Money returned as a share of money received in the same days; None if none came in."""
        return self.returned_minor / self.received_minor if self.received_minor else None

    @property
    def expiry_share(self) -> float | None:
        """Share of the orders placed that are expired; None if none was placed."""
        return self.expired / self.placed if self.placed else None


@dataclass(frozen=True, slots=True)
class ProductFigures:
    """A product and what it brought in."""

    name: str
    received_minor: int
    units: int


@dataclass(frozen=True, slots=True)
class CategoryFigures:
    """A category and what its products brought in."""

    name: str
    received_minor: int


@dataclass(frozen=True, slots=True)
class MethodFigures:
    """A way to pay and what came in by it."""

    method: str
    """Its key."""
    received_minor: int
    paid: int
    label: str = ""
    """What it was called when the report was made; empty in reports of older releases."""

    @property
    def name(self) -> str:
        """As people know it."""
        known = PaymentMethod.of(self.method)
        return self.label or (known.row.label if known else self.method)


@dataclass(frozen=True, slots=True)
class DayMoney:
    """What moved on one day."""

    day: date
    received_minor: int
    returned_minor: int


@dataclass(frozen=True, slots=True)
class InCurrency:
    """Everything in one currency."""

    currency: str
    now: Sums
    before: Sums
    product_count: int = 0
    """Products that brought money in; `products` are the foremost of them."""
    products: Sequence[ProductFigures] = ()
    categories: Sequence[CategoryFigures] = ()
    methods: Sequence[MethodFigures] = ()
    days: Sequence[DayMoney] = ()
    """Only days on which money moved."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A median in seconds, and of how many; None of none."""

    count: int = 0
    median: float | None = None


@dataclass(frozen=True, slots=True)
class RatingFigures:
    """How many ratings, and the stars of all together."""

    count: int = 0
    stars: int = 0

    @property
    def average(self) -> float | None:
        """Stars on average; None of none."""
        return self.stars / self.count if self.count else None


@dataclass(frozen=True, slots=True)
class Service:
    """How customers were served: these have no currency."""

    decision: Wait = field(default_factory=Wait)
    delivery: Wait = field(default_factory=Wait)
    answer: Wait = field(default_factory=Wait)
    vouches: RatingFigures = field(default_factory=RatingFigures)
    tickets: RatingFigures = field(default_factory=RatingFigures)
    opened: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """A whole report. `currencies` begins with the shop's own; it holds that one even where nothing was sold."""

    title: str
    zone: str
    first: date
    last: date
    before_first: date
    before_last: date
    made_at: datetime
    currencies: Sequence[InCurrency]
    service: Service
    service_before: Service

    def dump(self) -> dict[str, Any]:
        """Return it as JSON values, for the database and for the owner's file."""
        stored: dict[str, Any] = _STORED.dump_python(self, mode="json")
        return stored


def load(stored: Mapping[str, Any]) -> Figures:
    """Return what `dump` made."""
    return _STORED.validate_python(dict(stored))


def gather(session: Session, period: Period, zone: ZoneInfo, main_currency: str, now: datetime) -> Figures:
    """Read the figures of a period and of the one before it."""
    span, before = period.span, period.before
    sums, earlier = (queries.sums(session, one.first, one.last) for one in (span, before))
    codes = [main_currency, *sorted({*sums, *earlier} - {main_currency})]
    return Figures(
        title=period.title,
        zone=zone.key,
        first=span.first,
        last=span.last,
        before_first=before.first,
        before_last=before.last,
        made_at=now,
        currencies=[_in_currency(session, span, code, sums.get(code, {}), earlier.get(code, {})) for code in codes],
        service=_service(session, span),
        service_before=_service(session, before),
    )


def _in_currency(
    session: Session, span: Span, currency: str, now: Mapping[str, int], before: Mapping[str, int]
) -> InCurrency:
    where = (session, span.first, span.last, currency)
    count, products = queries.top_products(*where, FOREMOST)
    labels = own_methods.labels(session)
    return InCurrency(
        currency=currency,
        now=Sums(**now),
        before=Sums(**before),
        product_count=count,
        products=[ProductFigures(*row) for row in products],
        categories=[CategoryFigures(*row) for row in queries.top_categories(*where, FOREMOST)],
        methods=[MethodFigures(*row, labels.get(row[0], "")) for row in queries.methods(*where)],
        days=[DayMoney(*row) for row in queries.by_day(*where) if row[1] or row[2]],
    )


def _service(session: Session, span: Span) -> Service:
    waits = queries.waits(session, span.first, span.last)
    stars = queries.stars(session, span.first, span.last)
    return Service(
        **{kind: _wait(waits.get(kind, ())) for kind in ("decision", "delivery", "answer")},
        vouches=RatingFigures(*stars.get("vouch", ())),
        tickets=RatingFigures(*stars.get("ticket", ())),
        opened=queries.tickets_opened(session, span.first, span.last),
    )


def _wait(histogram: Sequence[tuple[int, int]]) -> Wait:
    """Return the median; of an even number the mean of the middle two."""
    count = sum(many for _, many in histogram)
    if not count:
        return Wait()
    return Wait(count, (_at(histogram, (count - 1) // 2) + _at(histogram, count // 2)) / 2)


def _at(histogram: Sequence[tuple[int, int]], place: int) -> int:
    for seconds, many in histogram:
        if place < many:
            return seconds
        place -= many
    raise IndexError(place)


_STORED = TypeAdapter(Figures)
