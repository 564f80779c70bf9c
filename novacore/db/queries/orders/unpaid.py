"""Questions about orders that ended unpaid: how often one person's did, and what of a product such people hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from novacore.db.models import ContestedProof, Order, Person, Unit
from novacore.states import OrderStatus, UnitStatus

WINDOW: Final = timedelta(days=7)
"""How long an unpaid order counts against its customer."""

ENOUGH: Final = 2
"""Unpaid orders within the window from which on a customer keeps ordering without paying."""

MOST: Final = 50
"""Unpaid orders that are looked at: after a few of them the next order is a week away."""

_UNPAID: Final = OrderStatus.those(lambda row: not row.was_paid)
_PAID: Final = OrderStatus.those(lambda row: row.was_paid)


def ends(session: Session, customer_id: int, now: datetime) -> Sequence[datetime]:
    """Return when a person's orders ended unpaid within the window, the newest first.

    Nothing for whoever has ever paid, and nothing that staff have forgiven.
    """
    found = session.execute(_ENDS, {"customer": customer_id, "since": now - WINDOW}).scalars()
    return [at for at in found if at is not None]


def _counting(order: type[Order]) -> tuple[ColumnElement[bool], ...]:
    """Return what makes an order count that ended after `since`. Its customer's row has to be at hand.

    What ended after `now` counts as well: whoever waited for a lock may have read the clock before.
    """
    return (
        order.status.in_(_UNPAID),
        order.unpaid_at > bindparam("since"),
        or_(Person.forgiven_at.is_(None), order.unpaid_at > Person.forgiven_at),
    )


def _has_paid() -> ColumnElement[bool]:
    paid = aliased(Order)
    return exists().where(paid.customer_id == Order.customer_id, paid.status.in_(_PAID))


_ENDS: Final = (
    select(Order.unpaid_at)
    .join(Person, Person.id == Order.customer_id)
    .where(Order.customer_id == bindparam("customer"), *_counting(Order), ~_has_paid())
    .order_by(Order.unpaid_at.desc())
    .limit(MOST)
)


@dataclass(frozen=True, slots=True)
class Holding:
    """An order that nobody has paid for, as far as is known, and how many units of a product it keeps from others."""

    order_id: str
    customer_id: int
    customer_name: str
    units: int
    status: OrderStatus
    review_round: int
    placed_at: datetime
    expires_at: datetime | None
    unpaid_ends: int
    """How many orders of its customer ended unpaid within the window."""
    has_paid: bool
    """The customer has paid for an order before."""
    is_contested: bool
    """A proof was sent for it and refused, because its payment had counted for another order."""

    @property
    def is_theirs(self) -> bool:
        """Whether its customer keeps ordering without paying."""
        return self.unpaid_ends >= ENOUGH and not self.has_paid

    @property
    def is_to_check(self) -> bool:
        """Whether a proof of payment waits for staff."""
        return self.status.row.is_to_check

    @property
    def may_be_freed(self) -> bool:
        """Whether staff may take its units back with others': such a person's, and no proof was ever sent for it."""
        return self.is_theirs and not self.is_to_check and self.review_round == 0 and not self.is_contested


def holdings(session: Session, product_id: int, now: datetime, as_of: datetime | None = None) -> Sequence[Holding]:
    """Return the open orders that hold units of a product, by order id.

    With `as_of` those that were placed until then, and what had ended by then: the world of a page that was shown.
    """
    of_product = Unit.product_id == product_id, Unit.status == UnitStatus.reserved
    held = select(Unit.order_id, func.count().label("units")).where(*of_product).group_by(Unit.order_id).subquery()
    rows = (
        select(Order.id, Order.customer_id, Person.name, held.c.units, Order.status, Order.review_round)
        .add_columns(Order.placed_at, Order.expires_at, _ends_of_its_customer(as_of))
        .add_columns(_has_paid(), exists().where(ContestedProof.order_id == Order.id))
        .join_from(held, Order, Order.id == held.c.order_id)
        .join(Person, Person.id == Order.customer_id)
        .where(Order.status.in_(OrderStatus.those(lambda row: row.is_open)))
    )
    if as_of:
        rows = rows.where(Order.placed_at <= as_of)
    return [Holding(*row) for row in session.execute(rows.order_by(Order.id), {"since": now - WINDOW})]


def _ends_of_its_customer(as_of: datetime | None) -> ColumnElement[int]:
    other = aliased(Order)
    until = [other.unpaid_at <= as_of] if as_of else []
    mine = other.customer_id == Order.customer_id, *_counting(other), *until
    return select(func.count()).where(*mine).correlate(Order, Person).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Reserved:
    """Units of a product that are not sold yet but kept from others. `theirs`, `to_check` and so on are parts of it."""

    units: int = 0
    to_check: int = 0
    """A proof of payment waits for staff."""
    theirs: int = 0
    """People who keep ordering without paying hold them."""
    can_be_freed: int = 0


def reserved(found: Iterable[Holding]) -> Reserved:
    """Add up what `holdings` has found."""
    every = [*found]
    return Reserved(
        units=sum(one.units for one in every),
        to_check=sum(one.units for one in every if one.is_to_check),
        theirs=sum(one.units for one in every if one.is_theirs),
        can_be_freed=sum(one.units for one in every if one.may_be_freed),
    )
