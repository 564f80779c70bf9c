"""Holding stock costs something: what a customer may still do whose orders keep ending unpaid.

A customer with two such orders within seven days has one open order at a time, a quarter of the time to pay, and a
pause before the next order that doubles with each further one. Who has ever paid is exempt, and staff can forgive.
An honest buyer of a new shop meets none of it. Counted while the person's row is locked, and the product's.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from novacore import clock
from novacore.db.models import Order, Person, Product
from novacore.db.queries.orders import unpaid
from novacore.db.queries.orders.unpaid import ENOUGH, WINDOW, Holding
from novacore.db.unit_of_work import reading
from novacore.errors import LimitReached
from novacore.states import ActorKind, OrderStatus
from novacore.workflows.machine.arrows import Move
from novacore.workflows.machine.policy import Actor
from novacore.workflows.machine.shop import Shop, Terms
from novacore.workflows.stock import units

OrderMove = Move[Order]

SECOND_THOUGHTS: Final = timedelta(minutes=15)
"""Whoever cancels within this time has changed their mind; who does it later has kept units from others."""

MOST_SECOND_THOUGHTS: Final = 10
"""How often within the window. Else two accounts that cancel and order again every 14 minutes hold stock for ever."""

UNPAID_ENDS: Final = "unpaid_ends"
"""In the event that starts the clock: how many orders had ended unpaid. It says why there is less time to pay."""

_DOUBLINGS: Final = 20
"""After so many any pause is longer than the window."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """What holds for a customer whose orders keep ending unpaid."""

    unpaid_ends: int
    next_order_at: datetime
    """When the pause is over; may be past."""
    until: datetime
    """When too few are left within the window."""


def held_back(terms: Terms, ends: Sequence[datetime]) -> HeldBack | None:
    """Say what follows from orders that ended unpaid (the newest first); None if nothing does."""
    if len(ends) < ENOUGH:
        return None
    until = ends[ENOUGH - 1] + WINDOW
    return HeldBack(len(ends), min(until, *_ends_of_the_pause(terms, ends)), until)


def _ends_of_the_pause(terms: Terms, ends: Sequence[datetime]) -> list[datetime]:
    """Return when it would end with all of them, and with fewer, as the oldest drop out of the window one by one."""
    dropped = {count: ends[count] + WINDOW for count in range(ENOUGH, len(ends))}
    return [
        max(dropped.get(count, ends[0]), ends[0] + pause_after(terms, count)) for count in range(ENOUGH, len(ends) + 1)
    ]


def pause_after(terms: Terms, count: int) -> timedelta:
    """Return how long after the last of so many unpaid orders the next one can be placed."""
    doubled: int = 2 ** min(count - ENOUGH, _DOUBLINGS)
    return short_time(terms) * doubled


def short_time(terms: Terms) -> timedelta:
    """Return the time to pay of someone who keeps ordering without paying."""
    return terms.order_expiry / 4


# ---- guards


def require_fair_use(move: OrderMove) -> None:
    """Who keeps ordering without paying has one open order, a pause between orders, and half of a scarce product."""
    held = held_back(move.shop.terms, unpaid.ends(move.session, move.subject.customer_id, move.now))
    if held:
        move.detail[UNPAID_ENDS] = held.unpaid_ends
        _require_their_turn(move.session, move.subject.customer_id, held, move.now)
        _require_fair_share(move, held)


def refuse_held_back(shop: Shop, actor: Actor) -> None:
    """Raise LimitReached early, for people whose turn to order has not come. A look: `place` has the last word."""
    now = clock.now()
    with reading(shop.database) as session:
        if held := held_back(shop.terms, unpaid.ends(session, actor.id or 0, now)):
            _require_their_turn(session, actor.id or 0, held, now)


def _require_their_turn(session: Session, customer_id: int, held: HeldBack, now: datetime) -> None:
    why = f"{held.unpaid_ends} of your orders ended without a payment in the last {WINDOW.days} days"
    if held.next_order_at > now:
        raise LimitReached(
            f"{why}, so there is a pause before the next one. You can order again {_stamp(held.next_order_at, 'R')} "
            f"({_stamp(held.next_order_at, 'f')}). Have you paid for one of them? Send us the proof from `/orders`, "
            "or tell our staff."
        )
    if _has_open_order(session, customer_id):
        raise LimitReached(
            f"{why}, so you can have one open order at a time until {_stamp(held.until, 'f')}. Please finish the one "
            "that is open first: `/orders` shows it."
        )


def _has_open_order(session: Session, customer_id: int) -> bool:
    is_open = Order.customer_id == customer_id, Order.status.in_(OrderStatus.those(lambda row: row.is_open))
    return session.execute(select(Order.id).where(*is_open).limit(1)).first() is not None


def _stamp(at: datetime, style: str) -> str:
    return f"<t:{math.ceil(at.timestamp())}:{style}>"


# ---- a product's stock


@dataclass(frozen=True, slots=True)
class Shares:
    """Of a product's units: how many there are, are held by unpaid orders, and by people who keep not paying."""

    stock: int
    held: int
    theirs: int

    @property
    def limit(self) -> int:
        """How many such people may hold together: half. At least one, or they could never buy the last one."""
        return max(1, self.stock // 2)

    def allows(self, quantity: int) -> bool:
        """Tell whether one of them may have so many more.

        Not where unpaid orders would hold over 75 % of the stock, most of it theirs, and they more than their limit.
        """
        held, theirs = self.held + quantity, self.theirs + quantity
        return 4 * held <= 3 * self.stock or 2 * theirs <= held or theirs <= self.limit


def _require_fair_share(move: OrderMove, held: HeldBack) -> None:
    order = move.subject
    if order.kind in units.MINTED:
        return
    # Two such people who order at once are counted one after the other. Nobody else waits for this lock.
    product = select(Product.id).where(Product.id == order.product_id)
    move.session.execute(product.with_for_update(key_share=True))
    found = unpaid.holdings(move.session, order.product_id, move.now)
    shares = _shares(move.session, order, found)
    if not shares.allows(order.quantity):
        fewer = next((count for count in range(order.quantity - 1, 0, -1) if shares.allows(count)), 0)
        raise LimitReached(_scarce(order, fewer, _when_freed(found, held)))


def _shares(session: Session, order: Order, found: Sequence[Holding]) -> Shares:
    sums = unpaid.reserved(found)
    # Counted no further than it matters: with more on sale, unpaid orders hold less than three quarters.
    on_sale = units.count_available(session, order.product_id, 2 * (sums.units + order.quantity))
    return Shares(on_sale + sums.units, sums.units, sums.theirs)


def _when_freed(found: Sequence[Holding], held: HeldBack) -> datetime:
    ends = [one.expires_at for one in found if one.is_theirs and one.expires_at is not None]
    return min([*ends, held.until])


def _scarce(order: Order, fewer: int, freed_at: datetime) -> str:
    why = f"Most of what is left of {order.product_name} is reserved by orders that aren't paid yet"
    again = _stamp(freed_at, "R")
    if fewer:
        return f"{why}, so you can order {fewer} of it at most right now. There may be more {again}."
    return f"{why}, so we keep the rest for other customers. Please try again {again}."


# ---- effects


def start_clock(move: OrderMove) -> None:
    """Give the customer their time to pay: a quarter of it where their orders keep ending unpaid."""
    is_short = UNPAID_ENDS in move.detail
    move.changes["expires_at"] = move.now + (short_time(move.shop.terms) if is_short else move.shop.terms.order_expiry)


def start_clock_again(move: OrderMove) -> None:
    """Give them time for another proof, as `start_clock` does: a made-up proof must not win them three quarters."""
    if held := held_back(move.shop.terms, unpaid.ends(move.session, move.subject.customer_id, move.now)):
        move.detail[UNPAID_ENDS] = held.unpaid_ends
    start_clock(move)


def note_unpaid(move: OrderMove) -> None:
    """Let it count that this order ended without a payment."""
    move.changes["unpaid_at"] = move.now


def note_late_cancel(move: OrderMove) -> None:
    """Let it count where the customer kept the units for a while, or cancels all the time. Not where staff cancel."""
    if move.actor_kind is not ActorKind.customer:
        return
    if move.now - move.subject.placed_at > SECOND_THOUGHTS or _changes_their_mind_all_the_time(move):
        note_unpaid(move)


def _changes_their_mind_all_the_time(move: OrderMove) -> bool:
    customer_id = move.subject.customer_id
    # So that of several cancelled at once each sees the ones before.
    move.session.execute(select(Person.id).where(Person.id == customer_id).with_for_update(key_share=True))
    lately = Order.customer_id == customer_id, Order.placed_at > move.now - WINDOW
    free = select(func.count()).where(*lately, Order.status == OrderStatus.cancelled, Order.unpaid_at.is_(None))
    return move.session.execute(free).scalar_one() >= MOST_SECOND_THOUGHTS


def forget_unpaid(move: OrderMove) -> None:
    """Staff say that this end was none."""
    move.changes["unpaid_at"] = None
