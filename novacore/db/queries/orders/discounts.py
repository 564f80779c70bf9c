"""Questions about discount codes: which there are, how often each is used, and what it has brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from novacore.db.models import Category, Discount, DiscountUse, Event, LedgerEntry, Order, Product
from novacore.states import LedgerDirection

_MINE = aliased(DiscountUse)

Sums = Mapping[str, int]
"""Amounts in minor units, by currency."""


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code with what has come of it. `used` counts orders that are open or were paid."""

    discount: Discount
    used: int = 0
    brought: Sums = field(default_factory=dict)
    """What its orders were paid, less what went back."""
    taken_off: Sums = field(default_factory=dict)
    """What it took off those orders."""
    names: Sequence[str] = ()
    """What it is for: categories, then products; none for everything."""


def listed(session: Session, *, limit: int, offset: int = 0) -> tuple[int, Sequence[CodeRow]]:
    """Return how many codes there are, and a page of them: those that haven't ended first, then the newest."""
    total = session.execute(select(func.count()).select_from(Discount)).scalar_one()
    rows = select(Discount).order_by(Discount.ended_at.is_not(None), Discount.id.desc()).limit(limit).offset(offset)
    found = session.execute(rows).scalars().all()
    return total, _with_sums(session, found)


def live(session: Session, words: str, *, limit: int) -> Sequence[str]:
    """Return codes that haven't ended and begin with this, the newest first."""
    rows = select(Discount.code).where(Discount.ended_at.is_(None), Discount.code.istartswith(words, autoescape=True))
    return session.execute(rows.order_by(Discount.id.desc()).limit(limit)).scalars().all()


def categories_named(session: Session, words: str, *, limit: int) -> Sequence[tuple[int, str]]:
    """Return categories whose name has this text: id and name."""
    rows = select(Category.id, Category.name).where(Category.name.icontains(words, autoescape=True))
    return [(row[0], row[1]) for row in session.execute(rows.order_by(Category.name).limit(limit))]


def _with_sums(session: Session, found: Sequence[Discount]) -> list[CodeRow]:
    ids = [one.id for one in found]
    used, taken, brought = _used(session, ids), _taken_off(session, ids), _brought(session, ids)
    return [
        CodeRow(one, used.get(one.id, 0), brought.get(one.id, {}), taken.get(one.id, {}), names(session, one))
        for one in found
    ]


def _used(session: Session, ids: Sequence[int]) -> dict[int, int]:
    held = DiscountUse.discount_id.in_(ids), DiscountUse.is_held
    rows = select(DiscountUse.discount_id, func.count()).where(*held).group_by(DiscountUse.discount_id)
    return {discount_id: count for discount_id, count in session.execute(rows)}  # noqa: C416 - typed


def _taken_off(session: Session, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    keys = (DiscountUse.discount_id, Order.currency)
    rows = select(*keys, func.sum(Order.discount_minor)).join(Order, Order.id == DiscountUse.order_id)
    rows = rows.where(DiscountUse.discount_id.in_(ids), DiscountUse.is_held).group_by(*keys)
    sums: dict[int, dict[str, int]] = {}
    for discount_id, currency, minor in session.execute(rows):
        sums.setdefault(discount_id, {})[currency] = int(minor)
    return sums


def _brought(session: Session, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    keys = (DiscountUse.discount_id, LedgerEntry.currency, LedgerEntry.direction)
    rows = select(*keys, func.sum(LedgerEntry.amount_minor)).join(
        LedgerEntry, LedgerEntry.order_id == DiscountUse.order_id
    )
    rows = rows.where(DiscountUse.discount_id.in_(ids), DiscountUse.is_held).group_by(*keys)
    sums: dict[int, dict[str, int]] = {}
    for discount_id, currency, direction, minor in session.execute(rows):
        mine = sums.setdefault(discount_id, {})
        sign = 1 if direction is LedgerDirection.received else -1
        mine[currency] = mine.get(currency, 0) + sign * int(minor)
    return sums


def names(session: Session, discount: Discount) -> list[str]:
    """Return what a code is for, by name: categories, then products."""
    shelves = select(Category.name).where(Category.id.in_(discount.scope.get("categories", ())))
    wares = select(Product.name).where(Product.id.in_(discount.scope.get("products", ())))
    if not discount.scope:
        return []
    return [
        *session.execute(shelves.order_by(Category.name)).scalars(),
        *session.execute(wares.order_by(Product.name)).scalars(),
    ]


@dataclass(frozen=True, slots=True)
class Overuse:
    """A code that counts more often than its owner allowed, since an order with it came back after it had ended."""

    used: int
    allowed: int
    by_one_person: bool = False
    """Whether these are the uses of the order's customer."""


def overuse(session: Session, order_id: str, customer_id: int) -> Overuse | None:
    """Return whether this order is one too many for its code; None if it isn't, or never ended before."""
    row = session.execute(_USES, {"order": order_id, "customer": customer_id}).one_or_none()
    if row is None:
        return None
    found = (Overuse(row.all, row.uses or row.all), Overuse(row.theirs, row.per_person or row.theirs, True))
    return next((one for one in found if one.used > one.allowed), None)


_OTHERS = select(func.count()).where(DiscountUse.discount_id == Discount.id, DiscountUse.is_held).correlate(Discount)
_ENDED = exists().where(
    Event.subject_kind == "order",
    Event.subject_id == bindparam("order"),
    Event.trigger.in_(("expire", "cancel", "reject")),
)
_OF_ORDER = select(_MINE.discount_id).where(_MINE.order_id == bindparam("order"), _MINE.is_held)
_USES = select(
    Discount.uses,
    Discount.per_person,
    _OTHERS.scalar_subquery().label("all"),
    _OTHERS.where(DiscountUse.customer_id == bindparam("customer")).scalar_subquery().label("theirs"),
).where(
    Discount.id == _OF_ORDER.scalar_subquery(),
    _ENDED,
    or_(
        Discount.uses.is_not(None), Discount.per_person.is_not(None)
    ),  # else all uses of it would be counted for nothing
)
