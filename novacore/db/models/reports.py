"""The shop's figures, a row a local day, and the reports made of them.

The `daily_*` tables are made by `workflows.reports.rollups` from orders, events, ledger and vouches, and can be made
again from them at any time. A day is a day in the shop's TIMEZONE.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from novacore.db.base import Base, BigId, Document, Minor, Moment, UtcDateTime, Word


class DailyFigures(Base):
    """Money and orders of one day in one currency.

    Money counts on the day it moved. What became of orders counts on the day they were placed, as it stands now.
    """

    __tablename__ = "daily_figures"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    received_minor: Mapped[Minor]
    paid: Mapped[int]
    """Orders whose first money came in on this day."""
    discounted: Mapped[int] = mapped_column(server_default="0")
    """Those of them from which something was taken off, and how much it was."""
    discount_minor: Mapped[Minor] = mapped_column(server_default="0")
    at_sale_price: Mapped[int] = mapped_column(server_default="0")
    """Those of them that were placed at a sale price, and by how much their ordinary price is higher in all."""
    sale_off_minor: Mapped[Minor] = mapped_column(server_default="0")
    returned_minor: Mapped[Minor]
    returns: Mapped[int]
    """Payments back, whole or in part."""
    placed: Mapped[int]
    placed_minor: Mapped[Minor]
    """What the orders placed on this day cost together."""
    with_proof: Mapped[int]
    """Of those placed on this day: how many got at least as far as a proof; `approved`, `delivered` likewise."""
    approved: Mapped[int]
    delivered: Mapped[int]
    expired: Mapped[int]
    """Of those placed on this day: how many are expired now; `rejected`, `cancelled` likewise."""
    rejected: Mapped[int]
    cancelled: Mapped[int]


class DailyProducts(Base):
    """What one product brought in on one day."""

    __tablename__ = "daily_products"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True)
    received_minor: Mapped[Minor]
    paid: Mapped[int]
    units: Mapped[int]
    """Units of the orders whose first money came in on this day."""


class DailyMethods(Base):
    """What came in by one way to pay on one day."""

    __tablename__ = "daily_methods"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    method: Mapped[Word] = mapped_column(primary_key=True)
    """As in `Order`."""
    received_minor: Mapped[Minor]
    paid: Mapped[int]


class DailyWaits(Base):
    """How long people waited, as a histogram: medians of a year come from it.

    `kind`: decision (proof to decision), delivery (approval to delivery), answer (ticket to the first answer); each
    counts on the day the wait was over. `seconds` is exact up to 1023 and then at most 0.1 % off.
    """

    __tablename__ = "daily_waits"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[Word] = mapped_column(primary_key=True)
    seconds: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    count: Mapped[int]


class DailyRatings(Base):
    """Stars of vouches that stand in public (`kind` vouch), and those given to closed tickets (ticket)."""

    __tablename__ = "daily_ratings"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[Word] = mapped_column(primary_key=True)
    stars: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]


class DailyTickets(Base):
    """Tickets opened on one day."""

    __tablename__ = "daily_tickets"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    opened: Mapped[int]


class DayToRoll(Base):
    """A day whose figures have to be added up again. `mark` grows with each change; an older one writes none."""

    __tablename__ = "days_to_roll"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    mark: Mapped[int] = mapped_column(BigInteger)


class Report(Base):
    """One report of the owner: asked for by a person, or due by the schedule."""

    __tablename__ = "reports"

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    """`due:` and the day for one of the schedule, which is so made once; a random word for any other."""
    title: Mapped[str] = mapped_column(String(40))
    first_day: Mapped[date]
    last_day: Mapped[date]
    before_first: Mapped[date]
    """The period that it is compared with."""
    before_last: Mapped[date]
    requested_by: Mapped[int | None] = mapped_column(BigInteger)
    """Who asked; none for the schedule."""
    asked_at: Mapped[Moment]
    days_done: Mapped[int] = mapped_column(default=0)
    days_total: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    figures: Mapped[Document]


class ReportPicture(Base):
    """A picture of a report, one for each currency; in the database because the sender may be another machine."""

    __tablename__ = "report_pictures"

    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
