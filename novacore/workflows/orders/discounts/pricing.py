"""What an order comes to: the price of all units, and what a code takes off it.

`look` is for pages; `agree` has the last word, in the transaction that places the order. There a code with a limit is
locked, so that it is counted as units are: with one use left, one of two buyers gets it.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from novacore import clock
from novacore.db.models import Discount, DiscountUse
from novacore.db.unit_of_work import Transaction, reading
from novacore.errors import CodeRefused
from novacore.money import format_money
from novacore.money.quantity_steps import step_for
from novacore.money.reader import quoted
from novacore.plurals import counted
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop
from novacore.workflows.orders.discounts.typed_codes import plain, read_code


class Priced(Protocol):
    """The part of a product that says what it costs."""

    @property
    def id(self) -> int:
        """The product's number."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def category_id(self) -> int:
        """The shelf it stands on."""

    @property
    def price_minor(self) -> int:
        """The price of one."""

    @property
    def currency(self) -> str:
        """What its price is in."""

    @property
    def quantity_steps(self) -> str | None:
        """What it gives to whoever orders more of it, as `money.quantity_steps` keeps it."""


@dataclass(frozen=True, slots=True)
class Price:
    """What an order comes to. `label` says what took `discount_minor` off: `SUMMER (10% off)`."""

    full_minor: int
    currency: str
    discount_minor: int = 0
    label: str = ""
    code: str = ""
    discount_id: int | None = None
    note: str = ""
    """Why a code that was typed isn't used."""

    @property
    def total_minor(self) -> int:
        """What is to be paid."""
        return self.full_minor - self.discount_minor

    def frozen(self) -> dict[str, Any]:
        """Return it as columns of an order."""
        return {
            "total_minor": self.total_minor,
            "discount_minor": self.discount_minor,
            "discount_code": self.code or None,
            "discount_label": self.label or None,
        }


def look(shop: Shop, actor: Actor, product: Priced, quantity: int, typed: str) -> Price:
    """Return what so many would cost this person, with a code or (typed nothing) without. Raises CodeRefused."""
    if not plain(typed):
        return without_code(product, quantity)
    with reading(shop.database) as session:
        return look_in(session, actor, product, quantity, typed)


def look_in(session: Session, actor: Actor, product: Priced, quantity: int, typed: str) -> Price:
    """Return the same within a session that is open already."""
    if not plain(typed):
        return without_code(product, quantity)
    return _with_code(_Wish(session, product, quantity, actor.id or 0, clock.now()), typed)


def agree(tx: Transaction, actor: Actor, product: Priced, quantity: int, code: str) -> Price:
    """Return the same within the transaction that places the order, with the code locked where it has a limit."""
    if not plain(code):
        return without_code(product, quantity)
    tx.session.execute(_LOCK, {"code": read_code(code)})
    tx.read_clock_again()  # the code may have ended while we waited for it
    return _with_code(_Wish(tx.session, product, quantity, actor.id or 0, tx.now), code)


def without_code(product: Priced, quantity: int) -> Price:
    """Return what so many cost whoever has no code: less where the product gives something by quantity.

    Something is always left to pay, also where the part of a small price would be rounded up to all of it.
    """
    full, step = product.price_minor * quantity, step_for(product.quantity_steps, quantity)
    off = min(part_of(full, step.percent), full - 1) if step else 0
    return Price(full, product.currency, off, str(step) if off else "")


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a code is asked about."""

    session: Session
    product: Priced
    quantity: int
    customer_id: int
    now: datetime

    @property
    def full_minor(self) -> int:
        return self.product.price_minor * self.quantity


_LIVE = select(Discount).where(Discount.code == bindparam("code"), Discount.ended_at.is_(None))
_EVER = select(Discount.id).where(Discount.code == bindparam("code")).limit(1)
_LIMITED = _LIVE.with_only_columns(Discount.id).where(Discount.uses.is_not(None))
_LOCK = _LIMITED.order_by(Discount.id).with_for_update(key_share=True)
_HELD = select(func.count()).where(DiscountUse.discount_id == bindparam("of"), DiscountUse.is_held)
_THEIRS = _HELD.where(DiscountUse.customer_id == bindparam("customer"))


def _with_code(wish: _Wish, typed: str) -> Price:
    found = wish.session.execute(_LIVE, {"code": read_code(typed)}).scalar_one_or_none()
    if found is None:
        raise _unknown(wish, typed)
    _require_time(wish, found)
    _require_fit(wish, found)
    _require_uses(wish, found)
    off, plain_price = _taken_off(wish, found), without_code(wish.product, wish.quantity)
    if plain_price.discount_minor >= off:
        return replace(plain_price, note=_no_better(found, off, plain_price))
    label = found.code if found.percent is None else f"{found.code} ({what_it_gives(found)})"
    return Price(wish.full_minor, wish.product.currency, off, label, found.code, found.id)


def _no_better(found: Discount, off: int, price: Price) -> str:
    """One order has one discount: the larger one."""
    less, more = (format_money(one, price.currency) for one in (off, price.discount_minor))
    return (
        f"The code {found.code} would take {less} off. You get {more} off for ordering so many, so the code isn't "
        "used, and you can use it another time."
    )


def _unknown(wish: _Wish, typed: str) -> CodeRefused:
    code = read_code(typed)
    if code and wish.session.execute(_EVER, {"code": code}).first():
        return CodeRefused(f"The code {code} has ended.")
    return CodeRefused(f"We don't know the code {quoted(typed)}. Please check how it is spelled.")


def what_it_gives(discount: Discount) -> str:
    """Say what a code takes off: `10% off`."""
    if discount.percent is not None:
        return f"{discount.percent}% off"
    return f"{format_money(discount.amount_minor or 0, discount.currency)} off"


def part_of(minor: int, percent: int) -> int:
    """Return so many per cent of an amount, rounded to the nearest minor unit; half of one is rounded up."""
    return (minor * percent + 50) // 100


def _taken_off(wish: _Wish, found: Discount) -> int:
    """Return what it takes off. Something is always left to pay: an order is decided by its payment."""
    off = part_of(wish.full_minor, found.percent) if found.percent is not None else found.amount_minor or 0
    full = format_money(wish.full_minor, wish.product.currency)
    if off >= wish.full_minor:
        raise CodeRefused(
            f"The code {found.code} gives {what_it_gives(found)}, and your order comes to {full}: nothing would be "
            "left to pay. Please use it for a larger order."
        )
    if off == 0:
        raise CodeRefused(f"The code {found.code} takes nothing off an order of {full}. Please order without it.")
    return off


def _require_time(wish: _Wish, found: Discount) -> None:
    if found.until is not None and found.until <= wish.now:
        raise CodeRefused(f"The code {found.code} ended <t:{math.floor(found.until.timestamp())}:R>.")


def _require_fit(wish: _Wish, found: Discount) -> None:
    scope = found.scope
    is_meant = wish.product.id in scope.get("products", ()) or wish.product.category_id in scope.get("categories", ())
    has_amounts = found.amount_minor is not None or found.least_total_minor is not None
    if (scope and not is_meant) or (has_amounts and found.currency != wish.product.currency):
        raise CodeRefused(f"The code {found.code} isn't for {wish.product.name}.")
    if wish.quantity < (found.least_quantity or 0):
        raise CodeRefused(f"The code {found.code} is for {found.least_quantity} or more in one order.")
    if wish.full_minor < (found.least_total_minor or 0):
        least, full = (format_money(one, found.currency) for one in (found.least_total_minor or 0, wish.full_minor))
        raise CodeRefused(f"The code {found.code} is for orders of {least} or more, and yours comes to {full}.")


def _require_uses(wish: _Wish, found: Discount) -> None:
    """Raise CodeRefused where it is used up. An open order counts; one that ended unpaid doesn't."""
    of = {"of": found.id, "customer": wish.customer_id}
    if found.per_person is not None and wish.session.execute(_THEIRS, of).scalar_one() >= found.per_person:
        often = "already" if found.per_person == 1 else f"{counted(found.per_person, 'time', 'times')} already"
        raise CodeRefused(f"You have used the code {found.code} {often}, as often as one person can.")
    if found.uses is not None and wish.session.execute(_HELD, of).scalar_one() >= found.uses:
        raise CodeRefused(f"The code {found.code} has been used up.")
